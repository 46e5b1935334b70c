public import TapgateJSON

/// What is wrong with a request's parameters, and where.
public struct ParameterProblem: Error, Hashable, Sendable {
  /// The kinds of fault. All but `impossible` are faults of the protocol (-32602).
  public enum Kind: String, Sendable {
    case wrongType, missing, unknown, conflict
    /// A right type with an impossible value (E_ILLEGAL).
    case impossible
  }

  public var kind: Kind
  /// A path from the parameters: `lines[2].sku`.
  public var field: String
  /// What was expected; never what was given.
  public var expected: String

  /// Creates a problem.
  public init(_ kind: Kind, field: String, expected: String) {
    self.kind = kind
    self.field = field
    self.expected = expected
  }
}

extension MethodDescription {
  /// Holds `parameters` against the table: types, names, bounds, alternatives.
  ///
  /// - Throws: the first problem in the order of the request's text, then what is missing in the
  /// order
  ///   of the table. Wrong types anywhere come before impossible values.
  public func check(_ parameters: JSONObject) throws(ParameterProblem) {
    var impossible: ParameterProblem?
    try Self.check(parameters, against: self.parameters, path: "", impossible: &impossible)
    for alternative in alternatives {
      var given: String?
      for name in alternative.names where parameters[name].map({ !$0.isNull }) ?? false {
        if given != nil {
          let words = alternative.names.joined(separator: ", ")
          throw ParameterProblem(.conflict, field: name, expected: "only one of \(words)")
        }
        given = name
      }
      if given == nil, alternative.isRequired {
        let words = alternative.names.joined(separator: ", ")
        let field = alternative.names.first ?? ""
        throw ParameterProblem(.missing, field: field, expected: "one of \(words)")
      }
    }
    if let impossible { throw impossible }
  }

  private static func check(
    _ object: JSONObject,
    against table: [Parameter],
    path: String,
    impossible: inout ParameterProblem?
  ) throws(ParameterProblem) {
    for member in object.members {
      let field = path.isEmpty ? member.name : "\(path).\(member.name)"
      guard let parameter = table.first(where: { $0.name == member.name }) else {
        throw ParameterProblem(.unknown, field: field, expected: "no such field")
      }
      if member.value.isNull {
        guard parameter.isRequired else { continue }
        throw ParameterProblem(.missing, field: field, expected: parameter.type.expectation)
      }
      try check(member.value, parameter.type, field: field, impossible: &impossible)
    }
    for parameter in table where parameter.isRequired && object[parameter.name] == nil {
      let field = path.isEmpty ? parameter.name : "\(path).\(parameter.name)"
      throw ParameterProblem(.missing, field: field, expected: parameter.type.expectation)
    }
  }

  private static func check(
    _ value: JSON,
    _ type: ParameterType,
    field: String,
    impossible: inout ParameterProblem?
  ) throws(ParameterProblem) {
    var isPossible = true
    switch (type, value) {
    case (.text(let counts), .string(let text)):
      // No control characters but GS, which bar codes have (ISO/IEC 15424).
      isPossible =
        counts.contains(text.utf8.count)
        && text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == 0x1D }
    case (.printableASCII(let counts), .string(let text)):
      isPossible =
        counts.contains(text.utf8.count) && text.utf8.allSatisfy { (0x20...0x7E).contains($0) }
    case (.integer(let range), .integer(let number)): isPossible = range.contains(number)
    case (.integer, .number(let text)):
      // Too large for 64 bits is the right type with an impossible value; a fraction is another
      // type.
      guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) || $0 == 0x2D }) else {
        throw ParameterProblem(.wrongType, field: field, expected: type.expectation)
      }
      isPossible = false
    case (.flag, .bool): break
    case (.choice(let words), .string(let text)): isPossible = words.contains(text)
    case (.list(let element, let counts), .array(let elements)):
      isPossible = counts.contains(elements.count)
      // A list that is too long is not walked: the answer is known.
      if elements.count <= counts.upperBound {
        for (index, value) in elements.enumerated() {
          try check(value, element, field: "\(field)[\(index)]", impossible: &impossible)
        }
      }
    case (.record(let table), .object(let object)):
      try check(object, against: table, path: field, impossible: &impossible)
    case (.texts(let countMax), .object(let object)):
      isPossible = object.members.count <= countMax
      for member in object.members where member.value.string == nil {
        let field = "\(field).\(member.name)"
        throw ParameterProblem(.wrongType, field: field, expected: "a string")
      }
    case (.counts(let countMax), .object(let object)):
      isPossible = object.members.count <= countMax
      for member in object.members {
        let field = "\(field).\(member.name)"
        try check(member.value, .integer(0...Int64.max), field: field, impossible: &impossible)
      }
    case (.integers(let countMax), .object(let object)):
      isPossible = object.members.count <= countMax
      for member in object.members where member.value.integer == nil {
        let field = "\(field).\(member.name)"
        throw ParameterProblem(.wrongType, field: field, expected: "an integer")
      }
    case (.document, .object), (.document, .array): break
    default: throw ParameterProblem(.wrongType, field: field, expected: type.expectation)
    }
    guard !isPossible, impossible == nil else { return }
    impossible = ParameterProblem(.impossible, field: field, expected: type.expectation)
  }
}

extension ParameterType {
  /// What is expected, in English words.
  var expectation: String {
    switch self {
    case .text(let counts): "a string of \(counts.lowerBound) to \(counts.upperBound) bytes"
    case .printableASCII(let counts):
      "a string of \(counts.lowerBound) to \(counts.upperBound) printable ASCII characters"
    case .integer(let range): "an integer from \(range.lowerBound) to \(range.upperBound)"
    case .flag: "true or false"
    case .choice(let words): "one of \(words.joined(separator: ", "))"
    case .list(_, let counts):
      "an array of \(counts.lowerBound) to \(counts.upperBound) elements"
    case .record: "an object"
    case .texts(let countMax): "an object of at most \(countMax) strings"
    case .counts(let countMax): "an object of at most \(countMax) whole numbers"
    case .integers(let countMax): "an object of at most \(countMax) integers"
    case .document: "an object or an array"
    }
  }
}
