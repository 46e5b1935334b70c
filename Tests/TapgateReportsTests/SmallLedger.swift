import TapgateJSON
import TapgateModel
import Testing

@testable import TapgateReports

/// A ledger of a few rows: entries as the journal has them, and members as applying them makes
/// them.
struct SmallLedger {
  var entries: [ReportEntry] = []
  var states: [Int64: MemberState] = [:]
  var birthdays: [Int64: BusinessDate] = [:]
  /// The rules that decide and that reports are given.
  var programme: Programme
  private var shop = ShopState()
  private var sequence: Int64 = 0

  init() throws { programme = try Programme.parse(Array(ShippedProgrammes.retail.utf8)) }

  static func day(_ text: String) -> BusinessDate { BusinessDate(text) ?? BusinessDate(day: 0) }

  /// Appends a row and applies it; the row's sequence is the answer.
  @discardableResult
  mutating func append(
    _ kind: JournalKind,
    _ date: String,
    member: Int64? = nil,
    store: String = "S1",
    operatorName: String? = "op1",
    receiptNo: String? = nil,
    reference: Int64? = nil,
    reply: JSON = .object([:]),
    isRefused: Bool = false,
    sameRow: Bool = false,
    _ effects: (Int64) -> [Effect] = { _ in [] }
  ) -> Int64 {
    if !sameRow { sequence += 1 }
    let made = effects(sequence)
    let businessDate = Self.day(date)
    entries.append(
      ReportEntry(
        sequence: sequence,
        kind: kind,
        isRefused: isRefused,
        memberNumber: member,
        memberID: member.map { "M\($0)" },
        businessDate: businessDate,
        at: Timestamp(microseconds: (Int64(businessDate.day) * 86_400 + 36_000) * 1_000_000),
        offsetSeconds: 28_800,
        store: store,
        counter: "C1",
        operatorName: operatorName,
        receiptNo: receiptNo,
        reference: reference,
        effects: made,
        reply: reply.encoded()
      )
    )
    if let member {
      if case .created(let id, let joinedOn, let tier)? = made.first {
        states[member] = MemberState(id: id, joinedOn: joinedOn, tier: tier)
      }
      _ = states[member]?.apply(made, sequence: sequence)
    }
    return sequence
  }

  /// A member joins with a card.
  @discardableResult
  mutating func enrol(
    _ member: Int64,
    _ date: String,
    store: String = "S1",
    operatorName: String? = "op1",
    channel: String? = nil
  ) -> Int64 {
    let reply = channel.map { JSON.object(["channel": .string($0)]) } ?? .object([:])
    return append(
      .enrol,
      date,
      member: member,
      store: store,
      operatorName: operatorName,
      reply: reply
    ) { _ in
      [
        .created(id: "M\(member)", joinedOn: Self.day(date), tier: "normal"),
        .cardAdded(Self.card(member)),
      ]
    }
  }

  static func card(_ member: Int64) -> CardState {
    CardState(
      reference: CardReference(high: 0xABCD, low: UInt64(member)),
      kind: .cardUid,
      type: "personal",
      status: .active
    )
  }

  /// A receipt: one point a yuan, growth the same, points that live for a year.
  @discardableResult
  mutating func buy(
    _ member: Int64,
    _ date: String,
    _ fen: Int64,
    store: String = "S1",
    tier: String? = nil
  ) -> Int64 {
    append(.accrue, date, member: member, store: store, receiptNo: "R\(sequence + 1)") { row in
      let day = Self.day(date)
      let points = fen / 100
      let lot = PointLot(
        id: row << 8,
        earnedOn: day,
        expiresOn: day.adding(months: 12),
        original: points,
        remaining: points
      )
      var effects: [Effect] = [
        .post(.pointsIssued, -points), .post(.pointsAvailable, points), .lotAdded(lot),
        .post(.growthIssued, -points), .post(.growth, points),
        .spent(date: day, amountMinor: fen),
      ]
      if let tier { effects.append(.tier(tier, since: day)) }
      return effects
    }
  }

