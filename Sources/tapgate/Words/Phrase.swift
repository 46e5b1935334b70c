internal import TapgateAPI

/// The languages that commands speak.
enum Language: String, Sendable, CaseIterable {
  case en, zh

  /// The language of the process's locale.
  static let current = Language(environment: ProcessFacts.environment)

  /// The language of the messages' locale: `LC_ALL`, else `LC_MESSAGES`, else `LANG` (locale(7)). A
  /// variable that is set but empty counts as not set.
  init(environment: (String) -> String?) {
    let names = ["LC_ALL", "LC_MESSAGES", "LANG"]
    let locale = names.lazy.compactMap(environment).first { !$0.isEmpty } ?? ""
    let language = locale.prefix { $0 != "_" && $0 != "." && $0 != "@" && $0 != "-" }
    self = Language(rawValue: language.lowercased()) ?? .en
  }
}

/// One text in every language, with places `{1}`, `{2}`, … for what is put in.
struct Phrase: Hashable, Sendable {
  let en: String
  let zh: String

  /// Creates a phrase.
  init(_ en: String, _ zh: String) {
    self.en = en
    self.zh = zh
  }

  /// The text in the process's language.
  func callAsFunction(_ arguments: String...) -> String { text(in: .current, arguments) }

  /// The text in `language`; places without an argument stay as they are.
  func text(in language: Language, _ arguments: [String] = []) -> String {
    let pattern = language == .zh ? zh : en
    guard !arguments.isEmpty else { return pattern }
    var text = ""
    var rest = Substring(pattern)
    while let open = rest.firstIndex(of: "{") {
      text += rest[..<open]
      rest = rest[open...]
      guard let close = rest.firstIndex(of: "}"),
        let number = Int(rest[rest.index(after: open)..<close]),
        arguments.indices.contains(number - 1)
      else {
        text.append(rest.removeFirst())
        continue
      }
      text += arguments[number - 1]
      rest = rest[rest.index(after: close)...]
    }
    return text + rest
  }
}
