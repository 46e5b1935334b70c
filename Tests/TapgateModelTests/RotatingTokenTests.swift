import TapgateModel
import Testing

@Suite("Rotating codes' text")
struct RotatingTokenTests {
  @Test(
    "base 32 is that of RFC 4648 section 10, without its padding",
    arguments: [
      ("", ""), ("f", "MY"), ("fo", "MZXQ"), ("foo", "MZXW6"), ("foob", "MZXW6YQ"),
      ("fooba", "MZXW6YTB"), ("foobar", "MZXW6YTBOI"),
    ]
  )
  func base32(plain: String, encoded: String) {
    #expect(Base32.encode(Array(plain.utf8)) == encoded)
    #expect(Base32.decode(encoded) == Array(plain.utf8))
  }

  @Test(
    "a text that no bytes have is none",
    arguments: ["M", "MZX", "MZXW6Y", "MZ", "mzxq", "MZX1", "MY======", "某", "MZXW6YTBO"]
  )
  func notBase32(text: String) { #expect(Base32.decode(text) == nil) }

  private static let code = "GEZDGNBVGY3TQOJQGEZDGNBVGY"

  @Test("a token is its parts, and its text is one")
  func parts() throws {
    let text = "TG1.K1.ABCDEFGH23456722.58123456." + Self.code
    let token = try #require(RotatingToken(text))
    #expect(token.keyID == "K1")
    #expect(token.memberReference == "ABCDEFGH23456722")
    #expect(token.step == 58_123_456)
    #expect(token.code == Array("1234567890123456".utf8))
    #expect(token.signedText == "TG1.K1.ABCDEFGH23456722.58123456")
    #expect(token.text == text)
    #expect("\(token)" == "rotating code of step 58123456")
    #expect(!String(reflecting: token).contains("ABCDEFGH"))
  }

  @Test(
    "a text with another form is none",
    arguments: [
      "TG1.K1.ABCDEFGH23456722.58123456", "TG1.K1.ABCDEFGH23456722.58123456." + code + ".X",
      "TG2.K1.ABCDEFGH23456722.1." + code, "tg1.K1.ABCDEFGH23456722.1." + code,
      "TG1..ABCDEFGH23456722.1." + code, "TG1.K1.ABCDEFG.1." + code,
      "TG1.K1.ABCDEFGH23456722.." + code, "TG1.K1.ABCDEFGH23456722.-1." + code,
      "TG1.K1.ABCDEFGH23456722.01." + code, "TG1.K1.ABCDEFGH23456722.+1." + code,
      "TG1.K1.ABCDEFGH23456722.9999999999999999999." + code, "TG1.K1.ABCDEFGH23456722.1.",
      "TG1.K1.ABCDEFGH23456722.1.MZXW6YTBOI", "TG1.K1.ABCDEFGH23456722.1.!!",
      "TG1.K1.abcdefgh23456722.1." + code, "TG1.K1.ABCDEFGH23456722.1 ." + code,
      "TG1." + String(repeating: "A", count: 300) + ".A.1." + code,
      // Nine bytes are 72 bits: too few for an authentication code.
      "TG1.K1.ABCDEFGH23456722.1.GEZDGNBVGY3TQOI",
    ]
  )
  func malformed(text: String) { #expect(RotatingToken(text) == nil) }

  @Test("goods are told from payment cards by their check digit, where nothing else tells")
  func goods() {
    // GTIN-13 4006381333931 and GTIN-8 73513537 are examples of GS1's own documents.
    #expect(ScannedNumber.isTradeItemNumber("4006381333931"))
    #expect(ScannedNumber.isTradeItemNumber("73513537"))
    #expect(!ScannedNumber.isTradeItemNumber("4006381333932"))
    #expect(!ScannedNumber.isTradeItemNumber("400638133393"))
    #expect(!ScannedNumber.isTradeItemNumber("400638133393X"))
    let digits = "400638133393".utf8.map { $0 - 0x30 }
    #expect(ScannedNumber.tradeItemCheckDigit(digits) == 1)
    #expect(ScannedNumber.isPaymentCard("4111111111111111", aim: nil))
    #expect(!ScannedNumber.isPaymentCard("4111111111111111", aim: "]C1"))
    #expect(!ScannedNumber.isPaymentCard("4000000000006", aim: nil))
  }
}
