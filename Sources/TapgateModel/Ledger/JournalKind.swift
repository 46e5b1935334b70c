/// What kind of operation a journal row holds; numbers are never reused.
public enum JournalKind: UInt8, Sendable, CaseIterable {
  case accrue = 1
  case reverse = 2
  case enrol = 3
  case update = 4
  case issueCard = 5
  case bindCard = 6
  case unbindCard = 7
  case reportLost = 8
  case cancelLost = 9
  case freezeCard = 10
  case unfreezeCard = 11
  case closeCard = 12
  case replaceCard = 13
  case print = 14
  case importChunk = 15
  case importPublished = 16
  case programme = 17
  case topUp = 18
  case confirmTopUp = 19
  case cancelTopUp = 20
  case spend = 21
  case holdCreate = 22
  case holdCapture = 23
  case holdVoid = 24
  case sweep = 25
  case redeem = 26
  case event = 27
  case referral = 28
  case couponIssue = 29
  case couponUse = 30
  case couponUnuse = 31
  case couponVoid = 32
  case passUse = 33
  case stampAdd = 34
  case benefitUse = 35
  case membershipBuy = 36
  case membershipRenew = 37
  case membershipRefund = 38
  case income = 39
  case draw = 40
  case setTier = 41
  case tierReview = 42
  case suspend = 43
  case resume = 44
  case freeze = 45
  case unfreeze = 46
  case merge = 47
  case erase = 48
  case setPin = 49
  case wrongPin = 50
  case setParent = 51
  case invite = 52
  case checkout = 53
  case refund = 54
  case shiftClose = 55
  case readProfile = 56
  case exportProfiles = 57

  /// The API method of the operations of this kind; of what the gateway does by itself a name of
  /// the same form.
  public var method: String { Self.methods[Int(rawValue) - 1] }

  private static let methods: [String] = [
    "points.accrue",
    "operation.reverse",
    "member.enrol",
    "member.update",
    "card.issue",
    "card.bind",
    "card.unbind",
    "card.reportLost",
    "card.cancelLost",
    "card.freeze",
    "card.unfreeze",
    "card.close",
    "card.replace",
    "print.submit",
    "member.importChunk",
    "member.importCommit",
    "programme.activate",
    "value.topUp",
    "value.confirmTopUp",
    "value.cancelTopUp",
    "value.spend",
    "hold.create",
    "hold.capture",
    "hold.void",
    "ledger.sweep",
    "points.redeem",
    "points.event",
    "points.referral",
    "coupon.issue",
    "coupon.use",
    "coupon.unuse",
    "coupon.void",
    "pass.use",
    "stamp.add",
    "benefit.use",
    "membership.buy",
    "membership.renew",
    "membership.refund",
    "membership.income",
    "draw.spin",
    "member.setTier",
    "member.tierReview",
    "member.suspend",
    "member.resume",
    "member.freeze",
    "member.unfreeze",
    "member.merge",
    "member.erase",
    "card.setPin",
    "card.wrongPin",
    "member.setParent",
    "member.invite",
    "checkout.commit",
    "refund.create",
    "shift.close",
    "member.profile",
    "member.export",
  ]

  /// Whether an operation of this kind can be reversed by its exact mirror. The others have an end
  /// of their own (a hold is voided, an open top-up cancelled, a paid level refunded) or none.
  public var hasMirror: Bool {
    switch self {
    case .accrue, .topUp, .confirmTopUp, .spend, .holdCapture, .redeem, .event, .referral,
      .couponIssue, .couponUse, .passUse, .stampAdd, .benefitUse, .membershipBuy,
      .membershipRenew, .checkout, .setTier, .invite:
      true
    default: false
    }
  }
}
