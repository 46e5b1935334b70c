/// What ends a scan of a keyboard wedge.
public enum WedgeSuffix: String, Hashable, Sendable, CaseIterable {
  /// Enter: CR by Enter, the keypad's Enter, Ctrl+M or ALT.
  case cr
  /// LF: Ctrl+J or ALT.
  case lf
  /// CR or LF, or both of them in either order.
  case crlf
  case tab
  /// The keypad's Enter and nothing else; the other Enter is data.
  case keypadEnter
  case escape
  /// Nothing: silence ends it.
  case none
}

/// What a number typed on the keypad with ALT held means.
public enum WedgeAltCodes: Sendable {
  /// As Windows has it: with a leading 0 a byte of Windows-1252, without one of code page 437;
  /// above 255 a Unicode code point.
  case windows
  /// A Unicode code point.
  case unicode
  /// A byte of text in that set, up to 255; above, two bytes, the high one first. Scanners made
  /// for China send GB18030 so, in one number or in two of one byte each.
  case bytes(ScanCharset)
}

/// How a keyboard wedge is set up.
public struct WedgeConfiguration: Sendable {
  /// What `idleMilliseconds` may be.
  public static let idleMillisecondsRange: ClosedRange<UInt64> = 30...1500

  /// The country that the scanner is set to.
  public var layout: KeyboardLayout = .us
  public var suffix: WedgeSuffix = .crlf
  /// Text before each scan, which is taken off. Empty for none.
  public var prefix: String = ""
  /// Scans without the prefix are refused: somebody types there, or another device does.
  public var isPrefixRequired = false
  /// The silence that ends a scan without suffix, and gives up waiting for one.
  public var idleMilliseconds: UInt64 = 200 {
    didSet { idleMilliseconds = Self.clamped(idleMilliseconds) }
  }
  public var altCodes: WedgeAltCodes = .windows
  /// Codes, or the tracks of cards: a card reader that types.
  public var content: ScanContent = .codes
  /// The scanner sends its AIM identifier before the data.
  public var hasAimIdentifier = false
  /// Two equal reports with a key down are two presses. For scanners that send no report between
  /// two equal letters; a device that repeats reports by itself (SET_IDLE) must not have it.
  public var countsRepeatedReports = false
  /// Strokes that mean something else than the layout says, as a calibration finds them.
  public var overrides: [KeyboardLayout.Stroke: String] = [:]

  /// The factory settings of most scanners: US layout, Enter at the end.
  public init() {}

  private static func clamped(_ value: UInt64) -> UInt64 {
    min(max(value, idleMillisecondsRange.lowerBound), idleMillisecondsRange.upperBound)
  }
}
