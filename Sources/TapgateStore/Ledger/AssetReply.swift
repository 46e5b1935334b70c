internal import TapgateJSON
internal import TapgateModel

/// The results of operations on assets, as the wire has them.
enum AssetReply {
  /// The member's balances after the row.
  static func member(
    _ state: MemberState,
    on date: BusinessDate,
    into writer: inout JSONWriter
  ) {
    writer.name("memberId")
    writer.value(state.id)
    writer.name("available")
    writer.value(state.pointsAvailable(on: date))
    writer.name("value")
    writer.beginObject()
    writer.name("principalMinor")
    writer.value(state.principalMinor)
    writer.name("bonusMinor")
    writer.value(state.bonusMinor)
    writer.name("heldMinor")
    writer.value(state.assets.principalHeldMinor &+ state.assets.bonusHeldMinor)
    writer.endObject()
  }

  // MARK: Stored value

  static func topUp(_ done: ToppedUp, into writer: inout JSONWriter) {
    writer.name("topUpId")
    writer.value(letter: "T", number: done.topUpID)
    writer.name("state")
    writer.value(done.isOpen ? "pending" : "confirmed")
    writer.name("principalMinor")
    writer.value(done.principalMinor)
    writer.name("bonusMinor")
    writer.value(done.bonusMinor)
    writer.name("repaidMinor")
    writer.value(done.repaidMinor)
    gifts(done.gift, into: &writer)
    writer.name("pointsMultiplierBp")
    writer.value(done.boost == 0 ? nil : done.boost)
  }

  static func cancelled(_ topUp: TopUp, into writer: inout JSONWriter) {
    writer.name("topUpId")
    writer.value(letter: "T", number: topUp.id)
    writer.name("state")
    writer.value("cancelled")
  }

  static func spent(_ spent: Spent, into writer: inout JSONWriter) {
    writer.name("principalSpentMinor")
    writer.value(spent.parts.principalMinor)
    writer.name("bonusSpentMinor")
    writer.value(spent.parts.bonusMinor)
  }

  // MARK: Holds

  /// `deadline` as the store's clocks show it.
  static func hold(
    _ hold: Hold,
    _ deadline: (Timestamp) -> String,
    into writer: inout JSONWriter
  ) {
    writer.name("holdId")
    writer.value(letter: "H", number: hold.id)
    writer.name("state")
    writer.value("open")
    legs(hold, into: &writer)
    writer.name("deadline")
    writer.value(deadline(Timestamp(microseconds: hold.deadline)))
  }

  static func captured(_ captured: Captured, hold id: Int64, into writer: inout JSONWriter) {
    writer.name("holdId")
    writer.value(letter: "H", number: id)
    writer.name("state")
    writer.value(captured.rest == nil ? "captured" : "open")
    writer.name("points")
    writer.value(captured.points.reduce(0) { $0 &+ $1.remaining })
    writer.name("principalMinor")
    writer.value(captured.parts.principalMinor)
    writer.name("bonusMinor")
    writer.value(captured.parts.bonusMinor)
    codes("coupons", captured.coupons, into: &writer)
  }

  static func voided(_ hold: Hold, into writer: inout JSONWriter) {
    writer.name("holdId")
    writer.value(letter: "H", number: hold.id)
    writer.name("state")
    writer.value("voided")
    legs(hold, into: &writer)
  }

  private static func legs(_ hold: Hold, into writer: inout JSONWriter) {
    writer.name("points")
    writer.value(hold.pointCount)
    writer.name("principalMinor")
    writer.value(hold.principalMinor)
    writer.name("bonusMinor")
    writer.value(hold.bonusMinor)
    codes("coupons", hold.coupons, into: &writer)
  }

  // MARK: Points

  static func redeemed(_ redeemed: Redeemed, into writer: inout JSONWriter) {
    writer.name("points")
    writer.value(redeemed.points)
    writer.name("reward")
    writer.value(redeemed.reward)
    writer.name("worthMinor")
    writer.value(redeemed.minor)
    lots(redeemed.lots, into: &writer)
    gifts(redeemed.gift, into: &writer)
  }

  static func event(_ counted: EventCounted, into writer: inout JSONWriter) {
    writer.name("points")
    writer.value(counted.points)
    writer.name("rules")
    writer.beginArray()
    for rule in counted.rules { writer.value(rule) }
    writer.endArray()
    lots(counted.lots, into: &writer)
  }

