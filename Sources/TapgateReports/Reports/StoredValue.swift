internal import TapgateModel

/// Stored value: money in by channel, bonus granted, consumed, paid back, what is owed to members,
/// by store, and between stores (储值收支、负债、跨店结算).
///
/// Movements are found in the programme's accounts and proved against the members' balances. Money
/// for paid levels passes the same clearing account and is left to the report of memberships.
struct StoredValue: ReportBuilder {
  /// What the programme's accounts say of one store; money in fen.
  private struct Movement {
    var topUps: Int128 = 0
    var moneyIn: Int128 = 0
    var moneyOut: Int128 = 0
    var bonusGranted: Int128 = 0
    var consumedPrincipal: Int128 = 0
    var consumedBonus: Int128 = 0
    /// Consumed beyond the balance: what the member owes for it.
    var consumedOwed: Int128 = 0
    var forfeited: Int128 = 0
    var migrated: Int128 = 0
    /// Adjustments, and what moved between two members.
    var other: Int128 = 0

    var net: Int128 {
      moneyIn - moneyOut + bonusGranted - consumedPrincipal - consumedBonus - consumedOwed
        - forfeited + migrated + other
    }

    mutating func add(_ more: Movement) {
      topUps += more.topUps
      moneyIn += more.moneyIn
      moneyOut += more.moneyOut
      bonusGranted += more.bonusGranted
      consumedPrincipal += more.consumedPrincipal
      consumedBonus += more.consumedBonus
      consumedOwed += more.consumedOwed
      forfeited += more.forfeited
      migrated += more.migrated
      other += more.other
    }
  }

  private let context: ReportContext
  private var byStore: [String: Movement] = [:]
  private var byChannel: [String: Movement] = [:]
  private var others = ScopedSum()
  private var settlement: StoreSettlement
  private var principal: Int128 = 0
  private var bonus: Int128 = 0
  private var debt: Int128 = 0
  private var openMinor: Int128 = 0
  private var holders: Int128 = 0

  init(_ context: ReportContext) {
    self.context = context
    settlement = StoreSettlement(context.request)
  }

  mutating func take(_ entry: ReportEntry) {
    guard !entry.isRefused else { return }
    var sums: [Account: Int128] = [:]
    var channel = ""
    for effect in entry.effects {
      switch effect {
      case .post(let account, let quantity) where account.asset == .value:
        sums[account, default: 0] += Int128(quantity)
      case .tendered(let kind, _, _): channel = kind
      default: break
      }
    }
    guard !sums.isEmpty else { return }
    let movement = Self.movement(sums)
    settlement.take(entry, sums)
    let place = context.request.place(of: entry)
    others.add(movement.net, at: place)
    let isMoved = movement.net != 0 || movement.moneyIn != 0 || movement.consumedPrincipal != 0
    guard place == .inside, isMoved || movement.consumedBonus != 0 else { return }
    byStore[entry.store, default: Movement()].add(movement)
    if movement.moneyIn != 0 || movement.moneyOut != 0 {
      byChannel[channel, default: Movement()].add(movement)
    }
  }

  private static func movement(_ sums: [Account: Int128]) -> Movement {
    func sum(_ account: Account) -> Int128 { sums[account] ?? 0 }
    var movement = Movement()
    // What came in for a paid level lies in the deferred and the earned income.
    let money = -(sum(.tenderClearing) + sum(.deferredIncome) + sum(.earnedIncome))
    if money > 0 {
      movement.moneyIn = money
      movement.topUps = 1
    } else {
      movement.moneyOut = -money
    }
    movement.bonusGranted = -sum(.bonusExpense)
    let consumed = sum(.valueConsumed)
    if consumed != 0 {
      // What the row took from the parts besides is the other accounts' business.
      movement.consumedBonus =
        movement.bonusGranted - sum(.bonus) - sum(.bonusHeld) - sum(.bonusForfeited)
      movement.consumedOwed = -sum(.valueDebt)
      movement.consumedPrincipal = consumed - movement.consumedBonus - movement.consumedOwed
    }
    movement.forfeited = sum(.bonusForfeited)
    movement.migrated = -sum(.valueMigrated)
    movement.other = -sum(.valueMoved) - sum(.valueAdjusted)
    return movement
  }

  mutating func take(_ member: ReportMember) {
    let state = member.state
    let assets = state.assets
    principal += Int128(state.principalMinor) + Int128(assets.principalHeldMinor)
    bonus += Int128(state.bonusMinor) + Int128(assets.bonusHeldMinor)
    debt += Int128(assets.valueDebtMinor)
    for topUp in assets.topUps { openMinor += Int128(topUp.amountMinor) }
    if state.principalMinor != 0 || state.bonusMinor != 0 { holders += 1 }
  }

  func tables() -> [ReportTable] {
    [stores(), channels(), settlement.table(principal: principal), liability()]
  }

  private var proof: (ReportTable) -> ReportProof {
    { table in
      ReportProof(
        claim: Wording("储值余额", "stored value"),
        kind: .money,
        parts: others.parts(table: table.sum("netMinor")),
        ledger: principal + bonus - debt
      )
    }
  }

