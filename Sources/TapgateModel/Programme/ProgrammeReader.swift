internal import TapgateJSON

/// Why a programme file was not taken.
public struct ProgrammeError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The value's place, such as `earn[2].event`.
  public let path: String
  /// What is wrong with it, in a sentence.
  public let problem: String

  public var description: String { "\(path): \(problem)" }

  /// Creates an error.
  public init(path: String, problem: String) {
    self.path = path
    self.problem = problem
  }
}

/// Reads one object of the programme file: every key must be asked for, or it is an error.
struct StrictObject {
  let path: String
  private let object: JSONObject
  private var asked: Set<String> = []
  private(set) var isExample = false

  init(_ json: JSON, path: String) throws(ProgrammeError) {
    guard case .object(let object) = json else {
      throw ProgrammeError(path: path, problem: "must be an object")
    }
    self.path = path
    self.object = object
    if let example = object["example"] {
      guard case .bool(let flag) = example else {
        throw ProgrammeError(path: path + ".example", problem: "must be true or false")
      }
      isExample = flag
      asked.insert("example")
    }
  }

  func child(_ name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }

  func error(_ name: String, _ problem: String) -> ProgrammeError {
    ProgrammeError(path: child(name), problem: problem)
  }

  mutating func take(_ name: String) -> JSON? {
    asked.insert(name)
    guard let value = object[name], !value.isNull else { return nil }
    return value
  }

  mutating func need(_ name: String) throws(ProgrammeError) -> JSON {
    guard let value = take(name) else { throw error(name, "is missing") }
    return value
  }

  mutating func text(_ name: String) throws(ProgrammeError) -> String {
    guard case .string(let text) = try need(name), !text.isEmpty, text.utf8.count <= 200 else {
      throw error(name, "must be a text of 1 to 200 bytes")
    }
    return text
  }

  mutating func integer(
    _ name: String,
    in range: ClosedRange<Int64>
  ) throws(ProgrammeError) -> Int64 {
    guard case .integer(let value) = try need(name), range.contains(value) else {
      throw error(name, "must be an integer from \(range.lowerBound) to \(range.upperBound)")
    }
    return value
  }

  mutating func choice(_ name: String, of choices: [String]) throws(ProgrammeError) -> String {
    let value = try text(name)
    guard choices.contains(value) else {
      throw error(name, "must be one of: \(choices.joined(separator: ", "))")
    }
    return value
  }

  mutating func texts(_ name: String) throws(ProgrammeError) -> [String] {
    guard let value = take(name) else { return [] }
    guard case .array(let elements) = value else { throw error(name, "must be a list") }
    var texts: [String] = []
    for element in elements {
      guard case .string(let text) = element else { throw error(name, "must be a list of texts") }
      texts.append(text)
    }
    return texts
  }

  mutating func objects(_ name: String) throws(ProgrammeError) -> [StrictObject] {
    guard let value = take(name) else { return [] }
    guard case .array(let elements) = value else { throw error(name, "must be a list") }
    var objects: [StrictObject] = []
    for (index, element) in elements.enumerated() {
      objects.append(try StrictObject(element, path: "\(child(name))[\(index)]"))
    }
    return objects
  }

  mutating func object(_ name: String) throws(ProgrammeError) -> StrictObject {
    try StrictObject(try need(name), path: child(name))
  }

  /// Refuses what the format has and this version does not do.
  mutating func refuse(_ names: [String]) throws(ProgrammeError) {
    for name in names where take(name) != nil {
      throw error(name, "is part of the format but not built in this version")
    }
  }

  /// Refuses every key that nobody asked for.
  func finish() throws(ProgrammeError) {
    for member in object.members where !asked.contains(member.name) {
      throw error(member.name, "is not a key of the programme format")
    }
  }
}

extension Programme.Period {
  /// Reads an ISO 8601 duration of years, months, weeks or days: `P1Y`, `P90D`.
  init?(iso8601 text: String) {
    var months = 0
    var days = 0
    guard text.hasPrefix("P"), text.count > 1 else { return nil }
    var number = ""
    for character in text.dropFirst() {
      if character.isASCII, character.isNumber {
        number.append(character)
        continue
      }
      guard let value = Int(number), value <= 10_000 else { return nil }
      switch character {
      case "Y": months += value * 12
      case "M": months += value
      case "W": days += value * 7
      case "D": days += value
      default: return nil
      }
      number = ""
    }
    guard number.isEmpty else { return nil }
    self.init(months: months, days: days)
  }
}
