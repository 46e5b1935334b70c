/// How a member's number is written in a card's bytes.
public enum CardContent: String, Hashable, Sendable, CaseIterable {
  /// Characters (UTF-8), padded at the end with 00, FF or spaces.
  case text
  /// Two digits a byte, padded at the end with half bytes of F.
  case bcd
  /// Bytes that are taken as they are, and written in hexadecimal.
  case hex

  /// Bytes that a number may take up.
  public static let byteCountMax = 128

  /// The number that `bytes` say; `nil` where they say none, as an erased card's do not.
  public func decode(_ bytes: [UInt8]) -> String? {
    guard (1...Self.byteCountMax).contains(bytes.count) else { return nil }
    if bytes.allSatisfy({ $0 == 0x00 }) || bytes.allSatisfy({ $0 == 0xFF }) { return nil }
    switch self {
    case .text: return Self.characters(bytes)
    case .bcd: return Self.digits(bytes)
    case .hex: return Hexadecimal.text(bytes)
    }
  }

  private static func characters(_ bytes: [UInt8]) -> String? {
    let padding: Set<UInt8> = [0x00, 0xFF, 0x20]
    var body = bytes[...]
    while let last = body.last, padding.contains(last) { body.removeLast() }
    while body.first == 0x20 { body.removeFirst() }
    guard !body.isEmpty, let text = String(validating: body, as: UTF8.self) else { return nil }
    let isClean = text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }
    return isClean ? text : nil
  }

  private static func digits(_ bytes: [UInt8]) -> String? {
    var halves = bytes.flatMap { [$0 >> 4, $0 & 0x0F] }
    while halves.last == 0x0F { halves.removeLast() }
    guard !halves.isEmpty, halves.allSatisfy({ $0 <= 9 }) else { return nil }
    return String(decoding: halves.map { 48 + $0 }, as: UTF8.self)
  }
}
