internal import TapgateCore
internal import TapgateJSON
internal import TapgateModel

/// Coupons that belong to whoever has the code, and those that a code alone names.
extension LedgerEngine {
  /// Random numbers that make codes impossible to guess; none for a count that is refused anyway.
  static func nonces(_ count: Int64) -> [UInt32] {
    guard (1...1000).contains(count) else { return [] }
    return (0..<count).map { _ in UInt32.random(in: 1...UInt32.max) }
  }

  func issueBearerCoupons(
    _ template: String,
    count: Int64,
    _ operation: Operation,
    _ row: JournalRow
  ) -> Decision {
    onShop(row) { () throws(LedgerProblem) in
      try active.programme.decideBearerCoupons(
        template,
        count: count,
        nonces: Self.nonces(count),
        in: context(operation, row, nil)
      )
    } reply: {
      AssetReply.coupons($1, into: &$0)
    }
  }

  func useBearerCoupon(
    _ coupon: CouponState,
    receiptNo: String,
    _ operation: Operation,
    _ row: JournalRow
  ) -> Decision {
    onShop(row) { () throws(LedgerProblem) in
      try active.programme.decideBearerUse(coupon, in: context(operation, row, nil))
    } reply: {
      AssetReply.coupon($1, receiptNo: receiptNo, into: &$0)
    }
  }

  private func onShop<Answer>(
    _ row: JournalRow,
    _ decide: () throws(LedgerProblem) -> ShopDecided<Answer>,
    reply: (inout JSONWriter, Answer) -> Void
  ) -> Decision {
    let decided: ShopDecided<Answer>
    do throws(LedgerProblem) { decided = try decide() } catch { return Self.decision(error) }
    var writer = JSONWriter(capacity: 256)
    writer.beginObject()
    reply(&writer, decided.answer)
    let row = finished(row, decided.effects, after: nil, writer)
    return .row(
      Draft(
        row: row,
        number: nil,
        member: nil,
        job: nil,
        shopEffects: Self.shopEffects(decided.effects)
      )
    )
  }

  func decideUnuse(
    _ code: CouponCode,
    _ operation: Operation,
    _ row: JournalRow
  ) throws(SQLiteFailure) -> Decision {
    if let coupon = try shopTable.coupon(code.serial), coupon.code == code {
      return onShop(row) { () throws(LedgerProblem) in
        try active.programme.decideBearerUnuse(coupon, in: context(operation, row, nil))
      } reply: {
        AssetReply.coupon($1, receiptNo: nil, into: &$0)
      }
    }
    var found = operation.subject.flatMap(find)
    if operation.subject == nil { found = try holder(of: code) }
    guard let found else { return .failed(.unknown(field: "code")) }
    guard let original = try rowThatUsed(code, found.member.state) else {
      return .failed(.unknown(field: "code"))
    }
    let request = LedgerRequest.unuseCoupon(code, reason: "")
    return onMember(found, operation, row, request) { state, context throws(LedgerProblem) in
      try active.programme.decideCouponUnuse(
        code.serial,
        of: original,
        for: state,
        in: context
      )
    } reply: {
      AssetReply.coupon($1, receiptNo: nil, into: &$0)
    }
  }

  /// The member who was given a coupon.
  func holder(of code: CouponCode) throws(SQLiteFailure) -> FoundMember? {
    try shopTable.holder(ofCoupon: code.serial).flatMap { load(number: $0) }
  }

  /// The effects of the member's row that used a coupon, newest first.
  private func rowThatUsed(
    _ code: CouponCode,
    _ state: MemberState
  ) throws(SQLiteFailure) -> [Effect]? {
    var next = state.lastSequence
    while next > 0, let row = try statements.row(sequence: next) {
      if !row.isRefused, row.kind == .couponUse || row.kind == .checkout || row.kind == .holdCapture
      {
        let effects = (try? Effect.unpacked(row.effects)) ?? []  // `verify` tells of damage.
        for case .couponRemoved(let coupon, .used) in effects where coupon.code == code {
          return effects
        }
      }
      next = row.previous
    }
    return nil
  }
}
