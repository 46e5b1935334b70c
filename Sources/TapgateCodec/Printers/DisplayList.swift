/// A document laid out for one printer: what every writer consumes, so that a preview is the print.
public struct DisplayList: Hashable, Sendable {
  /// One thing on the paper, from top to bottom.
  enum Item: Hashable {
    case line(DisplayLine)
    case feed(lineCount: Int)
    /// A bar code with bars of this many dots.
    case barcode(Barcode, moduleDots: Int)
    case qr(String, moduleDots: Int)
    case cut
  }

  var items: [Item] = []
  /// Characters that stand on paper as others that look the same, or not at all for want of a
  /// shape.
  public internal(set) var substitutedCount = 0
  /// Characters in whose place stands a mark.
  public internal(set) var markedCount = 0
  /// Cells of a line.
  public let columnCount: Int

  init(columnCount: Int) { self.columnCount = columnCount }
}

/// One line of characters.
struct DisplayLine: Hashable {
  var alignment = PrintDocument.Alignment.left
  var style = PrintDocument.Style()
  var characters: [PrintedScalar] = []

  /// Cells of the line at its scale.
  var cellCount: Int { characters.reduce(0) { $0 + $1.cellCount } * style.widthScale }
}
