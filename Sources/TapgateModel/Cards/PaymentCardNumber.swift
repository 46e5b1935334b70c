/// Recognises payment card numbers, so that they can be refused and forgotten.
///
/// A number counts when it has 13 to 19 digits, starts with an issuer range of ISO/IEC 7812-1 that
/// payment schemes use, and its check digit is right (ISO/IEC 7812-1 annex B, Luhn).
public enum PaymentCardNumber {
  /// Digits of the longest number, and one more.
  private static let runCountMax = 20

  /// Whether `text` holds a payment card's number: as a whole, or as a track's account number.
  public static func isContained(in text: String) -> Bool { isContained(in: text.utf8) }

  /// The same for ASCII text. What is looked at is not kept.
  public static func isContained(in bytes: some Sequence<UInt8>) -> Bool {
    // Room for all of it at once, zeroed before it is used again: nothing stays in memory.
    var run: [UInt8] = []
    run.reserveCapacity(runCountMax)
    func forget() {
      for index in run.indices { run[index] = 0 }
      run.removeAll(keepingCapacity: true)
    }
    defer { forget() }
    for byte in bytes {
      if byte >= 0x30, byte <= 0x39 {
        // Longer runs are no card's; the digits past the longest number need not be kept.
        if run.count < runCountMax { run.append(byte) }
        continue
      }
      if byte == 0x20 || byte == 0x2D, !run.isEmpty { continue }
      if isPaymentCard(run) { return true }
      forget()
    }
    return isPaymentCard(run)
  }

  /// Whether the last of some ASCII digits is the check digit of those before it (ISO/IEC 7812-1
  /// annex B). `false` where there is another character, and of nothing.
  public static func hasCheckDigit(_ digits: some BidirectionalCollection<UInt8>) -> Bool {
    var sum = 0
    for (position, byte) in digits.reversed().enumerated() {
      guard byte >= 0x30, byte <= 0x39 else { return false }
      let doubled = Int(byte - 0x30) * (position % 2 == 0 ? 1 : 2)
      sum += doubled > 9 ? doubled - 9 : doubled
    }
    return !digits.isEmpty && sum % 10 == 0
  }

  /// Whether payment schemes issue numbers that begin with these ASCII digits, four at least;
  /// `false` for anything else.
  public static func isSchemeRange(_ prefix: some Collection<UInt8>) -> Bool {
    let digits = Array(prefix.prefix(4))
    return digits.count == 4 && digits.allSatisfy { $0 >= 0x30 && $0 <= 0x39 }
      && isPaymentRange(digits)
  }

  /// Whether a number that begins with these ASCII digits, however few, may be a payment scheme's.
  public static func mayBeSchemeRange(_ prefix: some Collection<UInt8>) -> Bool {
    let known = Array(prefix.prefix(4))
    guard known.count < 4 else { return isSchemeRange(known) }
    return (0x30...0x39).contains { mayBeSchemeRange(known + [$0]) }
  }

  private static func isPaymentCard(_ digits: [UInt8]) -> Bool {
    guard (13...19).contains(digits.count), isPaymentRange(digits), hasCheckDigit(digits) else {
      return false
    }
    // No scheme issues 13 digits any more, and goods bear them: by chance one article in ten
    // passes the check above. With its own check digit right it is an article.
    return digits.count > 13 || !isArticleNumber(digits)
  }

  /// GTIN-13: the check digit of the GS1 General Specifications, section 7.9.1.
  private static func isArticleNumber(_ digits: [UInt8]) -> Bool {
    var sum = 0
    for (position, byte) in digits.enumerated() {
      sum += Int(byte - 0x30) * (position % 2 == 0 ? 1 : 3)
    }
    return sum % 10 == 0
  }

  private static func isPaymentRange(_ digits: [UInt8]) -> Bool {
    let two = Int(digits[0] - 0x30) * 10 + Int(digits[1] - 0x30)
    let four = two * 100 + Int(digits[2] - 0x30) * 10 + Int(digits[3] - 0x30)
    switch two {
    case 34, 37, 36, 38, 39, 30, 35, 60, 62, 64, 65, 81: return true
    case 40...49, 50...58: return true
    default: return (2221...2720).contains(four)
    }
  }
}
