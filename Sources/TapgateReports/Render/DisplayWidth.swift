// How many cells of a terminal a text takes: Unicode Standard Annex 11 (East Asian Width), Unicode
// 15. Ambiguous characters count as narrow, as terminals outside of East Asian locales show them.

/// Measures and cleans text for a terminal.
package enum DisplayWidth {
  /// The number of cells that `text` takes.
  package static func cells(of text: String) -> Int { text.reduce(0) { $0 + cells(of: $1) } }

  /// A character takes what its widest scalar takes: marks that combine with it add nothing.
  static func cells(of character: Character) -> Int {
    var width = 0
    for scalar in character.unicodeScalars {
      if scalar.value == 0xFE0F { width = 2 }
      width = max(width, cells(of: scalar))
    }
    return width
  }

  /// `text` cut to `limit` cells, with an ellipsis where something is missing.
  package static func truncated(_ text: String, to limit: Int) -> String {
    guard cells(of: text) > limit else { return text }
    var width = 0
    var kept = ""
    for character in text {
      let next = cells(of: character)
      guard width + next < limit else { break }
      width += next
      kept.append(character)
    }
    return kept + "…"
  }

  /// `text` with spaces to `width` cells, on the side that the alignment leaves free.
  package static func padded(_ text: String, to width: Int, isRight: Bool = false) -> String {
    let space = String(repeating: " ", count: max(0, width - cells(of: text)))
    return isRight ? space + text : text + space
  }

  /// `text` without what could steer a terminal: control characters and marks that turn the
  /// direction of writing become U+FFFD, line ends and tabs become spaces.
  package static func printable(_ text: String) -> String {
    var clean = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 0x09, 0x0A, 0x0D: clean.append(" ")
      case 0..<0x20, 0x7F..<0xA0, 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069:
        clean.append("\u{FFFD}")
      default: clean.append(scalar)
      }
    }
    return String(clean)
  }

  private static func cells(of scalar: Unicode.Scalar) -> Int {
    let value = scalar.value
    if value < 0x300 { return value == 0xAD || value < 0x20 ? 0 : 1 }
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format, .control: return 0
    default: return isWide(value) ? 2 : 1
    }
  }

  private static func isWide(_ value: UInt32) -> Bool {
    switch value {
    case 0x1100...0x115F, 0x231A...0x231B, 0x2329...0x232A, 0x23E9...0x23EC, 0x2614...0x2615,
      0x26A1, 0x2705, 0x274C, 0x2753...0x2755, 0x2757, 0x2795...0x2797, 0x2B50, 0x2B55,
      0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xA000...0xA4CF,
      0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE10...0xFE19, 0xFE30...0xFE6F,
      0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x16FE0...0x18CFF, 0x1AFF0...0x1B2FF, 0x1F004, 0x1F0CF,
      0x1F18E, 0x1F191...0x1F19A, 0x1F200...0x1F265, 0x1F300...0x1F64F, 0x1F680...0x1F6FF,
      0x1F7E0...0x1F7EB, 0x1F90C...0x1F9FF, 0x1FA70...0x1FAFF, 0x20000...0x3FFFD:
      true
    default: false
    }
  }
}
