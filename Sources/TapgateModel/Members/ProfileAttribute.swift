/// An attribute of members' profiles (会员资料) beside the fields that every profile has, as the
/// configuration declares it: an occupation, a skin type, a brand that was used before.
public struct ProfileAttribute: Hashable, Sendable {
  /// How much of a value is shown unless somebody reads it in clear, which the journal notes.
  public enum Sensitivity: String, Hashable, Sendable, CaseIterable {
    /// All of it.
    case `public`
    /// The first character and stars.
    case `internal`
    /// A star: that there is a value.
    case sensitive
  }

  /// Attributes that a profile may have.
  public static let countMax = 32
  /// Bytes of a value.
  public static let valueByteCountMax = 200
  /// What the column of an import or an export begins with.
  public static let columnPrefix = "attribute."

  /// 1 to 32 of `a`–`z`, `A`–`Z`, `0`–`9`, `-` and `_`.
  public var id: String
  /// What people call it.
  public var name: String
  public var sensitivity: Sensitivity

  /// Creates an attribute.
  public init(id: String, name: String, sensitivity: Sensitivity) {
    self.id = id
    self.name = name
    self.sensitivity = sensitivity
  }

  /// The column of an import or an export.
  public var column: String { Self.columnPrefix + id }

  /// Whether `text` can be an attribute's id.
  public static func isID(_ text: String) -> Bool {
    (1...32).contains(text.utf8.count)
      && text.utf8.allSatisfy { byte in
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x5F: true
        default: false
        }
      }
  }

  /// A value as it is shown.
  public func masked(_ value: String) -> String {
    switch sensitivity {
    case .public: value
    case .internal: MemberProfile.masked(name: value)
    case .sensitive: "*"
    }
  }
}

extension MemberProfile {
  /// What a profile shows to whom it is not read in clear: the first character of the name, the
  /// last four digits of the telephone, of the rest that it is known. An attribute that is not
  /// declared any more counts as sensitive.
  public func masked(_ attributes: [ProfileAttribute]) -> MemberProfile {
    var shown = MemberProfile()
    shown.name = name.map { MemberProfile.masked(name: $0) }
    shown.phone = phone.map { "*" + $0.suffix(4) }
    shown.gender = gender.map { _ in "*" }
    shown.note = note.map { _ in "*" }
    for (id, value) in self.attributes {
      let declared = attributes.first { $0.id == id }
      shown.attributes[id] = declared?.masked(value) ?? "*"
    }
    return shown
  }
}