  /// The mirror of a receipt.
  mutating func reverse(_ row: Int64, _ date: String, store: String = "S1") {
    guard let original = entries.first(where: { $0.sequence == row }) else { return }
    append(.reverse, date, member: original.memberNumber, store: store, reference: row) { _ in
      original.effects.compactMap { effect in
        switch effect {
        case .post(let account, let quantity): .post(account, -quantity)
        case .lotAdded(let lot): .lotUsed(id: lot.id, quantity: lot.original)
        case .spent(let day, let amount): .spent(date: day, amountMinor: -amount)
        default: nil
        }
      }
    }
  }

  /// Takes points from the member's first lot: redeemed, or expired.
  mutating func use(_ member: Int64, _ date: String, _ points: Int64, _ account: Account) {
    let lot = states[member]?.lots.first { $0.remaining >= points }?.id ?? 0
    append(.update, date, member: member) { _ in
      [
        .post(.pointsAvailable, -points), .post(account, points),
        .lotUsed(id: lot, quantity: points),
      ]
    }
  }

  /// A member who was taken over, in a chunk of its own or in the one before.
  mutating func takeOver(_ member: Int64, _ date: String, points: Int64, sameChunk: Bool = false) {
    append(
      .importChunk,
      date,
      member: member,
      store: "",
      operatorName: nil,
      sameRow: sameChunk
    ) { row in
      let day = Self.day(date)
      let lot = PointLot(
        id: row << 8 | member,
        earnedOn: day,
        expiresOn: nil,
        original: points,
        remaining: points
      )
      return [
        .created(id: "M\(member)", joinedOn: Self.day("2020-02-29"), tier: "silver"),
        .post(.pointsMigrated, -points), .post(.pointsAvailable, points), .lotAdded(lot),
      ]
    }
  }

  /// Runs a report over the whole ledger.
  func report(
    _ name: String,
    from: String? = nil,
    through: String? = nil,
    stores: Set<String>? = nil,
    today: String = "2026-06-30",
    memberID: String? = nil,
    operatorName: String? = nil,
    _ parameters: [String: Int64] = [:]
  ) throws -> Report {
    let request = ReportRequest(
      from: from.map(Self.day),
      through: through.map(Self.day),
      stores: stores,
      today: Self.day(today),
      memberID: memberID,
      operatorName: operatorName,
      parameters: parameters
    )
    var run = try ReportRun(
      name,
      request,
      programme: programme,
      lastSequence: sequence
    )
    for entry in entries { run.take(entry) }
    for (number, state) in states.sorted(by: { $0.key < $1.key }) {
      run.take(
        ReportMember(
          number: number,
          state: state,
          displayName: "张*",
          birthday: birthdays[number]
        )
      )
    }
    return run.report()
  }

  // MARK: Decided rows

  /// Appends the row that a decision of the model makes; the answer is the decision's.
  @discardableResult
  mutating func decide<Answer>(
    _ kind: JournalKind,
    _ date: String,
    member: Int64,
    store: String = "S1",
    reference: Int64? = nil,
    _ decision: (Programme, MemberState, LedgerContext) throws -> Decided<Answer>
  ) throws -> Answer {
    let context = self.context(date)
    let state = try #require(states[member])
    let decided = try decision(programme, state, context)
    append(kind, date, member: member, store: store, reference: reference) { _ in decided.effects }
    #expect(states[member] == decided.after)
    shop = decided.shop
    return decided.answer
  }

  /// Appends a row without a member: bearers' coupons.
  mutating func decideShop<Answer>(
    _ kind: JournalKind,
    _ date: String,
    store: String = "S1",
    _ decision: (Programme, LedgerContext) throws -> ShopDecided<Answer>
  ) throws -> Answer {
    let decided = try decision(programme, context(date))
    append(kind, date, store: store) { _ in decided.effects }
    shop = decided.shop
    return decided.answer
  }

