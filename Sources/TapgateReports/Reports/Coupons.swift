internal import TapgateModel

/// Coupons issued, used, expired and void, by template and by store (电子券发放与使用).
///
/// A coupon's way is followed by its serial number; what members have by then is held against the
/// members' rows, what bearers have against the ledger's account of them.
struct Coupons: ReportBuilder {
  private enum Standing { case issued, held, used, void, expired }

  private struct Known {
    var template: String
    var isBearer: Bool
    var standing: Standing
  }

  private struct Key: Hashable, Comparable {
    var template: String
    var store: String

    static func < (left: Key, right: Key) -> Bool {
      (left.template, left.store) < (right.template, right.store)
    }
  }

  private struct Counts {
    var issued: Int128 = 0
    var used: Int128 = 0
    var givenBack: Int128 = 0
    var expired: Int128 = 0
    var void: Int128 = 0

    mutating func add(_ other: Counts) {
      issued += other.issued
      used += other.used
      givenBack += other.givenBack
      expired += other.expired
      void += other.void
    }
  }

  private let context: ReportContext
  private var known: [Int64: Known] = [:]
  private var holds: [Int64: [Int64]] = [:]
  private var counts: [Key: Counts] = [:]
  private var bearerPosted: Int128 = 0
  private var memberCount: Int128 = 0

  init(_ context: ReportContext) { self.context = context }

  mutating func take(_ entry: ReportEntry) {
    guard !entry.isRefused else { return }
    let isInside = context.request.place(of: entry) == .inside
    var ended: [Int64] = []
    for effect in entry.effects {
      switch effect {
      case .post(.couponBearer, let quantity): bearerPosted += Int128(quantity)
      case .couponAdded(let coupon): added(coupon, entry, isInside)
      case .couponRemoved(let coupon, let end): removed(coupon, end, entry, isInside)
      case .bearerCoupon(_, let coupon): changed(coupon, entry, isInside)
      case .hold(let hold): holds[hold.id] = hold.coupons.map(\.serial)
      case .holdEnded(let id, _): ended += holds.removeValue(forKey: id) ?? []
      default: break
      }
    }
    // What is still held after its hold's end was over by then.
    for serial in ended where known[serial]?.standing == .held {
      guard let template = known[serial]?.template else { continue }
      known[serial]?.standing = .expired
      count(template, entry, isInside) { $0.expired += 1 }
    }
  }

  private mutating func count(
    _ template: String,
    _ entry: ReportEntry,
    _ isInside: Bool,
    _ change: (inout Counts) -> Void
  ) {
    guard isInside else { return }
    change(&counts[Key(template: template, store: entry.store), default: Counts()])
  }

  private mutating func added(_ coupon: CouponState, _ entry: ReportEntry, _ isInside: Bool) {
    let before = known[coupon.serial]?.standing
    known[coupon.serial] = Known(template: coupon.template, isBearer: false, standing: .issued)
    switch before {
    case nil, .void: count(coupon.template, entry, isInside) { $0.issued += 1 }
    case .used: count(coupon.template, entry, isInside) { $0.givenBack += 1 }
    case .expired: count(coupon.template, entry, isInside) { $0.expired -= 1 }
    case .issued, .held: break  // Released from a hold, or moved by a merge.
    }
  }

  private mutating func removed(
    _ coupon: CouponState,
    _ end: CouponEnd,
    _ entry: ReportEntry,
    _ isInside: Bool
  ) {
    switch end {
    case .used:
      known[coupon.serial]?.standing = .used
      count(coupon.template, entry, isInside) { $0.used += 1 }
    case .void:
      known[coupon.serial]?.standing = .void
      count(coupon.template, entry, isInside) { $0.void += 1 }
    case .expired:
      known[coupon.serial]?.standing = .expired
      count(coupon.template, entry, isInside) { $0.expired += 1 }
    case .held: known[coupon.serial]?.standing = .held
    case .moved: break  // The row that follows adds it to the other member.
    }
  }

