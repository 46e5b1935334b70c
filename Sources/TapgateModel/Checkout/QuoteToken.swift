/// Everything that a quote depends on, and what it came to: the content of a quote's token, which
/// the store seals.
///
/// The bytes are deterministic, and the request can be read back from them, so that a commit needs
/// nothing but the token. Nothing in them names a person.
public struct QuoteToken: Hashable, Sendable {
  /// What may have changed since a quote.
  public enum Change: String, Hashable, Sendable, CaseIterable {
    /// The programme, or its revision.
    case programme
    /// The business date.
    case date
    /// The member, or an operation that changed the member.
    case member
    /// Where it is, or by which card.
    case place
    case basket
    /// What it comes to.
    case figures
  }

  public var programme: String
  public var revision: Int64
  public var date: BusinessDate
  /// The member's id; empty without one.
  public var member: String
  public var operationCount: Int64
  public var store: String
  public var counter: String
  public var cardType: String
  public var request: CheckoutRequest
  /// Codes of the coupons.
  public var coupons: [String]
  public var payableMinor: Int64
  public var dueMinor: Int64
  public var points: Int64
  /// What each line comes to.
  public var nets: [Int64]

  /// The content of the token of `quote`.
  public init(
    _ quote: Quote,
    of request: CheckoutRequest,
    coupons: [OfferedCoupon],
    for state: MemberState?,
    programme: Programme,
    in context: CheckoutContext
  ) {
    self.programme = programme.id
    revision = programme.revision
    date = quote.date
    member = state?.id ?? ""
    operationCount = state?.operationCount ?? 0
    store = context.situation.store
    counter = context.situation.counter
    cardType = context.situation.cardType ?? ""
    self.request = request
    self.coupons = coupons.map(\.code)
    payableMinor = quote.payableMinor
    dueMinor = quote.payment.dueMinor
    points = quote.earned.points
    nets = quote.lines.map(\.netMinor)
  }

  /// What is different in `other`.
  public func changes(to other: QuoteToken) -> Set<Change> {
    var changes: Set<Change> = []
    if (programme, revision) != (other.programme, other.revision) { changes.insert(.programme) }
    if date != other.date { changes.insert(.date) }
    if (member, operationCount) != (other.member, other.operationCount) { changes.insert(.member) }
    if (store, counter, cardType) != (other.store, other.counter, other.cardType) {
      changes.insert(.place)
    }
    if request != other.request || coupons != other.coupons { changes.insert(.basket) }
    if (payableMinor, dueMinor, points, nets)
      != (other.payableMinor, other.dueMinor, other.points, other.nets)
    {
      changes.insert(.figures)
    }
    return changes
  }

  /// Refuses a quote that `now` no longer fits, but for what `allowed` lets pass: a hold between
  /// quote and commit changes the member, say, and is no reason to ask again while the figures are
  /// the same.
  public func refuseIfStale(
    against now: QuoteToken,
    allowing allowed: Set<Change> = []
  ) throws(Refusal) {
    let changes = changes(to: now).subtracting(allowed)
    guard let first = Change.allCases.first(where: changes.contains) else { return }
    throw Refusal(.quoteStale, detail: first.rawValue)
  }
}

extension QuoteToken {
  private static let packedVersion: UInt8 = 1

  /// The bytes that the store seals.
  public func packed() -> [UInt8] {
    var writer = PackedWriter(capacity: 96 + 32 * request.lines.count)
    writer.byte(Self.packedVersion)
    writer.text(programme)
    writer.signed(revision)
    writer.date(date)
    writer.text(member)
    writer.signed(operationCount)
    for text in [store, counter, cardType] { writer.text(text) }
    request.pack(into: &writer)
    writer.unsigned(UInt64(coupons.count))
    for code in coupons { writer.text(code) }
    for amount in [payableMinor, dueMinor, points] { writer.signed(amount) }
    writer.unsigned(UInt64(nets.count))
    for net in nets { writer.signed(net) }
    return writer.bytes
  }

  /// Reads what `packed` wrote.
  public init(packed bytes: [UInt8]) throws(PackedError) {
    var reader = PackedReader(bytes)
    guard try reader.byte() == Self.packedVersion else { throw PackedError(offset: 0) }
    programme = try reader.text()
    revision = try reader.signed()
    date = try reader.date()
    member = try reader.text()
    operationCount = try reader.signed()
    store = try reader.text()
    counter = try reader.text()
    cardType = try reader.text()
    request = try CheckoutRequest(from: &reader)
    coupons = []
    for _ in 0..<(try reader.count()) { coupons.append(try reader.text()) }
    payableMinor = try reader.signed()
    dueMinor = try reader.signed()
    points = try reader.signed()
    nets = []
    for _ in 0..<(try reader.count()) { nets.append(try reader.signed()) }
    guard reader.isAtEnd else { throw PackedError(offset: reader.offset) }
  }
}

extension CheckoutRequest {
  func pack(into writer: inout PackedWriter) {
    writer.unsigned(UInt64(lines.count))
    for line in lines {
      writer.text(line.sku)
      writer.text(line.category)
      writer.signed(line.quantity)
      writer.signed(line.unitPriceMinor)
      writer.byte(line.amountMinor == nil ? 0 : 1)
      if let amount = line.amountMinor { writer.signed(amount) }
    }
    writer.byte(currency == nil ? 0 : 1)
    if let currency { writer.text(currency) }
    writer.signed(usePoints)
    writer.signed(useValueMinor)
    writer.unsigned(UInt64(tenderKinds.count))
    for kind in tenderKinds.sorted() { writer.text(kind) }
    writer.unsigned(UInt64(quantities.count))
    for (name, quantity) in quantities.sorted(by: { $0.key < $1.key }) {
      writer.text(name)
      writer.signed(quantity)
    }
  }

  init(from reader: inout PackedReader) throws(PackedError) {
    var lines: [BasketLine] = []
    for _ in 0..<(try reader.count()) {
      var line = BasketLine(
        sku: try reader.text(),
        category: try reader.text(),
        quantity: try reader.signed(),
        unitPriceMinor: try reader.signed()
      )
      if try reader.flag() { line.amountMinor = try reader.signed() }
      lines.append(line)
    }
    self.init(lines: lines)
    if try reader.flag() { currency = try reader.text() }
    usePoints = try reader.signed()
    useValueMinor = try reader.signed()
    for _ in 0..<(try reader.count()) { tenderKinds.insert(try reader.text()) }
    for _ in 0..<(try reader.count()) { quantities[try reader.text()] = try reader.signed() }
  }
}

extension PackedReader {
  /// A byte that is 0 or 1.
  mutating func flag() throws(PackedError) -> Bool {
    let value = try byte()
    guard value <= 1 else { throw PackedError(offset: offset - 1) }
    return value == 1
  }
}
