/// A report while it is made: fed with the whole journal in its order, then with every member, then
/// asked for its tables. It holds what it counts, never the entries.
protocol ReportBuilder: Sendable {
  init(_ context: ReportContext)

  /// Takes the next entry of the journal.
  mutating func take(_ entry: ReportEntry)

  /// Takes a member as the ledger holds it after the last entry.
  mutating func take(_ member: ReportMember)

  /// The tables, each with its proof.
  func tables() -> [ReportTable]
}
