import Foundation
import TapgateCore
import TapgateJSON
import TapgateModel
import Testing

@testable import TapgateStore

@Suite("Shifts in the store")
struct ShiftTests {
  private let world: StoreWorld
  private let member: MemberKey

  init() async throws {
    world = try StoreWorld(programme: AssetProgramme.text, printer: "receipt")
    member = .memberID(try await world.enrol(card: "04AABBCCDDEE51"))
  }

  private func perform(
    _ body: OperationBody,
    by name: String? = nil,
    counter: String = "C01",
    id: String
  ) async -> OperationOutcome {
    var operation = TapgateModel.Operation(
      id: id,
      method: "test",
      content: Array("\(id)".utf8),
      subject: body.isShift ? nil : member,
      body: body,
      store: "S001",
      counter: counter,
      operatorName: name
    )
    if case .closeShift = body {
      let shift = try? await world.store.shift(
        store: "S001",
        counter: counter,
        operatorName: name
      )
      operation.body = .closeShift(shift)
    }
    let (store, ready) = (world.store, operation)
    return await withCheckedContinuation { continuation in
      store.submit(ready) { continuation.resume(returning: $0) }
    }
  }

  private func topUp(_ amount: Int64, _ id: String, by name: String? = nil) async {
    let request = TopUpRequest(amountMinor: amount, channel: "cash")
    #expect(await perform(.assets(.topUp(request)), by: name, id: id).result != nil)
  }

  @Test("a close has what was done since the last one, once, and prints its slip")
  func close() async throws {
    await topUp(20_000, "t1")
    #expect(
      await perform(.assets(.spend(amountMinor: 5_000)), id: "s1").result != nil
    )
    let accrual = Accrual(receiptNo: "A1", amountMinor: 12_300, lines: nil)
    #expect(await perform(.accrue(accrual), id: "a1").result != nil)
    let hold = await perform(.assets(.hold(HoldLegs(valueMinor: 100), seconds: nil)), id: "h1")
    let elsewhere = Accrual(receiptNo: "A1", amountMinor: 100, lines: nil)
    #expect(await perform(.accrue(elsewhere), counter: "C02", id: "a2").result != nil)
    let closed = await perform(.closeShift(nil), id: "z1")
    let totals = try #require(closed.result)
    #expect(totals["operations"] == 5 && totals["enrolments"] == 1 && totals["cardsIssued"] == 1)
    #expect(totals["receipts"] == 1 && totals["receiptsMinor"] == 12_300)
    #expect(totals["topUps"] == 1 && totals["topUpMinor"] == 20_000)
    #expect(totals["topUpBonusMinor"] == 5_000)
    #expect(totals["principalSpentMinor"] == 4_000 && totals["bonusSpentMinor"] == 1_000)
    #expect(totals["pointsIssued"] == 123)
    #expect(totals["openHolds"] == .array([hold.result?["holdId"] ?? .null]))
    let tender = JSON.object([
      "kind": .string("cash"), "inMinor": .integer(20_000), "outMinor": .integer(0),
    ])
    #expect(totals["tenders"] == .array([tender]))
    let job = try #require(totals["printJobId"]?.string)
    #expect(try await world.store.printJob(id: job) != nil)
    #expect(await perform(.closeShift(nil), id: "z2").refusal == .shiftEmpty)
    try await world.restart()
    #expect(await perform(.closeShift(nil), id: "z1").isReplay)
    #expect(await perform(.closeShift(nil), id: "z3").refusal == .shiftEmpty)
    #expect(await perform(.closeShift(nil), counter: "C02", id: "z4").result?["operations"] == 1)
    #expect(try world.verify().problems == [])
  }

  @Test("operators close their own shifts; the counter's close takes what is left")
  func operators() async throws {
    await topUp(10_000, "t1", by: "li")
    await topUp(20_000, "t2", by: "wang")
    let li = await perform(.closeShift(nil), by: "li", id: "z1")
    #expect(li.result?["topUpMinor"] == 10_000 && li.result?["shiftOperator"] == "li")
    #expect(await perform(.closeShift(nil), by: "li", id: "z2").refusal == .shiftEmpty)
    await topUp(30_000, "t3", by: "li")
    let all = await perform(.closeShift(nil), id: "z3")
    #expect(all.result?["topUpMinor"] == 50_000 && all.result?["shiftOperator"] == .null)
    #expect(await perform(.closeShift(nil), by: "wang", id: "z4").refusal == .shiftEmpty)
    let report = try await world.store.report(ReportQuery(name: "shifts")) { true }
    #expect(report["proven"] == true)
    let rows = report["tables"]?.array?.first?["rows"]?.array
    #expect(rows?.count == 2)
  }

  @Test("what came between the count and the close is counted; another close between is told")
  func race() async throws {
    await topUp(10_000, "t1")
    let counted = try await world.store.shift(store: "S001", counter: "C01", operatorName: nil)
    await topUp(20_000, "t2")
    let late = await world.perform(.closeShift(counted), id: "z1")
    #expect(late.result?["topUpMinor"] == 30_000)
    let again = await world.perform(.closeShift(counted), id: "z2")
    guard case .failed(.busy) = again else {
      Issue.record("\(again)")
      return
    }
  }
}

extension OperationBody {
  fileprivate var isShift: Bool { if case .closeShift = self { true } else { false } }
}
