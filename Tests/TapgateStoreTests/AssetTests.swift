import Foundation
import TapgateJSON
import TapgateModel
import Testing

@testable import TapgateStore

/// Operations on assets, from the request to the row on disk and back after a restart.
@Suite("Stored value, coupons, holds and passes in the store")
struct AssetTests {
  private let world: StoreWorld
  private let member: MemberKey
  private let id: String

  init() async throws {
    world = try StoreWorld(programme: AssetProgramme.text)
    id = try await world.enrol(card: "04AABBCCDDEE01")
    member = .memberID(id)
  }

  private func perform(
    _ request: LedgerRequest,
    id operation: String? = nil,
    nobody: Bool = false
  ) async -> OperationOutcome {
    await world.perform(.assets(request), on: nobody ? nil : member, id: operation)
  }

  private func topUp(_ amount: Int64, _ channel: String = "cash") async -> OperationOutcome {
    await perform(.topUp(TopUpRequest(amountMinor: amount, channel: channel)))
  }

  private func verified() throws {
    let report = try world.verify()
    #expect(report.problems == [])
  }

  @Test("money comes in with its bonus, is spent in its order, and all is there after a restart")
  func value() async throws {
    let paid = await topUp(50_000)
    #expect(paid.result?["principalMinor"] == 50_000)
    #expect(paid.result?["bonusMinor"] == 10_000)
    #expect(paid.result?[path: "gifts.coupons"]?.array?.count == 1)
    let spent = await perform(.spend(amountMinor: 6_000), id: "spend")
    #expect(spent.result?["principalSpentMinor"] == 5_000)
    #expect(spent.result?["bonusSpentMinor"] == 1_000)
    #expect(await perform(.spend(amountMinor: 60_000)).refusal == .insufficientValue)
    #expect(await topUp(999).refusal == .limitExceeded)
    #expect(await topUp(490_000).refusal == .balanceCapExceeded)
    try await world.restart()
    let again = await perform(.spend(amountMinor: 6_000), id: "spend")
    #expect(again.isReplay)
    let view = try #require(world.view(id))
    #expect(view.principalMinor == 45_000 && view.bonusMinor == 9_000)
    try verified()
  }

