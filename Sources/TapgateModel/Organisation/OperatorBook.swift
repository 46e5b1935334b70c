/// Who may do what, where, by which channel and up to which amount.
///
/// An empty book asks nothing: the till's word on who stands there is taken as it is.
public struct OperatorBook: Hashable, Sendable {
  /// One thing that an operator may do.
  public struct Permission: Hashable, Sendable {
    /// A method such as `value.topUp`, a family such as `value.*`, or `*`.
    public var method: String
    /// Channels of a top-up; empty for every one.
    public var channels: Set<String>
    /// The most of one operation, in fen; `nil` for any amount.
    public var maxMinor: Int64?
    /// The most of one operation, in points; `nil` for any number.
    public var maxPoints: Int64?

    /// Creates a permission.
    public init(
      method: String,
      channels: Set<String> = [],
      maxMinor: Int64? = nil,
      maxPoints: Int64? = nil
    ) {
      self.method = method
      self.channels = channels
      self.maxMinor = maxMinor
      self.maxPoints = maxPoints
    }

    /// Whether it is about `method`.
    func covers(_ method: String) -> Bool {
      if self.method == "*" || self.method == method { return true }
      guard self.method.hasSuffix(".*") else { return false }
      return method.hasPrefix(self.method.dropLast())
    }
  }

  /// Somebody who stands at counters.
  public struct Entry: Hashable, Sendable {
    public var id: String
    public var name: String?
    /// The node at which, and below which, the operator works; `nil` for everywhere.
    public var node: String?
    /// The stored form of the PIN; `nil` where none is asked for.
    public var pin: String?
    public var permissions: [Permission]

    /// Creates an entry.
    public init(
      id: String,
      name: String? = nil,
      node: String? = nil,
      pin: String? = nil,
      permissions: [Permission]
    ) {
      self.id = id
      self.name = name
      self.node = node
      self.pin = pin
      self.permissions = permissions
    }
  }

  /// What is to be allowed.
  public struct Act: Hashable, Sendable {
    public var method: String
    public var store: String
    public var counter: String
    public var channel: String?
    public var amountMinor: Int64?
    public var points: Int64?

    /// Creates an act.
    public init(
      method: String,
      store: String,
      counter: String,
      channel: String? = nil,
      amountMinor: Int64? = nil,
      points: Int64? = nil
    ) {
      self.method = method
      self.store = store
      self.counter = counter
      self.channel = channel
      self.amountMinor = amountMinor
      self.points = points
    }
  }

  /// Why not.
  public enum Denial: Error, Hashable, Sendable {
    /// Nobody said who stands there, and the book asks for it.
    case nobody
    case unknown(operator: String)
    /// The operator works elsewhere.
    case place
    case method
    case channel
    /// The most that any permission allows, in fen or points.
    case amount(max: Int64)
  }

  private let entries: [String: Entry]
  /// Methods that need an operator even where the till names none.
  private let asked: Set<String>

  /// Creates a book. `asked` are methods, or families of them, that nobody may do without a name.
  public init(_ entries: [Entry] = [], asked: Set<String> = []) {
    self.entries = Dictionary(entries.map { ($0.id, $0) }) { first, _ in first }
    self.asked = asked
  }

  /// Whether it asks nothing of anybody.
  public var isEmpty: Bool { entries.isEmpty }

  /// The entry of an operator.
  public func entry(_ id: String) -> Entry? { entries[id] }

  /// Holds an act against the book. The PIN is somebody else's to check.
  ///
  /// Several permissions may fit: the widest counts.
  public func check(
    _ act: Act,
    by id: String?,
    in organisation: Organisation
  ) throws(Denial) {
    guard !isEmpty else { return }
    guard let id else {
      let isAsked = asked.contains { Permission(method: $0).covers(act.method) }
      if isAsked { throw .nobody }
      return
    }
    guard let entry = entries[id] else { throw .unknown(operator: id) }
    if let node = entry.node {
      let path = organisation.path(store: act.store, counter: act.counter)
      guard path.contains(node) else { throw .place }
    }
    let fitting = entry.permissions.filter { $0.covers(act.method) }
    guard !fitting.isEmpty else { throw .method }
    let open = fitting.filter { permission in
      permission.channels.isEmpty || act.channel.map(permission.channels.contains) ?? true
    }
    guard !open.isEmpty else { throw .channel }
    try Self.check(act.amountMinor, open.map(\.maxMinor))
    try Self.check(act.points, open.map(\.maxPoints))
  }

  private static func check(_ amount: Int64?, _ limits: [Int64?]) throws(Denial) {
    guard let amount, !limits.contains(nil) else { return }
    let largest = limits.compactMap(\.self).max() ?? 0
    guard amount <= largest else { throw .amount(max: largest) }
  }
}