  private mutating func changed(_ coupon: CouponState, _ entry: ReportEntry, _ isInside: Bool) {
    let before = known[coupon.serial]?.standing
    let standing: Standing
    switch coupon.status {
    case .issued: standing = .issued
    case .held: standing = .held
    case .used: standing = .used
    case .void: standing = .void
    case .expired: standing = .expired
    }
    known[coupon.serial] = Known(template: coupon.template, isBearer: true, standing: standing)
    count(coupon.template, entry, isInside) { counts in
      switch (before, standing) {
      case (nil, .issued): counts.issued += 1
      case (.used?, .issued): counts.givenBack += 1
      case (_, .used): counts.used += 1
      case (_, .void): counts.void += 1
      case (_, .expired): counts.expired += 1
      default: break
      }
    }
  }

  mutating func take(_ member: ReportMember) {
    let assets = member.state.assets
    memberCount += Int128(assets.coupons.count)
    for hold in assets.holds { memberCount += Int128(hold.coupons.count) }
  }

  func tables() -> [ReportTable] {
    var templates: [String: Counts] = [:]
    for (key, one) in counts { templates[key.template, default: Counts()].add(one) }
    return [byTemplate(templates), byStore()]
  }

  private static let countColumns = [
    ReportColumn("issued", .integer, Wording("发放", "Issued"), isSummed: true),
    ReportColumn("used", .integer, Wording("使用", "Used"), isSummed: true),
    ReportColumn("givenBack", .integer, Wording("退回", "Given back"), isSummed: true),
    ReportColumn("expired", .integer, Wording("过期", "Expired"), isSummed: true),
    ReportColumn("void", .integer, Wording("作废", "Void"), isSummed: true),
  ]

  private static func cells(_ one: Counts) -> [ReportCell] {
    [
      .integer(one.issued), .integer(one.used), .integer(one.givenBack), .integer(one.expired),
      .integer(one.void),
    ]
  }

  private func name(_ template: String) -> String {
    context.programme.coupons.first { $0.id == template }?.name ?? template
  }

  private func byTemplate(_ templates: [String: Counts]) -> ReportTable {
    var open: [String: (member: Int128, bearer: Int128)] = [:]
    for coupon in known.values where coupon.standing == .issued || coupon.standing == .held {
      var counts = open[coupon.template] ?? (0, 0)
      if coupon.isBearer { counts.bearer += 1 } else { counts.member += 1 }
      open[coupon.template] = counts
    }
    var table = ReportTable(
      id: "templates",
      title: Wording("优惠券发放与使用", "Coupons by template"),
      columns: [ReportColumn("template", .text, Wording("券模板", "Template"))] + Self.countColumns
        + [
          ReportColumn("useRate", .basisPoints, Wording("使用率", "Used of issued")),
          ReportColumn("withMembers", .integer, Wording("会员持有", "With members"), isSummed: true),
          ReportColumn("withBearers", .integer, Wording("不记名未用", "With bearers"), isSummed: true),
        ]
    )
    for template in Set(templates.keys).union(open.keys).sorted() {
      let one = templates[template] ?? Counts()
      let left = open[template] ?? (0, 0)
      table.rows.append(
        [.text(name(template))] + Self.cells(one) + [
          .share(max(0, one.used - one.givenBack), of: one.issued), .integer(left.member),
          .integer(left.bearer),
        ]
      )
    }
    table.total()
    table.proofs = [
      ReportProof(
        claim: Wording("会员持有的券", "coupons of members"),
        parts: [ReportProof.Part(Wording("本表", "this table"), table.sum("withMembers"))],
        ledger: memberCount
      ),
      ReportProof(
        claim: Wording("不记名未用的券", "coupons of bearers"),
        parts: [ReportProof.Part(Wording("本表", "this table"), table.sum("withBearers"))],
        ledger: bearerPosted,
        ledgerName: Wording("不记名券账户", "the bearers' account")
      ),
    ]
    table.chart = ReportChart(.column, labels: 0, values: [1, 2, 4])
    return table
  }

  private func byStore() -> ReportTable {
    var table = ReportTable(
      id: "stores",
      title: Wording("优惠券（按门店）", "Coupons by store"),
      columns: [
        ReportColumn("template", .text, Wording("券模板", "Template")),
        ReportColumn("store", .text, Wording("门店", "Store")),
      ] + Self.countColumns
    )
    for (key, one) in counts.sorted(by: { $0.key < $1.key }) {
      table.rows.append([.text(name(key.template)), .optional(key.store)] + Self.cells(one))
    }
    table.total()
    return table
  }
}
