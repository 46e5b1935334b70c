import BigInt
import Testing

@testable import TapgateCards

@Suite("Originality signatures")
struct OriginalityTests {
  /// Identifiers and signatures of real chips: the self-test of Proxmark3's `tools/recover_pk.py`,
  /// and (NTAG 424 DNA, the third) NXP AN12196 table 30.
  static let samples: [(String, String)] = [
    ("04C1285A373080", "CEA2EB0B3C95D0844A95B824A7553703B3702378033BF0987899DB70151A19E7"),
    ("04C2285A373080", "A561506723D422D29ED9F93E60D20B9ED1E05CC1BF81DA19FE500CA0B81CC0ED"),
    ("04E10CDA993C80", "8B76052EE42F5567BEB53238B3E3F9950707C0DCC956B5C5EFCFDB709B2D82B3"),
    ("04DB0BDA993C80", "6048EFD9417CD10F6B7F1818D471A7FE5B46868D2EABDC6307A1E0AAE139D8D0"),
    (
      "045E4CC2451390",
      "C9BBDA1B99EB6634CDFD8E3251AC5C4742EA5FA507B8A8A8"
        + "B39B19AB7340D173331589C54C56C49F0CCA6DDBAC1E492A"
    ),
    (
      "043F88C2451390",
      "5C2055A7373F119C3FDD9843020B06AA0E6DE18C16496C42"
        + "5C4AD971A50F05FA1A67B9E39CA60C355EEEEBF8214A84A5"
    ),
    (
      "0463474AA26A80",
      "27E9A50E6CA4BA9037C02F7D20A80D0284D0C1D83C67F5A5AC1D8A4E"
        + "F86C9508417E4E9C6F85AA7920F0ABDED984CAF20467D66EA54BBF08"
    ),
    (
      "04C46C222A6380",
      "344A806EBF704C05C19215D2F840529CE365AAD2D08A469A95896D75"
        + "D477D9FAB02A0C827E9F215BD8EB0E56A3A9A008FB75D706AABBD4DA"
    ),
    (
      "04518DFAA96180",
      "D1940D17CFEDA4BFF80359AB975F9F6514313E8F90C1D3CAAF5941AD"
        + "744A1CDF9A83F883CAFE0FE95D1939B1B7E47113993324473B785D21"
    ),
    (
      "042468222F5C80",
      "B9211E320F321BD1D0E158E10FF15109B389638BAE15D9909D7725BF"
        + "1250ED236D66F1AF75C94D60330E4E92535F5E6997675281A5687173"
    ),
    (
      "042A41CAE45380",
      "B2769F8DDB575AEA2A680ADCA8FFED4FAB81A1E9908E2B82FE0FABB6"
        + "97BBD9B23835C416970E75768F12902ACA491349E94E6589EAF4F508"
    ),
    (
      "044CA092806480",
      "9d86dacd3866058b1cf122ff5fc80e997251d99179bc1f996acf6ed7"
        + "d495da5c39dde699e2760c08d747ef08487b9897d48957e5afd755e2"
    ),
    (
      "04448BD2DB6B80",
      "5CBB5632795C8F15263FEFB095B51C7B541AFD914A1AE44EF6FB8AF6"
        + "05EDF13DBFEE6C3A2DB372245E671DFE0D42CB1F0D0B8FE67A89D2F6"
    ),
    (
      "0439556ACB6480",
      "D5BD0978106E1E38B513642335966AB21E9F950DCFCFAB45FF13D0DC"
        + "3CA4C2AE7E0D671DF1240937D040DAC4601C5F66ED62C546EE03ED08"
    ),
  ]

  @Test("real chips of every kind are genuine", arguments: samples)
  func genuine(uid: String, signature: String) {
    #expect(OriginalitySignature.verify(bytes(signature), uid: bytes(uid)) == .genuine)
  }

  @Test(
    "a flipped bit, another identifier and another length are forged",
    arguments: [samples[0], samples[4], samples[8]]
  )
  func forged(uid: String, signature: String) {
    var changed = bytes(signature)
    changed[changed.count - 1] ^= 0x01
    #expect(OriginalitySignature.verify(changed, uid: bytes(uid)) == .forged)
    var other = bytes(uid)
    other[3] ^= 0x10
    #expect(OriginalitySignature.verify(bytes(signature), uid: other) == .forged)
    #expect(OriginalitySignature.verify(bytes(signature).dropLast(), uid: bytes(uid)) == .forged)
  }

  @Test("zeros, the order and its neighbours are no signatures")
  func edges() {
    for curve in [EllipticCurve.secp128r1, .secp192r1, .secp224r1] {
      let count = curve.byteCount
      let zeros = [UInt8](repeating: 0, count: count * 2)
      #expect(OriginalitySignature.verify(zeros, uid: bytes("04518DFAA96180")) == .forged)
      let ones = [UInt8](repeating: 0xFF, count: count * 2)
      #expect(OriginalitySignature.verify(ones, uid: bytes("04518DFAA96180")) == .forged)
      #expect(curve.contains(curve.generator))
      // The generator's order times the generator is the point at infinity.
      #expect(curve.sumX(curve.n, 0, curve.generator) == nil)
      #expect(curve.sumX(curve.n - 1, 1, curve.generator) == nil)
      #expect(curve.sumX(curve.n, 1, curve.generator) == curve.generator.x)
      #expect(curve.sumX(1, curve.n - 2, curve.generator) == curve.generator.x)
    }
    #expect(CurveKey(.secp128r1, "00") == nil)
    #expect(CurveKey(.secp128r1, String(repeating: "1", count: 64)) == nil)
  }
}
