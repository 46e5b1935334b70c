/// What a printer can do and how it wants to be told, as data.
public struct PrinterProfile: Hashable, Sendable {
  /// How paper is cut.
  public enum Cutter: Hashable, Sendable {
    /// By hand at the tear bar: `cut` feeds.
    case none
    /// `GS V`, function B: feed to the cutting position, leave a bridge.
    case partial
    /// `GS V`, function B: feed to the cutting position, cut through.
    case full
  }

  /// What the printer says when everything before was printed.
  public enum Fence: String, Hashable, Sendable {
    /// Nothing: a job ends as `sent`.
    case none
    /// An answer to `GS r 1`.
    case gsR
    /// `gsR` where this very printer answers one before the first job, else `none`.
    case probedGsR
    /// The id of `GS ( H`, function 48.
    case processID
  }

  /// The configuration's name, such as `generic-80`.
  public var id: String
  /// For people.
  public var title: String
  /// Cells of a line in font A.
  public var columnCount: Int
  /// Dots of a line.
  public var dotCount: Int
  /// Single-byte pages that can be relied on, preferred ones first.
  public var codePages: [CodePage] = []
  /// Whether four-byte GB18030 codes are in the resident font.
  public var allowsFourBytes = false
  /// Sent after `ESC @` where there is a multibyte set: `FS S 0 0`, no space around characters.
  public var multibyteSetup: [UInt8] = [0x1C, 0x53, 0x00, 0x00]
  /// Whether multibyte characters take their size from `FS !` instead of `GS !`.
  public var sizesMultibyteApart = false
  public var cutter = Cutter.partial
  /// Whether `GS ( k` draws QR codes.
  public var drawsQR = true
  public var symbologies = Set(Barcode.Symbology.allCases)
  public var fence = Fence.probedGsR
  /// Whether `DLE EOT` 1 to 4 is worth asking before a job.
  public var answersStatus = false
  /// Lines between two fences where fences tell how far the paper got (`processID`).
  public var segmentLineCount = 24

  /// Creates a profile with the defaults above.
  public init(id: String, title: String, columnCount: Int, dotCount: Int) {
    self.id = id
    self.title = title
    self.columnCount = columnCount
    self.dotCount = dotCount
  }

  /// The profile called `id`, or `nil`.
  public static func named(_ id: String) -> PrinterProfile? { all.first { $0.id == id } }

  /// Every profile that is shipped.
  public static let all: [PrinterProfile] = [
    generic58, generic80, oneWay80, xprinter80, epsonTM80, epsonTM80At180,
  ]

  /// 58 mm, 203 dpi, torn by hand.
  public static let generic58: PrinterProfile = {
    var profile = PrinterProfile(
      id: "generic-58",
      title: "58 mm ESC/POS",
      columnCount: 32,
      dotCount: 384
    )
    profile.cutter = .none
    return profile
  }()

  /// 80 mm, 203 dpi, with a cutter.
  public static let generic80: PrinterProfile = {
    var profile = PrinterProfile(
      id: "generic-80",
      title: "80 mm ESC/POS",
      columnCount: 48,
      dotCount: 576
    )
    profile.answersStatus = true
    return profile
  }()

  /// As `generic-80`, behind a cable or a box without a way back.
  public static let oneWay80: PrinterProfile = {
    var profile = generic80
    profile.id = "oneway-80"
    profile.title = "80 mm ESC/POS without a return channel"
    profile.fence = .none
    profile.answersStatus = false
    return profile
  }()

  /// 80 mm with GB18030's four-byte characters in its font.
  public static let xprinter80: PrinterProfile = {
    var profile = generic80
    profile.id = "xprinter-gb18030"
    profile.title = "80 mm ESC/POS, GB18030 font"
    profile.allowsFourBytes = true
    return profile
  }()

  /// Epson TM, 80 mm, 203 dpi (TM-T20, TM-m30).
  public static let epsonTM80: PrinterProfile = {
    var profile = generic80
    profile.id = "epson-tm"
    profile.title = "Epson TM, 80 mm, 203 dpi"
    profile.codePages = [.pc858]
    profile.fence = .processID
    return profile
  }()

  /// Epson TM, 80 mm, 180 dpi (TM-T88).
  public static let epsonTM80At180: PrinterProfile = {
    var profile = epsonTM80
    profile.id = "epson-tm-t88"
    profile.title = "Epson TM-T88, 80 mm, 180 dpi"
    profile.columnCount = 42
    profile.dotCount = 512
    return profile
  }()
}
