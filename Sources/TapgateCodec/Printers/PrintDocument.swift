/// What is to be printed: blocks from top to bottom, before any printer is known.
///
/// The wire form is `{"v":1,"blocks":[{"type":…},…]}`; `init(json:)` reads it.
public struct PrintDocument: Hashable, Sendable {
  /// Where a line's text stands.
  public enum Alignment: String, Hashable, Sendable, CaseIterable {
    case left, center, right
  }

  /// How characters look.
  public struct Style: Hashable, Sendable {
    public var isBold = false
    public var isUnderlined = false
    public var isInverse = false
    /// Times the normal width, 1 to 8.
    public var widthScale = 1
    /// Times the normal height, 1 to 8.
    public var heightScale = 1

    /// Creates the plain style.
    public init() {}
  }

  /// How much of the line a column takes.
  public enum Extent: Hashable, Sendable {
    /// This many cells.
    case cells(Int)
    /// This share of what the columns of fixed width leave.
    case flex(Int)
  }

  /// One column of a row.
  public struct Column: Hashable, Sendable {
    public var text: String
    public var extent: Extent
    public var alignment: Alignment

    /// Creates a column.
    public init(text: String, extent: Extent, alignment: Alignment = .left) {
      self.text = text
      self.extent = extent
      self.alignment = alignment
    }
  }

  /// One block.
  public enum Block: Hashable, Sendable {
    case text(String, Alignment, Style)
    case row([Column])
    case rule
    /// Empty lines.
    case space(Int)
    case barcode(Barcode)
    /// A QR code of this text, UTF-8, with modules of this many dots at most.
    case qr(String, moduleDots: Int)
    case cut
  }

  /// The blocks, topmost first.
  public var blocks: [Block]

  /// Creates a document of `blocks`.
  public init(blocks: [Block]) { self.blocks = blocks }
}

/// The bounds of a document, each with its reason.
public enum PrintLimits {
  /// Blocks of a document: a slip of 2 m has about 500 lines.
  public static let blockCountMax = 1000
  /// Scalars of one text.
  public static let textScalarCountMax = 4096
  /// Scalars of all texts of a document: what a printer's buffer and a roll bear.
  public static let documentScalarCountMax = 32_768
  /// Columns of a row: more do not fit 48 cells.
  public static let columnCountMax = 12
  /// Cells of a fixed column, and the weight of a flexible one.
  public static let columnExtentMax = 100
  /// Empty lines of one `space`.
  public static let spaceLineCountMax = 50
  /// Size factor of text: `GS !` has three bits for each.
  public static let scaleMax = 8
  /// Dots of a QR module: `GS ( k` function 167.
  public static let moduleDotsMax = 16
  /// Bytes of a QR code's text: version 40, level M.
  public static let qrByteCountMax = 2331
}

/// Why a document cannot be printed, and where in it.
public struct PrintDocumentError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Which of the API's two answers it is.
  public enum Kind: Hashable, Sendable {
    /// A wrong type, a missing or an unknown field: -32602.
    case shape
    /// A right type with an impossible value: E_ILLEGAL.
    case value
  }

  public let kind: Kind
  /// Such as `blocks[3].columns[0].text`.
  public let path: String
  /// What is wrong, without the value itself.
  public let problem: String

  /// Creates an error.
  public init(kind: Kind, path: String, problem: String) {
    self.kind = kind
    self.path = path
    self.problem = problem
  }

  /// The path and the problem.
  public var description: String { "\(path): \(problem)" }
}
