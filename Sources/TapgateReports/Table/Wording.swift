/// The languages in which a report can be read.
public enum ReportLanguage: String, Sendable, CaseIterable { case zh, en }

/// A word or a sentence in each language.
public struct Wording: Hashable, Sendable {
  public var zh: String
  public var en: String

  /// Creates a wording.
  public init(_ zh: String, _ en: String) {
    self.zh = zh
    self.en = en
  }

  /// Creates a wording of a name that is the same in every language, such as a store's.
  public init(name: String) { self.init(name, name) }

  /// The words in `language`.
  public func text(_ language: ReportLanguage) -> String {
    switch language {
    case .zh: zh
    case .en: en
    }
  }
}
