/// Names of sheets as a workbook allows them: at most 31 characters, none of `[ ] : * ? / \`, no
/// apostrophe at either end, not the reserved word "History", and no two that differ in case only
/// (libxlsxwriter, `workbook_validate_sheet_name`).
struct SheetNames {
  private static let characterCountMax = 31
  private var used: Set<String> = []

  /// A name for `title` that no sheet has yet.
  mutating func name(for title: String) -> String {
    var base = ""
    for character in title {
      let isBanned = "[]:*?/\\".contains(character)
      let isControl = character.unicodeScalars.contains { $0.value < 0x20 }
      base.append(isBanned || isControl ? " " : character)
    }
    base = Self.cut(Self.trimmed(base), to: Self.characterCountMax)
    if base.isEmpty || base.lowercased() == "history" { base = "Sheet" }
    var name = base
    var number = 2
    while used.contains(name.lowercased()) {
      let suffix = " \(number)"
      name = Self.cut(base, to: Self.characterCountMax - suffix.count) + suffix
      number += 1
    }
    used.insert(name.lowercased())
    return name
  }

  /// The library counts code points, so a character of several counts as so many.
  private static func cut(_ text: String, to count: Int) -> String {
    var kept = ""
    var length = 0
    for character in text {
      length += character.unicodeScalars.count
      guard length <= count else { break }
      kept.append(character)
    }
    return trimmed(kept)
  }

  private static func trimmed(_ text: String) -> String {
    var rest = text[...]
    while let first = rest.first, first == " " || first == "'" { rest.removeFirst() }
    while let last = rest.last, last == " " || last == "'" { rest.removeLast() }
    return String(rest)
  }
}
