public import TapgateModel

/// What a report is asked for.
public struct ReportRequest: Hashable, Sendable {
  /// The first and the last business date that count, both included; `nil` where there is no bound.
  public var from: BusinessDate?
  public var through: BusinessDate?
  /// The stores that count; `nil` for all. A node of the organisation is given as the stores below
  /// it.
  public var stores: Set<String>?
  /// Single counters that count beside `stores`, where these are not all.
  public var counters: Set<ReportCounter> = []
  /// The gateway's business date.
  public var today: BusinessDate
  /// The one member or operator that counts, in reports that know them.
  public var memberID: String?
  public var operatorName: String?
  /// Numbers by the names that `ReportDefinition.parameters` lists; what is not here has its
  /// default.
  public var parameters: [String: Int64]

  /// Creates a request.
  public init(
    from: BusinessDate? = nil,
    through: BusinessDate? = nil,
    stores: Set<String>? = nil,
    today: BusinessDate,
    memberID: String? = nil,
    operatorName: String? = nil,
    parameters: [String: Int64] = [:]
  ) {
    self.from = from
    self.through = through
    self.stores = stores
    self.today = today
    self.memberID = memberID
    self.operatorName = operatorName
    self.parameters = parameters
  }

  /// The last date of which the report speaks.
  var end: BusinessDate { through.map { min($0, today) } ?? today }

  /// Whether `date` lies within the dates.
  func holds(_ date: BusinessDate) -> Bool {
    (from.map { $0 <= date } ?? true) && (through.map { date <= $0 } ?? true)
  }

  /// Whether a place is among the stores or counters.
  func holds(store: String, counter: String) -> Bool {
    guard let stores else { return true }
    return stores.contains(store)
      || counters.contains(ReportCounter(store: store, counter: counter))
  }

  /// Dates and stores in words.
  var scope: Wording {
    let dates: Wording
    switch (from, through) {
    case (nil, nil): dates = Wording("全部日期", "all dates")
    case (let from?, nil): dates = Wording("\(from) 起", "from \(from)")
    case (nil, let through?): dates = Wording("截至 \(through)", "through \(through)")
    case (let from?, let through?): dates = Wording("\(from) 至 \(through)", "\(from) to \(through)")
    }
    guard let stores else {
      return Wording(dates.zh + "，全部门店", dates.en + ", all stores")
    }
    let names = (stores.sorted() + counters.map(\.description).sorted())
      .joined(separator: ", ")
    return Wording(dates.zh + "，门店 " + names, dates.en + ", stores " + names)
  }
}

/// A counter of a store.
public struct ReportCounter: Hashable, Sendable, CustomStringConvertible {
  public var store: String
  public var counter: String

  /// Creates a counter.
  public init(store: String, counter: String) {
    self.store = store
    self.counter = counter
  }

  public var description: String { "\(store)/\(counter)" }
}

/// Why a report cannot be made.
public enum ReportProblem: Error, Hashable, Sendable {
  /// There is no report of that name (E_NOEXIST).
  case unknown(name: String)
  /// A right type with an impossible value (E_ILLEGAL): the parameter's name and what is wrong.
  case illegal(field: String, problem: String)
}

/// Everything that a report stands on beside the stream.
struct ReportContext: Sendable {
  var request: ReportRequest
  var programme: Programme
  /// The sequence of the newest row that the stream has.
  var lastSequence: Int64
  /// The request's numbers with the defaults filled in.
  var parameters: [String: Int64]

  func parameter(_ name: String) -> Int64 { parameters[name] ?? 0 }

  /// The name of a tier as the programme has it.
  func tierName(_ id: String) -> String {
    programme.levels.first { $0.id == id }?.name ?? id
  }
}
