import TapgateCodec
import Testing

@Suite("TOML")
struct TOMLTests {
  static func parse(_ text: String) throws(TOMLError) -> TOMLNode {
    try TOMLParser.parse(Array(text.utf8))
  }

  /// A document written down shortly, to compare with.
  static func shown(_ node: TOMLNode) -> String {
    switch node.value {
    case .table(let members):
      "{" + members.map { "\($0.name):\(shown($0.node))" }.joined(separator: ",") + "}"
    case .array(let elements): "[" + elements.map(shown).joined(separator: ",") + "]"
    case .string(let text): "'\(text)'"
    case .integer(let number): String(number)
    case .bool(let flag): String(flag)
    case .other(let text): "~\(text)"
    }
  }

  @Test(
    "documents mean what TOML 1.0 says",
    arguments: [
      ("", "{}"),
      ("a = 1\nb = \"x\" # c\nc = true", "{a:1,b:'x',c:true}"),
      ("[t]\na = 1\n[t.u]\nb = 2\n[v]\n", "{t:{a:1,u:{b:2}},v:{}}"),
      ("[t.u]\nb = 2\n[t]\na = 1", "{t:{u:{b:2},a:1}}"),
      ("[[p]]\nid = 1\n[p.q]\nx = 1\n[[p]]\nid = 2", "{p:[{id:1,q:{x:1}},{id:2}]}"),
      ("a.b.c = 1\na.b.d = 2", "{a:{b:{c:1,d:2}}}"),
      ("m = { vendor = 0x0c2e, p.q = 1 }", "{m:{vendor:3118,p:{q:1}}}"),
      ("a = [ 1, [2, 3],\n # c\n 'x', ]", "{a:[1,[2,3],'x']}"),
      ("a = {}\nb = []", "{a:{},b:[]}"),
      ("\"a b\" = 1\n'c.d' = 2\n\"\" = 3\n1-2_3 = 4", "{a b:1,c.d:2,:3,1-2_3:4}"),
      (#"a = "q\"\\\t\u00e9\U0001F600""#, "{a:'q\"\\\té😀'}"),
      ("a = 'C:\\x'", "{a:'C:\\x'}"),
      ("a = \"\"\"\nx\n\"y\" \\\n   z\"\"\"\"", "{a:'x\n\"y\" z\"'}"),
      ("a = '''\r\nx\r\ny'''", "{a:'x\ny'}"),
      ("a = +1_000\nb = -0\nc = 0o17\nd = 0b101", "{a:1000,b:0,c:15,d:5}"),
      ("a = 9223372036854775807\nb = -9223372036854775808", "{a:\(Int64.max),b:\(Int64.min)}"),
      ("a = 1.5\nb = 1e3\nc = inf\nd = 1979-05-27T07:32:00Z", nil),
      ("\u{FEFF}a = 1\r\n", "{a:1}"),
    ] as [(String, String?)]
  )
  func documents(text: String, expected: String?) throws {
    let found = Self.shown(try Self.parse(text))
    let other = "{a:~1.5,b:~1e3,c:~inf,d:~1979-05-27T07:32:00Z}"
    #expect(found == expected ?? other)
  }

  @Test(
    "what is wrong is told with its place",
    arguments: [
      ("a", .expectedEquals, 1, 2), ("= 1", .expectedKey, 1, 1), ("a = ", .expectedValue, 1, 5),
      ("a = x", .expectedValue, 1, 5), ("a = 1 b = 2", .expectedLineEnd, 1, 7),
      ("a = 1\n\na = 2", .duplicate, 3, 1), ("[t]\n[t]", .duplicate, 2, 2),
      ("a = 1\n[a]", .duplicate, 2, 2), ("a = 1\n[a.b]", .notExtendable, 2, 2),
      ("a = {}\na.b = 1", .notExtendable, 2, 1), ("a = {}\n[a.b]", .notExtendable, 2, 2),
      ("a.b = 1\n[a]", .duplicate, 2, 2), ("[a.b]\n[a]\nb.c = 1", .notExtendable, 3, 1),
      ("a = []\n[[a]]", .duplicate, 2, 3), ("[[a]]\n[a]", .duplicate, 2, 2),
      ("[a\n", .expectedClosingBracket, 1, 3), ("[[a]\n", .expectedClosingBracket, 1, 5),
      ("[]", .expectedKey, 1, 2), ("[a.]", .expectedKey, 1, 4),
      ("a = \"x\nb = 1", .unclosedString, 1, 5), ("a = '''x", .unclosedString, 1, 5),
      (#"a = "\q""#, .badEscape, 1, 6), (#"a = "\ud800""#, .badEscape, 1, 6),
      ("a = \"\u{1}\"", .controlCharacter, 1, 6), ("a = 1\u{0}", .controlCharacter, 1, 6),
      ("# \u{7}", .controlCharacter, 1, 3), ("a = 1\rb = 2", .controlCharacter, 1, 6),
      ("a = 9223372036854775808", .integerTooLarge, 1, 5), ("a = 01", .expectedValue, 1, 5),
      ("a = 1_", .expectedValue, 1, 5), ("a = 1__0", .expectedValue, 1, 5),
      ("a = [1 2]", .expectedCommaOrEnd, 1, 8), ("a = [1", .expectedCommaOrEnd, 1, 7),
      ("a = {b = 1,}", .expectedKey, 1, 12), ("a = {b = 1\n}", .expectedCommaOrEnd, 1, 11),
      ("\"\"\"a\"\"\" = 1", .expectedKey, 1, 1), ("店 = 1", .expectedKey, 1, 1),
    ] as [(String, TOMLError.Problem, Int, Int)]
  )
  func errors(text: String, problem: TOMLError.Problem, line: Int, column: Int) {
    let expected = TOMLError(problem, at: TextPosition(line: line, column: column))
    #expect(throws: expected) { try Self.parse(text) }
  }

  @Test("every key knows where it stands")
  func positions() throws {
    let document = try Self.parse("[a]\n  b = { c = 1 }\n\n[[d]]\ne.f = [1,\n  2]")
    guard case .table(let top) = document.value, case .table(let a) = top[0].node.value,
      case .table(let b) = a[0].node.value, case .array(let d) = top[1].node.value,
      case .table(let first) = d[0].value, case .table(let e) = first[0].node.value,
      case .array(let f) = e[0].node.value
    else {
      Issue.record("\(document)")
      return
    }
    #expect(a[0].node.position == TextPosition(line: 2, column: 3))
    #expect(b[0].node.position == TextPosition(line: 2, column: 9))
    #expect(d[0].position == TextPosition(line: 4, column: 1))
    #expect(e[0].node.position == TextPosition(line: 5, column: 3))
    #expect(f[1].position == TextPosition(line: 6, column: 3))
  }

  @Test("nesting is bounded")
  func depth() {
    let arrays = "a = " + String(repeating: "[", count: 100_000)
    #expect(throws: TOMLError.self) { try Self.parse(arrays) }
    let tables = "a = " + String(repeating: "{a=", count: 100_000)
    #expect(throws: TOMLError.self) { try Self.parse(tables) }
    let keys = String(repeating: "a.", count: 100_000) + "a = 1"
    #expect(throws: TOMLError.self) { try Self.parse(keys) }
  }

  @Test("bytes that are not UTF-8 are told with their place")
  func encoding() {
    let bytes = Array("a = 1\n店".utf8) + [0xFF]
    #expect(throws: TOMLError(.invalidUTF8, at: TextPosition(line: 2, column: 2))) {
      try TOMLParser.parse(bytes)
    }
  }

  @Test("every text has an answer")
  func total() {
    var generator = SystemRandomNumberGenerator()
    let pieces = [
      "[", "]", "[[", "]]", "a", "b", "=", "\"", "'", "\"\"\"", "'''", "\n", ".", "{", "}", ",",
      "#", "1", "0x", "_", "-", " ", "\\", "\\u", "é", "\r", "\0", "true",
    ]
    for _ in 0..<5000 {
      let text = (0..<Int.random(in: 0...16, using: &generator))
        .map { _ in pieces.randomElement(using: &generator) ?? "" }.joined()
      // A document or an error: only a trap or a hang would be wrong.
      _ = try? Self.parse(text)
    }
  }
}
