internal import GRDB
internal import TapgateCore
public import TapgateJSON
public import TapgateModel

extension LedgerStore {
  public func drawCommitment(_ draw: String) async throws -> String? {
    guard shared.active.programme.draws.contains(where: { $0.id == draw }) else { return nil }
    let keys = shared.keys
    return try await onReader { db in
      guard let connection = db.sqliteConnection else { return nil }
      let rows = try Statement("SELECT state FROM shop", on: connection)
      let shop = try rows.step() ? ShopState(packed: rows.bytes(0)) : ShopState()
      let commitment = keys.drawCommitment(draw, number: shop.drawCount(draw) + 1)
      return commitment.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }
  }

  public func coupon(
    _ code: CouponCode,
    store: String,
    counter: String
  ) async throws -> JSON? {
    let shared = shared
    return try await onReader { db in
      guard let connection = db.sqliteConnection else { return nil }
      let situation = shared.active.situation(
        at: shared.clock.now(),
        store: store,
        counter: counter,
        in: shared.operators.organisation
      )
      let bearers = try Statement(
        "SELECT state FROM bearer_coupon WHERE serial = ?",
        on: connection
      )
      bearers.bind(code.serial, at: 1)
      if try bearers.step() {
        let coupon = try CouponState(packed: bearers.bytes(0))
        guard coupon.code == code else { return nil }
        let refusal = shared.active.programme.refusal(of: coupon, in: situation)
        return Self.document(coupon, shared.active.programme, refusal, memberID: nil)
      }
      return try Self.memberCoupon(code, situation, shared, connection)
    }
  }

  private static func memberCoupon(
    _ code: CouponCode,
    _ situation: Programme.Situation,
    _ shared: LedgerShared,
    _ connection: OpaquePointer
  ) throws -> JSON? {
    let holders = try Statement(
      "SELECT member FROM coupon_holder WHERE serial = ?",
      on: connection
    )
    holders.bind(code.serial, at: 1)
    guard try holders.step(), let number = UInt32(exactly: holders.integer(0)),
      let row = shared.memory.row(number)
    else { return nil }
    let state = try MemberState(packed: row.state)
    let context = LedgerContext(
      date: situation.date,
      sequence: 0,
      now: shared.clock.now(),
      situation: situation
    )
    do throws(LedgerProblem) {
      let verdict = try shared.active.programme.verify(code, for: state, in: context)
      return document(
        verdict.coupon,
        shared.active.programme,
        verdict.refusal,
        memberID: state.id
      )
    } catch {
      // It is gone from the member: used, void or expired. Another code of that number is none.
      let used = CouponState(
        serial: code.serial,
        template: code.template,
        nonce: code.nonce,
        issuedOn: situation.date,
        expiresOn: nil
      )
      let refusal = Refusal(.couponUsed)
      return document(used, shared.active.programme, refusal, memberID: state.id)
    }
  }

  private static func document(
    _ coupon: CouponState,
    _ programme: Programme,
    _ refusal: Refusal?,
    memberID: String?
  ) -> JSON {
    let template = programme.template(coupon.template)
    return .object([
      "code": .string(coupon.code.description), "template": .string(coupon.template),
      "name": .optional(template?.name), "expires": .optional(coupon.expiresOn?.description),
      "usable": .bool(refusal == nil), "reason": .optional(refusal?.reason.rawValue),
      "detail": .optional(refusal?.detail), "memberId": .optional(memberID),
    ])
  }
}

extension ShopState {
  /// How often a lottery was drawn: each draw takes one prize of its list.
  func drawCount(_ draw: String) -> Int64 {
    let prefix = "prize:" + draw + "/"
    return counts.reduce(0) { $1.key.hasPrefix(prefix) ? $0 &+ $1.count : $0 }
  }
}
