import Foundation
import GRDB
import TapgateCore
import TapgateJSON
import TapgateModel
import Testing

@testable import TapgateStore

@Suite("The ledger")
struct LedgerTests {
  @Test("an accrual earns, raises the tier, and is the same after a restart")
  func accrual() async throws {
    let world = try StoreWorld()
    let id = try await world.enrol(card: "04A1B2C3D4E580")
    let outcome = await world.accrue(try uid("04:a1:b2:c3:d4:e5:80"), 20_000)
    let result = try #require(outcome.result)
    #expect(result["earned"] == .integer(200))
    #expect(result["available"] == .integer(200))
    #expect(result["tierBefore"] == .string("normal"))
    #expect(result["tierAfter"] == .string("silver"))
    #expect(result["lots"]?.array?.first?["expires"] == .string("2027-03-10"))
    #expect(result["replay"] == .bool(false))
    #expect(world.view(id)?.pointsAvailable == 200)
    try await world.restart()
    let view = try #require(world.store.member(try uid("04A1B2C3D4E580")))
    #expect(view.pointsAvailable == 200)
    #expect(view.tier.id == "silver")
    #expect(view.displayName == "张*")
    #expect(view.nextExpiryDate?.description == "2027-03-10")
    let report = try world.verify()
    #expect(report.problems == [])
    #expect(report.accounts["lots"] == 200)
  }

  @Test("the same id answers the same, another content is refused, also after a restart")
  func repetition() async throws {
    let world = try StoreWorld()
    let id = try await world.enrol()
    let body = OperationBody.accrue(Accrual(receiptNo: "1", amountMinor: 2800, lines: nil))
    let first = await world.perform(body, on: .memberID(id), id: "same")
    try await world.restart()
    let again = await world.perform(body, on: .memberID(id), id: "same")
    #expect(again.isReplay)
    var expected = try #require(first.result?.object)
    expected["replay"] = .bool(true)
    #expect(again.result == .object(expected))
    let other = OperationBody.accrue(Accrual(receiptNo: "1", amountMinor: 2900, lines: nil))
    #expect(await world.perform(other, on: .memberID(id), id: "same").failure == .exists)
    #expect(world.view(id)?.pointsAvailable == 28)
  }

