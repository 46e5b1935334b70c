import TapgateCore
import TapgateJSON
import TapgateModel
import Testing

@testable import TapgateStore

@Suite("Merges in the ledger")
struct MergeTests {
  private func coupon(_ outcome: OperationOutcome) throws -> CouponCode {
    let text = try #require(outcome.result?["coupons"]?.array?.first?["code"]?.string)
    return try #require(CouponCode(text))
  }

  @Test("a hold that ended meanwhile gives its coupons back before all goes over, and is proven")
  func lapsedHold() async throws {
    let world = try StoreWorld(programme: AssetProgramme.text)
    let (from, into) = (try await world.enrol("张三"), try await world.enrol("李四"))
    let issue = LedgerRequest.issueCoupons(template: "c10", count: 1)
    let own = try coupon(await world.perform(.assets(issue), on: .memberID(from)))
    let hold = LedgerRequest.hold(HoldLegs(coupons: [own]), seconds: 60)
    #expect(await world.perform(.assets(hold), on: .memberID(from)).result != nil)
    let merge = LedgerRequest.merge(from: from, reason: "one person")
    #expect(
      await world.perform(.assets(merge), on: .memberID(into)).refusal == .dependentOperations
    )
    world.clock.set("2026-03-10T12:02:00+08:00")
    #expect(await world.perform(.assets(merge), on: .memberID(into)).result != nil)
    #expect(try world.verify().problems == [])
    try await world.restart()
    let use = LedgerRequest.useCoupon(own, receiptNo: "1")
    #expect(await world.perform(.assets(use)).result != nil, "its new owner is known by the code")
    #expect(try world.verify().problems == [])
  }
}
