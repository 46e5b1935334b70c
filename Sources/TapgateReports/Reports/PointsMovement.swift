internal import TapgateModel

/// Points issued, redeemed and expired, by store and by kind of operation; what is outstanding and
/// when it will expire; how fast points are used (积分发放、兑换、过期、未用).
///
/// Movements are found in the programme's accounts and proved against the members' lots.
struct PointsMovement: ReportBuilder {
  /// What the programme's accounts say of one store or kind.
  private struct Movement {
    var issued: Int128 = 0
    var takenBack: Int128 = 0
    var redeemed: Int128 = 0
    var expired: Int128 = 0
    var adjusted: Int128 = 0
    var migrated: Int128 = 0
    /// Other accounts, such as the one between the two rows of a merge.
    var other: Int128 = 0
    /// What members owe more than before.
    var owed: Int128 = 0

    /// What the members' lots and holds gained.
    var net: Int128 {
      issued - takenBack - redeemed - expired + adjusted + migrated + other + owed
    }

    mutating func add(_ other: Movement) {
      issued += other.issued
      takenBack += other.takenBack
      redeemed += other.redeemed
      expired += other.expired
      adjusted += other.adjusted
      migrated += other.migrated
      self.other += other.other
      owed += other.owed
    }

    init() {}

    /// The accounts' entries; an entry of the programme's is the other side of the member's.
    init(_ effects: [Effect]) {
      for case .post(let account, let quantity) in effects where account.asset == .points {
        let amount = Int128(quantity)
        switch account {
        case .pointsAvailable, .pointsHeld: break
        case .pointsIssued: if amount < 0 { issued -= amount } else { takenBack += amount }
        case .pointsRedeemed: redeemed += amount
        case .pointsExpired: expired += amount
        case .pointsAdjusted: adjusted -= amount
        case .pointsMigrated: migrated -= amount
        case .pointsDebt: owed -= amount
        default: other -= amount
        }
      }
    }
  }

  private let context: ReportContext
  private var byStore: [String: Movement] = [:]
  private var byKind: [UInt8: Movement] = [:]
  private var others = ScopedSum()
  private var homes = MemberHomes()
  private var lastMoved: [Int64: BusinessDate] = [:]
  private var forecast = ExpiryForecast()
  private var ledger: Int128 = 0
  private var debt: Int128 = 0
  private var dormant: (members: Int128, points: Int128) = (0, 0)
  private var holders: Int128 = 0

  init(_ context: ReportContext) { self.context = context }

  mutating func take(_ entry: ReportEntry) {
    homes.take(entry)
    guard !entry.isRefused, let member = entry.memberNumber else { return }
    if entry.kind != .importChunk { lastMoved[member] = entry.businessDate }
    let movement = Movement(entry.effects)
    let place = context.request.place(of: entry)
    others.add(movement.net, at: place)
    guard place == .inside, entry.effects.contains(where: Self.isOfPoints) else { return }
    byStore[entry.store, default: Movement()].add(movement)
    byKind[entry.kind.rawValue, default: Movement()].add(movement)
  }

  private static func isOfPoints(_ effect: Effect) -> Bool {
    if case .post(let account, _) = effect { account.asset == .points } else { false }
  }

  mutating func take(_ member: ReportMember) {
    let points = member.points
    ledger += points
    let isInside = homes.holds(member.number, context.request)
    forecast.take(member, isInside: isInside, today: context.request.today)
    guard isInside, points > 0 else { return }
    debt += Int128(member.state.pointsDebt)
    holders += 1
    let quiet = context.request.today.adding(days: -Int(clamping: context.parameter("dormantDays")))
    if (lastMoved[member.number] ?? member.state.joinedOn) < quiet {
      dormant.members += 1
      dormant.points += points
    }
  }

  func tables() -> [ReportTable] {
    let stores = byStore.sorted { $0.key < $1.key }
      .map { (ReportCell.optional($0.key), $0.value) }
    let kinds = byKind.sorted { $0.key < $1.key }.map { kind, movement in
      (JournalKind(rawValue: kind).map { ReportCell.word($0.wording) } ?? .none, movement)
    }
    var tables = [
      movements(
        "byStore",
        Wording("积分变动（按门店）", "Points by store"),
        Wording("门店", "Store"),
        stores
      ),
      movements(
        "byOperation",
        Wording("积分变动（按业务）", "Points by operation"),
        Wording("业务", "Operation"),
        kinds
      ),
    ]
    tables.append(forecast.table(ledger: ledger))
    tables.append(use(tables[0]))
    return tables
  }

