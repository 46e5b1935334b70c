/// What a control means: a usage page and an identifier on it (HID Usage Tables 1.5, section 3).
public struct HIDUsage: Hashable, Sendable {
  /// Such as 0x07, Keyboard/Keypad.
  public var page: UInt16
  /// Such as 0x04 on that page, Keyboard a and A.
  public var id: UInt16

  /// Creates a usage.
  public init(page: UInt16, id: UInt16) {
    self.page = page
    self.id = id
  }
}

/// The usage pages that input devices of a counter have.
public enum HIDPage {
  /// Generic Desktop.
  public static let genericDesktop: UInt16 = 0x01
  /// Keyboard/Keypad.
  public static let keyboard: UInt16 = 0x07
  /// Barcode Scanner (HID Point of Sale Usage Tables 1.02).
  public static let barcodeScanner: UInt16 = 0x8C
  /// Magnetic Stripe Reader.
  public static let magneticStripe: UInt16 = 0x8E
  /// The first page that makers may use as they like; MagTek's and ID TECH's card readers do.
  public static let vendor: UInt16 = 0xFF00
}

/// Usages of one page, one after the other.
public struct HIDUsageRange: Hashable, Sendable {
  /// The page of all of them.
  public var page: UInt16
  /// The first one's identifier.
  public let first: UInt16
  /// The last one's, not less than `first`.
  public let last: UInt16

  /// Creates a range; `nil` where it would run backwards.
  public init?(page: UInt16, first: UInt16, last: UInt16) {
    guard first <= last else { return nil }
    self.page = page
    self.first = first
    self.last = last
  }

  /// How many there are.
  public var count: Int { Int(last) - Int(first) + 1 }

  /// Whether `usage` is one of them.
  public func contains(_ usage: HIDUsage) -> Bool {
    usage.page == page && first <= usage.id && usage.id <= last
  }
}
