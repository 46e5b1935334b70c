import TapgateCodec
import Testing

@Suite("NDEF messages")
struct NDEFTests {
  private static func bytes(_ text: String) -> [UInt8] {
    Hexadecimal.bytes(text.filter { $0 != " " }) ?? []
  }

  private static func texts(_ message: [UInt8]) -> [String]? {
    guard case .success(let parsed) = NDEFMessage.parse(message) else { return nil }
    return parsed.records.compactMap { try? $0.text?.get() }
  }

  private static func problem(_ message: [UInt8]) -> NDEFProblem? {
    guard case .failure(let problem) = NDEFMessage.parse(message) else { return nil }
    return problem
  }

  /// Bytes of one record: MB, ME and SR set.
  private static func record(_ format: UInt8, _ type: String, _ payload: [UInt8]) -> [UInt8] {
    [0xD0 | format, UInt8(type.utf8.count), UInt8(payload.count)] + Array(type.utf8) + payload
  }

  @Test(
    "a URI is written out with its abbreviation",
    arguments: [
      (0x00, "urn:x", "urn:x"), (0x01, "nfc.com", "http://www.nfc.com"),
      (0x04, "shop.example/m/8800", "https://shop.example/m/8800"), (0x05, "+861", "tel:+861"),
      (0x23, "wkt:U", "urn:nfc:wkt:U"), (0x24, "a", "a"), (0xFF, "b", "b"), (0x04, "", "https://"),
    ] as [(UInt8, String, String)]
  )
  func uri(code: UInt8, rest: String, expected: String) {
    #expect(Self.texts(Self.record(1, "U", [code] + Array(rest.utf8))) == [expected])
  }

  @Test("texts in UTF-8 and in UTF-16 of both orders are read")
  func words() {
    #expect(Self.texts(Self.record(1, "T", [0x02] + Array("en88001234".utf8))) == ["88001234"])
    #expect(Self.texts(Self.record(1, "T", [0x02] + Array("zh会员".utf8))) == ["会员"])
    #expect(Self.texts(Self.record(1, "T", Self.bytes("82 656E 4F1A"))) == ["会"])
    #expect(Self.texts(Self.record(1, "T", Self.bytes("82 656E FEFF 4F1A"))) == ["会"])
    #expect(Self.texts(Self.record(1, "T", Self.bytes("82 656E FFFE 1A4F"))) == ["会"])
    #expect(Self.texts(Self.record(1, "T", [0x00] + Array("x".utf8))) == ["x"])
  }

  @Test("a text that is no text is a typed error, not a replacement character")
  func badWords() throws {
    let samples: [([UInt8], NDEFProblem)] = [
      (Self.record(1, "T", [0x02, 0x65, 0x6E, 0xFF, 0xFE]), .text),
      (Self.record(1, "T", Self.bytes("82 656E 4F")), .text),
      (Self.record(1, "T", Self.bytes("82 656E D800 0041")), .text),
      (Self.record(1, "T", [0x3F, 0x65]), .truncated),
      (Self.record(1, "T", []), .truncated),
      (Self.record(1, "U", []), .truncated),
      (Self.record(1, "U", [0x04, 0xC3, 0x28]), .text),
      (Self.record(1, "Sp", [0x51, 0x01]), .truncated),
    ]
    for (message, expected) in samples {
      let record = try #require(try NDEFMessage.parse(message).get().records.first)
      #expect(record.text == .failure(expected))
    }
  }

  @Test("external, media, absolute and smart poster records say what they hold")
  func kinds() {
    #expect(Self.texts(Self.record(4, "shop.example:member", Array("8800".utf8))) == ["8800"])
    #expect(Self.texts(Self.record(2, "text/plain", Array("8800".utf8))) == ["8800"])
    #expect(Self.texts(Self.record(3, "https://shop.example", [])) == ["https://shop.example"])
    let inner = Self.record(1, "U", [0x04] + Array("a.example".utf8))
    #expect(Self.texts(Self.record(1, "Sp", inner)) == ["https://a.example"])
    #expect(Self.texts(Self.record(5, "", [1, 2])) == [])
    #expect(Self.texts([0xD0, 0x00, 0x00]) == [])
  }