  static func drawn(
    _ drawn: Drawn,
    reveal: [UInt8],
    nonce: String,
    into writer: inout JSONWriter
  ) {
    writer.name("prize")
    writer.value(drawn.prize)
    gifts(drawn.gift, into: &writer)
    writer.name("proof")
    writer.beginObject()
    writer.name("draw")
    writer.value(drawn.proof.draw)
    writer.name("revision")
    writer.value(drawn.proof.revision)
    writer.name("reveal")
    writer.value(reveal.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined())
    writer.name("nonce")
    writer.value(nonce)
    writer.name("totalWeight")
    writer.value(drawn.proof.totalWeight)
    writer.name("ticket")
    writer.value(drawn.proof.ticket)
    writer.name("excluded")
    writer.beginArray()
    for id in drawn.proof.excluded { writer.value(id) }
    writer.endArray()
    writer.name("index")
    writer.value(Int64(drawn.proof.index))
    writer.endObject()
    lots(drawn.lots, into: &writer)
  }

  static func lots(_ lots: [PointLot], into writer: inout JSONWriter) {
    writer.name("lots")
    writer.beginArray()
    for lot in lots {
      writer.beginObject()
      writer.name("lotId")
      writer.value(lot.wireID)
      writer.name("points")
      writer.value(lot.remaining)
      writer.name("expires")
      writer.value(lot.expiresOn?.description)
      writer.endObject()
    }
    writer.endArray()
  }

  static func gifts(_ gift: GivenGift, into writer: inout JSONWriter) {
    writer.name("gifts")
    writer.beginObject()
    writer.name("points")
    writer.value(gift.points)
    codes("coupons", gift.coupons, into: &writer)
    writer.name("items")
    writer.beginArray()
    for goods in gift.goods {
      writer.beginObject()
      writer.name("sku")
      writer.value(goods.sku)
      writer.name("quantity")
      writer.value(goods.quantity)
      writer.endObject()
    }
    writer.endArray()
    writer.name("passes")
    writer.beginArray()
    for counted in gift.counted {
      writer.beginObject()
      writer.name("pass")
      writer.value(counted.asset)
      writer.name("quantity")
      writer.value(counted.quantity)
      writer.endObject()
    }
    writer.endArray()
    writer.endObject()
  }

  // MARK: Coupons, passes, levels

  static func coupons(_ coupons: [CouponState], into writer: inout JSONWriter) {
    writer.name("coupons")
    writer.beginArray()
    for coupon in coupons {
      writer.beginObject()
      facts(coupon, into: &writer)
      writer.endObject()
    }
    writer.endArray()
  }

  static func coupon(
    _ coupon: CouponState,
    receiptNo: String?,
    into writer: inout JSONWriter
  ) {
    facts(coupon, into: &writer)
    writer.name("receiptNo")
    writer.value(receiptNo)
  }

  private static func facts(_ coupon: CouponState, into writer: inout JSONWriter) {
    writer.name("code")
    writer.value(coupon.code.description)
    writer.name("template")
    writer.value(coupon.template)
    writer.name("expires")
    writer.value(coupon.expiresOn?.description)
  }

  private static func codes(
    _ name: StaticString,
    _ coupons: [CouponState],
    into writer: inout JSONWriter
  ) {
    writer.name(name)
    writer.beginArray()
    for coupon in coupons { writer.value(coupon.code.description) }
    writer.endArray()
  }

  static func counted(_ moved: CountedMoved, into writer: inout JSONWriter) {
    writer.name("quantity")
    writer.value(moved.quantity)
    writer.name("left")
    writer.value(moved.left)
    writer.name("through")
    writer.value(moved.through?.description)
    gifts(moved.gift, into: &writer)
  }

  static func benefit(_ id: String, left: Int64?, into writer: inout JSONWriter) {
    writer.name("benefit")
    writer.value(id)
    writer.name("left")
    writer.value(left)
  }

  static func paid(_ changed: PaidChanged, into writer: inout JSONWriter) {
    writer.name("level")
    writer.value(changed.paid?.level)
    writer.name("validThrough")
    writer.value(changed.paid?.through.description)
    writer.name("amountMinor")
    writer.value(changed.amountMinor)
    gifts(changed.gift, into: &writer)
  }

  // MARK: Members

  static func tier(_ changed: TierChanged, into writer: inout JSONWriter) {
    writer.name("tierBefore")
    writer.value(changed.before)
    writer.name("tierAfter")
    writer.value(changed.after)
    writer.name("until")
    writer.value(changed.end?.description)
  }

  static func status(_ status: MemberStatus, into writer: inout JSONWriter) {
    writer.name("status")
    writer.value(status.rawValue)
  }

  static func merged(_ merged: Merged, from: String, into writer: inout JSONWriter) {
    writer.name("from")
    writer.value(from)
    writer.name("points")
    writer.value(merged.points)
    writer.name("growth")
    writer.value(merged.growth)
    writer.name("principalMinor")
    writer.value(merged.parts.principalMinor)
    writer.name("bonusMinor")
    writer.value(merged.parts.bonusMinor)
    writer.name("cards")
    writer.value(Int64(merged.cards))
    writer.name("tierAfter")
    writer.value(merged.tierAfter)
  }
}
