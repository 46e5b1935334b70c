extension SaleRecord {
  /// The version of the packed form; the first byte of every record.
  static let packedVersion: UInt8 = 1

  /// The record as an effect of the receipt's row carries it.
  public func packed() -> [UInt8] {
    var writer = PackedWriter(capacity: 64 + lines.count * (24 + 4 * tenders.count))
    writer.byte(Self.packedVersion)
    writer.signed(revision)
    writer.date(date)
    writer.unsigned(UInt64(lines.count))
    for line in lines {
      writer.text(line.sku)
      writer.text(line.category)
      for value in [line.quantity, line.listMinor, line.netMinor] { writer.signed(value) }
    }
    writer.unsigned(UInt64(tenders.count))
    for tender in tenders {
      writer.byte(tender.kind.rawValue)
      writer.text(tender.name)
      writer.signed(tender.amountMinor)
      writer.byte(tender.reference == nil ? 0 : 1)
      if let reference = tender.reference { writer.text(reference) }
    }
    // One tender alone pays each line whole.
    if tenders.count > 1 { for part in parts { writer.signed(part) } }
    writer.unsigned(UInt64(rules.count))
    for rule in rules { rule.pack(into: &writer) }
    writer.byte(spending == nil ? 0 : 1)
    spending?.pack(into: &writer)
    writer.list(multipliers)
    for value in [points, growth, baseMinor, pointsSpent] { writer.signed(value) }
    writer.unsigned(UInt64(coupons.count))
    for code in coupons { writer.text(code) }
    writer.text(tierBefore)
    writer.text(tierAfter)
    return writer.bytes
  }

  /// Reads a record. What is read adds up: the parts are the lines' and the tenders' amounts, and
  /// the rules give what was earned.
  public init(packed bytes: [UInt8]) throws(PackedError) {
    var reader = PackedReader(bytes)
    guard try reader.byte() == Self.packedVersion else { throw PackedError(offset: 0) }
    revision = try reader.signed()
    date = try reader.date()
    lines = []
    for _ in 0..<(try reader.count()) { lines.append(try Line(from: &reader)) }
    tenders = []
    for _ in 0..<(try reader.count()) { tenders.append(try Tender(from: &reader)) }
    parts = try Self.parts(of: lines, tenders, from: &reader)
    rules = []
    for _ in 0..<(try reader.count()) {
      rules.append(try Rule(from: &reader, lines: lines.count, tenders: tenders.count))
    }
    spending =
      try reader.flag()
      ? try Basis(from: &reader, lines: lines.count, tenders: tenders.count) : nil
    multipliers = try reader.list()
    guard multipliers.count == 1 || multipliers.count == lines.count else {
      throw PackedError(offset: reader.offset)
    }
    points = try reader.signed()
    growth = try reader.signed()
    baseMinor = try reader.signed()
    pointsSpent = try reader.signed()
    coupons = []
    for _ in 0..<(try reader.count()) { coupons.append(try reader.text()) }
    tierBefore = try reader.text()
    tierAfter = try reader.text()
    guard reader.isAtEnd, addsUp else { throw PackedError(offset: reader.offset) }
  }

  private static func parts(
    of lines: [Line],
    _ tenders: [Tender],
    from reader: inout PackedReader
  ) throws(PackedError) -> [Int64] {
    if tenders.count == 1 { return lines.map(\.netMinor) }
    var parts: [Int64] = []
    for _ in lines {
      for _ in tenders {
        let part = try reader.signed()
        guard part >= 0 else { throw PackedError(offset: reader.offset) }
        parts.append(part)
      }
    }
    return parts
  }

  /// Whether the sums agree. Everything else that is computed from a record then fits 64 bits.
  private var addsUp: Bool {
    var total: Int64 = 0
    for (index, line) in lines.enumerated() {
      guard line.quantity >= 0, line.listMinor >= 0, line.netMinor >= 0 else { return false }
      let (sum, overflow) = total.addingReportingOverflow(line.netMinor)
      guard !overflow, sum <= MemberState.balanceMax else { return false }
      total = sum
      var left = line.netMinor
      for tender in tenders.indices {
        let part = part(index, tender)
        guard part <= left else { return false }
        left -= part
      }
      guard left == 0 else { return false }
    }
    for (index, tender) in tenders.enumerated() {
      // No overflow: every line's parts are its net amount, and these fit.
      let sum = lines.indices.reduce(Int64(0)) { $0 + part($1, index) }
      guard tender.amountMinor == sum else { return false }
    }
    guard pointsSpent >= 0, pointsSpent == 0 || pointsMinor > 0 else { return false }
    let earned = earned(from: parts) { $0.units ?? [] }
    guard let earned else { return false }
    return earned.points == points && earned.growth == growth && earned.baseMinor == baseMinor
  }
}

