/// Usages of the Keyboard/Keypad page that the wedge decoder names (HID Usage Tables 1.5,
/// section 10), and the numbers that Linux has for the same keys.
public enum KeyUsage {
  static let errorUndefined: UInt16 = 0x03
  static let letterA: UInt16 = 0x04
  static let letterU: UInt16 = 0x18
  static let letterZ: UInt16 = 0x1D
  static let digit1: UInt16 = 0x1E
  static let digit0: UInt16 = 0x27
  static let enter: UInt16 = 0x28
  static let escape: UInt16 = 0x29
  static let backspace: UInt16 = 0x2A
  static let tab: UInt16 = 0x2B
  static let space: UInt16 = 0x2C
  static let minus: UInt16 = 0x2D
  static let backslash: UInt16 = 0x31
  /// The ISO keyboard's key beside Enter; Linux has one number for it and `backslash`.
  static let nonUSHash: UInt16 = 0x32
  static let capsLock: UInt16 = 0x39
  static let scrollLock: UInt16 = 0x47
  static let deleteForward: UInt16 = 0x4C
  static let numLock: UInt16 = 0x53
  static let keypadSlash: UInt16 = 0x54
  static let keypadAsterisk: UInt16 = 0x55
  static let keypadMinus: UInt16 = 0x56
  static let keypadPlus: UInt16 = 0x57
  static let keypadEnter: UInt16 = 0x58
  static let keypad1: UInt16 = 0x59
  static let keypad0: UInt16 = 0x62
  static let keypadPoint: UInt16 = 0x63
  static let nonUSBackslash: UInt16 = 0x64
  static let keypadEquals: UInt16 = 0x67
  static let keypadComma: UInt16 = 0x85
  static let leftControl: UInt16 = 0xE0
  static let rightGUI: UInt16 = 0xE7

  /// The usage of a key that Linux calls `code` (`KEY_…` of `linux/input-event-codes.h`), or `nil`
  /// for one that no scanner types with.
  public static func ofLinuxKey(_ code: UInt16) -> UInt16? {
    let place = Int(code)
    if place < linuxKeys.count {
      let usage = linuxKeys[place]
      return usage == 0 ? nil : UInt16(usage)
    }
    // KEY_F13 to KEY_F24.
    return (183...194).contains(code) ? 0x68 + (code - 183) : nil
  }

  /// By Linux's number; 0 where there is none.
  private static let linuxKeys: [UInt8] = [
    0x00, 0x29, 0x1E, 0x1F, 0x20, 0x21, 0x22, 0x23, 0x24, 0x25, 0x26, 0x27, 0x2D, 0x2E, 0x2A, 0x2B,
    0x14, 0x1A, 0x08, 0x15, 0x17, 0x1C, 0x18, 0x0C, 0x12, 0x13, 0x2F, 0x30, 0x28, 0xE0, 0x04, 0x16,
    0x07, 0x09, 0x0A, 0x0B, 0x0D, 0x0E, 0x0F, 0x33, 0x34, 0x35, 0xE1, 0x31, 0x1D, 0x1B, 0x06, 0x19,
    0x05, 0x11, 0x10, 0x36, 0x37, 0x38, 0xE5, 0x55, 0xE2, 0x2C, 0x39, 0x3A, 0x3B, 0x3C, 0x3D, 0x3E,
    0x3F, 0x40, 0x41, 0x42, 0x43, 0x53, 0x47, 0x5F, 0x60, 0x61, 0x56, 0x5C, 0x5D, 0x5E, 0x57, 0x59,
    0x5A, 0x5B, 0x62, 0x63, 0x00, 0x94, 0x64, 0x44, 0x45, 0x87, 0x92, 0x93, 0x8A, 0x88, 0x8B, 0x8C,
    0x58, 0xE4, 0x54, 0x46, 0xE6, 0x00, 0x4A, 0x52, 0x4B, 0x50, 0x4F, 0x4D, 0x51, 0x4E, 0x49, 0x4C,
    0x00, 0x7F, 0x81, 0x80, 0x66, 0x67, 0x00, 0x48, 0x00, 0x85, 0x90, 0x91, 0x89, 0xE3, 0xE7, 0x65,
  ]
}

/// Usages of the Barcode Scanner page (HID Point of Sale Usage Tables 1.02, section 4).
enum POSUsage {
  static let byteCount = HIDUsage(page: HIDPage.genericDesktop, id: 0x3B)
  static let symbology1 = HIDUsage(page: HIDPage.barcodeScanner, id: 0xFB)
  static let symbology2 = HIDUsage(page: HIDPage.barcodeScanner, id: 0xFC)
  static let symbology3 = HIDUsage(page: HIDPage.barcodeScanner, id: 0xFD)
  static let decodedData = HIDUsage(page: HIDPage.barcodeScanner, id: 0xFE)
  static let dataContinued = HIDUsage(page: HIDPage.barcodeScanner, id: 0xFF)
}