  private func movements(
    _ id: String,
    _ title: Wording,
    _ heading: Wording,
    _ rows: [(ReportCell, Movement)]
  ) -> ReportTable {
    var table = ReportTable(
      id: id,
      title: title,
      columns: [
        ReportColumn("name", .text, heading),
        ReportColumn("issued", .integer, Wording("发放", "Issued"), isSummed: true),
        ReportColumn("takenBack", .integer, Wording("收回", "Taken back"), isSummed: true),
        ReportColumn("redeemed", .integer, Wording("兑换", "Redeemed"), isSummed: true),
        ReportColumn("expired", .integer, Wording("过期", "Expired"), isSummed: true),
        ReportColumn("adjusted", .integer, Wording("调整", "Adjusted"), isSummed: true),
        ReportColumn("migrated", .integer, Wording("期初导入", "Migrated"), isSummed: true),
        ReportColumn("other", .integer, Wording("转移及欠分", "Moved and owed"), isSummed: true),
        ReportColumn("net", .integer, Wording("净增", "Net"), isSummed: true),
      ]
    )
    for (name, movement) in rows {
      table.rows.append([
        name, .integer(movement.issued), .integer(movement.takenBack),
        .integer(movement.redeemed), .integer(movement.expired), .integer(movement.adjusted),
        .integer(movement.migrated), .integer(movement.other + movement.owed),
        .integer(movement.net),
      ])
    }
    table.total()
    let net =
      table.sum("issued") - table.sum("takenBack") - table.sum("redeemed") - table.sum("expired")
      + table.sum("adjusted") + table.sum("migrated") + table.sum("other")
    table.proofs = [
      ReportProof(
        claim: Wording("未用积分", "points not used"),
        parts: others.parts(table: net),
        ledger: ledger
      )
    ]
    table.chart = ReportChart(.column, labels: 0, values: [1, 3, 4])
    return table
  }

  private func use(_ stores: ReportTable) -> ReportTable {
    var table = ReportTable(
      id: "use",
      title: Wording("积分使用情况", "How points are used"),
      columns: [
        ReportColumn("figure", .text, Wording("指标", "Figure")),
        ReportColumn("value", .integer, Wording("数值", "Value")),
        ReportColumn("share", .basisPoints, Wording("占比", "Share")),
      ]
    )
    let issued = stores.sum("issued") - stores.sum("takenBack")
    let days = context.parameter("dormantDays")
    func row(_ zh: String, _ en: String, _ value: Int128, _ share: ReportCell = .none) {
      table.rows.append([.word(Wording(zh, en)), .integer(value), share])
    }
    row("期内发放（净）", "issued in the period, net", issued)
    row(
      "期内兑换（占发放）",
      "redeemed, of what was issued",
      stores.sum("redeemed"),
      .share(stores.sum("redeemed"), of: issued)
    )
    row(
      "期内过期（占发放）",
      "expired, of what was issued",
      stores.sum("expired"),
      .share(stores.sum("expired"), of: issued)
    )
    row("当前未用积分", "points not used now", forecast.inside)
    row("持有积分的会员", "members with points", holders)
    row("会员欠分", "points owed by members", debt)
    row(
      "沉睡积分（\(days) 天无变动）",
      "dormant, \(days) days without a movement",
      dormant.points,
      .share(dormant.points, of: forecast.inside)
    )
    row(
      "沉睡会员",
      "members with dormant points",
      dormant.members,
      .share(dormant.members, of: holders)
    )
    table.proofs = [
      ReportProof(
        claim: Wording("未用积分", "points not used"),
        parts: [
          ReportProof.Part(Wording("本表", "this table"), forecast.inside),
          ReportProof.Part(Wording("其他会员", "other members"), forecast.outside),
        ],
        ledger: ledger
      )
    ]
    return table
  }
}
