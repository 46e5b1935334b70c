import Testing

@testable import TapgateModel

@Suite("Draws")
struct DrawTests {
  private func ledger() throws -> TestLedger {
    var ledger = try TestLedger {
      $0.draws = [
        .init(
          id: "wheel",
          name: "转盘",
          points: 10,
          prizes: [
            .init(
              id: "first",
              name: "一等奖",
              weight: 1,
              stock: 1,
              gives: [.coupon(template: "c10", count: 1), .item(sku: "TEA", quantity: 1)]
            ),
            .init(id: "never", name: "", weight: 0, gives: []),
            .init(id: "blank", name: "谢谢参与", weight: 3, gives: []),
          ],
          limit: .init(per: .day, count: 3)
        )
      ]
    }
    try ledger.give(100)
    return ledger
  }

  private func random(_ value: UInt64) -> [UInt8] {
    (0..<8).map { UInt8(truncatingIfNeeded: value >> (56 - 8 * UInt64($0))) }
      + [UInt8](repeating: 0xAA, count: 24)
  }

  private func spin(_ value: UInt64) -> TestLedger.Rule<Drawn> {
    let bytes = random(value)
    return { try $0.decideDraw("wheel", randomness: bytes, for: $1, in: $2) }
  }

  @Test("the ticket falls in the prizes' weights, and the proof tells all that is needed")
  func prizes() throws {
    var ledger = try ledger()
    let quarter = UInt64(1) << 62
    let first = try ledger.run(.draw, spin(quarter - 1))
    #expect(first.prize == "first")
    #expect(first.proof.ticket == 0 && first.proof.totalWeight == 4 && first.proof.index == 0)
    #expect(first.gift.coupons.count == 1 && first.gift.goods.count == 1)
    #expect(first.available == 90)
    // None is left: only the blank takes part.
    let second = try ledger.run(.draw, spin(0))
    #expect(second.prize == "blank")
    #expect(second.proof.excluded == ["first"])
    #expect(second.proof.totalWeight == 3)
    #expect(second.proof.random == 0)
    let rules = ledger.programme.draws[0]
    #expect(first.proof.isRight(by: rules) && second.proof.isRight(by: rules))
    var forged = second.proof
    forged.index = 0
    #expect(!forged.isRight(by: rules))
    forged = first.proof
    forged.excluded = ["first"]
    #expect(!forged.isRight(by: rules))
    try ledger.run(.draw, spin(.max))
    #expect(ledger.reason(spin(0)) == .limitExceeded)
    #expect(ledger.state().pointsAvailable(on: ledger.today) == 70)
  }

  @Test("every weight has its share of the numbers, to one part in two to the 64")
  func shares() throws {
    let rules = try ledger().programme.draws[0]
    let steps: UInt64 = 1 << 12
    var counts: [Int: Int] = [:]
    for step in 0..<steps {
      let drawn = try #require(rules.prize(for: step << 52) { _ in true })
      counts[drawn.index, default: 0] += 1
    }
    #expect(counts == [0: 1024, 2: 3072])
    #expect(rules.prize(for: 1) { _ in false } == nil)
    let huge = Programme.Draw(
      id: "x",
      name: "",
      points: 1,
      prizes: [
        .init(id: "a", name: "", weight: .max, gives: []),
        .init(id: "b", name: "", weight: .max, gives: []),
      ]
    )
    #expect(huge.prize(for: 1) { _ in true } == nil)
  }

  @Test("why a draw is refused")
  func refusals() throws {
    var ledger = try ledger()
    #expect(ledger.field { try $0.decideDraw("no", randomness: [], for: $1, in: $2) } == "draw")
    #expect(
      ledger.field { try $0.decideDraw("wheel", randomness: [1], for: $1, in: $2) } == "randomness"
    )
    ledger.programme.draws[0].points = 101
    #expect(ledger.reason(spin(0)) == .insufficientPoints)
    ledger.programme.draws[0].points = 1
    ledger.programme.draws[0].when.weekdays = [ledger.today.weekday % 7 + 1]
    #expect(ledger.reason(spin(0)) == .rewardUnavailable)
    ledger.programme.draws[0].when.weekdays = []
    ledger.programme.draws[0].prizes.removeLast()
    try ledger.run(.draw, spin(0))
    #expect(ledger.reason(spin(0)) == .rewardUnavailable)
    #expect(!JournalKind.draw.hasMirror)
  }
}
