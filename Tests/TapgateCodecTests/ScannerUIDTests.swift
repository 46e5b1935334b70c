import TapgateCodec
import TapgateModel
import Testing

@Suite("Card identifiers that are typed")
struct ScannerUIDTests {
  @Test(
    "the same card has the same identifier, however it is written",
    arguments: [
      (TypedUIDFormat.hexBE, "A1B2C3D4", "A1B2C3D4"), (.hexBE, "a1:b2 c3-d4", "A1B2C3D4"),
      (.hexLE, "D4C3B2A1", "A1B2C3D4"), (.decimalBE, "2712847316", "A1B2C3D4"),
      (.decimalLE, "3569595041", "A1B2C3D4"), (.decimalBE, "0305419896", "12345678"),
      (.hexBE, "04112233445566", "04112233445566"),
      (.decimalBE, "01144738493519206", "04112233445566"),
      (.hexLE, "E004010203040506", "E004010203040506"),
    ]
  )
  func same(format: TypedUIDFormat, text: String, expected: String) throws {
    #expect(try format.uid(of: text).get().hexadecimal == expected)
  }

  @Test(
    "what is no identifier is refused",
    arguments: [
      (TypedUIDFormat.hexBE, ""), (.hexBE, "A1B2C3"), (.hexBE, "A1B2C3D"), (.hexBE, "A1B2C3DX"),
      (.hexBE, "08112233"), (.hexLE, "33221108"), (.decimalBE, "4294967296"),
      (.decimalBE, "99999999999999999"), (.decimalBE, "12a"), (.decimalBE, ""),
      (.decimalLE, "123456789012345678"), (.hexBE, String(repeating: "A", count: 40)),
      (.decimalBE, "0000000000"),
    ]
  )
  func refused(format: TypedUIDFormat, text: String) {
    #expect(throws: CardUID.Refusal.self) { try format.uid(of: text).get() }
  }
}
