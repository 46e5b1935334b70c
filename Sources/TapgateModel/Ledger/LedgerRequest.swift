/// What an operation on a member's assets asks for, beside the member.
public enum LedgerRequest: Hashable, Sendable {
  case topUp(TopUpRequest)
  case confirmTopUp(id: Int64, channelReference: String)
  case cancelTopUp(id: Int64)
  case spend(amountMinor: Int64)
  case hold(HoldLegs, seconds: Int64?)
  case capture(hold: Int64, HoldLegs, isFinal: Bool)
  case void(hold: Int64)
  case redeem(reward: String, points: Int64?)
  case redeemCash(points: Int64)
  case event(String)
  /// To the subject, or without one to whoever has the code.
  case issueCoupons(template: String, count: Int64)
  /// The first and the last row of a batch for many members.
  indirect case issueBatch(CouponBatch)
  case endBatch(CouponBatchDone)
  case useCoupon(CouponCode, receiptNo: String)
  case unuseCoupon(CouponCode, reason: String)
  case usePass(String, quantity: Int64)
  case addStamps(String, quantity: Int64)
  case useBenefit(String)
  case membership(PaidRequest)
  case refundMembership(tender: String)
  case draw(String, nonce: String)
  case setTier(String, reason: String)
  /// The subject is the new member; the code is the referrer's.
  case invite(code: String)
  case status(MemberAction, reason: String)
  case merge(from: String, reason: String)
  /// `tender`: how stored value is paid out; `nil` where there must be none.
  case erase(reason: String, tender: String? = nil)
  /// `member.profile` in clear: the row is all that it makes.
  case readProfile(reason: String)
  /// A page of `member.export`, which begins after a member's row.
  case exportProfiles(after: Int64)
  /// `programme.activate`: a programme's file and its first business date; of its own date, or
  /// today, where none is named.
  case activate(programme: [UInt8], from: BusinessDate?)
  /// The subject is the card.
  case setPin(PINChange)
  /// `card.close` that pays stored value out; the subject is the card.
  case closeCard(tender: String, reason: String?)
  /// To the subject, or without one to whoever has no card.
  indirect case checkout(CheckoutOrder)
  /// `receipt` is the sequence of the receipt's row.
  case refund(receipt: Int64, RefundRequest)

  /// The kind of the operation's journal row.
  public var kind: JournalKind {
    switch self {
    case .topUp: .topUp
    case .confirmTopUp: .confirmTopUp
    case .cancelTopUp: .cancelTopUp
    case .spend: .spend
    case .hold: .holdCreate
    case .capture: .holdCapture
    case .void: .holdVoid
    case .redeem, .redeemCash: .redeem
    case .event: .event
    case .issueCoupons, .issueBatch, .endBatch: .couponIssue
    case .useCoupon: .couponUse
    case .unuseCoupon: .couponUnuse
    case .usePass: .passUse
    case .addStamps: .stampAdd
    case .useBenefit: .benefitUse
    case .membership(let request): request.isRenewal ? .membershipRenew : .membershipBuy
    case .refundMembership: .membershipRefund
    case .draw: .draw
    case .setTier: .setTier
    case .invite: .invite
    case .status(let action, _):
      switch action {
      case .suspend: .suspend
      case .resume: .resume
      case .freeze: .freeze
      case .unfreeze: .unfreeze
      }
    case .merge: .merge
    case .erase: .erase
    case .readProfile: .readProfile
    case .exportProfiles: .exportProfiles
    case .activate: .programme
    case .setPin: .setPin
    case .closeCard: .closeCard
    case .checkout: .checkout
    case .refund: .refund
    }
  }

  /// Which act the policy of assurance holds it for; `nil` for what is no spending.
  public var act: AssurancePolicy.Act? {
    switch self {
    case .spend, .hold, .capture, .setPin: .value
    case .redeem, .redeemCash, .draw, .useCoupon, .usePass, .useBenefit: .redeem
    case .event, .addStamps: .earn
    default: nil
    }
  }
}

/// What `membership.buy` and `.renew` ask for.
public struct PaidRequest: Hashable, Sendable {
  public var level: String
  /// What the till took; `nil` where the programme has the price.
  public var priceMinor: Int64?
  public var tender: String
  public var reference: String
  public var isRenewal: Bool

  /// Creates a request.
  public init(
    level: String,
    priceMinor: Int64? = nil,
    tender: String,
    reference: String = "",
    isRenewal: Bool
  ) {
    self.level = level
    self.priceMinor = priceMinor
    self.tender = tender
    self.reference = reference
    self.isRenewal = isRenewal
  }
}
