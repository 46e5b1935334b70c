/// A JSON value as RFC 8259 has it, with integers kept apart from every other number.
///
/// Money and points are `Int64`; nothing here ever turns a number into a floating-point value.
public enum JSON: Hashable, Sendable {
  case null
  case bool(Bool)
  /// A number without fraction or exponent that fits an `Int64`.
  case integer(Int64)
  /// Any other number, as it was written: `1.5`, `1e3`, `99999999999999999999`.
  case number(String)
  case string(String)
  case array([JSON])
  case object(JSONObject)

  /// The string, if this is one.
  public var string: String? {
    if case .string(let value) = self { value } else { nil }
  }

  /// The integer, if this is one.
  public var integer: Int64? {
    if case .integer(let value) = self { value } else { nil }
  }

  /// The truth value, if this is one.
  public var bool: Bool? {
    if case .bool(let value) = self { value } else { nil }
  }

  /// The elements, if this is an array.
  public var array: [JSON]? {
    if case .array(let value) = self { value } else { nil }
  }

  /// The members, if this is an object.
  public var object: JSONObject? {
    if case .object(let value) = self { value } else { nil }
  }

  /// Whether this is `null`.
  public var isNull: Bool { self == .null }

  /// The member called `name`, if this is an object that has one.
  public subscript(name: String) -> JSON? { object?[name] }

  /// Builds an object from literals, in the order given.
  public static func object(_ members: KeyValuePairs<String, JSON>) -> JSON {
    .object(JSONObject(members.map { JSONObject.Member(name: $0.key, value: $0.value) }))
  }

  /// The string, or `null` where there is none.
  public static func optional(_ value: String?) -> JSON { value.map(JSON.string) ?? .null }

  /// The integer, or `null` where there is none.
  public static func optional(_ value: Int64?) -> JSON { value.map(JSON.integer) ?? .null }
}

/// The members of a JSON object in the order in which they stood.
///
/// The parser refuses a name that stands twice, so a look-up has one answer. Objects on the wire
/// are small; a look-up walks the members.
public struct JSONObject: Hashable, Sendable {
  /// One name with its value.
  public struct Member: Hashable, Sendable {
    public var name: String
    public var value: JSON

    /// Creates a member.
    public init(name: String, value: JSON) {
      self.name = name
      self.value = value
    }
  }

  /// The members, first written first.
  public var members: [Member]

  /// Creates an object of `members`; the caller answers for names being different.
  public init(_ members: [Member] = []) { self.members = members }

  /// The value called `name`. Setting appends a new name or replaces a known one; `nil` removes it.
  public subscript(name: String) -> JSON? {
    get {
      for member in members where member.name == name { return member.value }
      return nil
    }
    set {
      let index = members.firstIndex { $0.name == name }
      switch (index, newValue) {
      case (let index?, let value?): members[index].value = value
      case (let index?, nil): members.remove(at: index)
      case (nil, let value?): members.append(Member(name: name, value: value))
      case (nil, nil): break
      }
    }
  }
}
