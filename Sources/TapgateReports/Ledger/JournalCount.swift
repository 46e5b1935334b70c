/// Counts the rows of the stream and what is missing between them: the ledger numbers its rows
/// without gaps, so a row that the stream lacks shows.
struct JournalCount {
  private(set) var rows: Int128 = 0
  private var last: Int64 = 0
  private var isAscending = true

  /// Takes the next entry.
  ///
  /// - Returns: whether it begins a row; `false` for the second member of an import's chunk.
  @discardableResult
  mutating func take(_ entry: ReportEntry) -> Bool {
    guard entry.sequence != last else { return false }
    if entry.sequence < last { isAscending = false }
    last = entry.sequence
    rows += 1
    return true
  }

  /// What the proof below is of.
  static let claim = Wording("流水行数", "journal rows")

  /// The proof that every row of the journal was looked at: so many in the table, so many not.
  func proof(table: Int128, newest: Int64) -> ReportProof {
    ReportProof(
      claim: Self.claim,
      parts: [
        ReportProof.Part(Wording("本表", "this table"), table),
        ReportProof.Part(Wording("其他流水", "other rows"), rows - table),
      ],
      ledger: isAscending ? Int128(newest) : -1,
      ledgerName: Wording("最新流水号", "newest row's number")
    )
  }

  /// The proof that the stream had every row of the journal.
  func proof(newest: Int64) -> ReportProof {
    ReportProof(
      claim: Self.claim,
      parts: [ReportProof.Part(Wording("已读", "read"), rows)],
      ledger: isAscending ? Int128(newest) : -1,
      ledgerName: Wording("最新流水号", "newest row's number")
    )
  }
}
