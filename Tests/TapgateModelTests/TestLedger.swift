import Testing

@testable import TapgateModel

/// Members and a shop on which decisions are tried; every row that is committed is held against the
/// laws of the ledger.
struct TestLedger {
  var programme: Programme
  var members: [String: MemberState] = [:]
  var totals: [String: LedgerTotals] = [:]
  var all = LedgerTotals()
  var shop = ShopState()
  var bearers: [Int64: CouponState] = [:]
  var sequence: Int64 = 1
  var today = TestLedger.start
  var now: Int64 = 1_000_000
  /// What a failure is to name beside the row.
  var label = ""
  /// The effects of the row that was committed last.
  var effects: [Effect] = []

  /// A Thursday.
  static let start = BusinessDate(day: 20_453 + 4)
  static let card = CardReference(high: 7, low: 7)

  init(_ change: (inout Programme) -> Void = { _ in }) throws {
    programme = try Self.rules()
    change(&programme)
    for id in ["m", "n"] { members[id] = MemberState(id: id, joinedOn: today, tier: "normal") }
    addCard(Self.card, type: "personal")
  }

  mutating func addCard(_ card: CardReference, type: String, to id: String = "m") {
    members[id]?.cards.append(
      CardState(reference: card, kind: .cardUid, type: type, status: .active)
    )
  }

  static func rules() throws -> Programme {
    var rules = try Programme.parse(Array(ShippedProgrammes.retail.utf8))
    rules.multipliers = []
    rules.pointsPending = nil
    rules.redeemMin = 0
    rules.valueOrder = .proRata
    rules.topUp = Programme.TopUpRules(
      minMinor: 1000,
      namedMaxMinor: 500_000,
      bearerMaxMinor: 100_000,
      channels: ["bank_card", "web_self"],
      remoteChannels: ["web_self"],
      steps: [
        .init(fromMinor: 20_000, bonusMinor: 5000),
        .init(
          fromMinor: 50_000,
          bonusMinor: 10_000,
          gifts: [.points(100), .coupon(template: "c10", count: 1)],
          pointsBasisPoints: 20_000
        ),
      ]
    )
    rules.coupons = [
      .init(
        id: "c10",
        name: "满100减10",
        kind: .amountOff(minor: 1000),
        validity: .after(.init(months: 1, days: 0)),
        thresholdMinor: 10_000
      ),
      .init(
        id: "open",
        name: "节日券",
        kind: .freeOrder(maxMinor: 5000),
        validity: .through(start.adding(days: 20)),
        isBearer: true,
        stock: 3
      ),
    ]
    rules.counted = [
      .init(id: "wash", name: "洗车", kind: .count, expiry: .init(months: 0, days: 90)),
      .init(id: "gym", name: "健身", kind: .time, expiry: .init(months: 1, days: 0)),
      .init(
        id: "stamp",
        name: "印花",
        kind: .stamp,
        expiry: .init(months: 0, days: 90),
        full: 10,
        gift: .item(sku: "TEA", quantity: 1)
      ),
    ]
    rules.cardTypes = [
      .init(id: "personal", name: "个人卡", can: ["identify", "points", "sv", "discount"]),
      .init(id: "plain", name: "识别卡", can: ["identify"]),
      .init(id: "bearer", name: "不记名", can: ["identify", "sv"], isNamed: false),
      .init(
        id: "child",
        name: "附属卡",
        can: ["identify", "sv"],
        needsParent: true,
        dayMaxMinor: 5000,
        receiptMaxMinor: 3000
      ),
      .init(id: "day", name: "日限卡", can: ["identify", "sv"], dayMaxMinor: 5000),
    ]
    return rules
  }

  func state(_ id: String = "m") -> MemberState {
    members[id] ?? MemberState(id: id, joinedOn: today, tier: "normal")
  }

  func context(_ card: CardReference? = nil) -> LedgerContext {
    LedgerContext(
      date: today,
      sequence: sequence,
      now: Timestamp(microseconds: now),
      shop: shop,
      card: card
    )
  }

  typealias Rule<Answer: Hashable & Sendable> = (
    Programme, MemberState, LedgerContext
  ) throws -> Decided<Answer>

