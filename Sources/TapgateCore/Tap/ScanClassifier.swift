public import TapgateModel

/// Which scans are members' codes without being enrolled one by one.
public struct ScanPattern: Hashable, Sendable {
  public var kind: CredentialKind
  public var prefix: String
  /// Characters in all; `nil`: any number.
  public var length: Int?

  /// Creates a pattern.
  public init(kind: CredentialKind, prefix: String, length: Int?) {
    self.kind = kind
    self.prefix = prefix
    self.length = length
  }

  /// Whether `text` is such a code.
  public func matches(_ text: String) -> Bool {
    text.hasPrefix(prefix) && (length.map { text.count == $0 } ?? true)
  }
}

/// Numbers of a payment service's codes: a live means of payment for a minute, shown by mistake.
public struct PaymentCodeRange: Hashable, Sendable {
  /// The service, such as `alipay`; the trace names it.
  public var name: String
  /// Digits that such a code begins with.
  public var prefixes: [String]
  /// Digits in all.
  public var lengths: ClosedRange<Int>

  /// Creates a range.
  public init(name: String, prefixes: [String], lengths: ClosedRange<Int>) {
    self.name = name
    self.prefixes = prefixes
    self.lengths = lengths
  }

  /// The ranges that Alipay's, WeChat Pay's and UnionPay's documents for merchants name. UnionPay's
  /// codes have a card number's form, and need not pass its check.
  public static let standard = [
    PaymentCodeRange(name: "alipay", prefixes: (25...30).map(String.init), lengths: 16...24),
    PaymentCodeRange(name: "wechat", prefixes: (10...15).map(String.init), lengths: 18...18),
    PaymentCodeRange(name: "unionpay", prefixes: ["62"], lengths: 19...19),
  ]

  /// Characters that a scanner may be set to send before a code, and as many after it.
  private static let affixCountMax = 4

  /// Whether `text` is such a code, with what a scanner sends around it.
  ///
  /// Looked at is one run of digits, with at most four characters before and after it: space,
  /// controls, marks, and among them one letter, as scanners have for the kind of code. Numbers
  /// with more around them, and GS1 strings (with a GS), are goods.
  public func matches(_ text: String) -> Bool {
    let bytes = text.utf8
    let isDigit = { (byte: UInt8) in byte >= 0x30 && byte <= 0x39 }
    guard let start = bytes.firstIndex(where: isDigit) else { return false }
    let run = bytes[start...].prefix(while: isDigit)
    guard lengths.contains(run.count),
      Self.isAffix(bytes[..<start]), Self.isAffix(bytes[run.endIndex...])
    else { return false }
    return prefixes.contains { run.starts(with: $0.utf8) }
  }

  private static func isAffix(_ bytes: Substring.UTF8View) -> Bool {
    let isLetter = { (byte: UInt8) in (0x41...0x5A).contains(byte & 0xDF) }
    return bytes.count <= affixCountMax
      && bytes.allSatisfy { $0 < 0x80 && $0 != 0x1D && !($0 >= 0x30 && $0 <= 0x39) }
      && bytes.count(where: isLetter) <= 1
  }
}

/// Tells what a scan is, as far as its text alone says.
///
/// What may not be known comes first: a means of payment is recognised before anything else looks
/// at it, whatever the configured patterns say.
public struct ScanClassifier: Sendable {
  /// What a scan is.
  public enum Kind: Hashable, Sendable {
    /// The second terminator of a scanner that sends two.
    case empty
    /// A payment service's code; the range's name.
    case paymentCode(String)
    /// A payment card's number.
    case paymentCard
    /// A rotating code; `nil` where it is misshapen.
    case rotating(RotatingToken?)
    /// A member's code by a pattern of the configuration.
    case member(Credential)
    /// Whatever else: goods, or a code that is enrolled.
    case other
  }

  public var patterns: [ScanPattern]
  public var paymentCodes: [PaymentCodeRange]

  /// Creates a classifier.
  public init(
    patterns: [ScanPattern] = [],
    paymentCodes: [PaymentCodeRange] = PaymentCodeRange.standard
  ) {
    self.patterns = patterns
    self.paymentCodes = paymentCodes
  }

  /// What `text` is. `aim` is the AIM identifier, where the scanner gave one.
  public func classify(_ text: String, aim: String?, isPartial: Bool = false) -> Kind {
    if text.isEmpty { return .empty }
    // UnionPay's codes look like its cards: what passes a card's check is called a card.
    if ScannedNumber.isPaymentCard(text, aim: aim) { return .paymentCard }
    // Payment services show QR codes and plain Code 128, never what holds GS1 data.
    if !ScannedNumber.isGoods(aim: aim),
      let range = paymentCodes.first(where: { $0.matches(text) })
    {
      return .paymentCode(range.name)
    }
    // A part of a code may be another member's whole one.
    if isPartial { return .other }
    if text.hasPrefix(RotatingToken.prefix) { return .rotating(RotatingToken(text)) }
    // What fits a pattern and cannot be a credential is goods: a gateway that takes the scanner
    // must not swallow them.
    for pattern in patterns where pattern.matches(text) {
      if let credential = try? Credential(kind: pattern.kind, value: text) {
        return .member(credential)
      }
    }
    return .other
  }
}