  @Test("a refusal is remembered, a failure is not")
  func memory() async throws {
    let world = try StoreWorld()
    let id = try await world.enrol()
    #expect(
      await world.accrue(.memberID("nobody"), 100, receipt: "x", id: "a").failure
        == .unknown(field: "memberId")
    )
    #expect(await world.accrue(.memberID(id), 100, receipt: "1", id: "a").result != nil)
    #expect(await world.accrue(.memberID(id), 100, receipt: "1", id: "b").refusal == .receiptUsed)
    let again = await world.accrue(.memberID(id), 100, receipt: "1", id: "b")
    #expect(again.refusal == .receiptUsed)
    #expect(again.isReplay)
    #expect(
      await world.accrue(.memberID(id), -1, receipt: "2", id: "c").failure
        == .illegal(field: "amountMinor", problem: "is negative")
    )
    #expect(try world.verify().problems == [])
  }

  @Test("the worked tiers: 200 once is silver, 1,000 in a year gold, 3,000 in a year diamond")
  func tiers() async throws {
    let world = try StoreWorld()
    let id = try await world.enrol()
    var tiers: [String] = []
    for amount in [19_999, 20_000, 60_001, 100_000, 100_000] as [Int64] {
      let result = await world.accrue(.memberID(id), amount).result
      tiers.append(result?["tierAfter"]?.string ?? "none")
    }
    #expect(tiers == ["normal", "silver", "gold", "gold", "diamond"])
    let late = try await world.enrol("李四")
    for (amount, day) in [(60_000, "2025-03-09"), (60_000, "2026-03-10")] as [(Int64, String)] {
      _ = await world.accrue(.memberID(late), amount, businessTime: "\(day)T12:00:00+08:00")
    }
    #expect(world.view(late)?.tier.id == "silver", "365 days apart are not within one year")
    #expect(world.view(late)?.tier.toNextMinor == 40_000)
  }

  @Test("a member day doubles, tiers add their excess, one floor a receipt")
  func multipliers() async throws {
    let world = try StoreWorld(at: "2026-03-11T12:00:00+08:00")  // a Wednesday
    let id = try await world.enrol()
    #expect(await world.accrue(.memberID(id), 12_399).result?["earned"] == .integer(247))
    _ = await world.accrue(.memberID(id), 200_000)
    #expect(world.view(id)?.tier.id == "gold")
    #expect(await world.accrue(.memberID(id), 10_000).result?["earned"] == .integer(220))
    world.clock.set("2026-03-12T03:59:59+08:00")
    #expect(
      await world.accrue(.memberID(id), 10_000).result?["earned"] == .integer(220),
      "the business day lasts until 04:00"
    )
    world.clock.set("2026-03-12T04:00:00+08:00")
    #expect(await world.accrue(.memberID(id), 10_000).result?["earned"] == .integer(120))
  }

  @Test("points end with their last day, once, and stay gone")
  func expiry() async throws {
    let world = try StoreWorld(at: "2024-02-29T12:00:00+08:00")
    let id = try await world.enrol()
    _ = await world.accrue(.memberID(id), 10_000)
    #expect(world.view(id)?.nextExpiryDate?.description == "2025-02-28")
    world.clock.set("2025-02-28T23:59:59+08:00")
    #expect(world.view(id)?.pointsAvailable == 100)
    world.clock.set("2025-03-01T04:00:00+08:00")
    #expect(world.view(id)?.pointsAvailable == 0)
    #expect(await world.accrue(.memberID(id), 5000).result?["available"] == .integer(50))
    #expect(await world.accrue(.memberID(id), 5000).result?["available"] == .integer(100))
    let report = try world.verify()
    #expect(report.problems == [])
    #expect(report.accounts["pointsExpired"] == 100)
  }

  @Test("a reversal is the mirror: balances, facts and tier as before, once")
  func reversal() async throws {
    let world = try StoreWorld()
    let id = try await world.enrol()
    _ = await world.accrue(.memberID(id), 5000)
    _ = await world.accrue(.memberID(id), 30_000, id: "big")
    #expect(world.view(id)?.tier.id == "silver")
    let reversed = await world.perform(.reverse(operationID: "big", reason: "wrong till"), id: "r1")
    #expect(reversed.result?["points"] == .integer(-300))
    #expect(reversed.result?["tierAfter"] == .string("normal"))
    #expect(world.view(id)?.pointsAvailable == 50)
    #expect(world.view(id)?.tier.id == "normal")
    #expect(world.view(id)?.tier.toNextMinor == 20_000)
    #expect(
      await world.perform(.reverse(operationID: "big", reason: "again"), id: "r2").refusal
        == .alreadyReversed
    )
    #expect(
      await world.perform(.reverse(operationID: "none", reason: "x"), id: "r3").failure
        == .unknown(field: "reverses")
    )
    #expect(try world.verify().problems == [])
  }

  @Test("a reversal does not take an imported tier away")
  func importedTier() async throws {
    let world = try StoreWorld()
    let session = try await world.store.beginImport(isDryRun: false)
    _ = try await session.add([ImportRow(line: 2, fields: ["memberId": "V1", "tier": "gold"])])
    _ = try await session.commit { _ in }
    let raised = await world.accrue(.memberID("V1"), 300_000, id: "typo")
    #expect(raised.result?["tierAfter"] == .string("diamond"))
    let reversed = await world.perform(.reverse(operationID: "typo", reason: "mistyped"))
    #expect(reversed.result?["tierAfter"] == .string("gold"))
    #expect(try world.verify().problems == [])
  }

  @Test("taking back a receipt of a day that was pruned leaves no day below zero")
  func prunedDay() async throws {
    let world = try StoreWorld(at: "2024-01-01T12:00:00+08:00")
    let id = try await world.enrol()
    // Too little for a point: no lot that expires stands in the way of the reversal.
    _ = await world.accrue(.memberID(id), 50, id: "old")
    world.clock.set("2025-01-02T12:00:00+08:00")
    _ = await world.accrue(.memberID(id), 3000, id: "new")
    for id in ["new", "old"] {
      let reversed = await world.perform(.reverse(operationID: id, reason: "mistyped"))
      #expect(reversed.result?["reverses"] == .string(id))
    }
    let row = try #require(world.store.shared.memory.row(1))
    let facts = try MemberState(packed: row.state).facts
    #expect(facts.days == [])
    #expect(facts.lifetimeMinor == 0)
    #expect(try world.verify().problems == [])
  }

  @Test("a line of no piece needs an amount of its own, as weighed goods have")
  func weighedGoods() async throws {
    let world = try StoreWorld()
    let id = try await world.enrol()
    func accrue(_ line: BasketLine, _ receipt: String) async -> OperationOutcome {
      let accrual = Accrual(receiptNo: receipt, amountMinor: nil, lines: [line])
      return await world.perform(.accrue(accrual), on: .memberID(id))
    }
    var line = BasketLine(sku: "apples", category: "fruit", quantity: 0, unitPriceMinor: 1280)
    #expect(
      await accrue(line, "1").failure
        == .illegal(
          field: "lines[0].quantity",
          problem: "is 0 and the line has no amountMinor"
        )
    )
    line.amountMinor = 4608
    #expect(await accrue(line, "1").result?["earned"] == .integer(46))
  }

  @Test("control characters in a text neither cut it nor break the chain")
  func controlCharacters() async throws {
    let world = try StoreWorld()
    let id = try await world.enrol()
    _ = await world.accrue(.memberID(id), 100, receipt: "a\u{0}b\u{1F}c", id: "nul")
    _ = await world.perform(.reverse(operationID: "nul", reason: "x\u{0}y"))
    #expect(try world.verify().problems == [])
    let history = try await world.store.history(memberID: id, before: nil, limit: 5)
    #expect(history?["entries"]?.array?.count == 3)
  }

  @Test("points that expired meanwhile stand in the way of a reversal")
  func dependent() async throws {
    let world = try StoreWorld()
    let id = try await world.enrol()
    _ = await world.accrue(.memberID(id), 5000, id: "old")
    world.clock.set("2027-04-01T12:00:00+08:00")
    _ = await world.accrue(.memberID(id), 5000)
    #expect(
      await world.perform(.reverse(operationID: "old", reason: "x")).refusal == .dependentOperations
    )
  }

  @Test("amounts near the end of 64 bits are refused by name and change nothing")
  func overflow() async throws {
    let world = try StoreWorld()
    let id = try await world.enrol()
    #expect(
      await world.accrue(.memberID(id), .max).failure
        == .illegal(field: "amountMinor", problem: "is too large")
    )
    let line = BasketLine(sku: "a", category: "b", quantity: .max, unitPriceMinor: 2)
    let body = OperationBody.accrue(Accrual(receiptNo: "9", amountMinor: nil, lines: [line]))
    #expect(
      await world.perform(body, on: .memberID(id)).failure
        == .illegal(field: "lines[0]", problem: "is too large")
    )
    #expect(world.view(id)?.pointsAvailable == 0)
  }

  @Test("commits are flushed: the writer's synchronous is FULL and the log keeps its size")
  func durability() async throws {
    let world = try StoreWorld()
    let size =
      try FileManager.default.attributesOfItem(
        atPath: LedgerFile.path(in: world.directory) + "-wal"
      )[.size] as? Int
    #expect(try #require(size) >= 1 << 20)
    await world.store.stop()
    let writer = try LedgerFile.openWriter(directory: world.directory)
    let (synchronous, mode) = try await writer.writeWithoutTransaction { db in
      (
        try Int.fetchOne(db, sql: "PRAGMA synchronous"),
        try String.fetchOne(db, sql: "PRAGMA journal_mode")
      )
    }
    #expect(synchronous == 2)
    #expect(mode == "wal")
  }

  @Test("a changed row breaks the proof and is named")
  func tampering() async throws {
    let world = try StoreWorld()
    let id = try await world.enrol()
    _ = await world.accrue(.memberID(id), 5000)
    await world.store.stop()
    let writer = try LedgerFile.openWriter(directory: world.directory)
    try await writer.write { db in
      try db.execute(sql: "UPDATE journal SET at = at + 1 WHERE sequence = 2")
    }
    #expect(try world.verify().problems.first?.contains("row 2") == true)
  }
}