  /// Decides and commits.
  @discardableResult
  mutating func run<Answer>(
    _ kind: JournalKind,
    on id: String = "m",
    card: CardReference? = nil,
    _ rule: Rule<Answer>
  ) throws -> Answer {
    let decided = try rule(programme, state(id), context(card))
    commit(kind, decided, on: id)
    return decided.answer
  }

  mutating func commit<Answer>(_ kind: JournalKind, _ decided: Decided<Answer>, on id: String) {
    let before = state(id)
    let row = CheckedRow(
      kind: kind,
      effects: decided.effects,
      before: before,
      after: decided.after,
      sequence: sequence,
      today: today
    )
    let broken = row.violations(programme)
    #expect(broken.isEmpty, "\(label) \(kind): \(broken)")
    let packed = Effect.packed(decided.effects)
    #expect((try? Effect.unpacked(packed)) == decided.effects, "\(label)")
    #expect((try? MemberState(packed: decided.after.packed())) == decided.after, "\(label)")
    totals[id, default: LedgerTotals()].take(decided.effects)
    all.take(decided.effects)
    let unequal = totals[id]?.violations(against: decided.after) ?? []
    #expect(unequal.isEmpty, "\(label) \(kind): \(unequal)")
    takeShop(decided.effects, decided.shop)
    members[id] = decided.after
    effects = decided.effects
    sequence += 1
  }

  mutating func takeShop(_ effects: [Effect], _ after: ShopState) {
    let fits = shop.apply(effects)
    #expect(fits && shop == after)
    for case .bearerCoupon(let from, let to) in effects {
      #expect(bearers[to.serial] == from)
      bearers[to.serial] = to
    }
  }

  /// Why it is refused; `nil` where it is not.
  func refusal<Answer>(
    on id: String = "m",
    card: CardReference? = nil,
    _ rule: Rule<Answer>
  ) -> LedgerProblem? {
    do {
      _ = try rule(programme, state(id), context(card))
      return nil
    } catch {
      return error as? LedgerProblem
    }
  }

  func reason<Answer>(
    on id: String = "m",
    card: CardReference? = nil,
    _ rule: Rule<Answer>
  ) -> RefusalReason? {
    guard case .refused(let refusal)? = refusal(on: id, card: card, rule) else { return nil }
    return refusal.reason
  }

  /// The field that cannot be, or that names nothing.
  func field<Answer>(
    on id: String = "m",
    card: CardReference? = nil,
    _ rule: Rule<Answer>
  ) -> String? {
    switch refusal(on: id, card: card, rule) {
    case .illegal(let problem)?: problem.field
    case .unknown(let field)?: field
    default: nil
    }
  }

  mutating func pass(days: Int) {
    today = today.adding(days: days)
    now += Int64(days) * 86_400_000_000
  }

  // MARK: Short forms

  @discardableResult
  mutating func topUp(
    _ amount: Int64,
    on id: String = "m",
    channel: String = "bank_card"
  ) throws -> ToppedUp {
    let request = TopUpRequest(amountMinor: amount, channel: channel, reference: "r\(sequence)")
    return try run(.topUp, on: id) { try $0.decideTopUp(request, for: $1, in: $2) }
  }

  @discardableResult
  mutating func spend(
    _ amount: Int64,
    card: CardReference? = nil,
    pin: PinProof = .missing
  ) throws -> Spent {
    try run(.spend, card: card) {
      try $0.decideSpend(.init(amountMinor: amount, pin: pin), for: $1, in: $2)
    }
  }

  /// A lot of points that lives for a year.
  mutating func give(_ points: Int64, on id: String = "m") throws {
    try run(.event, on: id) { programme, state, context in
      var draft = try LedgerDraft(programme, for: state, in: context)
      try draft.givePoints(points)
      return try draft.finished(points)
    }
  }

  @discardableResult
  mutating func reverse(
    _ original: [Effect],
    on id: String = "m",
    _ facts: MirrorFacts = MirrorFacts()
  ) throws -> Mirrored {
    try run(.reverse, on: id) { try $0.decideMirror(of: original, facts, for: $1, in: $2) }
  }
}