extension SaleRecord.Line {
  fileprivate init(from reader: inout PackedReader) throws(PackedError) {
    self.init(
      sku: try reader.text(),
      category: try reader.text(),
      quantity: try reader.signed(),
      listMinor: try reader.signed(),
      netMinor: try reader.signed()
    )
  }
}

extension SaleRecord.Tender {
  fileprivate init(from reader: inout PackedReader) throws(PackedError) {
    guard let kind = Kind(rawValue: try reader.byte()) else {
      throw PackedError(offset: reader.offset - 1)
    }
    self.init(kind: kind, name: try reader.text(), amountMinor: try reader.signed())
    guard amountMinor >= 0 else { throw PackedError(offset: reader.offset) }
    if try reader.flag() { reference = try reader.text() }
  }
}

extension SaleRecord.Rule {
  fileprivate func pack(into writer: inout PackedWriter) {
    writer.text(id)
    writer.byte(asset == .points ? 1 : 2)
    writer.byte(formula.mode == .proportional ? 1 : 2)
    writer.signed(formula.per)
    writer.signed(formula.give)
    basis.pack(into: &writer)
    writer.byte(units == nil ? 0 : 1)
    if let units { writer.list(units) }
  }

  fileprivate init(
    from reader: inout PackedReader,
    lines: Int,
    tenders: Int
  ) throws(PackedError) {
    id = try reader.text()
    let (asset, mode) = (try reader.byte(), try reader.byte())
    guard (1...2).contains(asset), (1...2).contains(mode) else {
      throw PackedError(offset: reader.offset - 1)
    }
    self.asset = asset == 1 ? .points : .growth
    formula = EarningFormula(
      mode: mode == 1 ? .proportional : .step,
      per: try reader.signed(),
      give: try reader.signed()
    )
    basis = try SaleRecord.Basis(from: &reader, lines: lines, tenders: tenders)
    units = try reader.flag() ? try reader.list() : nil
    if let units, units.count != lines { throw PackedError(offset: reader.offset) }
  }
}

extension SaleRecord.Basis {
  fileprivate func pack(into writer: inout PackedWriter) {
    writer.bits(lines)
    writer.bits(tenders)
  }

  fileprivate init(
    from reader: inout PackedReader,
    lines: Int,
    tenders: Int
  ) throws(PackedError) {
    self.init()
    self.lines = try reader.bits(count: lines)
    self.tenders = try reader.bits(count: tenders)
  }
}

extension PackedWriter {
  mutating func list(_ values: [Int64]) {
    unsigned(UInt64(values.count))
    for value in values { signed(value) }
  }

  /// Eight flags a byte, after a byte that is 0 where there are none.
  mutating func bits(_ flags: [Bool]) {
    byte(flags.isEmpty ? 0 : 1)
    var index = 0
    while index < flags.count {
      var value: UInt8 = 0
      for (place, flag) in flags[index..<min(index + 8, flags.count)].enumerated() where flag {
        value |= 1 << UInt8(place)
      }
      byte(value)
      index += 8
    }
  }
}

extension PackedReader {
  /// Integers that are not negative.
  mutating func list() throws(PackedError) -> [Int64] {
    var values: [Int64] = []
    for _ in 0..<(try count()) {
      let value = try signed()
      guard value >= 0 else { throw PackedError(offset: offset) }
      values.append(value)
    }
    return values
  }

  mutating func bits(count: Int) throws(PackedError) -> [Bool] {
    guard try flag() else { return [] }
    var flags: [Bool] = []
    flags.reserveCapacity(count)
    while flags.count < count {
      let value = try byte()
      for place in 0..<min(8, count - flags.count) { flags.append(value >> UInt8(place) & 1 == 1) }
    }
    return flags
  }
}
