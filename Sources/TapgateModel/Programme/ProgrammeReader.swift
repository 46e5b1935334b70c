internal import TapgateJSON

/// Why a programme file was not taken.
public struct ProgrammeError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The value's place, such as `earn[2].event`.
  public let path: String
  /// What is wrong with it and what is allowed, in a sentence.
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
  let notes: ProgrammeNotes
  private let object: JSONObject
  private var asked: Set<String> = ["example"]
  /// Whether the object bears `"example": true`.
  let isExample: Bool

  init(_ json: JSON, path: String, notes: ProgrammeNotes) throws(ProgrammeError) {
    guard case .object(let object) = json else {
      throw ProgrammeError(path: path.isEmpty ? "file" : path, problem: "must be an object")
    }
    self.path = path
    self.notes = notes
    self.object = object
    switch object["example"] {
    case nil, .bool(false)?: isExample = false
    case .bool(true)?: isExample = true
    default:
      throw ProgrammeError(
        path: path.isEmpty ? "example" : path + ".example",
        problem: "must be true or false"
      )
    }
    if isExample { notes.addExample(path.isEmpty ? "file" : path) }
  }

  func child(_ name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }

  func error(_ name: String, _ problem: String) -> ProgrammeError {
    ProgrammeError(path: child(name), problem: problem)
  }

  /// Notes that the file asks for a feature, at a key of this object or, without one, here.
  func use(_ feature: Programme.Feature, _ name: String? = nil) {
    notes.add(feature, at: name.map(child) ?? path)
  }

  /// Whether the key stands there with a value; the key becomes known.
  mutating func has(_ name: String) -> Bool { take(name) != nil }

  mutating func take(_ name: String) -> JSON? {
    asked.insert(name)
    guard let value = object[name], !value.isNull else { return nil }
    return value
  }

  mutating func need(_ name: String) throws(ProgrammeError) -> JSON {
    guard let value = take(name) else { throw error(name, "is missing") }
    return value
  }

  /// Which of the keys stands there, of which there must be just one.
  mutating func only(of names: [String]) throws(ProgrammeError) -> String {
    var found: [String] = []
    for name in names where has(name) { found.append(name) }
    guard found.count == 1 else {
      let list = names.joined(separator: ", ")
      let here = path.isEmpty ? "file" : path
      throw ProgrammeError(path: here, problem: "must have exactly one of: \(list)")
    }
    return found[0]
  }

  mutating func object(_ name: String) throws(ProgrammeError) -> StrictObject {
    try StrictObject(try need(name), path: child(name), notes: notes)
  }

  mutating func objectIfAny(_ name: String) throws(ProgrammeError) -> StrictObject? {
    has(name) ? try object(name) : nil
  }

  /// Refuses every key that nobody asked for.
  func finish() throws(ProgrammeError) {
    for member in object.members where !asked.contains(member.name) {
      let known = asked.sorted().joined(separator: ", ")
      throw error(member.name, "is not a key of the programme format; known here: \(known)")
    }
  }
}

// MARK: - Lists

extension StrictObject {
  /// The most elements that a list may have.
  static let elementCountMax = 2000

  mutating func elements(_ name: String) throws(ProgrammeError) -> [JSON] {
    guard let value = take(name) else { return [] }
    guard case .array(let elements) = value else { throw error(name, "must be a list") }
    guard elements.count <= Self.elementCountMax else {
      throw error(name, "must have at most \(Self.elementCountMax) elements")
    }
    return elements
  }

  mutating func objects(_ name: String) throws(ProgrammeError) -> [StrictObject] {
    var objects: [StrictObject] = []
    for (index, element) in try elements(name).enumerated() {
      objects.append(try StrictObject(element, path: "\(child(name))[\(index)]", notes: notes))
    }
    return objects
  }

  /// The objects of a list whose ids must differ.
  mutating func identified(_ name: String) throws(ProgrammeError) -> [StrictObject] {
    var known: Set<String> = []
    var objects = try objects(name)
    for index in objects.indices {
      let id = try objects[index].identifier("id")
      guard known.insert(id).inserted else {
        throw objects[index].error("id", "stands twice; ids of one list must differ")
      }
    }
    return objects
  }

  /// The texts of a list; one that stands there must hold some, and each once.
  mutating func texts(_ name: String) throws(ProgrammeError) -> [String] {
    var texts: [String] = []
    for (index, element) in try elements(name).enumerated() {
      guard case .string(let text) = element, Self.isText(text) else {
        throw error("\(name)[\(index)]", "must be a text of 1 to 200 bytes")
      }
      guard !texts.contains(text) else { throw error("\(name)[\(index)]", "stands twice") }
      texts.append(text)
    }
    guard !texts.isEmpty || !has(name) else {
      throw error(name, "must hold at least one, or be left out")
    }
    return texts
  }

  /// A set of ids, each of which the file must have.
  mutating func names(
    _ name: String,
    in list: ProgrammeNotes.Names
  ) throws(ProgrammeError) -> Set<String> {
    let texts = try texts(name)
    for (index, text) in texts.enumerated() {
      try check(text, of: list, at: "\(name)[\(index)]")
    }
    return Set(texts)
  }

  /// Refuses a name that the file does not have.
  func check(
    _ text: String,
    of list: ProgrammeNotes.Names,
    at name: String
  ) throws(ProgrammeError) {
    guard list != .categories || notes.knowsCategories, !notes.has(text, in: list) else { return }
    let known = notes.known(list)
    let allowed = known.isEmpty ? "there are none" : known.joined(separator: ", ")
    throw error(name, "names what \(list.place) does not have; allowed: \(allowed)")
  }
}

extension ProgrammeNotes.Names {
  /// The list's key in the file.
  var place: String {
    switch self {
    case .tiers: "tiers.levels"
    case .paidLevels: "paid_membership"
    case .cardTypes: "card_types"
    case .stamps: "stamps (or assets.stamp)"
    case .coupons, .passes, .categories: rawValue
    }
  }
}
