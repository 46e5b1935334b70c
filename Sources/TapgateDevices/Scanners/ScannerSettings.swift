internal import TapgateCodec

/// How what a device sends is to be understood. What does not belong to the device's mode is not
/// looked at.
public struct ScannerSettings: Hashable, Sendable {
  /// What ends a scan.
  public enum Suffix: String, Hashable, Sendable, CaseIterable {
    case cr, lf, crlf, tab
    /// Nothing: silence ends it.
    case silence = "none"
    /// Of a device that types: the keypad's Enter only.
    case keypadEnter
    /// Of a device that types.
    case escape
    /// Of a serial line: STX before and ETX behind.
    case stxEtx

    /// Whether devices of a mode can be set to it.
    public func isFor(_ mode: ScannerMode) -> Bool {
      switch self {
      case .cr, .lf, .crlf, .tab, .silence: mode != .hidPos
      case .keypadEnter, .escape: mode == .wedge || mode == .magstripe
      case .stxEtx: mode == .serial
      }
    }
  }

  /// What the bytes, or numbers typed with ALT, mean.
  public enum Charset: String, Hashable, Sendable, CaseIterable {
    case ascii, latin1, gb18030, cp437
    case utf8 = "utf-8"
    case windows1252 = "windows-1252"
  }

  /// What a number typed on the keypad with ALT held is.
  public enum AltCodes: String, Hashable, Sendable, CaseIterable {
    /// As Windows has it.
    case windows
    /// A Unicode code point.
    case unicode
    /// Bytes of `charset`.
    case bytes
  }

  /// Card numbers that the shop's own cards have, where their tracks would else make payment cards
  /// of them. Of a range in a payment scheme's, the numbers with a right check digit stay bank
  /// cards.
  public struct OwnCards: Hashable, Sendable {
    /// The first digits, six at least.
    public let prefix: String
    /// Digits of the whole number.
    public let digitCount: Int

    /// Creates a range; `nil` where it could be no card's.
    public init?(prefix: String, digitCount: Int) {
      guard SwipePolicy.OwnRange(prefix: prefix, digitCount: digitCount) != nil else { return nil }
      self.prefix = prefix
      self.digitCount = digitCount
    }

    /// Reads `PREFIX:DIGITS`, such as `970012:16`.
    public init?(_ text: String) {
      let parts = text.split(separator: ":", omittingEmptySubsequences: false)
      guard parts.count == 2, let count = Int(parts[1]) else { return nil }
      self.init(prefix: String(parts[0]), digitCount: count)
    }
  }

  /// How a card reader that types, or sends text, writes a card's identifier.
  public enum UIDFormat: String, Hashable, Sendable, CaseIterable {
    /// Hexadecimal, the first byte first; the last byte first.
    case hexBE, hexLE
    /// A decimal number whose first byte is the highest; the lowest.
    case decimalBE, decimalLE
  }

  /// The country that a device which types is set to.
  public var layout = "us"
  /// `nil` for what most devices of the mode have.
  public var suffix: Suffix?
  /// Text before each scan, which is taken off.
  public var prefix = ""
  /// Whether a scan without the prefix is refused.
  public var isPrefixRequired = false
  /// Characters that a code has at least; a shorter one lost its beginning, and is refused.
  public var lengthMin = 0
  /// Silence that ends a scan, in milliseconds, 30 to 1500; `nil` for the mode's own.
  public var idleMilliseconds: Int?
  public var charset = Charset.utf8
  public var altCodes = AltCodes.windows
  /// Whether an AIM identifier stands before the data.
  public var hasAimIdentifier = false
  /// Whether two equal reports are two presses.
  public var countsRepeatedReports = false
  /// Strokes that mean something else than the layout says: `0x3E`, `0x1D+shift`, the HID usage of
  /// the key (page 07) with its modifiers, and the text.
  public var overrides: [String: String] = [:]
  /// Bits a second of a serial line.
  public var baud = 9600
  /// Of a reader of contactless cards that is no PC/SC reader: what it sends are cards'
  /// identifiers. `nil` for codes.
  public var uidFormat: UIDFormat?
  /// Of a swipe reader.
  public var ownCards: [OwnCards] = []
  /// Whether a swipe of which one track cannot be read counts by the other.
  public var acceptsFaultyTracks = false

  /// The settings that most devices leave the factory with.
  public init() {}

  /// The countries that `layout` may name.
  public static var layouts: [String] {
    KeyboardLayout.all.map(\.name) + KeyboardLayout.all.map(\.withoutDeadKeys.name)
  }

  /// Whether a serial line can have this many bits a second.
  public static func isBaud(_ baud: Int) -> Bool { SerialNode.hasRate(baud) }
}
