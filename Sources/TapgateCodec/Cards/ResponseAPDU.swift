/// A card's answer to a command, ISO/IEC 7816-4:2020 section 5.3: data, then SW1 and SW2.
///
/// The data may be an identifier: `description` and reflection show the status only.
public struct ResponseAPDU: Hashable, Sendable {
  /// The data field, without the status.
  public let payload: [UInt8]
  /// SW1 and SW2.
  public let status: UInt16

  /// Whether the command was done: 9000 and nothing else.
  public var isDone: Bool { status == 0x9000 }

  /// The status as four hexadecimal digits, such as `6A82`.
  public var statusText: String {
    let digits = String(status, radix: 16, uppercase: true)
    return String(repeating: "0", count: 4 - digits.count) + digits
  }

  /// Creates an answer that was put together from several.
  public init(payload: [UInt8], status: UInt16) {
    self.payload = payload
    self.status = status
  }

  /// Splits `bytes`; `nil` where there are fewer than two, which is no answer at all.
  public init?(_ bytes: [UInt8]) {
    guard bytes.count >= 2 else { return nil }
    payload = Array(bytes.dropLast(2))
    status = UInt16(bytes[bytes.count - 2]) << 8 | UInt16(bytes[bytes.count - 1])
  }
}

extension ResponseAPDU: CustomStringConvertible, CustomReflectable {
  public var description: String { "\(payload.count) bytes, \(statusText)" }
  public var customMirror: Mirror { Mirror(self, children: ["status": statusText]) }
}