  private func stores() -> ReportTable {
    var table = ReportTable(
      id: "stores",
      title: Wording("储值收支（按门店）", "Stored value by store"),
      columns: [
        ReportColumn("store", .text, Wording("门店", "Store")),
        ReportColumn("topUps", .integer, Wording("收款笔数", "Payments"), isSummed: true),
        ReportColumn("moneyInMinor", .money, Wording("充值收款", "Money in"), isSummed: true),
        ReportColumn("moneyOutMinor", .money, Wording("退款", "Paid back"), isSummed: true),
        ReportColumn("bonusMinor", .money, Wording("赠送", "Bonus granted"), isSummed: true),
        ReportColumn(
          "principalUsedMinor",
          .money,
          Wording("消费本金", "Principal used"),
          isSummed: true
        ),
        ReportColumn("bonusUsedMinor", .money, Wording("消费赠送", "Bonus used"), isSummed: true),
        ReportColumn("owedMinor", .money, Wording("欠款消费", "Used on credit"), isSummed: true),
        ReportColumn("forfeitedMinor", .money, Wording("作废赠送", "Forfeited"), isSummed: true),
        ReportColumn("migratedMinor", .money, Wording("期初导入", "Migrated"), isSummed: true),
        ReportColumn("otherMinor", .money, Wording("调整及转移", "Adjusted, moved"), isSummed: true),
        ReportColumn("netMinor", .money, Wording("净增", "Net"), isSummed: true),
      ]
    )
    for (store, one) in byStore.sorted(by: { $0.key < $1.key }) {
      table.rows.append([
        .optional(store), .integer(one.topUps), .money(one.moneyIn), .money(one.moneyOut),
        .money(one.bonusGranted), .money(one.consumedPrincipal), .money(one.consumedBonus),
        .money(one.consumedOwed), .money(one.forfeited), .money(one.migrated),
        .money(one.other), .money(one.net),
      ])
    }
    table.total()
    table.proofs = [proof(table)]
    table.chart = ReportChart(.column, labels: 0, values: [2, 5])
    return table
  }

  private func channels() -> ReportTable {
    var table = ReportTable(
      id: "channels",
      title: Wording("充值渠道", "Top-ups by channel"),
      columns: [
        ReportColumn("channel", .text, Wording("渠道", "Channel")),
        ReportColumn("topUps", .integer, Wording("笔数", "Payments"), isSummed: true),
        ReportColumn("moneyInMinor", .money, Wording("收款", "Money in"), isSummed: true),
        ReportColumn("moneyOutMinor", .money, Wording("退款", "Paid back"), isSummed: true),
        ReportColumn("bonusMinor", .money, Wording("赠送", "Bonus granted"), isSummed: true),
        ReportColumn("share", .basisPoints, Wording("收款占比", "Of money in")),
      ]
    )
    let all = byChannel.values.reduce(Int128(0)) { $0 + $1.moneyIn }
    for (channel, one) in byChannel.sorted(by: { $0.key < $1.key }) {
      table.rows.append([
        .word(Self.channel(channel)), .integer(one.topUps), .money(one.moneyIn),
        .money(one.moneyOut), .money(one.bonusGranted), .share(one.moneyIn, of: all),
      ])
    }
    table.total()
    let stores = byStore.values.reduce(Int128(0)) { $0 + $1.moneyIn - $1.moneyOut }
    table.proofs = [
      ReportProof(
        claim: Wording("收款净额", "money in less paid back"),
        kind: .money,
        parts: [
          ReportProof.Part(
            Wording("本表", "this table"),
            table.sum("moneyInMinor") - table.sum("moneyOutMinor")
          )
        ],
        ledger: stores,
        ledgerName: Wording("按门店", "by store")
      )
    ]
    table.chart = ReportChart(.bar, labels: 0, values: [2])
    return table
  }

  private static func channel(_ id: String) -> Wording {
    switch id {
    case "bank_card": Wording("银行卡", "bank card")
    case "lianhua_card": Wording("联华卡", "Lianhua card")
    case "telecom_card": Wording("电信卡", "telecom card")
    case "store_terminal": Wording("门店终端", "store terminal")
    case "web_self": Wording("互联网自助", "web")
    case "corporate_batch": Wording("企业批量", "corporate batch")
    case "cash": Wording("现金", "cash")
    default: Wording(name: id)
    }
  }

  private func liability() -> ReportTable {
    var table = ReportTable(
      id: "liability",
      title: Wording("储值负债", "What is owed to members"),
      columns: [
        ReportColumn("figure", .text, Wording("项目", "Figure")),
        ReportColumn("amountMinor", .money, Wording("金额", "Amount")),
        ReportColumn("count", .integer, Wording("人数", "Members")),
      ]
    )
    table.rows = [
      [.word(Wording("本金余额", "principal")), .money(principal), .integer(holders)],
      [.word(Wording("赠送余额", "bonus")), .money(bonus), .none],
      [.word(Wording("会员欠款", "owed by members")), .money(-debt), .none],
      [.word(Wording("待渠道确认", "top-ups not confirmed yet")), .money(openMinor), .none],
    ]
    let net = byStore.values.reduce(Int128(0)) { $0 + $1.net }
    table.proofs = [
      ReportProof(
        claim: Wording("储值余额", "stored value"),
        kind: .money,
        parts: [ReportProof.Part(Wording("本表", "this table"), principal + bonus - debt)],
        ledger: net + others.otherDates + others.otherScope,
        ledgerName: Wording("流水累计", "the journal")
      )
    ]
    return table
  }
}
