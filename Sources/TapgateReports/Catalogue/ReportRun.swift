public import TapgateModel

/// A report in the making. Feed it the whole journal in its order, then every member, then ask for
/// the report.
///
/// The journal has to be whole even where dates are asked for: what lies outside of them is what
/// the proofs stand on. Entries are not kept, only counted; what grows is a few words for each
/// member and, in reports that look at people, for each receipt.
public struct ReportRun: Sendable {
  private let definition: ReportDefinition
  private let request: ReportRequest
  private let lastSequence: Int64
  private var builder: any ReportBuilder
  private var journal = JournalCount()

  /// Begins the report called `name`; `lastSequence` is that of the newest row that the stream will
  /// have.
  public init(
    _ name: String,
    _ request: ReportRequest,
    programme: Programme,
    lastSequence: Int64
  ) throws(ReportProblem) {
    guard let definition = ReportCatalogue.definition(name) else {
      throw .unknown(name: name)
    }
    let parameters = try Self.checked(request, for: definition)
    self.definition = definition
    self.request = request
    self.lastSequence = lastSequence
    builder = definition.builder.init(
      ReportContext(
        request: request,
        programme: programme,
        lastSequence: lastSequence,
        parameters: parameters
      )
    )
  }

  private static func checked(
    _ request: ReportRequest,
    for definition: ReportDefinition
  ) throws(ReportProblem) -> [String: Int64] {
    if let from = request.from, let through = request.through, through < from {
      throw .illegal(field: "to", problem: "is before from")
    }
    if !definition.takesMember {
      if request.memberID != nil { throw .illegal(field: "memberId", problem: "does not apply") }
      if request.operatorName != nil {
        throw .illegal(field: "operator", problem: "does not apply")
      }
    }
    var values: [String: Int64] = [:]
    for parameter in definition.parameters { values[parameter.id] = parameter.defaultValue }
    for (name, value) in request.parameters.sorted(by: { $0.key < $1.key }) {
      guard let parameter = definition.parameters.first(where: { $0.id == name }) else {
        throw .illegal(field: name, problem: "is no parameter of this report")
      }
      guard parameter.range.contains(value) else {
        let (low, high) = (parameter.range.lowerBound, parameter.range.upperBound)
        throw .illegal(field: name, problem: "must be \(low) to \(high)")
      }
      values[name] = value
    }
    return values
  }

  /// Takes the next entry of the journal.
  public mutating func take(_ entry: ReportEntry) {
    journal.take(entry)
    builder.take(entry)
  }

  /// Takes a member as the ledger holds it after the last entry; each once, in any order.
  public mutating func take(_ member: ReportMember) { builder.take(member) }

  /// The report. Each of its tables ends with the proof that no row of the journal was missing.
  public func report() -> Report {
    var tables = builder.tables()
    for index in tables.indices
    where !tables[index].proofs.contains(where: { $0.claim == JournalCount.claim }) {
      tables[index].proofs.append(journal.proof(newest: lastSequence))
    }
    return Report(
      id: definition.id,
      title: definition.title,
      scope: request.scope,
      tables: tables
    )
  }
}
