import Foundation
import GRDB
import TapgateCore
import TapgateJSON
import TapgateLock
import TapgateModel
import Testing

@testable import TapgateStore

/// What the calendar ends without anybody's asking.
@Suite("The sweep of the store")
struct SweepTests {
  private let world: StoreWorld

  init() throws { world = try StoreWorld(programme: AssetProgramme.text) }

  private func perform(_ request: LedgerRequest, on id: String) async -> OperationOutcome {
    await world.perform(.assets(request), on: .memberID(id))
  }

  private func rows(_ kind: JournalKind) throws -> Int {
    try LedgerFile.openReader(directory: world.directory).read { db in
      try Int.fetchOne(
        db,
        sql: "SELECT count(*) FROM journal WHERE kind = ?",
        arguments: [Int64(kind.rawValue)]
      ) ?? 0
    }
  }

  private func state(_ id: String) throws -> MemberState {
    let memory = world.store.shared.memory
    let number = try #require(memory.number(ofMember: id))
    let row = try #require(memory.row(number))
    return try MemberState(packed: row.state)
  }

  private func account(_ name: String) throws -> Int64 {
    let report = try world.verify()
    #expect(report.problems == [])
    return report.accounts[name] ?? 0
  }

  @Test("points, coupons, passes and paid levels end after their last day, once, without a touch")
  func ends() async throws {
    let id = try await world.enrol(card: "04AABBCCDDEE01")
    let other = try await world.enrol("李四")
    _ = await world.accrue(.memberID(id), 10_000)
    _ = await perform(.issueCoupons(template: "c10", count: 2), on: id)
    _ = await perform(
      .membership(PaidRequest(level: "month", tender: "cash", isRenewal: false)),
      on: id
    )
    #expect(await world.store.sweep().rowCount == 0)
    world.clock.set("2026-04-09T12:00:00+08:00")
    #expect(await world.store.sweep().rowCount == 0)
    world.clock.set("2026-04-10T04:00:00+08:00")
    let month = await world.store.sweep()
    #expect(month.rowCount == 1 && month.memberCount == 2 && month.isWhole)
    #expect(month.date.description == "2026-04-10")
    #expect(try state(id).assets.coupons.isEmpty && state(id).assets.paid == nil)
    world.clock.set("2027-03-11T03:59:59+08:00")
    #expect(await world.store.sweep().rowCount == 0)
    world.clock.set("2027-03-11T04:00:00+08:00")
    #expect(await world.store.sweep().rowCount == 1)
    #expect(try state(id).lots.isEmpty && state(other).operationCount == 1)
    #expect(await world.store.sweep().rowCount == 0)
    try await world.restart()
    #expect(await world.store.sweep().rowCount == 0)
    #expect(try rows(.sweep) == 2)
    #expect(try account("pointsExpired") == 100)
    let history = try await world.store.history(memberID: id, before: nil, limit: 1)
    let entry = try #require(
      history?["operations"]?.array?.first ?? history?["entries"]?.array?.first
    )
    #expect(entry["method"] == "ledger.sweep")
    #expect(entry["operationId"]?.string?.hasPrefix("sweep:L") == true)
  }

  @Test("whoever touches a member first ends what is due; the sweep finds nothing more")
  func lazily() async throws {
    let id = try await world.enrol()
    _ = await world.accrue(.memberID(id), 10_000)
    world.clock.set("2027-03-11T12:00:00+08:00")
    #expect(world.view(id)?.pointsAvailable == 0)
    _ = await world.accrue(.memberID(id), 100)
    #expect(await world.store.sweep().rowCount == 0)
    #expect(try account("pointsExpired") == 100)
  }

  @Test("a hold whose time is over is free again; one that is captured in time is not touched")
  func holds() async throws {
    let id = try await world.enrol()
    _ = await world.accrue(.memberID(id), 200_000)
    let made = await perform(.hold(HoldLegs(points: 1500), seconds: 300), on: id)
    let hold = try #require(made.result?["sequence"]?.integer)
    #expect(world.view(id)?.pointsHeld == 1500 && !world.store.shared.holds.isEmpty)
    world.clock.set("2026-03-10T12:04:59+08:00")
    #expect(world.store.shared.holds.due(at: world.store.shared.clock.holdTime()) == [])
    world.clock.set("2026-03-10T12:05:00+08:00")
    #expect(world.store.shared.holds.due(at: world.store.shared.clock.holdTime()).count == 1)
    #expect(await world.store.sweep().rowCount == 1)
    #expect(world.view(id)?.pointsHeld == 0 && world.store.shared.holds.isEmpty)
    let late = await world.perform(.assets(.void(hold: hold)), on: nil)
    #expect(late.refusal == .holdEnded)
    #expect(try account("pointsHeld") == 0)
  }

  @Test("the timer sweeps by itself: at the start, and when a hold's time is over")
  func timer() async throws {
    let id = try await world.enrol()
    _ = await world.accrue(.memberID(id), 200_000)
    _ = await perform(.hold(HoldLegs(points: 1500), seconds: 300), on: id)
    let (told, teller) = AsyncStream<String>.makeStream()
    world.store.observeCommits { teller.yield($0.method) }
    world.store.startSweeping(every: 5)
    world.clock.set("2026-03-10T12:05:00+08:00")
    for await method in told {
      #expect(method == "ledger.sweep")
      break
    }
    #expect(world.view(id)?.pointsHeld == 0)
    world.clock.set("2027-03-11T12:00:00+08:00")
    for await method in told {
      #expect(method == "ledger.sweep")
      break
    }
    #expect(try account("pointsExpired") == 2000)
  }

  @Test("many members are swept in pieces, with tills in between, and once where a start broke off")
  func pieces() async throws {
    var ids: [String] = []
    for index in 0..<100 {
      ids.append(try await world.enrol())
      _ = await world.accrue(.memberID(ids[index]), 1000)
    }
    world.clock.set("2027-03-11T12:00:00+08:00")
    let step = await withCheckedContinuation { continuation in
      _ = world.store.inbox.put(.sweep(.members([1, 2, 3])) { continuation.resume(returning: $0) })
    }
    #expect(step?.rowCount == 3)
    try await world.restart()
    let report = await world.store.sweep()
    #expect(report.rowCount == 97)
    #expect(try rows(.sweep) == 100)
    #expect(try account("pointsExpired") == 1000)
    #expect(try account("lots") == 0)
  }

  @Test("a bearer's coupon ends in the store's table; a used one does not")
  func bearers() async throws {
    let issue = LedgerRequest.issueCoupons(template: "open", count: 2)
    let issued = await world.perform(.assets(issue), on: nil)
    let codes = try #require(issued.result?["coupons"]?.array).compactMap { $0["code"]?.string }
    let first = try #require(codes.first)
    let used = try #require(CouponCode(first))
    _ = await world.perform(.assets(.useCoupon(used, receiptNo: "R-1")), on: nil)
    world.clock.set("2026-04-10T12:00:00+08:00")
    #expect(await world.store.sweep().rowCount == 1)
    #expect(await world.store.sweep().rowCount == 0)
    #expect(try account("couponExpired") == 1)
    #expect(try account("couponBearer") == 0)
  }
}
