/// A coupon that was issued.
public struct CouponState: Hashable, Sendable {
  /// Where it stands. A member's coupon that is not `issued` has left the member's state; a
  /// bearer's row stays and says so.
  public enum Status: UInt8, Hashable, Sendable, CaseIterable {
    case issued = 1
    case held = 2
    case used = 3
    case void = 4
    case expired = 5
  }

  /// Unique in the shop.
  public var serial: Int64
  public var template: String
  /// A random number that makes the code impossible to guess; 0 for none.
  public var nonce: UInt32
  public var issuedOn: BusinessDate
  /// The last day on which it can be used; `nil` for ever.
  public var expiresOn: BusinessDate?
  public var isBearer: Bool
  public var status: Status = .issued
  /// The sequence of the row that holds or used it; 0 where there is none.
  public var row: Int64 = 0

  /// Creates a coupon.
  public init(
    serial: Int64,
    template: String,
    nonce: UInt32 = 0,
    issuedOn: BusinessDate,
    expiresOn: BusinessDate?,
    isBearer: Bool = false
  ) {
    self.serial = serial
    self.template = template
    self.nonce = nonce
    self.issuedOn = issuedOn
    self.expiresOn = expiresOn
    self.isBearer = isBearer
  }

  /// The code that is printed and read.
  public var code: CouponCode { CouponCode(template: template, serial: serial, nonce: nonce) }

  /// As it is when no row holds it or has used it.
  mutating func release() {
    status = .issued
    row = 0
  }

  /// Whether its last day is over.
  public func isExpired(on date: BusinessDate) -> Bool { expiresOn.map { $0 < date } ?? false }
}
