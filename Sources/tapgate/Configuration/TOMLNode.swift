internal import TOMLKit

/// A place in a file.
struct TextPosition: Hashable, Sendable {
  /// Counted from 1.
  var line: Int
  /// Characters, counted from 1.
  var column: Int
}

/// A value of a TOML 1.0 document with the place where it stands.
///
/// This is the only file that knows the TOML library. The library tells where a document is malformed,
/// but not where its values stand; `TOMLPositions` finds that out.
struct TOMLNode {
  /// A key with its value.
  struct Member {
    var name: String
    var node: TOMLNode
  }

  /// What a value is.
  enum Value {
    case table([Member])
    case array([TOMLNode])
    case string(String)
    case integer(Int)
    case bool(Bool)
    /// A floating-point number, a date or a time: nothing here uses them.
    case other
  }

  var value: Value
  /// Where the key stands; for an element of an array, where it starts.
  var position: TextPosition

  /// Reads a document.
  ///
  /// - Throws: `ConfigurationError` with the place where it is malformed.
  static func document(_ text: String, path: String) throws(ConfigurationError) -> TOMLNode {
    if let bad = forbiddenCharacter(in: text) {
      throw ConfigurationError(
        path: path,
        line: bad.line,
        column: bad.column,
        problem: Words.configControlCharacter()
      )
    }
    let table: TOMLTable
    do {
      table = try TOMLTable(string: text)
    } catch let error as TOMLParseError {
      let place = error.source.begin
      throw ConfigurationError(
        path: path,
        line: max(1, place.line),
        column: max(1, place.column),
        problem: error.description
      )
    } catch {
      throw ConfigurationError(path: path, line: 1, column: 1, problem: "\(error)")
    }
    let positions = TOMLPositions(text)
    return node(table, at: [], positions, TextPosition(line: 1, column: 1))
  }

  /// The library hands text to C, where a NUL would end it.
  private static func forbiddenCharacter(in text: String) -> TextPosition? {
    var place = TextPosition(line: 1, column: 1)
    for scalar in text.unicodeScalars {
      if scalar == "\0" { return place }
      if scalar == "\n" {
        place = TextPosition(line: place.line + 1, column: 1)
      } else {
        place.column += 1
      }
    }
    return nil
  }

  private static func node(
    _ value: any TOMLValueConvertible,
    at path: [TOMLPositions.Step],
    _ positions: TOMLPositions,
    _ fallback: TextPosition
  ) -> TOMLNode {
    let position = positions[path] ?? fallback
    if let table = value.table {
      let members = table.keys.compactMap { name in
        table[name].map {
          Member(name: name, node: node($0, at: path + [.key(name)], positions, position))
        }
      }
      return TOMLNode(value: .table(members), position: position)
    }
    if let array = value.array {
      let elements = array.enumerated().map { index, element in
        node(element, at: path + [.index(index)], positions, position)
      }
      return TOMLNode(value: .array(elements), position: position)
    }
    return TOMLNode(value: scalar(value), position: position)
  }

  private static func scalar(_ value: any TOMLValueConvertible) -> Value {
    switch value.type {
    case .string: value.string.map(Value.string) ?? .other
    case .int: value.int.map(Value.integer) ?? .other
    case .bool: value.bool.map(Value.bool) ?? .other
    default: .other
    }
  }
}
