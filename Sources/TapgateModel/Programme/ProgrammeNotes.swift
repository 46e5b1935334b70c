internal import TapgateJSON

/// What is noted while a programme file is read, and the ids that its rules may name.
///
/// The ids are gathered beforehand, for a rule may name what stands further down.
final class ProgrammeNotes {
  /// Ids of one list of the file.
  enum Names: String, CaseIterable {
    case tiers, paidLevels, cardTypes, coupons, passes, stamps, categories
  }

  private(set) var examples: [String] = []
  private(set) var uses: [Programme.Use] = []
  private var names: [Names: Set<String>] = [:]
  /// Whether the file says which categories there are; else any may be named.
  let knowsCategories: Bool

  init(_ root: JSON) {
    let categories = root["categories"]?.array
    knowsCategories = categories != nil
    names[.categories] = Set((categories ?? []).compactMap(\.string))
    names[.tiers] = Self.ids(root["tiers"]?["levels"])
    names[.paidLevels] = Self.ids(root["paid_membership"])
    names[.cardTypes] = Self.ids(root["card_types"])
    names[.coupons] = Self.ids(root["coupons"])
    names[.passes] = Self.ids(root["passes"])
    let stamps = Self.ids(root["stamps"])
    names[.stamps] = stamps.isEmpty && root["assets"]?["stamp"]?.object != nil ? ["stamp"] : stamps
  }

  private static func ids(_ list: JSON?) -> Set<String> {
    Set((list?.array ?? []).compactMap { $0["id"]?.string })
  }

  func addExample(_ path: String) { examples.append(path) }

  func add(_ feature: Programme.Feature, at path: String) {
    uses.append(Programme.Use(feature, path: path))
  }

  /// The ids, in alphabetical order.
  func known(_ list: Names) -> [String] { (names[list] ?? []).sorted() }

  func has(_ name: String, in list: Names) -> Bool { names[list]?.contains(name) ?? false }
}
