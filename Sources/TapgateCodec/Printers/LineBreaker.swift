/// Breaks text into lines of bounded width: at spaces, after hyphens, between ideographs, and with
/// the rules for punctuation that must not begin or end a line (GB/T 15834, JIS X 4051 kinsoku).
enum LineBreaker {
  /// The text was wider than the line at one single character.
  struct TooNarrow: Error {}

  /// Breaks `text`, which holds no line feed, into lines of `width` cells. Spaces at a break
  /// disappear.
  ///
  /// - Returns: one line at least.
  /// - Throws: `TooNarrow` where a character has more cells than the line.
  static func lines(
    of text: [PrintedScalar],
    width: Int
  ) throws(TooNarrow) -> [ArraySlice<PrintedScalar>] {
    var lines: [ArraySlice<PrintedScalar>] = []
    var start = 0
    var index = 0
    var cellCount = 0
    var lastBreak = 0
    while index < text.count {
      let next = text[index]
      if index > start, isBreak(between: text[index - 1], and: next) { lastBreak = index }
      if cellCount + next.cellCount <= width {
        cellCount += next.cellCount
        index += 1
        continue
      }
      guard index > start else { throw TooNarrow() }
      let end = next.isSpace ? index : (lastBreak > start ? lastBreak : index)
      lines.append(trimmed(text[start..<end]))
      start = end
      while start < text.count, text[start].isSpace { start += 1 }
      if start == text.count { return lines }
      index = start
      lastBreak = start
      cellCount = 0
    }
    lines.append(trimmed(text[start...]))
    return lines
  }

  private static func trimmed(_ line: ArraySlice<PrintedScalar>) -> ArraySlice<PrintedScalar> {
    guard let last = line.lastIndex(where: { !$0.isSpace }) else { return line.prefix(0) }
    return line[...last]
  }

  private static func isBreak(between left: PrintedScalar, and right: PrintedScalar) -> Bool {
    if right.isSpace { return false }
    if left.isSpace { return true }
    if neverFirst.contains(right.scalar) || neverLast.contains(left.scalar) { return false }
    if left.isIdeographic || right.isIdeographic { return true }
    return left.scalar == "-" && right.scalar.properties.isAlphabetic
  }

  private static let neverFirst = Set(
    "。，、；：？！）」』】〕》〉”’…—·～％‰℃ー々,.;:?!)]}%°".unicodeScalars
  )
  private static let neverLast = Set("（「『【〔《〈“‘￥＄¥$#([{№".unicodeScalars)
}