  @Test("a remote top-up counts once its channel confirmed, once, and never after a cancel")
  func remote() async throws {
    let open = await topUp(20_000, "bank_card")
    #expect(open.result?["state"] == "pending")
    #expect(world.view(id)?.principalMinor == 0)
    let number = try #require(open.result?["sequence"]?.integer)
    let confirm = LedgerRequest.confirmTopUp(id: number, channelReference: "B-1")
    #expect(await perform(confirm, nobody: true).result?["bonusMinor"] == 5_000)
    #expect(world.view(id)?.principalMinor == 20_000)
    #expect(await perform(confirm, nobody: true).failure == .unknown(field: "topUpId"))
    let other = await topUp(20_000, "bank_card")
    let second = try #require(other.result?["sequence"]?.integer)
    let taken = LedgerRequest.confirmTopUp(id: second, channelReference: "B-1")
    #expect(await perform(taken, nobody: true).refusal == .receiptUsed)
    #expect(
      await perform(.cancelTopUp(id: second), nobody: true).result?["state"] == "cancelled"
    )
    #expect(world.view(id)?.principalMinor == 20_000)
    // Another channel counts for itself.
    let web = try #require(await topUp(1_000, "web_self").result?["sequence"]?.integer)
    let same = LedgerRequest.confirmTopUp(id: web, channelReference: "B-1")
    #expect(await perform(same, nobody: true).result?["state"] == "confirmed")
    try verified()
  }

  @Test("a hold takes all or nothing, is captured in parts, and the rest comes back")
  func holds() async throws {
    _ = await topUp(20_000)
    _ = await world.accrue(member, 200_000)
    let legs = HoldLegs(points: 500, valueMinor: 10_000)
    #expect(
      await perform(.hold(HoldLegs(points: 500, valueMinor: 90_000), seconds: nil)).refusal
        == .insufficientValue
    )
    let held = await perform(.hold(legs, seconds: nil))
    let number = try #require(held.result?["sequence"]?.integer)
    #expect(world.view(id)?.pointsAvailable == 1500)
    #expect(world.view(id)?.heldMinor == 10_000)
    let part = HoldLegs(points: 100, valueMinor: 2_500)
    let first = LedgerRequest.capture(hold: number, part, isFinal: false)
    #expect(await perform(first, nobody: true).result?["state"] == "open")
    let last = LedgerRequest.capture(hold: number, HoldLegs(points: 100), isFinal: true)
    #expect(await perform(last, nobody: true).result?["state"] == "captured")
    #expect(await perform(.void(hold: number), nobody: true).refusal == .holdEnded)
    let view = try #require(world.view(id))
    #expect(view.pointsAvailable == 1800 && view.heldMinor == 0)
    #expect(view.principalMinor + view.bonusMinor == 22_500)
    try verified()
  }

  @Test(
    "a member's coupon is used once and can be given back; a bearer's code is guessed by nobody"
  )
  func coupons() async throws {
    let issued = await perform(.issueCoupons(template: "c10", count: 2))
    let codes = issued.result?["coupons"]?.array?.compactMap { $0["code"]?.string } ?? []
    let code = try #require(codes.first.flatMap { CouponCode($0) })
    #expect(world.view(id)?.coupons.count == 2)
    let use = LedgerRequest.useCoupon(code, receiptNo: "1")
    // The code alone names the member.
    #expect(await perform(use, nobody: true).result?["memberId"]?.string == id)
    #expect(await perform(use, nobody: true).refusal == .couponUsed)
    #expect(await perform(.unuseCoupon(code, reason: "x"), nobody: true).result != nil)
    #expect(world.view(id)?.coupons.count == 2)
    let open = await perform(.issueCoupons(template: "open", count: 3), nobody: true)
    let bearers = open.result?["coupons"]?.array?.compactMap { $0["code"]?.string } ?? []
    let bearer = try #require(bearers.first.flatMap { CouponCode($0) })
    #expect(bearer.nonce != 0)
    let none = await perform(.issueCoupons(template: "open", count: 1), nobody: true)
    #expect(none.refusal == .rewardUnavailable)
    var guessed = bearer
    guessed.nonce &+= 1
    let guess = LedgerRequest.useCoupon(guessed, receiptNo: "2")
    #expect(await perform(guess, nobody: true).failure == .unknown(field: "code"))
    let take = LedgerRequest.useCoupon(bearer, receiptNo: "2")
    #expect(await perform(take, nobody: true).result != nil)
    try await world.restart()
    #expect(await perform(take, nobody: true).refusal == .couponUsed)
    try verified()
  }

  @Test("rewards, events, passes, stamps, benefits and paid levels keep their limits")
  func limits() async throws {
    #expect(await perform(.redeem(reward: "cup", points: nil)).refusal == .belowRedeemMinimum)
    _ = await world.accrue(member, 500_000)
    #expect(await perform(.redeem(reward: "cup", points: 1000)).result?["points"] == 1000)
    #expect(await perform(.redeem(reward: "cup", points: nil)).refusal == .rewardUnavailable)
    #expect(await perform(.redeemCash(points: 200)).result?["worthMinor"] == 200)
    #expect(await perform(.event("signin")).result?["points"] == 5)
    #expect(await perform(.event("signin")).refusal == .limitExceeded)
    #expect(await perform(.addStamps("tea", quantity: 7)).result?["left"] == 1)
    #expect(world.view(id)?.coupons.count == 2)
    #expect(await perform(.useBenefit("lounge")).result?["left"] == 1)
    #expect(await perform(.useBenefit("lounge")).result?["left"] == 0)
    #expect(await perform(.useBenefit("lounge")).refusal == .limitExceeded)
    let month = PaidRequest(level: "month", tender: "cash", isRenewal: false)
    #expect(await perform(.membership(month)).result?["validThrough"] == "2026-04-09")
    world.clock.set("2026-03-20T12:00:00+08:00")
    let back = await perform(.refundMembership(tender: "cash"))
    #expect(back.result?["amountMinor"] == -2000)
    try verified()
  }

  @Test("each draw can be drawn again from what was published, and prizes run out")
  func draws() async throws {
    _ = await world.accrue(member, 1_000_000)
    var prizes: [String] = []
    for number in 1...8 {
      let commitment = try await world.store.drawCommitment("wheel")
      let outcome = await perform(.draw("wheel", nonce: "n\(number)"))
      let proof = try #require(outcome.result?["proof"])
      let reveal = try #require(proof["reveal"]?.string)
      #expect(KeyRing.hash(Self.bytes(reveal)) == commitment.map(Self.bytes))
      let random = KeyRing.hash(Self.bytes(reveal) + Array("n\(number)".utf8))
      let weight = UInt64(proof["totalWeight"]?.integer ?? 0)
      let first = random[..<8].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      #expect(proof["ticket"]?.integer == Int64(first.multipliedFullWidth(by: weight).high))
      prizes.append(outcome.result?["prize"]?.string ?? "")
    }
    #expect(prizes.filter { $0 == "yoga" }.count <= 1)
    #expect(Set(prizes).isSubset(of: ["yoga", "blank"]))
    if prizes.contains("yoga") {
      #expect(await perform(.usePass("yoga", quantity: 3)).result?["left"] == 7)
    }
    try verified()
  }

  @Test("a merge moves everything in two rows, and the old id is refused by name")
  func merge() async throws {
    let other = try await world.enrol("李四", card: "04AABBCCDDEE02")
    _ = await world.accrue(.memberID(other), 12_300)
    _ = await topUp(20_000)
    let merged = await world.perform(
      .assets(.merge(from: other, reason: "one person")),
      on: member,
      id: "merge"
    )
    #expect(merged.result?["points"] == 123)
    #expect(world.view(id)?.pointsAvailable == 123)
    #expect(world.view(other)?.status == .merged)
    #expect(await world.accrue(.memberID(other), 100).refusal == .memberMerged)
    // The card of the old member is the new one's.
    #expect(try await world.accrue(uid("04AABBCCDDEE02"), 100).result?["available"] == 124)
    try await world.restart()
    #expect(try world.store.member(uid("04AABBCCDDEE02"))?.id == id)
    try verified()
  }

  @Test(
    "what is changed behind the ledger's back breaks the proof",
    arguments: [
      "UPDATE shop SET state = x'01'", "DELETE FROM bearer_coupon WHERE serial = 1",
      "UPDATE coupon_holder SET member = 99",
    ]
  )
  func tampering(sql: String) async throws {
    _ = await perform(.issueCoupons(template: "open", count: 1), nobody: true)
    _ = await perform(.issueCoupons(template: "c10", count: 1))
    try verified()
    try world.execute(sql: sql)
    #expect(try !world.verify().isProven)
  }

  private static func bytes(_ hexadecimal: String) -> [UInt8] {
    let digits = Array(hexadecimal)
    return stride(from: 0, to: digits.count - 1, by: 2).compactMap {
      UInt8(String(digits[$0...($0 + 1)]), radix: 16)
    }
  }
}
