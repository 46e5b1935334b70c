internal import TapgateModel

/// What receipts with lines sold: by category, by article, by tender, by hour of the day (消费明细:
/// 品类、单品、支付方式、时段).
///
/// Sales and what went back count on the day and at the store of their own rows. Receipts that came
/// without lines are told of in the proof.
struct Sales: ReportBuilder {
  private struct Goods {
    var receipts: Int128 = 0
    var quantity: Int128 = 0
    var list: Int128 = 0
    var net: Int128 = 0
    var returnedQuantity: Int128 = 0
    var returned: Int128 = 0
  }

  private struct Article: Hashable {
    var article: Int32
    var category: Int32
  }

  private struct Paid {
    var receipts: Int128 = 0
    var amount: Int128 = 0
  }

  private struct Hour {
    var receipts: Int128 = 0
    var net: Int128 = 0
    var spent: Int128 = 0
  }

  private let context: ReportContext
  private var book = SaleBook()
  private var byCategory: [Int32: Goods] = [:]
  private var byArticle: [Article: Goods] = [:]
  private var byTender: [String: Paid] = [:]
  private var hours = [Hour](repeating: Hour(), count: 24)
  /// What the other rows say was spent or taken back.
  private var otherSpent: Int128 = 0
  private var ledgerSpent: Int128 = 0
  private var damaged: Int128 = 0

  init(_ context: ReportContext) { self.context = context }

  mutating func take(_ entry: ReportEntry) {
    guard !entry.isRefused else { return }
    let isInside = context.request.place(of: entry) == .inside
    var isCounted = false
    for effect in entry.effects {
      switch effect {
      case .sale(let bytes):
        guard let record = try? SaleRecord(packed: bytes) else {
          damaged += 1  // `verify` tells of damage; the proof shows that the row is missing.
          continue
        }
        let lines = book.add(record, sequence: entry.sequence)
        guard isInside else { continue }
        count(record, lines, hour: Self.hour(of: entry))
        isCounted = true
      case .refunded(let receipt, let bytes):
        guard let progress = try? RefundProgress(packed: bytes) else {
          damaged += 1
          continue
        }
        giveBack(book.refund(receipt, progress), isInside)
      default: break
      }
    }
    if entry.kind == .reverse, let receipt = entry.reference {
      giveBack(book.reverse(receipt), isInside)
    }
    if !isCounted { otherSpent += EntrySums(entry).spentMinor }
  }

  private static func hour(of entry: ReportEntry) -> Int {
    let local = entry.at.seconds &+ Int64(entry.offsetSeconds)
    return Int((local.flooringDivision(by: 3600) % 24 + 24) % 24)
  }

  private mutating func count(_ record: SaleRecord, _ lines: [SaleBook.Line], hour: Int) {
    var categories: Set<Int32> = []
    var articles: Set<Article> = []
    for (line, sold) in zip(lines, record.lines) {
      let article = Article(article: line.article, category: line.category)
      let isFirst = (
        categories.insert(line.category).inserted, articles.insert(article).inserted
      )
      func add(_ goods: inout Goods, _ isFirst: Bool) {
        goods.receipts += isFirst ? 1 : 0
        goods.quantity += Int128(sold.quantity)
        goods.list += Int128(sold.listMinor)
        goods.net += Int128(sold.netMinor)
      }
      add(&byCategory[line.category, default: Goods()], isFirst.0)
      add(&byArticle[article, default: Goods()], isFirst.1)
    }
    for tender in record.tenders {
      byTender[tender.name, default: Paid()].receipts += 1
      byTender[tender.name, default: Paid()].amount += Int128(tender.amountMinor)
    }
    hours[hour].receipts += 1
    hours[hour].net += Int128(record.netMinor)
    if record.spending != nil { hours[hour].spent += Int128(record.baseMinor) }
  }

  private mutating func giveBack(_ changes: [SaleBook.Returned], _ isInside: Bool) {
    guard isInside else { return }
    for change in changes {
      let article = Article(article: change.line.article, category: change.line.category)
      byCategory[change.line.category, default: Goods()].returned += change.amountMinor
      byCategory[change.line.category, default: Goods()].returnedQuantity += Int128(change.quantity)
      byArticle[article, default: Goods()].returned += change.amountMinor
      byArticle[article, default: Goods()].returnedQuantity += Int128(change.quantity)
    }
  }

  mutating func take(_ member: ReportMember) {
    ledgerSpent += Int128(member.state.facts.lifetimeMinor)
  }

  func tables() -> [ReportTable] { [categories(), articles(), tenders(), times()] }

  // MARK: Goods

  private static let goodsColumns = [
    ReportColumn("receipts", .integer, Wording("小票数", "Receipts")),
    ReportColumn("quantity", .integer, Wording("数量", "Quantity"), isSummed: true),
    ReportColumn("listMinor", .money, Wording("原价", "List price"), isSummed: true),
    ReportColumn("discountMinor", .money, Wording("优惠", "Discount"), isSummed: true),
    ReportColumn("netMinor", .money, Wording("实付", "Net"), isSummed: true),
    ReportColumn("discountRate", .basisPoints, Wording("优惠率", "Discount rate")),
    ReportColumn("returnedQuantity", .integer, Wording("退货数量", "Returned"), isSummed: true),
    ReportColumn("returnedMinor", .money, Wording("退货金额", "Given back"), isSummed: true),
  ]

  private static func cells(_ goods: Goods) -> [ReportCell] {
    [
      .integer(goods.receipts), .integer(goods.quantity), .money(goods.list),
      .money(goods.list - goods.net), .money(goods.net),
      .share(goods.list - goods.net, of: goods.list), .integer(goods.returnedQuantity),
      .money(goods.returned),
    ]
  }

