/// A coupon's code as it is printed: `template-serial` or `template-serial.nonce`, and a check
/// character after it.
///
/// The serial number has at least six decimal digits, the nonce is base 36. The check character is
/// ISO/IEC 7064 MOD 37,36 over template, serial and nonce: it finds every wrong character and
/// nearly every pair that changed places.
public struct CouponCode: Hashable, Sendable, CustomStringConvertible {
  public var template: String
  public var serial: Int64
  /// 0 for none.
  public var nonce: UInt32

  /// Creates a code.
  public init(template: String, serial: Int64, nonce: UInt32 = 0) {
    self.template = template
    self.serial = serial
    self.nonce = nonce
  }

  /// Reads a code; letters after the template may be small. `nil` where the text is none or its
  /// check character is another.
  public init?(_ text: String) {
    let bytes = Array(text.utf8)
    guard bytes.count <= 200, let dash = bytes.lastIndex(of: UInt8(ascii: "-")), dash > 0 else {
      return nil
    }
    let tail = bytes[(dash + 1)...].map { $0 >= 97 && $0 <= 122 ? $0 - 32 : $0 }
    let parts = tail.dropLast().split(
      separator: UInt8(ascii: "."),
      omittingEmptySubsequences: false
    )
    guard let check = tail.last, parts.count == 1 || parts.count == 2, parts[0].count >= 6,
      let serial = Int64(String(decoding: parts[0], as: UTF8.self), radix: 10),
      parts[0].allSatisfy({ $0 >= 48 && $0 <= 57 })
    else { return nil }
    var nonce: UInt32 = 0
    if parts.count == 2 {
      guard parts[1].allSatisfy({ Self.value(of: $0) != nil }),
        let value = UInt32(String(decoding: parts[1], as: UTF8.self), radix: 36), value > 0
      else { return nil }
      nonce = value
    }
    self.init(
      template: String(decoding: bytes[..<dash], as: UTF8.self),
      serial: serial,
      nonce: nonce
    )
    guard Array(description.utf8).last == check, description.utf8.count == bytes.count else {
      return nil
    }
  }

  /// The code's text.
  public var description: String {
    let digits = String(max(0, serial))
    var body = String(repeating: "0", count: max(0, 6 - digits.count)) + digits
    if nonce != 0 { body += "." + String(nonce, radix: 36, uppercase: true) }
    let check = Self.checkCharacter(of: Array((template + body).utf8))
    return template + "-" + body + String(decoding: [check], as: UTF8.self)
  }

  /// The check character of ISO/IEC 7064 MOD 37,36. Letters count the same large or small; what is
  /// neither a letter nor a digit counts by its byte.
  static func checkCharacter(of bytes: [UInt8]) -> UInt8 {
    var product = 36
    for byte in bytes {
      var sum = (product + (value(of: byte) ?? Int(byte) % 36)) % 36
      if sum == 0 { sum = 36 }
      product = sum * 2 % 37
    }
    let check = (37 - product) % 36
    return check < 10 ? 48 + UInt8(check) : 55 + UInt8(check)
  }

  private static func value(of byte: UInt8) -> Int? {
    switch byte {
    case 48...57: Int(byte) - 48
    case 65...90: Int(byte) - 55
    case 97...122: Int(byte) - 87
    default: nil
    }
  }
}
