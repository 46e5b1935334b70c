internal import TapgateCore

/// The light and the buzzer of an ACS ACR122U: pseudo-APDU `FF 00 40` (ACS, "ACR122U Application
/// Programming Interface" 2.04, section 6.2, Bi-Color LED and Buzzer Control).
enum ACR122UFeedback {
  /// P2: bits 0 and 1 are red and green in the end, 2 and 3 that they are set, 4 and 5 what the
  /// blinking begins with, 6 and 7 what blinks.
  private static let greenBlink: UInt8 = 0b1010_1110
  /// Red blinks, and green is on in the end, as it is on a reader that waits.
  private static let redBlink: UInt8 = 0b0101_1110

  /// The command for `feedback`; `nil` where the reader has answered by itself.
  ///
  /// Data: time on and time off in units of 100 ms, how often, and when the buzzer sounds (0 never,
  /// 1 while on). The reader answers once it is over, so everything is one unit long.
  static func command(_ feedback: Feedback) -> [UInt8]? {
    switch feedback {
    case .read: nil
    case .resolved: [0xFF, 0x00, 0x40, greenBlink, 0x04, 0x01, 0x00, 0x01, 0x00]
    case .refused: [0xFF, 0x00, 0x40, redBlink, 0x04, 0x01, 0x00, 0x01, 0x01]
    }
  }
}