  @Test("records with identifiers and long lengths are taken apart")
  func forms() throws {
    // MB, no SR, IL: type length 1, payload length 4 bytes, id length 2.
    let long = Self.bytes("89 01 00000003 02 54 6964 02 656E") + Array("".utf8)
    let parsed = NDEFMessage.parse(long + Self.bytes("51 01 02 55 04 61"))
    let records = try parsed.get().records
    #expect(records.map(\.id) == [Array("id".utf8), []])
    #expect(records.count == 2)
    #expect(try records[1].text?.get() == "https://a")
  }

  @Test("chunks are joined, whatever their number")
  func chunks() throws {
    // MB CF: type U, then two middle chunks (one empty), then the last one.
    let message =
      Self.bytes("B1 01 05 55 04") + Array("shop".utf8) + Self.bytes("36 00 00")
      + Self.bytes("36 00 08") + Array(".example".utf8) + Self.bytes("56 00 02") + Array("/m".utf8)
    #expect(Self.texts(message) == ["https://shop.example/m"])
    let record = try #require(try NDEFMessage.parse(message).get().records.first)
    #expect(record.payload.count == 15)
  }

  @Test(
    "what is no message is refused by name",
    arguments: [
      ("", NDEFProblem.truncated), ("D1", .truncated), ("D1 01 05 55 04", .truncated),
      ("C1 01 7FFFFFFF 55", .truncated), ("C1 01 FFFFFFFF 55", .truncated),
      ("51 01 01 55 00", .messageBegin), ("91 01 01 55 00 D1 01 01 55 00", .messageBegin),
      ("91 01 01 55 00", .messageEnd), ("D1 01 01 55 00 FE", .surplus),
      ("D7 01 01 55 00", .reservedFormat), ("D6 00 01 00", .chunk), ("D0 01 00 55", .fields),
      ("D5 01 00 55", .fields), ("F1 01 01 55 00", .chunk),
      ("B1 01 01 55 00 51 01 01 55 00", .chunk),
      ("B1 01 01 55 00 56 01 01 55 00", .chunk), ("B1 01 01 55 00 5E 00 01 01 41 00", .chunk),
      ("F0 00 00", .chunk),
    ] as [(String, NDEFProblem)]
  )
  func malformed(text: String, expected: NDEFProblem) {
    #expect(Self.problem(Self.bytes(text)) == expected)
  }

  @Test("a message of too many bytes or records is refused")
  func bounds() {
    #expect(Self.problem([UInt8](repeating: 0, count: NDEFMessage.byteCountMax + 1)) == .tooLong)
    var many = Self.bytes("91 01 00 55")
    for _ in 0..<80 { many += Self.bytes("11 01 00 55") }
    #expect(Self.problem(many) == .tooLong)
  }

  @Test("a record does not show its content")
  func masked() throws {
    let message = Self.record(1, "T", [0x02] + Array("en88001234".utf8))
    let parsed = try NDEFMessage.parse(message).get()
    var dumped = ""
    dump(parsed, to: &dumped)
    for text in ["\(parsed)", String(reflecting: parsed.records), dumped] {
      #expect(!text.contains("8800"))
      #expect(!text.contains("56, 56"))
    }
  }

  @Test("no bytes trap: 10^5 random messages, and as many broken good ones")
  func random() {
    var generator = CardFuzz("NDEF")
    let good =
      Self.bytes("91 01 08 55 04") + Array("shop.ex".utf8)
      + Self.bytes("99 01 03 01 54 69 02 65 6E")
      + Self.record(1, "Sp", Self.record(1, "U", [0x04, 0x61]))
    var reached: Set<String> = []
    for round in 0..<200_000 {
      var message: [UInt8]
      if round % 2 == 0 {
        message = (0..<Int.random(in: 0...40, using: &generator)).map { _ in
          UInt8.random(in: 0...255, using: &generator)
        }
      } else {
        message = good
        for _ in 0..<Int.random(in: 1...4, using: &generator) {
          message[Int.random(in: 0..<message.count, using: &generator)] =
            UInt8.random(in: 0...255, using: &generator)
        }
        message = Array(message.prefix(Int.random(in: 0...message.count, using: &generator)))
      }
      switch NDEFMessage.parse(message) {
      case .success(let parsed): reached.insert("\(parsed.records.compactMap(\.text).count)")
      case .failure(let problem): reached.insert(problem.rawValue)
      }
    }
    #expect(reached.count > 6, "the random messages reach too little: \(reached)")
  }
}
