internal import TapgateCore
internal import TapgateJSON
internal import TapgateLock
internal import TapgateModel

/// Whether a client still waits for its reports.
final class ReportWaiter: Sendable {
  private let state = Mutex(true)

  var isWaiting: Bool { state.withLock { $0 } }

  func leave() { state.withLock { $0 = false } }
}

extension Switchboard {
  /// Methods of reports.
  static let reportHandlers: [(String, Handler)] = [
    ("report.list", { board, call throws(Failure) in try board.listReports(call) }),
    ("report.run", { board, call throws(Failure) in try board.runReport(call) }),
  ]

  /// `report.list`.
  func listReports(_ call: Call) throws(Failure) {
    guard let desk = ports.reports else { throw .faulty(-32601, .methodUnknown) }
    try inBackOffice(call) { desk.reports() }
  }

  /// `report.run`: one at a time in a lane of its own, behind everything that a till waits for, and
  /// given up where the client is gone.
  func runReport(_ call: Call) throws(Failure) {
    guard let desk = ports.reports else { throw .faulty(-32601, .methodUnknown) }
    let query = try reportQuery(call.parameters)
    let waiter = reportWaiters[call.connection.id] ?? ReportWaiter()
    reportWaiters[call.connection.id] = waiter
    try inBackOffice(call, lane: reports) {
      do {
        return try await desk.report(query) { waiter.isWaiting }
      } catch let refusal as ReportRefusal {
        throw Failure(refusal)
      }
    }
  }

  /// A client is gone: nobody waits for its reports.
  func endReports(of client: ClientID) { reportWaiters.removeValue(forKey: client)?.leave() }

  private func reportQuery(_ parameters: Parameters) throws(Failure) -> ReportQuery {
    var query = ReportQuery(
      name: try parameters.requiredText("name"),
      from: try Self.date("from", in: parameters),
      through: try Self.date("to", in: parameters),
      memberID: parameters.text("memberId"),
      operatorName: parameters.text("operator")
    )
    for member in parameters["parameters"]?.object?.members ?? [] {
      query.parameters[member.name] = member.value.integer
    }
    guard let nodes = parameters["scope"]?.array?.compactMap(\.string) else { return query }
    let organisation = ports.operators?.organisation ?? configuration.organisation
    var stores: Set<String> = []
    for node in nodes {
      // Whatever nobody wrote down is the head office's as well.
      if node == organisation.headOffice { return query }
      if let counter = organisation.node(node), counter.kind == .counter {
        let store = counter.parent ?? ""
        let own = node.hasPrefix(store + "/") ? String(node.dropFirst(store.utf8.count + 1)) : node
        query.counters[store, default: []].insert(own)
        continue
      }
      stores.formUnion(organisation.stores(within: node))
      if organisation.node(node) == nil, node != configuration.store {
        query.unlistedStores.insert(node)
      }
    }
    query.stores = stores
    return query
  }

  private static func date(
    _ name: String,
    in parameters: Parameters
  ) throws(Failure) -> BusinessDate? {
    guard let text = parameters.text(name) else { return nil }
    guard let date = BusinessDate(text) else {
      let hint = "a business date is written YYYY-MM-DD"
      throw .result(.illegal, .impossibleValue(field: name), field: name, hint: hint)
    }
    return date
  }
}

extension Failure {
  /// What a report's refusal means to a client.
  fileprivate init(_ refusal: ReportRefusal) {
    switch refusal {
    case .unknownReport:
      self = .result(.noExist, .unknown, field: "name", hint: "report.list has every name")
    case .unknownMember: self = .result(.noExist, .memberUnknown, field: "memberId")
    case .unknownStore:
      let hint = "the journal has no row of one of these stores"
      self = .result(.noExist, .unknown, field: "scope", hint: hint)
    case .illegal(let field, let isParameter, let problem):
      let field = isParameter ? "parameters.\(field)" : field
      self = .result(.illegal, .impossibleValue(field: field), field: field, hint: problem)
    case .damaged(let place):
      let hint = "\(place) is damaged: run tapgate verify"
      self = .result(.failure, .broken, hint: hint)
    case .abandoned: self = .result(.closed, .closing)
    }
  }
}
