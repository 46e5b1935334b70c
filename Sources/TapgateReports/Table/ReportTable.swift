/// A column of a table.
public struct ReportColumn: Hashable, Sendable {
  /// The name on the wire and in programs.
  public var id: String
  public var kind: ReportColumnKind
  public var heading: Wording
  /// Whether the totals row has the column's sum.
  public var isSummed: Bool

  /// Creates a column.
  public init(_ id: String, _ kind: ReportColumnKind, _ heading: Wording, isSummed: Bool = false) {
    self.id = id
    self.kind = kind
    self.heading = heading
    self.isSummed = isSummed
  }
}

/// A picture of a table, where it tells more than the numbers.
public struct ReportChart: Hashable, Sendable {
  /// How the numbers are drawn.
  public enum Kind: String, Hashable, Sendable, CaseIterable { case column, bar, line, pie }

  public var kind: Kind
  /// The column that names each row.
  public var labels: Int
  /// The columns that are drawn, each a series.
  public var values: [Int]

  /// Creates a chart of columns, counted from 0.
  public init(_ kind: Kind, labels: Int, values: [Int]) {
    self.kind = kind
    self.labels = labels
    self.values = values
  }
}

/// A table of a report, with its totals and the lines that prove it against the ledger.
public struct ReportTable: Hashable, Sendable {
  /// The name on the wire and in programs.
  public var id: String
  public var title: Wording
  public var columns: [ReportColumn]
  /// Each row has as many cells as there are columns.
  public var rows: [[ReportCell]] = []
  /// The sums; `nil` where nothing is summed.
  public var totals: [ReportCell]?
  public var proofs: [ReportProof] = []
  /// How the numbers were found, where the headings do not say it.
  public var notes: [Wording] = []
  public var chart: ReportChart?
  /// Rows that are counted in the totals and not listed, because the list would be too long.
  public var omittedRowCount = 0

  /// What the omitted rows come to, by column; only while the table is made.
  private var omittedSums: [Int: Int128] = [:]

  /// Creates a table without rows.
  public init(id: String, title: Wording, columns: [ReportColumn]) {
    self.id = id
    self.title = title
    self.columns = columns
  }

  /// Whether every proof holds.
  public var isProven: Bool { proofs.allSatisfy(\.isEqual) }

  /// The sum of the rows' cells in column `id`; 0 where there is no such column.
  func sum(_ id: String) -> Int128 {
    guard let index = columns.firstIndex(where: { $0.id == id }) else { return 0 }
    return rows.reduce(omittedSums[index] ?? 0) { $0 + ($1[index].number ?? 0) }
  }

  /// Fills the totals row: the sums of the columns that are summed.
  mutating func total(_ name: Wording = Wording("合计", "Total")) {
    var cells: [ReportCell] = []
    for (index, column) in columns.enumerated() {
      switch column.kind {
      case .integer where column.isSummed: cells.append(.integer(sum(column.id)))
      case .money where column.isSummed: cells.append(.money(sum(column.id)))
      default: cells.append(index == 0 ? .word(name) : .none)
      }
    }
    totals = cells
  }

  /// Appends a row, or, where `limit` rows are listed already, only counts it.
  mutating func append(_ row: [ReportCell], limit: Int) {
    if rows.count < limit { rows.append(row) } else { omit(row) }
  }

  /// Lists at most `count` rows. To be called after the totals and the proofs were made.
  mutating func keep(_ count: Int) {
    guard rows.count > count else { return }
    omittedRowCount += rows.count - count
    rows.removeSubrange(count...)
    omittedSums = [:]
  }

  private mutating func omit(_ row: [ReportCell]) {
    omittedRowCount += 1
    for (index, cell) in row.enumerated() {
      if let number = cell.number { omittedSums[index, default: 0] += number }
    }
  }

  /// Ends the making of a table: what the omitted rows come to is in the totals by then.
  mutating func seal() { omittedSums = [:] }
}

/// A report as it was asked for: its tables, and what was asked.
public struct Report: Hashable, Sendable {
  /// The name by which it was asked for.
  public var id: String
  public var title: Wording
  /// Dates and stores, in words.
  public var scope: Wording
  public var tables: [ReportTable]

  /// Creates a report.
  public init(id: String, title: Wording, scope: Wording, tables: [ReportTable]) {
    self.id = id
    self.title = title
    self.scope = scope
    self.tables = tables
  }

  /// Whether every proof of every table holds.
  public var isProven: Bool { tables.allSatisfy(\.isProven) }
}
