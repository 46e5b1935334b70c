import TapgateCodec
import Testing

@Suite("Comma-separated values")
struct CSVTests {
  static func read(_ text: String) throws -> [CSVRecord] { try read(Array(text.utf8)) }

  static func read(_ bytes: [UInt8], blockSize: Int = .max) throws -> [CSVRecord] {
    var reader = CSVReader()
    var records: [CSVRecord] = []
    var start = 0
    while start < bytes.count {
      let end = start + min(blockSize, bytes.count - start)
      records += try reader.read(Array(bytes[start..<end]))
      start = end
    }
    return records + (try reader.finish())
  }

  @Test(
    "fields come out as RFC 4180 means them",
    arguments: [
      ("a,b\r\nc,d\r\n", [["a", "b"], ["c", "d"]]),
      ("a,b\nc,d", [["a", "b"], ["c", "d"]]),
      ("\"a,1\",\"say \"\"hi\"\"\"\r\n", [["a,1", "say \"hi\""]]),
      ("\"two\r\nlines\",x\r\n", [["two\r\nlines", "x"]]),
      ("a,,\r\n", [["a", "", ""]]),
      ("\"\"\r\n", [[""]]),
      ("\u{FEFF}memberId,name\r\nM1,王小明\r\n", [["memberId", "name"], ["M1", "王小明"]]),
      ("a\r\n\r\n\nb\r\n", [["a"], ["b"]]),
      ("a\tb, c \r\n", [["a\tb", " c "]]),
      ("", []), ("\r\n", []), ("\u{FEFF}", []),
    ] as [(String, [[String]])]
  )
  func fields(text: String, expected: [[String]]) throws {
    #expect(try Self.read(text).map(\.fields) == expected)
  }

  @Test("a record knows its line, also after quoted line ends and empty lines")
  func lines() throws {
    let records = try Self.read("h\r\n\"x\ny\"\r\n\r\nlast\r\n")
    #expect(records.map(\.line) == [1, 2, 5])
  }

  @Test(
    "what is wrong is told with line and column",
    arguments: [
      ("a,b\"c\r\n", .quoteInPlainField, 1, 4),
      ("a\r\n王,\"b\" c\r\n", .textAfterQuote, 2, 6),
      ("a\r\nb,\"open\r\nstill", .unclosedQuote, 2, 3),
      ("a\rb\r\n", .loneCarriageReturn, 1, 2),
      ("a\r\n", nil, 0, 0),
      ("a,\u{0}\r\n", .controlCharacter, 1, 3),
      ("\"a\u{1B}[31m\"\r\n", .controlCharacter, 1, 3),
    ] as [(String, CSVError.Problem?, Int, Int)]
  )
  func errors(text: String, problem: CSVError.Problem?, line: Int, column: Int) {
    do {
      _ = try Self.read(text)
      #expect(problem == nil)
    } catch {
      let csv = error as? CSVError
      #expect(csv?.problem == problem)
      #expect(csv?.line == line)
      #expect(csv?.column == column)
    }
  }

  @Test("bytes that are not UTF-8 are told with their field's place")
  func encoding() {
    // "a," CRLF, then "x," and GBK bytes of a Chinese character.
    let bytes: [UInt8] = [0x61, 0x2C, 0x0D, 0x0A, 0x78, 0x2C, 0xCD, 0xF5, 0x0D, 0x0A]
    #expect(throws: CSVError(problem: .invalidUTF8, line: 2, column: 3)) {
      try Self.read(bytes)
    }
  }

  @Test("a record is bounded in bytes and in fields")
  func bounds() {
    let long = String(repeating: "x", count: CSVReader.recordByteCountMax + 1)
    #expect(throws: CSVError.self) { try Self.read(long) }
    #expect(throws: CSVError.self) { try Self.read("\"" + long) }
    let wide = String(repeating: ",", count: CSVReader.fieldCountMax)
    #expect(throws: CSVError.self) { try Self.read(wide) }
  }

  @Test("blocks may end anywhere")
  func blocks() throws {
    let bytes = Array("\u{FEFF}名,\"a\"\"b\r\nc\"\r\nx,y\r\n".utf8)
    let whole = try Self.read(bytes)
    for size in 1...bytes.count {
      #expect(try Self.read(bytes, blockSize: size) == whole)
    }
  }

  @Test("what the writer writes is read back as it was")
  func roundTrip() throws {
    var generator = SystemRandomNumberGenerator()
    let pieces = ["a", "王", "\"", ",", "\r\n", "\n", " ", "", "\"\"", "=1+1"]
    for _ in 0..<500 {
      let fields = (0..<Int.random(in: 1...6, using: &generator)).map { _ in
        (0..<Int.random(in: 0...4, using: &generator))
          .map { _ in pieces.randomElement(using: &generator) ?? "" }.joined()
      }
      #expect(try Self.read(CSVWriter.record(fields)).map(\.fields) == [fields])
    }
  }

  @Test("every byte string has an answer")
  func total() {
    var generator = SystemRandomNumberGenerator()
    let alphabet: [UInt8] = [
      0x22, 0x2C, 0x0D, 0x0A, 0x61, 0xE7, 0x8E, 0x8B, 0xEF, 0xBB, 0xBF, 0x00,
    ]
    for _ in 0..<3000 {
      let bytes = (0..<Int.random(in: 0...24, using: &generator)).map { _ in
        alphabet.randomElement(using: &generator) ?? 0
      }
      // Either answer will do; only a trap would be wrong.
      _ = try? Self.read(bytes, blockSize: 5)
    }
  }
}