  /// Merges a member into another: two rows.
  mutating func merge(_ from: Int64, into: Int64, _ date: String) throws {
    let (giver, taker) = (try #require(states[from]), try #require(states[into]))
    var second = context(date)
    second.sequence += 1
    let decided = try programme.decideMerge(
      from: giver,
      in: context(date),
      into: taker,
      in: second
    )
    append(.merge, date, member: from) { _ in decided.from.effects }
    append(.merge, date, member: into) { _ in decided.into.effects }
  }

  func isLive(_ member: Int64) -> Bool { states[member]?.status == .active }

  func aMonth() throws -> Programme.Period {
    var period = try #require(programme.pointsExpiry)
    (period.months, period.days) = (1, 0)
    return period
  }

  private func context(_ date: String) -> LedgerContext {
    LedgerContext(date: Self.day(date), sequence: sequence + 1, shop: shop)
  }
}

extension ReportTable {
  /// A cell by its row and its column's id.
  func cell(_ row: Int, _ column: String) -> ReportCell {
    guard let index = columns.firstIndex(where: { $0.id == column }), rows.indices.contains(row)
    else { return .text("no such cell") }
    return rows[row][index]
  }

  /// The row whose first column reads `name` in English.
  func row(_ name: String) -> [ReportCell]? {
    rows.first { CellText.text($0[0], .en) == name }
  }

  /// A cell of the row whose first column reads `name`.
  func cell(_ name: String, _ column: String) -> ReportCell {
    guard let index = columns.firstIndex(where: { $0.id == column }), let row = row(name) else {
      return .text("no such cell")
    }
    return row[index]
  }
}

extension Report {
  func table(_ id: String) -> ReportTable {
    tables.first { $0.id == id }
      ?? ReportTable(id: "missing", title: Wording(name: "missing"), columns: [])
  }
}

extension SmallLedger {
  /// Four members of two stores, nine receipts of which one is reversed, points that are redeemed
  /// and expire, a card that is frozen, and one refusal.
  ///
  /// M1 spends 180.00 and M3 20.00 in all, M2 380.00, M4 nothing: 580.00. Points: M1 180, M2 380,
  /// M3 1,000 + 20 − 500 − 100 = 420, M4 200: 1,180.
  static func sample() throws -> SmallLedger {
    var ledger = try SmallLedger()
    ledger.takeOver(3, "2026-01-01", points: 1000)
    ledger.takeOver(4, "2026-01-01", points: 200, sameChunk: true)
    ledger.enrol(1, "2026-01-05")
    ledger.enrol(2, "2026-01-10", store: "S2", operatorName: "op2", channel: "web")
    ledger.buy(3, "2026-01-20", 2000)
    ledger.buy(1, "2026-02-04", 10_000)
    ledger.buy(2, "2026-02-10", 30_000, store: "S2", tier: "silver")
    ledger.buy(1, "2026-02-14", 5000)
    ledger.buy(1, "2026-02-24", 3000, store: "S2")
    ledger.buy(2, "2026-03-11", 8000, store: "S2")
    let wrong = ledger.buy(2, "2026-03-12", 4000)
    ledger.append(
      .accrue,
      "2026-03-15",
      store: "S2",
      reply: .object(["reason": .string("cardLost"), "detail": .null]),
      isRefused: true
    )
    ledger.use(3, "2026-03-20", 500, .pointsRedeemed)
    ledger.reverse(wrong, "2026-04-01", store: "S2")
    ledger.append(
      .freezeCard,
      "2026-04-02",
      member: 1,
      reply: .object(["reason": .string("钱包丢失")])
    ) { _ in [.cardStatus(card(1).reference, .frozen)] }
    ledger.use(3, "2026-04-20", 100, .pointsExpired)
    ledger.birthdays = [1: day("1990-07-15"), 2: day("2000-02-29")]
    return ledger
  }
}
