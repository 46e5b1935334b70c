import TapgateCore
import TapgateJSON
import TapgateModel
import Testing

@testable import TapgateStore

@Suite("Invitations in the store")
struct ReferralTests {
  /// 100 points for whoever invites, 20 times in a life; 50 for whoever comes.
  private static let programme = AssetProgramme.text.replacingFirst(
    "\"earn\": [",
    with: """
      "earn": [
        {"id":"referral","asset":"points","event":"referral_first_receipt","give":100,
         "limit":{"per":"life","n":20}},
        {"id":"welcome","asset":"points","event":"referral_welcome","give":50},
      """
  )

  private let world: StoreWorld
  private let friend: String
  private let code: String

  init() async throws {
    world = try StoreWorld(programme: Self.programme)
    friend = try await world.enrol("王五")
    code = try #require(await world.store.inviteCode(memberID: friend))
  }

  private func invite(_ id: String, _ code: String? = nil) async -> OperationOutcome {
    await world.perform(.assets(.invite(code: code ?? self.code)), on: .memberID(id))
  }

  private func points(_ id: String) -> Int64? { world.view(id)?.pointsAvailable }

  private func counted(_ id: String) throws -> Int64 {
    let memory = world.store.shared.memory
    let number = try #require(memory.number(ofMember: id))
    let row = try #require(memory.row(number))
    let state = try MemberState(packed: row.state)
    return state.count(of: "event:referral", per: .life, on: state.joinedOn)
  }

  @Test("a code is read as it is printed, and no other text is one")
  func codes() async throws {
    #expect(code.hasPrefix("TGR.") && code.utf8.count == 20)
    let keys = world.store.shared.keys
    #expect(keys.inviter(of: code) == keys.inviter(of: code.lowercased()))
    #expect(keys.inviter(of: String(code.dropLast()) + (code.hasSuffix("A") ? "B" : "A")) == nil)
    #expect(keys.inviter(of: "TGR.") == nil && keys.inviter(of: String(code.dropFirst(4))) == nil)
    let new = try await world.enrol()
    #expect(await invite(new, "TGR.AAAAAAAAAAAAAAAA").failure == .unknown(field: "code"))
    #expect(await invite(friend).failure?.field == "inviter")
    #expect(await world.store.inviteCode(memberID: "none") == nil)
  }

  @Test("the first receipt pays both, in rows of the same transaction; no later one does")
  func rewards() async throws {
    let new = try await world.enrol()
    #expect(await invite(new).result?["inviter"] == .string(friend))
    #expect(await invite(new).refusal == .dependentOperations)
    #expect(points(friend) == 0)
    let rows = try world.committedRowCount()
    let first = await world.accrue(.memberID(new), 1000, id: "first")
    #expect(first.result?["earned"] == 10)
    #expect(try world.committedRowCount() == rows + 3)
    #expect(points(friend) == 100 && points(new) == 60)
    #expect(
      await world.accrue(.memberID(new), 1000, receipt: "R-2", id: "first").failure == .exists
    )
    _ = await world.accrue(.memberID(new), 1000)
    #expect(points(friend) == 100 && points(new) == 70)
    try await world.restart()
    #expect(points(friend) == 100 && points(new) == 70)
    let old = try await world.enrol()
    _ = await world.accrue(.memberID(old), 1000)
    #expect(await invite(old).refusal == .dependentOperations)
    #expect(try world.verify().problems == [])
  }

  @Test("a checkout pays it too; of 21 who come 20 are paid for")
  func limit() async throws {
    for index in 1...21 {
      let new = try await world.enrol()
      _ = await invite(new)
      var request = CheckoutRequest(lines: [])
      request.lines = [BasketLine(sku: "A", category: "", quantity: 1, unitPriceMinor: 100)]
      let order = CheckoutOrder(
        request: request,
        receiptNo: "C-\(index)",
        tenders: [Tender(kind: "cash", amountMinor: 100)],
        wantsPrint: false
      )
      let done = await world.perform(.assets(.checkout(order)), on: .memberID(new))
      #expect(done.result != nil, "\(done)")
      #expect(points(new) == 51)
    }
    #expect(points(friend) == 2000)
    #expect(try counted(friend) == 20)
    #expect(try world.verify().problems == [])
  }

  @Test("a reversed first receipt takes both rewards back, and the next one pays again")
  func reversed() async throws {
    let new = try await world.enrol()
    _ = await invite(new)
    _ = await world.accrue(.memberID(new), 1000, id: "first")
    let back = await world.perform(.reverse(operationID: "first", reason: "wrong card"))
    #expect(back.result?["points"] == -10, "\(back)")
    #expect(points(friend) == 0 && points(new) == 0)
    #expect(try counted(friend) == 0)
    _ = await world.accrue(.memberID(new), 1000)
    #expect(points(friend) == 100 && points(new) == 60)
    #expect(try world.verify().problems == [])
  }

  @Test("a refund of the whole first receipt takes both back, a part of it nothing; spent is owed")
  func refunded() async throws {
    let new = try await world.enrol()
    _ = await invite(new)
    let first = await world.accrue(.memberID(new), 1000)
    let receipt = try #require(first.result?["sequence"]?.integer)
    _ = await world.accrue(.memberID(friend), 100_000)
    _ = await world.perform(.assets(.redeemCash(points: 1100)), on: .memberID(friend))
    #expect(points(friend) == 0)
    _ = await world.perform(.assets(.refund(receipt: receipt, .amount(400))))
    #expect(points(new) == 56)
    _ = await world.perform(.assets(.refund(receipt: receipt, .amount(600))))
    #expect(points(new) == 0)
    #expect(world.view(friend)?.pointsDebt == 100)
    #expect(try counted(friend) == 0)
    // The invitation has ended with the receipt.
    _ = await world.accrue(.memberID(new), 1000)
    #expect(points(new) == 10 && world.view(friend)?.pointsDebt == 100)
    #expect(try world.verify().problems == [])
  }

  @Test("who invited and was merged meanwhile is rewarded as who he is now")
  func merged() async throws {
    let new = try await world.enrol()
    _ = await invite(new)
    let twin = try await world.enrol("王五")
    _ = await world.perform(.assets(.merge(from: friend, reason: "twice")), on: .memberID(twin))
    _ = await world.accrue(.memberID(new), 1000, id: "first")
    #expect(points(twin) == 100)
    _ = await world.perform(.reverse(operationID: "first", reason: "x"))
    #expect(points(twin) == 0)
    #expect(try world.verify().problems == [])
  }
}

extension String {
  /// The same text with `new` in the place of the first `old`.
  func replacingFirst(_ old: String, with new: String) -> String {
    guard let range = firstRange(of: old) else { return self }
    return String(self[..<range.lowerBound]) + new + String(self[range.upperBound...])
  }
}
