import TapgateJSON
import Testing

@testable import TapgateModel

@Suite("What a look-up shows of a member's assets")
struct MemberViewTests {
  private func view() -> MemberView {
    MemberView(
      id: "m",
      displayName: "张*",
      status: .active,
      tier: .init(id: "normal", name: "", nextTier: nil, toNextMinor: nil, until: nil),
      card: nil,
      pointsAvailable: 0,
      asOf: "2026-01-01T00:00:00+08:00"
    )
  }

  private func json(_ view: MemberView) throws -> JSON {
    var writer = JSONWriter(capacity: 64)
    writer.beginObject()
    view.writeMembers(into: &writer)
    writer.endObject()
    return try JSONParser.parse(writer.bytes)
  }

  @Test("coupons and benefits that can be used now, what is held and what is pending")
  func assets() throws {
    var ledger = try TestLedger {
      $0.benefits = [
        .init(id: "lounge", name: "休息室", limit: .init(per: .month, count: 2)),
        .init(id: "parking", name: "停车"),
      ]
      $0.pointsPending = .init(months: 0, days: 7)
      $0.tierRules.validity = .rolling(.init(months: 12, days: 0))
    }
    try ledger.topUp(50_000)
    try ledger.run(.setTier) { try $0.decideSetTier("gold", for: $1, in: $2) }
    try ledger.run(.benefitUse) { try $0.decideBenefitUse("lounge", for: $1, in: $2) }
    try ledger.run(.holdCreate) {
      try $0.decideHold(.init(valueMinor: 300), for: $1, in: $2)
    }
    var shown = view()
    shown.show(assetsOf: ledger.state(), ledger.programme, in: ledger.context())
    #expect(shown.pointsPending == 100)
    #expect(shown.heldMinor == 300)
    #expect(shown.tier.until == ledger.today.adding(months: 12))
    #expect(shown.coupons.map(\.name) == ["满100减10"])
    #expect(shown.benefits.map(\.left) == [1, nil])
    let written = try json(shown)
    #expect(written["coupons"]?.array?.first?["code"]?.string == shown.coupons[0].code)
    #expect(written["benefits"]?.array?.count == 2)
    #expect(written["value"]?["heldMinor"]?.integer == 300)
    ledger.members["m"]?.status = .frozen
    var frozen = view()
    frozen.show(assetsOf: ledger.state(), ledger.programme, in: ledger.context())
    #expect(frozen.coupons.isEmpty && frozen.heldMinor == 300)
  }

  @Test("a member who has none of it is written as before")
  func nothing() throws {
    let ledger = try TestLedger()
    var shown = view()
    shown.show(assetsOf: ledger.state(), ledger.programme, in: ledger.context())
    #expect(shown == view())
    let written = try json(shown)
    for list in ["coupons", "benefits", "reminders"] {
      #expect(written[list]?.array?.isEmpty ?? false)
    }
  }
}
