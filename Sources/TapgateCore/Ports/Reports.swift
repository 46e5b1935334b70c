public import TapgateJSON
public import TapgateModel

/// What a report is asked for over the socket.
public struct ReportQuery: Hashable, Sendable {
  /// The report's name, as `ReportDesk.reports` lists it.
  public var name: String
  /// The first and the last business date that count, both included; `nil` where there is no bound.
  public var from: BusinessDate?
  public var through: BusinessDate?
  /// The stores that count; `nil` for all.
  public var stores: Set<String>?
  /// Counters that count beside `stores`, by store; of no meaning where all stores count.
  public var counters: [String: Set<String>] = [:]
  /// Those of `stores` that nobody wrote down: unless the journal has seen them, they are a
  /// mistake.
  public var unlistedStores: Set<String>
  /// The one member or operator that counts, in reports that know them.
  public var memberID: String?
  public var operatorName: String?
  /// Numbers by the names that `ReportDesk.reports` lists with the report.
  public var parameters: [String: Int64]

  /// Creates a query.
  public init(
    name: String,
    from: BusinessDate? = nil,
    through: BusinessDate? = nil,
    stores: Set<String>? = nil,
    unlistedStores: Set<String> = [],
    memberID: String? = nil,
    operatorName: String? = nil,
    parameters: [String: Int64] = [:]
  ) {
    self.name = name
    self.from = from
    self.through = through
    self.stores = stores
    self.unlistedStores = unlistedStores
    self.memberID = memberID
    self.operatorName = operatorName
    self.parameters = parameters
  }
}

/// Why a report was not made.
public enum ReportRefusal: Error, Hashable, Sendable {
  /// There is no report of that name.
  case unknownReport
  /// There is no such member.
  case unknownMember
  /// Neither the organisation nor the journal has a store of that name.
  case unknownStore
  /// A value is impossible: the query's field, or the parameter's name, and what is wrong with it.
  case illegal(field: String, isParameter: Bool, problem: String)
  /// A row of the journal, or a member's, cannot be read; `tapgate verify` says more.
  case damaged(place: String)
  /// Nobody waits for it any more.
  case abandoned
}

/// Makes reports out of the whole ledger, beside everything else.
public protocol ReportDesk: Sendable {
  /// Every report with its title, its purpose and its parameters.
  func reports() -> JSON

  /// Makes a report in its wire form, proofs included, from one state of the ledger.
  ///
  /// Takes as long as reading the ledger takes, on a thread of its own. `isWanted` is asked from
  /// time to time, on that thread.
  ///
  /// - Throws: `ReportRefusal`, or what the ledger's file says.
  func report(
    _ query: ReportQuery,
    isWanted: @escaping @Sendable () -> Bool
  ) async throws -> JSON
}
