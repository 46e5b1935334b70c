/// What a parameter may hold. A value of another JSON type is a wrong type; a value of the right
/// type outside of the bounds is an impossible value.
public indirect enum ParameterType: Sendable {
  /// UTF-8 text of so many bytes.
  case text(ClosedRange<Int>)
  /// Printable ASCII (20 to 7E) of so many characters.
  case printableASCII(ClosedRange<Int>)
  /// A whole number without fraction or exponent.
  case integer(ClosedRange<Int64>)
  case flag
  /// One of these words.
  case choice([String])
  case list(ParameterType, ClosedRange<Int>)
  case record([Parameter])
  /// An object of texts by name, of at most so many names.
  case texts(Int)
  /// An object of whole numbers by name, none below zero, of at most so many names.
  case counts(Int)
  /// An object of whole numbers by name, of at most so many names.
  case integers(Int)
  /// A JSON object or array whose inside somebody else checks.
  case document
}

/// A parameter of a method, or a field of one.
public struct Parameter: Sendable {
  public var name: String
  public var type: ParameterType
  public var isRequired: Bool
  /// One sentence or less; units and defaults.
  public var summary: String

  /// Creates a parameter that must be given.
  public static func required(
    _ name: String,
    _ type: ParameterType,
    _ summary: String
  ) -> Parameter {
    Parameter(name: name, type: type, isRequired: true, summary: summary)
  }

  /// Creates a parameter that may be left out or be `null`.
  public static func optional(
    _ name: String,
    _ type: ParameterType,
    _ summary: String
  ) -> Parameter {
    Parameter(name: name, type: type, isRequired: false, summary: summary)
  }
}

/// Parameters of which at most one may be given.
public struct Alternative: Sendable {
  public var names: [String]
  /// Whether one of them must be given.
  public var isRequired: Bool

  /// Exactly one of `names`.
  public static func exactlyOne(_ names: [String]) -> Alternative {
    Alternative(names: names, isRequired: true)
  }

  /// One of `names` or none.
  public static func atMostOne(_ names: [String]) -> Alternative {
    Alternative(names: names, isRequired: false)
  }
}

/// A field of a result or an event.
public struct ResultField: Sendable {
  /// The JSON type: `string`, `integer`, `boolean`, `object` or `array`.
  public var type: String
  public var name: String
  public var isNullable: Bool
  public var summary: String

  /// A string.
  public static func string(_ name: String, _ summary: String, orNull: Bool = false) -> Self {
    ResultField(type: "string", name: name, isNullable: orNull, summary: summary)
  }

  /// A whole number.
  public static func integer(_ name: String, _ summary: String, orNull: Bool = false) -> Self {
    ResultField(type: "integer", name: name, isNullable: orNull, summary: summary)
  }

  /// A truth value.
  public static func boolean(_ name: String, _ summary: String) -> Self {
    ResultField(type: "boolean", name: name, isNullable: false, summary: summary)
  }

  /// An object.
  public static func object(_ name: String, _ summary: String, orNull: Bool = false) -> Self {
    ResultField(type: "object", name: name, isNullable: orNull, summary: summary)
  }

  /// An array.
  public static func array(_ name: String, _ summary: String) -> Self {
    ResultField(type: "array", name: name, isNullable: false, summary: summary)
  }
}

/// A method of the socket API.
public struct MethodDescription: Sendable {
  public var name: String
  public var role: Role
  public var summary: String
  public var parameters: [Parameter]
  public var alternatives: [Alternative]
  public var result: [ResultField]
  /// UnifiedPOS names that the method answers beside those that any method may answer.
  public var errors: [String]

  /// Creates a description.
  public init(
    _ name: String,
    role: Role,
    _ summary: String,
    parameters: [Parameter] = [],
    alternatives: [Alternative] = [],
    result: [ResultField] = [],
    errors: [String] = []
  ) {
    self.name = name
    self.role = role
    self.summary = summary
    self.parameters = parameters
    self.alternatives = alternatives
    self.result = result
    self.errors = errors
  }
}

/// A kind of event.
public struct EventDescription: Sendable {
  public var kind: String
  public var summary: String
  /// What it adds to the fields that every event has.
  public var fields: [ResultField]
}
