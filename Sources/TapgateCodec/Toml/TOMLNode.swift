/// A place in a text.
public struct TextPosition: Hashable, Sendable {
  /// Counted from 1.
  public var line: Int
  /// Characters (Unicode scalars), counted from 1.
  public var column: Int

  /// Creates a place.
  public init(line: Int, column: Int) {
    self.line = line
    self.column = column
  }
}

/// A value of a TOML document with the place where it stands.
public struct TOMLNode: Hashable, Sendable {
  /// A key with its value.
  public struct Member: Hashable, Sendable {
    public var name: String
    public var node: TOMLNode

    /// Creates a member.
    public init(name: String, node: TOMLNode) {
      self.name = name
      self.node = node
    }
  }

  /// What a value is.
  public indirect enum Value: Hashable, Sendable {
    /// Names are unique; they stand in the order of the text.
    case table([Member])
    case array([TOMLNode])
    case string(String)
    case integer(Int64)
    case bool(Bool)
    /// A floating-point number, a date or a time, as it was written. It was not looked at closer:
    /// nothing that the gateway reads uses one.
    case other(String)
  }

  public var value: Value
  /// Where the key stands; for an element of an array, where the element starts.
  public var position: TextPosition

  /// Creates a value.
  public init(value: Value, position: TextPosition) {
    self.value = value
    self.position = position
  }
}

/// Why a text is no TOML document, and where.
public struct TOMLError: Error, Hashable, Sendable {
  /// What is wrong.
  public enum Problem: String, Sendable, CaseIterable {
    case invalidUTF8, controlCharacter, expectedKey, expectedEquals, expectedValue
    case expectedLineEnd, expectedClosingBracket, expectedCommaOrEnd
    case unclosedString, badEscape, integerTooLarge
    /// A key that stands already, or a table that was defined already.
    case duplicate
    /// A key leads through a value that is no table, or a table that may not be extended.
    case notExtendable
    case tooDeep
  }

  public var problem: Problem
  public var position: TextPosition

  /// Creates an error.
  public init(_ problem: Problem, at position: TextPosition) {
    self.problem = problem
    self.position = position
  }
}
