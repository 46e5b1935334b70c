/// Who may do what, where, by which channel and up to which amount.
///
/// An empty book asks nothing: the till's word on who stands there is taken as it is. With one
/// entry everything that changes something needs an operator who has one.
public struct OperatorBook: Hashable, Sendable {
  /// Some things that an operator may do, with what bounds them.
  public struct Permission: Hashable, Sendable {
    /// Methods such as `value.topUp`, families such as `value.*`, or `*`.
    public var verbs: [String]
    /// Channels and kinds of tender by which money may come or go; empty for every one.
    public var channels: Set<String>
    /// The most of one operation and of one business day, in fen; `nil` for any amount.
    public var maxMinor: Int64?
    public var maxMinorPerDay: Int64?
    /// The same in points.
    public var maxPoints: Int64?
    public var maxPointsPerDay: Int64?

    /// Creates a permission.
    public init(
      verbs: [String],
      channels: Set<String> = [],
      maxMinor: Int64? = nil,
      maxMinorPerDay: Int64? = nil,
      maxPoints: Int64? = nil,
      maxPointsPerDay: Int64? = nil
    ) {
      self.verbs = verbs
      self.channels = channels
      self.maxMinor = maxMinor
      self.maxMinorPerDay = maxMinorPerDay
      self.maxPoints = maxPoints
      self.maxPointsPerDay = maxPointsPerDay
    }

    /// Whether it is about `method`.
    public func covers(_ method: String) -> Bool {
      verbs.contains { verb in
        if verb == "*" || verb == method { return true }
        guard verb.hasSuffix(".*") else { return false }
        return method.hasPrefix(verb.dropLast())
      }
    }

    /// Whether money may come and go by all of `channels`.
    func covers(_ channels: Set<String>) -> Bool {
      self.channels.isEmpty || channels.isSubset(of: self.channels)
    }

    /// Whether anything of it is bounded by the day.
    var hasDayLimit: Bool { maxMinorPerDay != nil || maxPointsPerDay != nil }
  }

  /// Somebody who stands at counters.
  public struct Entry: Hashable, Sendable {
    public var id: String
    public var name: String?
    /// The node at which, and below which, the operator works; `nil` for everywhere.
    public var scope: String?
    /// Whether the operator has to prove who it is by a PIN.
    public var needsPIN: Bool
    public var permissions: [Permission]

    /// Creates an entry.
    public init(
      id: String,
      name: String? = nil,
      scope: String? = nil,
      needsPIN: Bool = false,
      permissions: [Permission]
    ) {
      self.id = id
      self.name = name
      self.scope = scope
      self.needsPIN = needsPIN
      self.permissions = permissions
    }
  }

  /// What is to be allowed.
  public struct Act: Hashable, Sendable {
    public var method: String
    public var store: String
    public var counter: String

    /// Creates an act.
    public init(method: String, store: String, counter: String) {
      self.method = method
      self.store = store
      self.counter = counter
    }
  }

  private let entries: [String: Entry]
  /// Whether any permission is bounded by the day.
  public let hasDayLimits: Bool

  /// Creates a book. Of two entries for one operator the first counts.
  public init(_ entries: [Entry] = []) {
    self.entries = Dictionary(entries.map { ($0.id, $0) }) { first, _ in first }
    hasDayLimits = entries.contains { $0.permissions.contains(where: \.hasDayLimit) }
  }

  /// Whether it asks nothing of anybody.
  public var isEmpty: Bool { entries.isEmpty }

  /// Every entry, by id.
  public var all: [Entry] { entries.values.sorted { $0.id < $1.id } }

  /// The entry of an operator.
  public func entry(_ id: String) -> Entry? { entries[id] }

  /// Holds an act against the book before anything of it is decided: who, where and what. How much
  /// is held against it by `check(_:of:by:today:)`, once that is known.
  public func check(
    _ act: Act,
    by id: String?,
    proof: OperatorProof,
    in organisation: Organisation
  ) throws(OperatorDenial) {
    guard !isEmpty else { return }
    guard let id else { throw .nobody }
    guard let entry = entries[id] else { throw .unknown(id) }
    if let scope = entry.scope {
      let path = organisation.path(store: act.store, counter: act.counter)
      guard path.contains(scope) else { throw .place(scope) }
    }
    guard entry.permissions.contains(where: { $0.covers(act.method) }) else {
      throw .verb(act.method)
    }
    guard entry.needsPIN else { return }
    switch proof {
    case .right: break
    case .missing: throw .pinMissing
    case .unset: throw .pinUnset
    case .wrong(let left): throw .pinWrong(left: left)
    case .locked: throw .pinLocked
    }
  }

  /// Holds what an operation has come to against the book: by which channels, how much at once, and
  /// how much with what the operator did before on that day.
  ///
  /// Several permissions may fit: it is allowed where one of them allows all of it. Otherwise the
  /// denial is that of the permission which came nearest.
  public func check(
    _ weight: OperatorWeight,
    of method: String,
    by id: String?,
    today: OperatorTally
  ) throws(OperatorDenial) {
    guard let id, let entry = entries[id] else { return }
    let fitting = entry.permissions.filter { $0.covers(method) }
    let open = fitting.filter { $0.covers(weight.channels) }
    guard !open.isEmpty else { throw .channel(weight.channels.sorted().first ?? method) }
    var nearest: OperatorDenial?
    for permission in open {
      guard let denial = permission.denial(of: weight, by: id, today: today) else { return }
      if denial.isNearer(than: nearest) { nearest = denial }
    }
    if let nearest { throw nearest }
  }
}

extension OperatorBook.Permission {
  /// Why it does not allow `weight`; `nil` where it does.
  fileprivate func denial(
    of weight: OperatorWeight,
    by id: String,
    today: OperatorTally
  ) -> OperatorDenial? {
    if let maxMinor, weight.minor > maxMinor { return .amount(maxMinor: maxMinor) }
    if let maxPoints, weight.points > maxPoints { return .points(max: maxPoints) }
    guard hasDayLimit else { return nil }
    let done = today.sum(of: id) { covers($0) && covers($1) }
    if let maxMinorPerDay {
      let left = max(0, maxMinorPerDay.subtractingReportingOverflow(done.minor).partialValue)
      if weight.minor > 0, weight.minor > left { return .dayAmount(leftMinor: left) }
    }
    if let maxPointsPerDay {
      let left = max(0, maxPointsPerDay.subtractingReportingOverflow(done.points).partialValue)
      if weight.points > 0, weight.points > left { return .dayPoints(left: left) }
    }
    return nil
  }
}
