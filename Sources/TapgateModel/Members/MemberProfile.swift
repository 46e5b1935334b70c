/// What names a person. It exists in clear only in memory; on disk it is sealed.
public struct MemberProfile: Hashable, Sendable {
  public var name: String?
  /// E.164.
  public var phone: String?
  public var birthday: BusinessDate?
  public var gender: String?
  public var note: String?
  /// Member numbers that must be shown again, by their card's reference.
  public var memberNumbers: [String] = []
  /// References of rotating codes, so that the member's telephone can be given them again.
  public var codeReferences: [String] = []

  /// The values of the attributes that the configuration declares, by the attribute's id.
  public var attributes: [String: String] = [:]

  /// Creates an empty profile.
  public init() {}

  /// Whether there is nothing in it.
  public var isEmpty: Bool { self == MemberProfile() }

  /// Takes over what `change` names; an empty text empties the field.
  public mutating func apply(_ change: ProfileChange) {
    for field in change.cleared { clear(field) }
    func taken(_ new: String?, _ old: String?) -> String? {
      guard let new else { return old }
      return new.isEmpty ? nil : new
    }
    name = taken(change.name, name)
    gender = taken(change.gender, gender)
    note = taken(change.note, note)
    if let phone = change.phone { self.phone = phone.reveal() }
    if let birthday = change.birthday { self.birthday = birthday }
    for (id, value) in change.attributes { attributes[id] = value.isEmpty ? nil : value }
  }

  private mutating func clear(_ field: ProfileField) {
    switch field {
    case .name: name = nil
    case .phone: phone = nil
    case .birthday: birthday = nil
    case .gender: gender = nil
    case .note: note = nil
    }
  }

  /// Takes over what `other` has and this one lacks: a merge. What both have stays as it is here,
  /// but for notes, which are kept both.
  public mutating func inherit(_ other: MemberProfile) {
    name = name ?? other.name
    phone = phone ?? other.phone
    birthday = birthday ?? other.birthday
    gender = gender ?? other.gender
    if let note = other.note, note != self.note {
      self.note = self.note.map { $0 + "\n" + note } ?? note
    }
    memberNumbers += other.memberNumbers.filter { !memberNumbers.contains($0) }
    codeReferences += other.codeReferences.filter { !codeReferences.contains($0) }
    attributes.merge(other.attributes) { own, _ in own }
  }

  /// The bytes to be sealed.
  public func packed() -> [UInt8] {
    var writer = PackedWriter(capacity: 64)
    writer.byte(1)
    for text in [name, phone, gender, note] { writer.column(text.map { Array($0.utf8) }) }
    writer.column(birthday.map { Array($0.description.utf8) })
    writer.unsigned(UInt64(memberNumbers.count))
    for number in memberNumbers { writer.text(number) }
    if !codeReferences.isEmpty || !attributes.isEmpty {
      writer.unsigned(UInt64(codeReferences.count))
      for reference in codeReferences { writer.text(reference) }
    }
    if !attributes.isEmpty {
      writer.unsigned(UInt64(attributes.count))
      for (id, value) in attributes.sorted(by: { $0.key < $1.key }) {
        writer.text(id)
        writer.text(value)
      }
    }
    return writer.bytes
  }

  /// Reads unsealed bytes.
  public init(packed bytes: [UInt8]) throws(PackedError) {
    var reader = PackedReader(bytes)
    guard try reader.byte() == 1 else { throw PackedError(offset: 0) }
    name = try reader.optionalText()
    phone = try reader.optionalText()
    gender = try reader.optionalText()
    note = try reader.optionalText()
    birthday = try reader.optionalText().flatMap { BusinessDate($0) }
    for _ in 0..<(try reader.count()) { memberNumbers.append(try reader.text()) }
    guard !reader.isAtEnd else { return }
    for _ in 0..<(try reader.count()) { codeReferences.append(try reader.text()) }
    guard !reader.isAtEnd else { return }
    for _ in 0..<(try reader.count()) {
      let id = try reader.text()
      attributes[id] = try reader.text()
    }
  }

  /// The name as a screen beside the customer may show it: the first character and stars.
  public static func masked(name: String?) -> String {
    guard let name, let first = name.first else { return "*" }
    let hidden = max(1, min(name.count - 1, 3))
    return String(first) + String(repeating: "*", count: hidden)
  }
}

extension PackedReader {
  mutating func optionalText() throws(PackedError) -> String? {
    try byte() == 0 ? nil : try text()
  }
}
