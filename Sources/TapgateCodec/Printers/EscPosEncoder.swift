/// Writes a display list as ESC/POS.
///
/// Source: Epson ESC/POS Command Reference (TM printers). Every run of text ends with LF before any
/// other thing, and multibyte runs stand between `FS &` and `FS .`, because some firmware prints
/// the bytes of one mode in the other. `ESC t` is sent again after `FS .`: clones forget the page.
public struct EscPosEncoder {
  private let profile: PrinterProfile
  private let hasMultibyte: Bool
  private var bytes: [UInt8] = []
  private var segments: [[UInt8]] = []
  private var lineCount = 0
  private var alignment = PrintDocument.Alignment.left
  private var style = PrintDocument.Style()
  private var page: UInt8?
  private var isMultibyte = false

  /// The bytes of a whole job, in parts that end where a fence may stand: after
  /// `segmentLineCount` lines, before and after each cut, at the end. Joined they are the job.
  /// `hasMultibyte` tells whether the printer has a multibyte set at all.
  public static func segments(
    of list: DisplayList,
    for profile: PrinterProfile,
    hasMultibyte: Bool
  ) -> [[UInt8]] {
    var encoder = EscPosEncoder(profile: profile, hasMultibyte: hasMultibyte)
    encoder.prologue()
    for item in list.items { encoder.write(item) }
    encoder.setAlignment(.left)
    encoder.setStyle(PrintDocument.Style())
    encoder.endSegment()
    return encoder.segments
  }

  private init(profile: PrinterProfile, hasMultibyte: Bool) {
    self.profile = profile
    self.hasMultibyte = hasMultibyte
  }

  private mutating func prologue() {
    bytes += [0x1B, 0x40]  // ESC @: initialise; clears a line that a dead job left unfinished
    guard hasMultibyte else { return }
    bytes += [0x1C, 0x2E]  // FS .: single-byte mode
    bytes += profile.multibyteSetup
  }

  private mutating func endSegment() {
    guard !bytes.isEmpty else { return }
    segments.append(bytes)
    bytes = []
    lineCount = 0
  }

  private mutating func write(_ item: DisplayList.Item) {
    switch item {
    case .line(let line):
      write(line)
      lineCount += 1
      if lineCount >= profile.segmentLineCount { endSegment() }
    case .feed(let count):
      bytes += [0x1B, 0x64, UInt8(truncatingIfNeeded: count)]  // ESC d n
    case .barcode(let barcode, let dots):
      setStyle(PrintDocument.Style())
      setAlignment(.center)
      bytes += EscPosSymbols.barcode(barcode, moduleDots: dots)
    case .qr(let text, let dots):
      setStyle(PrintDocument.Style())
      setAlignment(.center)
      bytes += EscPosSymbols.qr(text, moduleDots: dots)
    case .cut: cut()
    }
  }

  private mutating func cut() {
    setAlignment(.left)
    setStyle(PrintDocument.Style())
    endSegment()
    switch profile.cutter {
    case .none: bytes += [0x1B, 0x64, 0x04]  // ESC d 4: past the tear bar
    case .partial: bytes += [0x1D, 0x56, 0x42, 0x00]  // GS V 66 0
    case .full: bytes += [0x1D, 0x56, 0x41, 0x00]  // GS V 65 0
    }
    endSegment()
  }

  private mutating func write(_ line: DisplayLine) {
    setAlignment(line.alignment)
    setStyle(line.style)
    for character in line.characters {
      switch character.carrier {
      case .ascii(let byte):
        leaveMultibyte()
        bytes.append(byte)
      case .page(let number, let byte):
        leaveMultibyte()
        if page != number { bytes += [0x1B, 0x74, number] }  // ESC t n
        page = number
        bytes.append(byte)
      case .multibyte(let code):
        if !isMultibyte { bytes += [0x1C, 0x26] }  // FS &
        isMultibyte = true
        bytes += code
      }
    }
    leaveMultibyte()
    bytes.append(0x0A)
  }

  private mutating func leaveMultibyte() {
    guard isMultibyte else { return }
    bytes += [0x1C, 0x2E]  // FS .
    isMultibyte = false
    page = nil
  }

  private mutating func setAlignment(_ wanted: PrintDocument.Alignment) {
    guard wanted != alignment else { return }
    alignment = wanted
    let operand: UInt8 =
      switch wanted {
      case .left: 0
      case .center: 1
      case .right: 2
      }
    bytes += [0x1B, 0x61, operand]  // ESC a n
  }

  private mutating func setStyle(_ wanted: PrintDocument.Style) {
    if wanted.isBold != style.isBold {
      bytes += [0x1B, 0x45, wanted.isBold ? 1 : 0]  // ESC E n
    }
    if wanted.isUnderlined != style.isUnderlined {
      bytes += [0x1B, 0x2D, wanted.isUnderlined ? 1 : 0]  // ESC - n
      if hasMultibyte { bytes += [0x1C, 0x2D, wanted.isUnderlined ? 1 : 0] }  // FS - n
    }
    if wanted.isInverse != style.isInverse {
      bytes += [0x1D, 0x42, wanted.isInverse ? 1 : 0]  // GS B n
    }
    if wanted.widthScale != style.widthScale || wanted.heightScale != style.heightScale {
      let size = (wanted.widthScale - 1) << 4 | (wanted.heightScale - 1)
      bytes += [0x1D, 0x21, UInt8(truncatingIfNeeded: size)]  // GS ! n
      if hasMultibyte, profile.sizesMultibyteApart {
        let double: UInt8 = (wanted.widthScale > 1 ? 0x04 : 0) | (wanted.heightScale > 1 ? 0x08 : 0)
        bytes += [0x1C, 0x21, double]  // FS ! n
      }
    }
    style = wanted
  }
}
