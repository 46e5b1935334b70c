import Foundation
import TapgateCore
import TapgateJSON
import TapgateModel
import Testing

@testable import TapgateStore

@Suite("Coupons for a segment")
struct SegmentTests {
  private let world: StoreWorld
  private let ids: [String]

  /// Six members: the first two spent 200.00 and are silver, the third 10.00, and the last one is
  /// frozen; M2 and M4 were born in March.
  init() async throws {
    world = try StoreWorld(programme: AssetProgramme.text)
    var ids: [String] = []
    for number in 1...6 {
      var profile = ProfileChange(name: "会员\(number)")
      profile.birthday = BusinessDate(number % 2 == 0 ? "1990-03-05" : "1990-07-05")
      let outcome = await world.perform(
        .enrol(profile: profile, credential: nil, cardType: nil)
      )
      ids.append(try #require(outcome.result?[path: "member.id"]?.string))
    }
    for (index, amount) in [20_000, 20_000, 1_000].enumerated() {
      let outcome = await world.accrue(.memberID(ids[index]), Int64(amount), receipt: "A\(index)")
      #expect(outcome.result != nil)
    }
    let freeze = LedgerRequest.status(.freeze, reason: "test")
    _ = await world.perform(.assets(freeze), on: .memberID(ids[5]))
    self.ids = ids
  }

  private func members(_ change: (inout Segment) -> Void) async throws -> [UInt32] {
    var segment = Segment()
    change(&segment)
    return try await world.store.members(of: segment)
  }

  @Test(
    "who is in a segment: tier, class, scores, absence, birthday, spending; never who is frozen"
  )
  func segments() async throws {
    #expect(try await members { _ in } == [1, 2, 3, 4, 5])
    #expect(try await members { $0.tiers = ["silver"] } == [1, 2])
    #expect(try await members { $0.birthdayMonth = 3 } == [2, 4])
    #expect(try await members { $0.spentMinor = 1_000 } == [1, 2, 3])
    #expect(try await members { $0.absentDays = 1 } == [])
    #expect(try await members { $0.classes = ["A", "B", "C"] }.contains(1))
    #expect(try await members { $0.scoresMin.monetary = 5 }.contains(1))
    #expect(try await members { $0.scoresMin.monetary = 5 }.contains(4) == false)
    world.clock.set("2026-04-10T12:00:00+08:00")
    #expect(try await members { $0.absentDays = 31 } == [1, 2, 3, 4, 5])
    #expect(try await members { $0.absentDays = 32 } == [])
  }

  private func operation(_ batch: CouponBatch, _ id: String = "batch") -> TapgateModel.Operation {
    TapgateModel.Operation(
      id: id,
      method: "coupon.issue",
      content: Array(id.utf8),
      subject: nil,
      body: .assets(.issueBatch(batch)),
      store: "S001",
      counter: "C01"
    )
  }

  private func coupons(of id: String) -> Int { world.view(id)?.coupons.count ?? 0 }

  @Test("everybody gets coupons once, however often it is asked, also of whom the segment is then")
  func once() async throws {
    let batch = CouponBatch(template: "c10", count: 2, members: [1, 2, 3, 6])
    let first = await world.store.issue(operation(batch))
    #expect(first.result?["matched"] == 4 && first.result?["issued"] == 3)
    #expect(first.result?["refused"] == 1 && !first.isReplay)
    #expect(ids.map(coupons) == [2, 2, 2, 0, 0, 0])
    try await world.restart()
    let other = CouponBatch(template: "c10", count: 2, members: [1, 2, 3, 4, 5])
    let again = await world.store.issue(operation(other))
    #expect(again.isReplay && again.result?["issued"] == 3)
    #expect(ids.map(coupons) == [2, 2, 2, 0, 0, 0])
    await world.store.resumeBatches()
    #expect(ids.map(coupons) == [2, 2, 2, 0, 0, 0])
    #expect(try world.verify().problems == [])
    let report = try await world.store.report(ReportQuery(name: "coupons")) { true }
    #expect(report["proven"] == true)
  }

  @Test("a batch that was cut off in the middle goes on after the start, to those who have none")
  func resumed() async throws {
    let batch = CouponBatch(template: "c10", count: 1, members: [1, 2, 3])
    let header = operation(batch, "cut")
    let store = world.store
    let begun = await withCheckedContinuation { continuation in
      store.submit(header) { continuation.resume(returning: $0) }
    }
    #expect(begun.result?["members"] == "1-3")
    let part = await world.perform(
      .assets(.issueCoupons(template: "c10", count: 1)),
      on: .memberID(ids[0]),
      id: BatchIDs.part(1, of: "cut"),
      content: BatchIDs.part(1, of: "cut")
    )
    #expect(part.result != nil)
    try await world.restart()
    #expect(ids.map(coupons) == [1, 0, 0, 0, 0, 0])
    await world.store.resumeBatches()
    await world.store.resumeBatches()
    #expect(ids.map(coupons) == [1, 1, 1, 0, 0, 0])
    #expect(try world.verify().problems == [])
  }

  @Test("an unknown template, or one of bearers, begins nothing")
  func refused() async throws {
    let unknown = CouponBatch(template: "x", count: 1, members: [1])
    #expect(await world.store.issue(operation(unknown, "a")).failure == .unknown(field: "template"))
    let bearer = CouponBatch(template: "open", count: 1, members: [1])
    guard case .illegal? = await world.store.issue(operation(bearer, "b")).failure else {
      Issue.record("a bearer's template was taken")
      return
    }
  }

  @Test("a batch's members are kept as ranges")
  func ranges() {
    let members: [UInt32] = [1, 2, 3, 7, 9, 10]
    #expect(CouponBatch.text(of: members) == "1-3,7,9-10")
    #expect(CouponBatch.members(of: "1-3,7,9-10") == members)
    #expect(CouponBatch.members(of: "") == [])
    for text in ["3-1", "a", "1,1", "1-2-3"] { #expect(CouponBatch.members(of: text) == nil) }
  }
}
