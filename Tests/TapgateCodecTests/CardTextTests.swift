import TapgateCodec
import Testing

@Suite("Commands, transports and texts of cards")
struct CardTextTests {
  private static func bytes(_ text: String) -> [UInt8] {
    Hexadecimal.bytes(text.filter { $0 != " " }) ?? []
  }

  @Test("commands are those of the standards, byte for byte")
  func commands() {
    let ndef = Self.bytes("D2760000850101")
    #expect(CardCommand.select(name: ndef) == Self.bytes("00A4040007D276000085010100"))
    #expect(CardCommand.select(file: 0xE103) == Self.bytes("00A4000C02E103"))
    #expect(CardCommand.readBinary(offset: 0x102, count: 15) == Self.bytes("00B001020F"))
    #expect(CardCommand.readBinary(offset: 70_000, count: 700) == Self.bytes("00B07FFFFF"))
    #expect(CardCommand.readBinary(offset: -1, count: 0) == Self.bytes("00B0000001"))
    let short = CardCommand.readBinary(shortFile: 4, offset: 2, count: 5)
    #expect(short == Self.bytes("00B0840205"))
    #expect(CardCommand.getResponse(7) == Self.bytes("00C0000007"))
    #expect(CardCommand.internalAuthenticate([1, 2]) == Self.bytes("0088000002010200"))
    #expect(CardCommand.native(0x60) == Self.bytes("9060000000"))
    #expect(CardCommand.native(0xAA, [0x00]) == Self.bytes("90AA0000010000"))
    #expect(
      ReaderCommand.loadKey([1, 2, 3, 4, 5, 6], slot: 1) == Self.bytes("FF82000106010203040506")
    )
    let login = ReaderCommand.authenticate(block: 4, key: .b, slot: 0)
    #expect(login == Self.bytes("FF860000050100046100"))
    #expect(ReaderCommand.read(address: 4, count: 16) == Self.bytes("FFB0000410"))
    let many = [UInt8](repeating: 7, count: 400)
    for command in [CardCommand.select(name: many), CardCommand.native(1, many)] {
      #expect(command.count <= 261)
    }
  }

  @Test("a raw command goes through each kind of reader and back")
  func transports() {
    let version = Self.bytes("0004040201000F03")
    #expect(TagTransport.pn532.wrap([0x60]) == Self.bytes("FF00000003D44260"))
    #expect(TagTransport.direct.wrap([0x60]) == Self.bytes("FF0000000160"))
    let transparent = Self.bytes("FFC20001 0A 5F4604A0860100 95 01 60 00")
    #expect(TagTransport.transparent.wrap([0x60]) == transparent)
    let samples: [(TagTransport, String, Result<[UInt8], TagFailure>)] = [
      (.pn532, "D54300 0004040201000F03 9000", .success(version)),
      (.pn532, "D54301 9000", .failure(.noAnswer)), (.pn532, "D54302 9000", .failure(.refused)),
      (.pn532, "D54300 9000", .failure(.refused)), (.pn532, "6300", .failure(.notSupported)),
      (.pn532, "D541 00 01 9000", .failure(.notSupported)),
      (.direct, "0004040201000F03 9000", .success(version)),
      (.direct, "00 9000", .failure(.refused)),
      (.direct, "6A81", .failure(.notSupported)), (.direct, "6300", .failure(.refused)),
      (
        .transparent, "C003009000 920100 96020000 97080004040201000F03 9000", .success(version)
      ),
      (.transparent, "C003009000 9000", .failure(.refused)),
      (.transparent, "C003016401 9000", .failure(.noAnswer)),
      (.transparent, "C003016A81 9000", .failure(.notSupported)),
      (.transparent, "C003016A80 9000", .failure(.refused)),
      (.transparent, "C003009000 920104 970100 9000", .failure(.refused)),
      (.transparent, "C003009000 96020100 97021234 9000", .failure(.refused)),
      (.transparent, "C003009000 9781021234 9000", .success([0x12, 0x34])),
      (.transparent, "C003009000 978200021234 9000", .success([0x12, 0x34])),
      (.transparent, "C003009000 970512 9000", .failure(.notSupported)),
      (.transparent, "5F510102 C003009000 97021234 9000", .success([0x12, 0x34])),
      (.transparent, "6A81", .failure(.notSupported)),
    ]
    for (transport, text, expected) in samples {
      guard let response = ResponseAPDU(Self.bytes(text)) else {
        Issue.record("\(text)")
        continue
      }
      #expect(transport.unwrap(response) == expected, "\(transport) \(text)")
    }
    #expect(ResponseAPDU(Self.bytes("C0030090009000")).map(TagTransport.isAccepted) == true)
    #expect(ResponseAPDU(Self.bytes("9000")).map(TagTransport.isAccepted) == false)
    #expect(ResponseAPDU(Self.bytes("C003016A819000")).map(TagTransport.isAccepted) == false)
    #expect(ResponseAPDU(Self.bytes("6A81")).map(TagTransport.isAccepted) == false)
  }

  @Test("a pattern takes out what stands in its gaps")
  func pattern() throws {
    let plain = try TextPattern.parse("https://shop.example/m/{id}").get()
    #expect(plain.match("https://shop.example/m/8800")?[.id] == "8800")
    #expect(plain.match("https://shop.example/m/") == nil)
    #expect(plain.match("https://evil.example/m/8800") == nil)
    let suffix = try TextPattern.parse("TG{id};v1").get()
    #expect(suffix.match("TG88;v1")?[.id] == "88")
    #expect(suffix.match("TG88;v2") == nil)
    #expect(suffix.match("TG;v1") == nil)
    #expect(suffix.match("TG88;v1;v1") == nil, "the first end counts")
    #expect(try TextPattern.parse("8800").get().match("8800")?[.id] == nil)
    let all = try TextPattern.parse("{id}").get()
    #expect(all.match("会员7")?[.id] == "会员7")
    #expect(all.match("") == nil)
  }

  @Test("a pattern of a dynamic message has its digits and what the MAC is made over")
  func dynamicPattern() throws {
    let pattern = try TextPattern.parse("https://a.example/?p={picc}&e={macFrom}{enc}&c={mac}")
      .get()
    let picc = "FDE4AFA99B5C820A2C1BB0F1C792D0EB"
    let enc = "94592FDE69FA06E8E3B6CA686A22842B"
    let match = pattern.match("https://a.example/?p=\(picc)&e=\(enc)&c=C48B89C17A233B2C")
    #expect(match?.bytes(.picc) == Self.bytes(picc))
    #expect(match?.bytes(.enc) == Self.bytes(enc))
    #expect(match?.bytes(.mac) == Self.bytes("C48B89C17A233B2C"))
    #expect(match?.macInput == Array("\(enc)&c=".utf8))
    #expect(pattern.match("https://a.example/?p=\(picc)&e=\(enc)&c=C48B89C17A233B2") == nil)
    #expect(pattern.match("https://a.example/?p=\(picc)&e=&c=C48B89C17A233B2C") == nil)
    #expect(
      pattern.match("https://a.example/?p=\(picc.dropLast())G&e=\(enc)&c=C48B89C17A233B2C") == nil
    )
    let mirror = try TextPattern.parse("https://a.example/{uid}x{ctr}?c={mac}").get()
    let found = mirror.match("https://a.example/041E3C8A2D6B80x000006?c=4B00064004B0B3D3")
    #expect(found?.bytes(.uid) == Self.bytes("041E3C8A2D6B80"))
    #expect(found?.bytes(.ctr) == [0, 0, 6])
    #expect(found?.macInput.isEmpty == true)
  }

  @Test(
    "a text that is no pattern is refused by name",
    arguments: [
      ("{", TextPattern.Problem.braces), ("a}b", .braces), ("{name}", .braces), ("{id", .braces),
      ("{id}-{id}", .repeated), ("{id}{mac}", .ambiguous), ("{id}{macFrom}{mac}", .ambiguous),
      ("{enc}{id}", .ambiguous),
    ] as [(String, TextPattern.Problem)]
  )
  func badPattern(text: String, problem: TextPattern.Problem) {
    #expect(TextPattern.parse(text) == .failure(problem))
  }

  @Test("no text traps a pattern: 10^5 random ones")
  func randomText() throws {
    var generator = CardFuzz("card texts")
    let patterns = try ["{id}", "a{id}b", "{picc}{macFrom}x{enc}{mac}", "{uid}x{ctr}"].map {
      try TextPattern.parse($0).get()
    }
    let alphabet = Array("0123456789ABCDEFabx{}é会")
    var matches = 0
    for _ in 0..<100_000 {
      let text = String(
        (0..<Int.random(in: 0...24, using: &generator)).map { _ in
          alphabet.randomElement(using: &generator) ?? "0"
        }
      )
      for pattern in patterns where pattern.match(text) != nil { matches += 1 }
      _ = TextPattern.parse(text)
    }
    #expect(matches > 1000)
  }

  @Test("a match and its fields do not show themselves")
  func masked() throws {
    let match = try #require(try TextPattern.parse("{id}").get().match("88001234"))
    var dumped = ""
    dump(match, to: &dumped)
    for text in ["\(match)", String(reflecting: match), dumped] {
      #expect(!text.contains("8800"))
      #expect(!text.contains("56"))
    }
  }

  @Test("a number is read from characters, from digits and from bytes")
  func content() {
    #expect(CardContent.text.decode(Array("88001234".utf8) + [0, 0]) == "88001234")
    #expect(CardContent.text.decode(Array("  M-7 ".utf8) + [0xFF]) == "M-7")
    #expect(CardContent.text.decode([0x41, 0x01]) == nil)
    #expect(CardContent.text.decode([0x41, 0xC3]) == nil)
    #expect(CardContent.bcd.decode([0x88, 0x00, 0x12, 0x3F]) == "8800123")
    #expect(CardContent.bcd.decode([0x88, 0xA0]) == nil)
    #expect(CardContent.bcd.decode([0xFF, 0xF0]) == nil)
    #expect(CardContent.hex.decode([0xDE, 0x00]) == "DE00")
    for content in CardContent.allCases {
      #expect(content.decode([]) == nil)
      #expect(content.decode([0, 0, 0]) == nil)
      #expect(content.decode([0xFF, 0xFF]) == nil)
      #expect(content.decode([UInt8](repeating: 0x31, count: 129)) == nil)
    }
    var generator = CardFuzz("card texts")
    for _ in 0..<100_000 {
      let bytes = (0..<Int.random(in: 0...12, using: &generator)).map { _ in
        UInt8.random(in: 0...255, using: &generator)
      }
      for content in CardContent.allCases { _ = content.decode(bytes) }
    }
  }
}
