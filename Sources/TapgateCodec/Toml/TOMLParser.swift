// TOML 1.0.0 (toml.io/en/v1.0.0). Floating-point numbers, dates and times are recognised as such
// and kept as text; everything else is as the specification has it.

/// Reads a TOML document, strictly, and keeps the place of every key.
///
/// It answers every byte string with a document or a `TOMLError`, and never calls itself deeper
/// than `depthMax` for each part of a dotted key, in time that grows with the text.
public struct TOMLParser {
  /// Arrays and inline tables within each other, and parts of a dotted key.
  public static let depthMax = 32

  private let characters: [Unicode.Scalar]
  private var index = 0
  private(set) var position = TextPosition(line: 1, column: 1)

  /// Parses all of `bytes`.
  public static func parse(_ bytes: [UInt8]) throws(TOMLError) -> TOMLNode {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw TOMLError(.invalidUTF8, at: place(ofInvalidUTF8: bytes))
    }
    var parser = TOMLParser(Array(text.unicodeScalars))
    return try parser.document()
  }

  init(_ characters: [Unicode.Scalar]) {
    self.characters = characters
    if characters.first == "\u{FEFF}" { index = 1 }
  }

  /// The next character; `nil` at the end.
  var current: Unicode.Scalar? { index < characters.count ? characters[index] : nil }

  /// The character after the next `distance` ones.
  func ahead(_ distance: Int) -> Unicode.Scalar? {
    index + distance < characters.count ? characters[index + distance] : nil
  }

  mutating func advance() {
    guard let scalar = current else { return }
    index += 1
    if scalar == "\n" {
      position = TextPosition(line: position.line + 1, column: 1)
    } else {
      position.column += 1
    }
  }

  /// Passes `scalar` if it is next.
  mutating func pass(_ scalar: Unicode.Scalar) -> Bool {
    guard current == scalar else { return false }
    advance()
    return true
  }

  func error(_ problem: TOMLError.Problem) -> TOMLError { TOMLError(problem, at: position) }

  private mutating func document() throws(TOMLError) -> TOMLNode {
    var tree = TOMLTree()
    var table = TOMLTree.root
    while current != nil {
      skipSpaces()
      switch current {
      case "[": table = try header(&tree)
      case "#", "\n", "\r", nil: break
      default: try member(of: table, in: &tree, depth: 0)
      }
      try endLine()
    }
    return tree.node()
  }

  private mutating func header(_ tree: inout TOMLTree) throws(TOMLError) -> Int {
    let start = position
    advance()
    let isList = pass("[")
    let keys = try key()
    guard pass("]"), !isList || pass("]") else { throw error(.expectedClosingBracket) }
    return isList ? try tree.append(keys, at: start) : try tree.open(keys)
  }

  /// `a.b = value`.
  private mutating func member(
    of table: Int,
    in tree: inout TOMLTree,
    depth: Int
  ) throws(TOMLError) {
    let keys = try key()
    guard pass("=") else { throw error(.expectedEquals) }
    skipSpaces()
    let value = try value(depth: depth)
    let target = try tree.descend(keys.dropLast(), from: table)
    if let last = keys.last { try tree.put(value, last, in: target) }
  }

  /// A dotted key and the spaces around it.
  private mutating func key() throws(TOMLError) -> [TOMLKey] {
    var keys: [TOMLKey] = []
    repeat {
      guard keys.count < Self.depthMax else { throw error(.tooDeep) }
      skipSpaces()
      keys.append(TOMLKey(name: "", position: position))
      keys[keys.count - 1].name = try simpleKey()
      skipSpaces()
    } while pass(".")
    return keys
  }

  private mutating func simpleKey() throws(TOMLError) -> String {
    if current == "\"" || current == "'" {
      let start = position
      guard ahead(1) != current || ahead(2) != current else {
        throw TOMLError(.expectedKey, at: start)
      }
      return try string()
    }
    var name = ""
    while let scalar = current, Self.isBare(scalar) {
      name.unicodeScalars.append(scalar)
      advance()
    }
    guard !name.isEmpty else { throw error(.expectedKey) }
    return name
  }

  private mutating func value(depth: Int) throws(TOMLError) -> TOMLNode.Value {
    switch current {
    case "\"", "'": return .string(try string())
    case "[": return .array(try array(depth: depth + 1))
    case "{": return try inlineTable(depth: depth + 1)
    default: return try scalar()
    }
  }

  private mutating func array(depth: Int) throws(TOMLError) -> [TOMLNode] {
    guard depth <= Self.depthMax else { throw error(.tooDeep) }
    advance()
    var elements: [TOMLNode] = []
    while true {
      try skipLines()
      if pass("]") { return elements }
      let start = position
      elements.append(TOMLNode(value: try value(depth: depth), position: start))
      try skipLines()
      if pass("]") { return elements }
      guard pass(",") else { throw error(.expectedCommaOrEnd) }
    }
  }

  private mutating func inlineTable(depth: Int) throws(TOMLError) -> TOMLNode.Value {
    guard depth <= Self.depthMax else { throw error(.tooDeep) }
    advance()
    var tree = TOMLTree()
    skipSpaces()
    if pass("}") { return .table([]) }
    while true {
      try member(of: TOMLTree.root, in: &tree, depth: depth)
      skipSpaces()
      if pass("}") { return tree.node().value }
      guard pass(",") else { throw error(.expectedCommaOrEnd) }
      skipSpaces()
    }
  }

  mutating func skipSpaces() {
    while current == " " || current == "\t" { advance() }
  }

  /// Spaces, line ends and comments, as they may stand within an array.
  private mutating func skipLines() throws(TOMLError) {
    while true {
      skipSpaces()
      switch current {
      case "\n", "\r", "#": try endLine()
      default: return
      }
    }
  }

  /// A comment, if there is one, and the end of the line or of the text.
  private mutating func endLine() throws(TOMLError) {
    skipSpaces()
    if current == "#" {
      while let scalar = current, scalar != "\n", scalar != "\r" {
        guard !Self.isControl(scalar) else { throw error(.controlCharacter) }
        advance()
      }
    }
    if current == "\r", ahead(1) == "\n" { advance() }
    guard current == nil || pass("\n") else {
      throw error(current.map(Self.isControl) == true ? .controlCharacter : .expectedLineEnd)
    }
  }

  static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value < 0x20 && scalar != "\t" || scalar.value == 0x7F
  }

  static func isBare(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "a"..."z", "A"..."Z", "0"..."9", "-", "_": true
    default: false
    }
  }

  /// Where the first byte is that no UTF-8 text has there: after its longest valid beginning.
  private static func place(ofInvalidUTF8 bytes: [UInt8]) -> TextPosition {
    var place = TextPosition(line: 1, column: 1)
    var iterator = bytes.makeIterator()
    var decoder = UTF8()
    while case .scalarValue(let scalar) = decoder.decode(&iterator) {
      if scalar == "\n" {
        place = TextPosition(line: place.line + 1, column: 1)
      } else {
        place.column += 1
      }
    }
    return place
  }
}
