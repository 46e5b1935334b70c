import TapgateJSON
import Testing

@Suite("JSON on the wire")
struct JSONParserTests {
  private func parse(_ text: String, depthMax: Int = 32) -> Result<JSON, JSONError> {
    do throws(JSONError) {
      return .success(try JSONParser.parse(Array(text.utf8), depthMax: depthMax))
    } catch {
      return .failure(error)
    }
  }

  @Test(
    "values are read as they are written",
    arguments: [
      ("null", JSON.null), (" true ", .bool(true)), ("0", .integer(0)), ("-0", .integer(0)),
      ("9223372036854775807", .integer(.max)), ("-9223372036854775808", .integer(.min)),
      ("9223372036854775808", .number("9223372036854775808")), ("1.50", .number("1.50")),
      ("1e3", .number("1e3")), (#""a\u4e2d\ud83d\ude00\n""#, .string("a中😀\n")),
      ("[]", .array([])), (#"{"a":[1,{"b":null}]}"#, .object(["a": [1, ["b": nil]]] as Sample)),
    ]
  )
  func values(_ text: String, _ value: JSON) {
    #expect(parse(text) == .success(value))
  }

  @Test(
    "anything else is refused with its place",
    arguments: [
      ("", JSONError.Problem.unexpectedEnd), ("{", .unexpectedEnd), ("[1,]", .unexpectedByte),
      ("01", .badNumber), ("1.", .badNumber), ("-", .badNumber), ("+1", .unexpectedByte),
      ("nul", .badLiteral), (#""\x""#, .badEscape), (#""\ud800""#, .badEscape),
      (#""\udc00""#, .badEscape), ("\"\u{01}\"", .controlCharacter), ("1 2", .trailingBytes),
      (#"{"a":1,"a":2}"#, .duplicateName), ("'a'", .unexpectedByte), ("{a:1}", .unexpectedByte),
      ("[[[]]]", .tooDeep),
    ]
  )
  func refusals(_ text: String, _ problem: JSONError.Problem) {
    guard case .failure(let error) = parse(text, depthMax: 2) else {
      Issue.record("\(text) was read")
      return
    }
    #expect(error.problem == problem)
  }

  @Test("a name that stands twice is found among many")
  func manyNames() {
    let names = (0..<40).map { "\"n\($0)\":0" } + ["\"n3\":1"]
    guard case .failure(let error) = parse("{" + names.joined(separator: ",") + "}") else {
      Issue.record("the duplicate was not seen")
      return
    }
    #expect(error.problem == .duplicateName)
    #expect(error.name == "n3")
  }

  @Test("every invalid UTF-8 sequence is refused")
  func invalidUTF8() {
    for bytes in [
      [0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xE4, 0xB8],
    ]
      as [[UInt8]]
    {
      #expect(throws: JSONError.self) { try JSONParser.parse([0x22] + bytes + [0x22]) }
    }
  }

  @Test("every prefix and every changed byte of a request has an answer")
  func totality() {
    let text =
      #"{"jsonrpc":"2.0","id":1,"method":"hello","params":{"a":[1.5e-3,"\u00e9",null,true]}}"#
    let bytes = Array(text.utf8)
    for end in bytes.indices { _ = try? JSONParser.parse(Array(bytes[..<end])) }
    for index in bytes.indices {
      for byte in [0, 0x22, 0x5C, 0x7B, 0x7D, 0x80, 0xFF] as [UInt8] {
        var changed = bytes
        changed[index] = byte
        _ = try? JSONParser.parse(changed)
      }
    }
  }

  @Test("what is written is read back, and the canonical form does not depend on order")
  func roundTrip() throws {
    let value = JSON.object([
      "b": .string("\"\\\u{01}\u{7F}中"), "a": .array([.integer(-7), .bool(false), .null]),
    ])
    #expect(try JSONParser.parse(value.encoded()) == value)
    let other = JSON.object(["a": value["a"] ?? .null, "b": value["b"] ?? .null])
    #expect(value.encoded() != other.encoded())
    #expect(value.encoded(isSorted: true) == other.encoded(isSorted: true))
  }
}

/// Literals for expected values.
private indirect enum Sample: ExpressibleByDictionaryLiteral, ExpressibleByArrayLiteral,
  ExpressibleByIntegerLiteral, ExpressibleByNilLiteral
{
  case value(JSON)

  init(dictionaryLiteral elements: (String, Sample)...) {
    self = .value(
      .object(JSONObject(elements.map { JSONObject.Member(name: $0.0, value: $0.1.json) }))
    )
  }
  init(arrayLiteral elements: Sample...) { self = .value(.array(elements.map(\.json))) }
  init(integerLiteral value: Int64) { self = .value(.integer(value)) }
  init(nilLiteral: ()) { self = .value(.null) }

  var json: JSON {
    switch self {
    case .value(let json): json
    }
  }
}

extension JSON {
  fileprivate static func object(_ sample: Sample) -> JSON { sample.json }
}