  /// Lines against payments: what was sold is what was paid.
  private func crossProof(_ own: Int128, _ other: Int128, _ name: Wording) -> ReportProof {
    ReportProof(
      claim: Wording("实付金额", "net sales"),
      kind: .money,
      parts: [ReportProof.Part(Wording("本表", "this table"), own)],
      ledger: other,
      ledgerName: name
    )
  }

  private var paid: Int128 { byTender.values.reduce(0) { $0 + $1.amount } }

  private func categories() -> ReportTable {
    var table = ReportTable(
      id: "categories",
      title: Wording("按品类", "Sales by category"),
      columns: [ReportColumn("category", .text, Wording("品类", "Category"))] + Self.goodsColumns
    )
    let names = book.categories.all
    let ordered = byCategory.sorted {
      ($1.value.net, names[Int($0.key)]) < ($0.value.net, names[Int($1.key)])
    }
    for (category, goods) in ordered {
      table.rows.append([.optional(names[Int(category)])] + Self.cells(goods))
    }
    table.total()
    table.proofs = [
      crossProof(table.sum("netMinor"), paid, Wording("支付合计", "payments"))
    ]
    table.chart = ReportChart(.bar, labels: 0, values: [5])
    return table
  }

  private func articles() -> ReportTable {
    var table = ReportTable(
      id: "articles",
      title: Wording("按单品", "Sales by article"),
      columns: [
        ReportColumn("article", .text, Wording("单品", "Article")),
        ReportColumn("category", .text, Wording("品类", "Category")),
      ] + Self.goodsColumns + [
        ReportColumn("priceMinor", .money, Wording("平均售价", "Average price"))
      ]
    )
    let (skus, names) = (book.articles.all, book.categories.all)
    let ordered = byArticle.sorted {
      ($1.value.net, skus[Int($0.key.article)]) < ($0.value.net, skus[Int($1.key.article)])
    }
    for (key, goods) in ordered {
      table.rows.append(
        [.optional(skus[Int(key.article)]), .optional(names[Int(key.category)])]
          + Self.cells(goods) + [.average(goods.net, over: goods.quantity)]
      )
    }
    table.total()
    table.proofs = [
      crossProof(table.sum("netMinor"), paid, Wording("支付合计", "payments"))
    ]
    table.keep(Int(clamping: context.parameter("rows")))
    return table
  }

  // MARK: Payments and hours

  private func tenders() -> ReportTable {
    var table = ReportTable(
      id: "tenders",
      title: Wording("按支付方式", "Sales by tender"),
      columns: [
        ReportColumn("tender", .text, Wording("支付方式", "Tender")),
        ReportColumn("receipts", .integer, Wording("小票数", "Receipts")),
        ReportColumn("amountMinor", .money, Wording("金额", "Amount"), isSummed: true),
        ReportColumn("share", .basisPoints, Wording("占比", "Share")),
      ]
    )
    for (name, one) in byTender.sorted(by: { ($1.value.amount, $0.key) < ($0.value.amount, $1.key) }
    ) {
      table.rows.append([
        .word(Self.tender(name)), .integer(one.receipts), .money(one.amount),
        .share(one.amount, of: paid),
      ])
    }
    table.total()
    let sold = byCategory.values.reduce(Int128(0)) { $0 + $1.net }
    table.proofs = [
      crossProof(table.sum("amountMinor"), sold, Wording("商品合计", "goods"))
    ]
    table.chart = ReportChart(.pie, labels: 0, values: [2])
    return table
  }

  private static func tender(_ name: String) -> Wording {
    switch name {
    case "points": Wording("积分抵现", "points")
    case "sv_principal": Wording("储值本金", "stored value")
    case "sv_bonus": Wording("储值赠送", "stored bonus")
    case "cash": Wording("现金", "cash")
    case "": Wording("未注明", "not told")
    default: Wording(name: name)
    }
  }

  private func times() -> ReportTable {
    var table = ReportTable(
      id: "hours",
      title: Wording("按时段", "Sales by hour"),
      columns: [
        ReportColumn("hour", .text, Wording("时段", "Hour")),
        ReportColumn("receipts", .integer, Wording("小票数", "Receipts"), isSummed: true),
        ReportColumn("netMinor", .money, Wording("实付", "Net"), isSummed: true),
        ReportColumn("averageMinor", .money, Wording("客单价", "Average receipt")),
        ReportColumn("spentMinor", .money, Wording("计入会员消费", "Members' spending"), isSummed: true),
      ]
    )
    for (hour, one) in hours.enumerated() where one.receipts > 0 {
      table.rows.append([
        .text(hour < 10 ? "0\(hour):00" : "\(hour):00"), .integer(one.receipts), .money(one.net),
        .average(one.net, over: one.receipts), .money(one.spent),
      ])
    }
    table.total()
    table.proofs = [
      ReportProof(
        claim: Wording("消费金额", "spending"),
        kind: .money,
        parts: [
          ReportProof.Part(Wording("本表", "this table"), table.sum("spentMinor")),
          ReportProof.Part(
            Wording("无明细小票、退回及范围外", "without lines, taken back, outside the scope"),
            otherSpent
          ),
        ],
        ledger: ledgerSpent
      ),
      ReportProof(
        claim: Wording("读不出的小票明细", "records that cannot be read"),
        parts: [ReportProof.Part(Wording("份数", "count"), damaged)],
        ledger: 0,
        ledgerName: Wording("应为", "must be")
      ),
    ]
    table.chart = ReportChart(.column, labels: 0, values: [1])
    return table
  }
}
