/// Tells payment card numbers in scans from the numbers of goods.
///
/// One in ten numbers of goods passes the check of a payment card (ISO/IEC 7812-1 annex B), and
/// many begin like one. A scanner says by the symbology what it read; where it does not, a number
/// of a GTIN's length whose GS1 check digit is right is goods (GS1 General Specifications section
/// 7.9).
public enum ScannedNumber {
  /// AIM identifiers (ISO/IEC 15424) of symbologies that hold goods or GS1 data only.
  private static let goodsIdentifiers = ["]E", "]I1", "]C1", "]e0", "]d2", "]Q3", "]J1"]

  /// Whether a symbology holds goods or GS1 data only, by its AIM identifier.
  public static func isGoods(aim: String?) -> Bool {
    guard let aim else { return false }
    return goodsIdentifiers.contains { aim.hasPrefix($0) }
  }

  /// Whether a scan holds a payment card's number.
  public static func isPaymentCard(_ text: String, aim: String?) -> Bool {
    if isGoods(aim: aim) { return false }
    guard PaymentCardNumber.isContained(in: text) else { return false }
    return !isTradeItemNumber(text)
  }

  /// Whether `text` is a GTIN-8, -12, -13 or -14 with a right check digit.
  public static func isTradeItemNumber(_ text: String) -> Bool {
    let digits = text.utf8
    guard [8, 12, 13, 14].contains(digits.count), digits.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 })
    else { return false }
    var sum = 0
    for (position, digit) in digits.reversed().enumerated() {
      sum += Int(digit - 0x30) * (position % 2 == 0 ? 1 : 3)
    }
    return sum % 10 == 0
  }

  /// The check digit that makes `digits`, of a GTIN without its last, right.
  public static func tradeItemCheckDigit(_ digits: [UInt8]) -> UInt8 {
    var sum = 0
    for (position, digit) in digits.reversed().enumerated() {
      sum &+= Int(digit) &* (position % 2 == 0 ? 3 : 1)
    }
    return UInt8((10 - sum % 10) % 10)
  }
}
