internal import TapgateModel

/// Passes and stamps issued, used and expired, and what members have of them (次卡、印花).
struct CountedAssets: ReportBuilder {
  private struct Key: Hashable, Comparable {
    var asset: String
    var store: String

    static func < (left: Key, right: Key) -> Bool {
      (left.asset, left.store) < (right.asset, right.store)
    }
  }

  private struct Counts {
    var issued: Int128 = 0
    var used: Int128 = 0
    var expired: Int128 = 0
    var void: Int128 = 0
    var moved: Int128 = 0

    var net: Int128 { issued - used - expired - void + moved }
  }

  private let context: ReportContext
  private var counts: [Key: Counts] = [:]
  private var others = ScopedSum()
  private var left: [String: (members: Int128, quantity: Int128)] = [:]

  init(_ context: ReportContext) { self.context = context }

  mutating func take(_ entry: ReportEntry) {
    guard !entry.isRefused else { return }
    let place = context.request.place(of: entry)
    // The entry that says why something is taken stands before it; in a mirror it stands after.
    var account: Account?
    for effect in entry.effects {
      switch effect {
      case .post(let posted, _) where posted.asset == .counted && !posted.isMembers:
        account = posted
      case .countedAdded(let asset, let lot):
        count(asset, Int128(lot.remaining), entry, place) { counts, quantity in
          if entry.kind == .merge { counts.moved += quantity } else { counts.issued += quantity }
        }
      case .countedRestored(let asset, let lot):
        count(asset, Int128(lot.remaining), entry, place) { $0.used -= $1 }
      case .countedTaken(let asset, let lot):
        let reason = entry.kind == .reverse ? .countedStock : account
        count(asset, -Int128(lot.remaining), entry, place) { counts, quantity in
          switch reason {
          case .countedExpired: counts.expired -= quantity
          case .countedVoid: counts.void -= quantity
          case .countedMoved: counts.moved += quantity
          case .countedStock: counts.issued += quantity
          default: counts.used -= quantity
          }
        }
      default: break
      }
    }
  }

  /// Counts what a member has more (or, below zero, less) by an effect.
  private mutating func count(
    _ asset: String,
    _ quantity: Int128,
    _ entry: ReportEntry,
    _ place: ReportPlace,
    _ change: (inout Counts, Int128) -> Void
  ) {
    others.add(quantity, at: place)
    guard place == .inside else { return }
    change(&counts[Key(asset: asset, store: entry.store), default: Counts()], quantity)
  }

  mutating func take(_ member: ReportMember) {
    var own: [String: Int128] = [:]
    for held in member.state.assets.counted {
      own[held.asset, default: 0] += Int128(held.lot.remaining)
    }
    for (asset, quantity) in own {
      let before = left[asset] ?? (0, 0)
      left[asset] = (before.members + 1, before.quantity + quantity)
    }
  }

  private func name(_ asset: String) -> ReportCell {
    .text(context.programme.counted.first { $0.id == asset }?.name ?? asset)
  }

  func tables() -> [ReportTable] { [movements(), holdings()] }

  private func movements() -> ReportTable {
    var table = ReportTable(
      id: "movements",
      title: Wording("次卡与印花", "Passes and stamps"),
      columns: [
        ReportColumn("asset", .text, Wording("项目", "Asset")),
        ReportColumn("store", .text, Wording("门店", "Store")),
        ReportColumn("issued", .integer, Wording("发放", "Issued"), isSummed: true),
        ReportColumn("used", .integer, Wording("使用", "Used"), isSummed: true),
        ReportColumn("expired", .integer, Wording("过期", "Expired"), isSummed: true),
        ReportColumn("void", .integer, Wording("作废", "Void"), isSummed: true),
        ReportColumn("moved", .integer, Wording("转移", "Moved"), isSummed: true),
        ReportColumn("net", .integer, Wording("净增", "Net"), isSummed: true),
      ]
    )
    for (key, one) in counts.sorted(by: { $0.key < $1.key }) {
      table.rows.append([
        name(key.asset), .optional(key.store), .integer(one.issued), .integer(one.used),
        .integer(one.expired), .integer(one.void), .integer(one.moved), .integer(one.net),
      ])
    }
    table.total()
    table.proofs = [
      ReportProof(
        claim: Wording("会员持有数量", "what members have"),
        parts: others.parts(table: table.sum("net")),
        ledger: left.values.reduce(0) { $0 + $1.quantity }
      )
    ]
    table.chart = ReportChart(.column, labels: 0, values: [2, 3, 4])
    return table
  }

  private func holdings() -> ReportTable {
    var table = ReportTable(
      id: "holdings",
      title: Wording("会员持有", "What members have"),
      columns: [
        ReportColumn("asset", .text, Wording("项目", "Asset")),
        ReportColumn("members", .integer, Wording("会员数", "Members")),
        ReportColumn("quantity", .integer, Wording("数量", "Quantity"), isSummed: true),
      ]
    )
    for (asset, one) in left.sorted(by: { $0.key < $1.key }) {
      table.rows.append([name(asset), .integer(one.members), .integer(one.quantity)])
    }
    table.total()
    let net = counts.values.reduce(Int128(0)) { $0 + $1.net }
    table.proofs = [
      ReportProof(
        claim: Wording("会员持有数量", "what members have"),
        parts: [ReportProof.Part(Wording("本表", "this table"), table.sum("quantity"))],
        ledger: net + others.otherDates + others.otherScope,
        ledgerName: Wording("流水累计", "the journal")
      )
    ]
    return table
  }
}
