internal import TapgateJSON

/// Reads the fields of one JSON object and remembers which were asked for.
struct FieldReader {
  private let object: JSONObject
  private let prefix: String
  private var asked: Set<String> = []

  init(_ json: JSON, path: String) throws(PrintDocumentError) {
    guard let object = json.object else {
      throw PrintDocumentError(kind: .shape, path: path, problem: "must be an object")
    }
    self.object = object
    prefix = path
  }

  func path(to name: String) -> String { prefix.isEmpty ? name : "\(prefix).\(name)" }

  /// Refuses fields that nobody asked for.
  func finish() throws(PrintDocumentError) {
    for member in object.members where !asked.contains(member.name) {
      // The name is the sender's own: it is cut to what a screen bears.
      throw shape(String(member.name.prefix(32)), "is not a field that is known here")
    }
  }

  mutating func string(
    _ name: String,
    countMax: Int
  ) throws(PrintDocumentError) -> String {
    guard let value = take(name) else { throw shape(name, "is missing") }
    guard let text = value.string else { throw shape(name, "must be a string") }
    guard text.unicodeScalars.count <= countMax else {
      throw impossible(name, "has more than \(countMax) characters")
    }
    return text
  }

  mutating func integerIfPresent(
    _ name: String,
    in range: ClosedRange<Int>
  ) throws(PrintDocumentError) -> Int? {
    guard let value = take(name) else { return nil }
    guard let number = value.integer else { throw shape(name, "must be an integer") }
    guard let integer = Int(exactly: number), range.contains(integer) else {
      throw impossible(name, "must be \(range.lowerBound) to \(range.upperBound)")
    }
    return integer
  }

  mutating func integer(
    _ name: String,
    in range: ClosedRange<Int>,
    default fallback: Int? = nil
  ) throws(PrintDocumentError) -> Int {
    if let integer = try integerIfPresent(name, in: range) { return integer }
    guard let fallback else { throw shape(name, "is missing") }
    return fallback
  }

  mutating func flag(_ name: String) throws(PrintDocumentError) -> Bool {
    guard let value = take(name) else { return false }
    guard let flag = value.bool else { throw shape(name, "must be true or false") }
    return flag
  }

  mutating func choice<Choice: RawRepresentable & CaseIterable>(
    _ name: String,
    of type: Choice.Type,
    default fallback: Choice?
  ) throws(PrintDocumentError) -> Choice where Choice.RawValue == String {
    guard let value = take(name) else {
      if let fallback { return fallback }
      throw shape(name, "is missing")
    }
    guard let text = value.string else { throw shape(name, "must be a string") }
    guard let choice = Choice(rawValue: text) else {
      let names = Choice.allCases.map(\.rawValue).joined(separator: ", ")
      throw impossible(name, "must be one of \(names)")
    }
    return choice
  }

  mutating func elements(
    _ name: String,
    count: ClosedRange<Int>
  ) throws(PrintDocumentError) -> [JSON] {
    guard let value = take(name) else { throw shape(name, "is missing") }
    guard let elements = value.array else { throw shape(name, "must be an array") }
    guard count.contains(elements.count) else {
      throw impossible(name, "must have \(count.lowerBound) to \(count.upperBound) elements")
    }
    return elements
  }

  private mutating func take(_ name: String) -> JSON? {
    asked.insert(name)
    return object[name]
  }

  private func shape(_ name: String, _ problem: String) -> PrintDocumentError {
    PrintDocumentError(kind: .shape, path: path(to: name), problem: problem)
  }

  private func impossible(_ name: String, _ problem: String) -> PrintDocumentError {
    PrintDocumentError(kind: .value, path: path(to: name), problem: problem)
  }
}
