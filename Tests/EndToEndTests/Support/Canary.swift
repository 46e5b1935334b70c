import Foundation

/// Numbers that must never be found, and the forms in which they would be.
enum Canary {
  static let uid = "04CA7A21EB5EC7"
  static let strangeUID = "04FEEDFACECAFE"
  static let phone = "13987650123"
  static let strangePhone = "13987654999"
  static let memberNumber = "8842424242421"
  /// The form of a payment service's code.
  static let paymentCode = "134567890123456789"
  /// Numbers that card schemes publish for tests, of 16, 15 and 19 digits: all pass ISO/IEC
  /// 7812-1's check.
  static let payments = ["4111111111111111", "378282246310005", "6212345678900000003"]
  static var account: String { payments[0] }

  /// Every form of every number.
  static let traces: [[UInt8]] =
    ([phone, strangePhone, memberNumber, paymentCode] + payments).flatMap(forms(ofDigits:))
    + [uid, strangeUID].flatMap(forms(ofHex:))

  /// The forms of what may leave the gateway in nobody's file: an export has members' telephones.
  static let cardTraces: [[UInt8]] =
    paymentTraces + [uid, strangeUID].flatMap(forms(ofHex:))

  /// The forms of what pays.
  static let paymentTraces: [[UInt8]] = (payments + [paymentCode]).flatMap(forms(ofDigits:))

  /// Text, backwards, in groups, in UTF-16, as hexadecimal digits, in base64 wherever it stands in
  /// what was encoded, and as packed digits.
  static func forms(ofDigits digits: String) -> [[UInt8]] {
    let text = Array(digits.utf8)
    let groups = stride(from: 0, to: digits.count, by: 4).map {
      String(digits.dropFirst($0).prefix(4))
    }
    // Both byte orders of UTF-16 have the middle in common.
    var forms: [[UInt8]] = [
      text, text.reversed(), Array(groups.joined(separator: " ").utf8),
      Array(groups.joined(separator: "-").utf8), wide(text).dropLast(),
      Array(text.map { String($0, radix: 16) }.joined().utf8),
    ]
    forms += base64(text)
    // Of an odd count the first or the last digit shares a byte with something else.
    let isOdd = digits.count % 2 == 1
    for even in isOdd ? [digits.dropFirst(), digits.dropLast()] : [digits[...]] {
      let packed = bytes(of: String(even))
      forms += [packed, packed.reversed()]
    }
    return forms
  }

  /// The bytes, backwards, and as text: in either case, with separators, in UTF-16 and base64.
  static func forms(ofHex hex: String) -> [[UInt8]] {
    let texts = [hex, hex.lowercased(), spaced(hex, " "), spaced(hex, ":")].map { Array($0.utf8) }
    let raw = bytes(of: hex)
    let others: [[UInt8]] = [raw, raw.reversed(), wide(texts[0]).dropLast()]
    return texts + others + base64(raw) + base64(texts[0])
  }

  /// Which of `traces` are in `data`: their places.
  static func found(_ traces: [[UInt8]], in data: Data) -> [Int] {
    traces.indices.filter { System.contains(traces[$0], in: data) }
  }

  static func found(_ traces: [[UInt8]], in bytes: [UInt8]) -> [Int] {
    found(traces, in: Data(bytes))
  }

  /// UTF-16, little endian.
  static func wide(_ text: [UInt8]) -> [UInt8] { text.flatMap { [$0, 0] as [UInt8] } }

  /// What does not change in the base64 of a text that holds `bytes`, at each of three positions.
  private static func base64(_ bytes: [UInt8]) -> [[UInt8]] {
    (0..<3).map { shift in
      let padded = [UInt8](repeating: 0, count: shift) + bytes
      let whole = padded.count / 3 * 4
      let first = shift == 0 ? 0 : shift + 1
      return Array(Data(padded).base64EncodedData().prefix(whole).dropFirst(first))
    }
  }

  private static func bytes(of hex: String) -> [UInt8] {
    stride(from: 0, to: hex.count, by: 2).compactMap {
      UInt8(hex.dropFirst($0).prefix(2), radix: 16)
    }
  }

  private static func spaced(_ hex: String, _ separator: String) -> String {
    stride(from: 0, to: hex.count, by: 2).map { String(hex.dropFirst($0).prefix(2)) }
      .joined(separator: separator)
  }
}
