/// How much of a sale went back so far: the state that refunds of one receipt share.
public struct RefundProgress: Hashable, Sendable {
  /// What went back of one line.
  public struct Entry: Hashable, Sendable {
    /// The line's place on the receipt, from 0.
    public var line: Int
    /// Units that were returned.
    public var quantity: Int64
    /// Fen that went back, by the record's tenders.
    public var parts: [Int64]

    /// Creates an entry.
    public init(line: Int, quantity: Int64, parts: [Int64]) {
      self.line = line
      self.quantity = quantity
      self.parts = parts
    }
  }

  /// Lines of which anything went back, in the order of the receipt.
  public var entries: [Entry] = []

  /// Creates the progress of a sale of which nothing went back.
  public init() {}
}

extension RefundProgress {
  private static let packedVersion: UInt8 = 1

  /// The progress as an effect of a refund's row carries it.
  public func packed() -> [UInt8] {
    var writer = PackedWriter(capacity: 8 + 16 * entries.count)
    writer.byte(Self.packedVersion)
    writer.unsigned(UInt64(entries.count))
    for entry in entries {
      writer.unsigned(UInt64(entry.line))
      writer.signed(entry.quantity)
      writer.list(entry.parts)
    }
    return writer.bytes
  }

  /// Reads what `packed` wrote.
  public init(packed bytes: [UInt8]) throws(PackedError) {
    var reader = PackedReader(bytes)
    guard try reader.byte() == Self.packedVersion else { throw PackedError(offset: 0) }
    for _ in 0..<(try reader.count()) {
      guard let line = Int(exactly: try reader.unsigned()), line > entries.last?.line ?? -1 else {
        throw PackedError(offset: reader.offset)
      }
      let quantity = try reader.signed()
      guard quantity >= 0 else { throw PackedError(offset: reader.offset) }
      entries.append(Entry(line: line, quantity: quantity, parts: try reader.list()))
    }
    guard reader.isAtEnd else { throw PackedError(offset: reader.offset) }
  }
}

/// A sale with what is left of it: where a refund does its sums.
struct RefundState {
  let record: SaleRecord
  /// What is left of the record's parts.
  private(set) var rest: [Int64]
  /// Units that were returned, one a line.
  private(set) var returned: [Int64]

  /// - Returns: `nil` where the progress is of another sale.
  init?(_ record: SaleRecord, _ progress: RefundProgress) {
    self.record = record
    rest = record.parts
    returned = Array(repeating: 0, count: record.lines.count)
    for entry in progress.entries {
      guard record.lines.indices.contains(entry.line), entry.quantity >= 0,
        entry.parts.count == record.tenders.count
      else { return nil }
      returned[entry.line] = entry.quantity
      guard entry.quantity <= units(of: entry.line) else { return nil }
      for (tender, part) in entry.parts.enumerated() {
        let place = entry.line * record.tenders.count + tender
        guard part >= 0, part <= rest[place] else { return nil }
        rest[place] -= part
      }
    }
  }

  /// The state as it is kept.
  var progress: RefundProgress {
    var progress = RefundProgress()
    let width = record.tenders.count
    for line in record.lines.indices {
      let parts = (0..<width).map { record.part(line, $0) - rest[line * width + $0] }
      guard returned[line] > 0 || parts.contains(where: { $0 > 0 }) else { continue }
      progress.entries.append(.init(line: line, quantity: returned[line], parts: parts))
    }
    return progress
  }

  /// The units of a line; one where the till gave none.
  func units(of line: Int) -> Int64 { max(1, record.lines[line].quantity) }

  /// What is left of a line, in fen.
  func left(of line: Int) -> Int64 {
    let width = record.tenders.count
    return rest[line * width..<(line + 1) * width].reduce(0) { $0 + $1 }
  }

  /// What is left of the receipt.
  var left: Int64 { rest.reduce(0) { $0 + $1 } }

  /// Whether everything went back.
  var isWhole: Bool {
    record.lines.indices.allSatisfy {
      left(of: $0) == 0 && (record.lines[$0].netMinor > 0 || returned[$0] == units(of: $0))
    }
  }

  /// What returning `quantity` units of a line is worth.
  ///
  /// Of units alone, the sum is floor(net × returned / units), whatever steps led there. Where a
  /// part of the amount went back without units, the units that are left share what is left.
  func worth(of quantity: Int64, line: Int) -> Int64 {
    let (units, net) = (units(of: line), record.lines[line].netMinor)
    let left = left(of: line)
    let before = Apportionment.scaled(net, by: returned[line], over: units) ?? 0
    if net - left == before {
      let after = Apportionment.scaled(net, by: returned[line] + quantity, over: units) ?? 0
      return after - before
    }
    return Apportionment.scaled(left, by: quantity, over: units - returned[line]) ?? 0
  }

  /// Gives back `amount` of a line through its parts in the order of the tenders.
  mutating func giveBack(_ amount: Int64, line: Int) {
    var open = amount
    for tender in record.tenders.indices {
      let place = line * record.tenders.count + tender
      let part = min(open, rest[place])
      rest[place] -= part
      open -= part
    }
  }

  mutating func countReturned(_ quantity: Int64, line: Int) { returned[line] += quantity }

  /// Counts all units as returned: the whole amount went back.
  mutating func countAllReturned() {
    for line in record.lines.indices { returned[line] = units(of: line) }
  }

  /// What the sale would have earned with what is left of it.
  var earned: Earned? { record.earned(from: rest, units: unitsLeft) }

  /// What is left of a rule's own quantity: in proportion to what is left of each line, rounded
  /// down.
  private func unitsLeft(_ rule: SaleRecord.Rule) -> [Int64] {
    guard let all = rule.units else { return [] }
    return record.lines.indices.map { line in
      let net = record.lines[line].netMinor
      return net > 0
        ? Apportionment.scaled(all[line], by: left(of: line), over: net) ?? 0
        : Apportionment.scaled(
          all[line],
          by: units(of: line) - returned[line],
          over: units(of: line)
        ) ?? 0
    }
  }

  /// What went back by a tender so far.
  func givenBack(tender: Int) -> Int64 {
    record.lines.indices.reduce(0) {
      $0 + record.part($1, tender) - rest[$1 * record.tenders.count + tender]
    }
  }
}
