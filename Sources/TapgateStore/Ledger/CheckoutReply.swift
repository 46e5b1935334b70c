internal import TapgateJSON
internal import TapgateModel

/// The results of checkouts and refunds, as the wire has them.
enum CheckoutReply {
  /// What a receipt came to. `sequence` is that of its row.
  static func committed(
    _ done: CheckedOut,
    _ order: CheckoutOrder,
    sequence: Int64,
    into writer: inout JSONWriter
  ) {
    let (quote, record) = (done.quote, done.record)
    writer.name("receiptId")
    writer.value(letter: "R", number: sequence)
    writer.name("receiptNo")
    writer.value(order.receiptNo)
    writer.name("listMinor")
    writer.value(quote.listMinor)
    writer.name("savingMinor")
    writer.value(quote.savingMinor)
    writer.name("payableMinor")
    writer.value(quote.payableMinor)
    writer.name("dueMinor")
    writer.value(quote.payment.dueMinor)
    writer.name("lines")
    writer.beginArray()
    for line in quote.lines {
      writer.beginObject()
      writer.name("netMinor")
      writer.value(line.netMinor)
      writer.name("points")
      writer.value(line.points)
      writer.endObject()
    }
    writer.endArray()
    payment(quote.payment, into: &writer)
    texts("coupons", record.coupons, into: &writer)
    writer.name("earned")
    writer.value(record.points)
    writer.name("growth")
    writer.value(record.growth)
    writer.name("tierBefore")
    writer.value(quote.tierBefore)
    writer.name("tierAfter")
    writer.value(quote.tierAfter == nil ? nil : done.earned.tier.after)
    writer.name("enrolOffer")
    if let offer = quote.enrolOffer {
      writer.beginObject()
      writer.name("pointsIfJoined")
      writer.value(offer.pointsIfJoined)
      writer.endObject()
    } else {
      writer.null()
    }
    AssetReply.lots(done.earned.lots, into: &writer)
    AssetReply.gifts(done.earned.tier.gift, into: &writer)
  }

  /// What points and stored value paid.
  static func payment(_ payment: Quote.Payment, into writer: inout JSONWriter) {
    writer.name("pointsSpent")
    writer.value(payment.points)
    writer.name("pointsMinor")
    writer.value(payment.pointsMinor)
    writer.name("principalSpentMinor")
    writer.value(payment.value.principalMinor)
    writer.name("bonusSpentMinor")
    writer.value(payment.value.bonusMinor)
  }

  /// The member's balances; of a receipt without a member they are `null`.
  static func balances(
    _ state: MemberState?,
    on date: BusinessDate,
    into writer: inout JSONWriter
  ) {
    if let state { return AssetReply.member(state, on: date, into: &writer) }
    writer.name("memberId")
    writer.null()
    writer.name("available")
    writer.null()
    writer.name("value")
    writer.null()
  }

  /// What a refund gave back and took back.
  static func refunded(
    _ refunded: Refunded,
    receipt: Int64,
    hasMember: Bool,
    into writer: inout JSONWriter
  ) {
    let amounts = refunded.amounts
    writer.name("receiptId")
    writer.value(letter: "R", number: receipt)
    writer.name("amountMinor")
    writer.value(amounts.amountMinor)
    writer.name("whole")
    writer.value(amounts.isWhole)
    writer.name("lines")
    writer.beginArray()
    for (line, amount) in amounts.byLine.enumerated() where amount > 0 {
      writer.beginObject()
      writer.name("line")
      writer.value(line)
      writer.name("amountMinor")
      writer.value(amount)
      writer.endObject()
    }
    writer.endArray()
    writer.name("tenders")
    writer.beginArray()
    for tender in amounts.external {
      writer.beginObject()
      writer.name("kind")
      writer.value(tender.kind)
      writer.name("amountMinor")
      writer.value(tender.amountMinor)
      writer.name("reference")
      writer.value(tender.reference)
      writer.endObject()
    }
    writer.endArray()
    let numbers: [(StaticString, Int64)] = [
      ("principalMinor", amounts.value.principalMinor),
      ("bonusMinor", amounts.value.bonusMinor), ("pointsMinor", amounts.pointsMinor),
      ("pointsRestored", amounts.pointsRestored), ("pointsTakenBack", refunded.pointsTaken),
      ("pointsShort", refunded.pointsShort), ("growthTakenBack", amounts.growthTakenBack),
    ]
    for (name, number) in numbers {
      writer.name(name)
      writer.value(number)
    }
    texts("coupons", refunded.coupons.map(\.code.description), into: &writer)
    writer.name("tierBefore")
    writer.value(hasMember ? refunded.tier.before : nil)
    writer.name("tierAfter")
    writer.value(hasMember ? refunded.tier.after : nil)
  }

  static func texts(_ name: StaticString, _ texts: [String], into writer: inout JSONWriter) {
    writer.name(name)
    writer.beginArray()
    for text in texts { writer.value(text) }
    writer.endArray()
  }
}
