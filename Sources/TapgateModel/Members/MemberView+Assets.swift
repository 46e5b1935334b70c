internal import TapgateJSON

extension MemberView {
  /// Shows what the member has beside points: coupons and benefits that can be used now, pending
  /// points, held stored value, the end of the tier.
  public mutating func show(
    assetsOf state: MemberState,
    _ programme: Programme,
    in context: LedgerContext
  ) {
    let today = context.today
    pointsHeld = state.pointsHeld
    pointsPending = state.pointsPending(on: today)
    guard !state.hasNoAssets || !programme.benefits.isEmpty else { return }
    let assets = state.assets
    heldMinor = assets.principalHeldMinor &+ assets.bonusHeldMinor
    tier.until = assets.tierEnd
    guard state.status == .active,
      let draft = try? LedgerDraft(programme, for: state, in: context, sweeps: false)
    else { return }  // A damaged row: `verify` tells of it.
    let situation = draft.situation
    coupons = assets.coupons.filter { programme.refusal(of: $0, in: situation) == nil }.map {
      Coupon(
        code: $0.code.description,
        template: $0.template,
        name: programme.template($0.template)?.name ?? $0.template,
        expires: $0.expiresOn
      )
    }
    benefits = programme.benefits.filter { $0.when.holds(in: situation) }.compactMap { benefit in
      guard let limit = benefit.limit else {
        return Benefit(id: benefit.id, name: benefit.name, left: nil)
      }
      let used = state.count(of: "benefit:" + benefit.id, per: limit.span, on: context.date)
      guard used < limit.count else { return nil }
      return Benefit(id: benefit.id, name: benefit.name, left: limit.count - used)
    }
  }

  func writeAssets(into writer: inout JSONWriter) {
    writer.name("coupons")
    writer.beginArray()
    for coupon in coupons {
      writer.beginObject()
      writer.name("code")
      writer.value(coupon.code)
      writer.name("template")
      writer.value(coupon.template)
      writer.name("name")
      writer.value(coupon.name)
      writer.name("expires")
      writer.value(coupon.expires?.description)
      writer.endObject()
    }
    writer.endArray()
    writer.name("benefits")
    writer.beginArray()
    for benefit in benefits {
      writer.beginObject()
      writer.name("id")
      writer.value(benefit.id)
      writer.name("name")
      writer.value(benefit.name)
      writer.name("left")
      writer.value(benefit.left)
      writer.endObject()
    }
    writer.endArray()
  }
}
