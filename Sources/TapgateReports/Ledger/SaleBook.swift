internal import TapgateModel

/// The lines of all receipts that keep lines, as small as can be, so that what goes back later is
/// known by its article.
struct SaleBook {
  /// One line of a receipt.
  struct Line {
    /// The places of category and article in `categories` and `articles`.
    var category: Int32
    var article: Int32
    var quantity: Int64
    var netMinor: Int64
  }

  /// What went back of one line, by one row.
  struct Returned {
    var line: Line
    var quantity: Int64
    var amountMinor: Int128
  }

  private(set) var categories = Names()
  private(set) var articles = Names()
  private var receipts: [Int64] = []
  private var starts: [Int] = []
  private var lines: [Line] = []
  /// What went back so far, of receipts of which anything did: units and fen, by line.
  private var returned: [Int64: [Int: (quantity: Int64, amountMinor: Int128)]] = [:]

  /// Texts by the order in which they came.
  struct Names {
    private(set) var all: [String] = []
    private var places: [String: Int32] = [:]

    mutating func place(of name: String) -> Int32 {
      if let known = places[name] { return known }
      let place = Int32(clamping: all.count)
      all.append(name)
      places[name] = place
      return place
    }
  }

  /// Keeps the lines of the receipt of row `sequence`.
  mutating func add(_ record: SaleRecord, sequence: Int64) -> [Line] {
    receipts.append(sequence)
    starts.append(lines.count)
    var own: [Line] = []
    for line in record.lines {
      own.append(
        Line(
          category: categories.place(of: line.category),
          article: articles.place(of: line.sku),
          quantity: line.quantity,
          netMinor: line.netMinor
        )
      )
    }
    lines += own
    return own
  }

  /// What a refund's row gave back: the progress less what went back before it.
  mutating func refund(_ receipt: Int64, _ progress: RefundProgress) -> [Returned] {
    var changes: [Returned] = []
    for entry in progress.entries {
      let amount = entry.parts.reduce(Int128(0)) { $0 + Int128($1) }
      if let change = setReturned(receipt, entry.line, entry.quantity, amount) {
        changes.append(change)
      }
    }
    return changes
  }

  /// What the mirror of a receipt's row gave back: all that was left.
  mutating func reverse(_ receipt: Int64) -> [Returned] {
    guard let range = range(of: receipt) else { return [] }
    return range.indices.compactMap { index in
      let line = lines[index]
      return setReturned(
        receipt,
        index - range.lowerBound,
        line.quantity,
        Int128(line.netMinor)
      )
    }
  }

  private mutating func setReturned(
    _ receipt: Int64,
    _ line: Int,
    _ quantity: Int64,
    _ amount: Int128
  ) -> Returned? {
    guard let range = range(of: receipt), range.count > line, line >= 0 else { return nil }
    let before = returned[receipt]?[line] ?? (0, 0)
    guard before != (quantity, amount) else { return nil }
    returned[receipt, default: [:]][line] = (quantity, amount)
    return Returned(
      line: lines[range.lowerBound + line],
      quantity: quantity &- before.quantity,
      amountMinor: amount - before.amountMinor
    )
  }

  private func range(of receipt: Int64) -> Range<Int>? {
    var (low, high) = (0, receipts.count)
    while low < high {
      let middle = (low + high) / 2
      if receipts[middle] < receipt { low = middle + 1 } else { high = middle }
    }
    guard low < receipts.count, receipts[low] == receipt else { return nil }
    return starts[low]..<(low + 1 < starts.count ? starts[low + 1] : lines.count)
  }
}
