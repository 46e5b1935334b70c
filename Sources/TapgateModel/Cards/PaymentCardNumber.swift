/// Recognises payment card numbers, so that they can be refused and forgotten.
///
/// A number counts when it has 13 to 19 digits, starts with an issuer range of ISO/IEC 7812-1 that
/// payment schemes use, and its check digit is right (ISO/IEC 7812-1 annex B, Luhn).
public enum PaymentCardNumber {
  /// Whether `text` holds a payment card's number: as a whole, or as a track's account number.
  public static func isContained(in text: String) -> Bool {
    var run: [UInt8] = []
    for byte in text.utf8 {
      if byte >= 0x30, byte <= 0x39 {
        run.append(byte - 0x30)
        continue
      }
      if byte == 0x20 || byte == 0x2D, !run.isEmpty { continue }
      if isPaymentCard(run) { return true }
      run.removeAll(keepingCapacity: true)
    }
    return isPaymentCard(run)
  }

  private static func isPaymentCard(_ digits: [UInt8]) -> Bool {
    guard (13...19).contains(digits.count), isPaymentRange(digits) else { return false }
    var sum = 0
    for (position, digit) in digits.reversed().enumerated() {
      let doubled = Int(digit) * (position % 2 == 0 ? 1 : 2)
      sum += doubled > 9 ? doubled - 9 : doubled
    }
    return sum % 10 == 0
  }

  private static func isPaymentRange(_ digits: [UInt8]) -> Bool {
    let two = digits[0] * 10 + digits[1]
    let four = Int(two) * 100 + Int(digits[2]) * 10 + Int(digits[3])
    switch two {
    case 34, 37, 36, 38, 39, 30, 35, 60, 62, 64, 65, 81: return true
    case 40...49, 50...58: return true
    default: return (2221...2720).contains(four)
    }
  }
}
