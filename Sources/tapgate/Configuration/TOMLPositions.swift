/// Where the keys of a TOML 1.0 document stand.
///
/// It follows the document's structure only as far as it needs to tell keys from everything else, and
/// relies on the library having found the document well-formed. Of any other text it makes something
/// harmless: every step moves on.
struct TOMLPositions {
  /// One step from the document to a value.
  enum Step: Hashable, Sendable {
    case key(String)
    case index(Int)
  }

  private let characters: [Unicode.Scalar]
  private var index = 0
  private var place = TextPosition(line: 1, column: 1)
  private var places: [[Step]: TextPosition] = [:]
  private var elementCounts: [[Step]: Int] = [:]
  private var depth = 0

  /// Finds every key of `text`.
  init(_ text: String) {
    characters = Array(text.unicodeScalars)
    scanDocument()
  }

  /// Where the key at `path` stands; `nil` where it was not found.
  subscript(path: [Step]) -> TextPosition? { places[path] }

  private var current: Unicode.Scalar? { index < characters.count ? characters[index] : nil }

  private mutating func advance() {
    guard let scalar = current else { return }
    index += 1
    if scalar == "\n" {
      place = TextPosition(line: place.line + 1, column: 1)
    } else {
      place.column += 1
    }
  }

  private mutating func scanDocument() {
    var table: [Step] = []
    while let scalar = current {
      switch scalar {
      case "[": table = scanHeader()
      case "#": skipLine()
      case " ", "\t", "\r", "\n": advance()
      default: scanMember(of: table)
      }
    }
  }

  /// `[a.b]` or `[[a.b]]`; answers where the members that follow belong.
  private mutating func scanHeader() -> [Step] {
    let start = place
    advance()
    let isArray = current == "["
    if isArray { advance() }
    var path: [Step] = []
    for (name, position) in scanKey(endingAt: "]") {
      path = resolved(path)
      path.append(.key(name))
      if places[path] == nil { places[path] = position }
    }
    while current == "]" { advance() }
    guard isArray else { return resolved(path) }
    let number = elementCounts[path, default: 0]
    elementCounts[path] = number + 1
    path.append(.index(number))
    places[path] = start
    return path
  }

  /// A path into an array of tables means its last table.
  private func resolved(_ path: [Step]) -> [Step] {
    elementCounts[path].map { path + [.index($0 - 1)] } ?? path
  }

  /// `a.b = value`.
  private mutating func scanMember(of table: [Step]) {
    let before = index
    var path = table
    for (name, position) in scanKey(endingAt: "=") {
      path.append(.key(name))
      if places[path] == nil { places[path] = position }
    }
    if current == "=" { advance() }
    skipSpaces()
    scanValue(at: path)
    if index == before { advance() }
  }

  /// A dotted key up to `end`, which is left standing.
  private mutating func scanKey(
    endingAt end: Unicode.Scalar
  ) -> [(name: String, position: TextPosition)] {
    var keys: [(name: String, position: TextPosition)] = []
    while let scalar = current, scalar != end, scalar != "\n" {
      switch scalar {
      case " ", "\t", ".": advance()
      case "\"", "'":
        let position = place
        keys.append((scanString(), position))
      default:
        let position = place
        keys.append((scanBareKey(endingAt: end), position))
      }
    }
    return keys
  }

  private mutating func scanBareKey(endingAt end: Unicode.Scalar) -> String {
    var name = ""
    while let scalar = current, scalar != end, scalar != ".", scalar != " ", scalar != "\t",
      scalar != "\n"
    {
      name.unicodeScalars.append(scalar)
      advance()
    }
    return name
  }

  private mutating func scanValue(at path: [Step]) {
    depth += 1
    defer { depth -= 1 }
    guard depth <= 64 else { return skipLine() }
    switch current {
    case "\"", "'": _ = scanString()
    case "[": scanArray(at: path)
    case "{": scanInlineTable(at: path)
    default:
      while let scalar = current, scalar != ",", scalar != "]", scalar != "}", scalar != "#",
        scalar != "\n"
      {
        advance()
      }
    }
  }

  private mutating func scanArray(at path: [Step]) {
    advance()
    var number = 0
    while let scalar = current, scalar != "]" {
      switch scalar {
      case " ", "\t", "\r", "\n", ",": advance()
      case "#": skipLine()
      default:
        let before = index
        let element = path + [.index(number)]
        places[element] = place
        scanValue(at: element)
        number += 1
        if index == before { advance() }
      }
    }
    advance()
  }

  private mutating func scanInlineTable(at path: [Step]) {
    advance()
    while let scalar = current, scalar != "}", scalar != "\n" {
      if scalar == " " || scalar == "\t" || scalar == "," {
        advance()
      } else {
        scanMember(of: path)
      }
    }
    if current == "}" { advance() }
  }

  /// A string of any of the four kinds; answers its text, escapes of a key's simple kind resolved.
  private mutating func scanString() -> String {
    guard let quote = current else { return "" }
    var fence = 0
    while current == quote, fence < 3 {
      fence += 1
      advance()
    }
    if fence == 2 { return "" }
    var text = ""
    var closing = 0
    while let scalar = current {
      if scalar == "\n", fence == 1 { return text }
      if scalar == "\\", quote == "\"" {
        advance()
        if let escaped = current { text.unicodeScalars.append(escaped) }
        advance()
        closing = 0
        continue
      }
      closing = scalar == quote ? closing + 1 : 0
      text.unicodeScalars.append(scalar)
      advance()
      if closing == fence {
        // A multi-line string may have up to two quotes before its fence.
        while fence == 3, current == quote { advance() }
        return String(text.dropLast(fence))
      }
    }
    return text
  }

  private mutating func skipSpaces() {
    while current == " " || current == "\t" { advance() }
  }

  private mutating func skipLine() {
    while let scalar = current, scalar != "\n" { _ = (scalar, advance()) }
  }
}
