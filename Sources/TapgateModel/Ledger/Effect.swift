/// One change that a journal row makes. A row's effects, applied in order, are the whole difference
/// it makes to its member; replaying them reproduces the member's row bit for bit.
///
/// What a row changes beside its member (the shop's counts, a bearer's coupon) stands among them
/// too; a member's state passes over it.
public enum Effect: Hashable, Sendable {
  case created(id: String, joinedOn: BusinessDate, tier: String)
  case status(MemberStatus)
  /// An entry of double-entry book-keeping.
  case post(Account, Int64)
  case lotAdded(PointLot)
  /// Takes from a lot for ever: what expired. A negative quantity gives back.
  case lotUsed(id: Int64, quantity: Int64)
  /// What was spent on a date; negative where it is taken back.
  case spent(date: BusinessDate, amountMinor: Int64)
  /// The largest single receipt, after this row.
  case singleMax(Int64)
  case tier(String, since: BusinessDate)
  case cardAdded(CardState)
  case cardStatus(CardReference, CardStatus)
  case cardRemoved(CardReference)
  /// The digest of the sealed profile that was stored beside this row.
  case profile(digest: UInt64)
  /// A frozen card is lost: what it was before comes back when it is found.
  case frozenCardLost(CardReference)
  /// Takes `remaining` of the slice from its lot, to be spent or held; the slice names the lot's
  /// dates, so that it can be put back after the lot is used up.
  case lotTaken(PointLot)
  /// Puts a slice back into its lot, which it makes anew where it was used up.
  case lotRestored(PointLot)
  /// A hold that is new, or the rest of one, under its id.
  indirect case hold(Hold)
  case holdEnded(Int64, HoldEnd)
  indirect case couponAdded(CouponState)
  indirect case couponRemoved(CouponState, CouponEnd)
  /// A coupon that belongs to whoever has its code: a row of the store's own table.
  indirect case bearerCoupon(from: CouponState?, to: CouponState)
  case countedAdded(asset: String, PointLot)
  case countedTaken(asset: String, PointLot)
  case countedRestored(asset: String, PointLot)
  indirect case paid(from: PaidMembership?, to: PaidMembership?)
  /// Counts `quantity` more of what is limited; negative where it is taken back.
  case counted(LimitKey, quantity: Int64)
  indirect case topUpOpened(TopUp)
  indirect case topUpEnded(TopUp, TopUpEnd)
  /// The account on which a dependent card's member spends.
  indirect case parent(from: String?, to: String?)
  case tierEnd(from: BusinessDate?, to: BusinessDate?)
  case pin(PinFacts)
  case pinRemoved(CardReference)
  case mergedInto(String)
  /// The multiplier of the next receipt's points, in basis points; 0 for none.
  case boost(from: Int64, to: Int64)
  /// Who invited this member, until the first receipt has paid for it.
  indirect case invited(from: String?, to: String?)
  /// Spending of which the day is not kept: what a merge brings.
  case lifetime(Int64)
  /// Money that was taken at the till or by a channel; negative where it was paid back.
  indirect case tendered(kind: String, amountMinor: Int64, reference: String)
  /// Goods that are to be handed over; negative where they come back.
  case goods(sku: String, quantity: Int64)
  /// Counts in the shop's state: what was issued of a stock.
  case shopCount(String, Int64)
  /// Serial numbers of coupons that were taken.
  case couponSerials(Int64)
  /// What stands before it only caught up with the calendar; the operation itself comes after.
  case swept
  /// The receipt's facts, packed.
  case sale([UInt8])
  /// How much of the receipt of row `receipt` was refunded by now, packed.
  case refunded(receipt: Int64, progress: [UInt8])
}

/// How a hold ended.
public enum HoldEnd: UInt8, Hashable, Sendable, CaseIterable {
  case captured = 1
  case voided = 2
  case expired = 3
}

/// Why a coupon left its member.
public enum CouponEnd: UInt8, Hashable, Sendable, CaseIterable {
  case used = 1
  case void = 2
  case expired = 3
  /// It lies in a hold.
  case held = 4
  /// It is another member's after a merge.
  case moved = 5
}

/// How an open top-up ended.
public enum TopUpEnd: UInt8, Hashable, Sendable, CaseIterable {
  case confirmed = 1
  case cancelled = 2
}
