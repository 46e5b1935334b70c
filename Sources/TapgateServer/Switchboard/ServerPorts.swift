internal import Logging
internal import TapgateAPI
internal import TapgateCore
internal import TapgateModel

/// Everything behind the server.
struct ServerPorts: Sendable {
  var directory: any MemberDirectory
  var ledger: any Ledger
  var backOffice: any BackOffice
  var backends: [any InputBackend]
  var printing: (any PrintDesk)?
  var simulator: (any InputSimulator)?
  var freshness: (any FreshnessGuard)?
  var codes: (any RotatingCodes)?
  var quotes: (any QuoteDesk)?
  var reports: (any ReportDesk)?
  var stewardship: (any Stewardship)?
  var operators: (any OperatorDesk)?
  /// Reads the configuration anew.
  var reload: (@Sendable () async throws(ReloadFailure) -> ReloadReport)?
  var shifts: (any ShiftDesk)?
  var batches: (any CouponBatchDesk)?
  var profiles: (any ProfileReading)?
}

/// What `daemon.status` counts, since the start.
struct ServerCounters: Sendable {
  var connections: Int64 = 0
  var requests: Int64 = 0
  var failures: Int64 = 0
  var lookups: Int64 = 0
  var operations: Int64 = 0
  var taps: Int64 = 0
  var delivered: Int64 = 0
  var unclaimed: Int64 = 0
  var suppressed: Int64 = 0
  var refused: Int64 = 0
  /// Codes of payment services that were refused and forgotten.
  var paymentCodes: Int64 = 0
  /// Payment cards' numbers in scans that were.
  var paymentCards: Int64 = 0
  var alarms: Int64 = 0
}

/// Who has which role, with the names of users and groups as ids.
struct RoleTable: Sendable {
  private struct Grant: Sendable {
    var role: Role
    var users: Set<UInt32>
    var groups: Set<UInt32>
  }

  private let grants: [Grant]
  private let ownUserID: UInt32

  /// Looks the names up once. A name that the system does not know gives nobody anything.
  init(_ roles: [RoleGrant], logger: Logger, ownUserID: UInt32 = AccountNames.ownUserID) {
    self.ownUserID = ownUserID
    grants = roles.map { grant in
      for name in grant.users where AccountNames.userID(name) == nil {
        logger.warning("the role table names an unknown user", metadata: ["user": "\(name)"])
      }
      for name in grant.groups where AccountNames.groupID(name) == nil {
        logger.warning("the role table names an unknown group", metadata: ["group": "\(name)"])
      }
      return Grant(
        role: grant.role,
        users: Set(grant.users.compactMap(AccountNames.userID)),
        groups: Set(grant.groups.compactMap(AccountNames.groupID))
      )
    }
  }

  /// The highest role that the peer's user or one of its groups has; `nil` where there is none.
  func role(of peer: PeerIdentity) -> Role? {
    if peer.uid == 0 || peer.uid == ownUserID { return .manager }
    return grants.filter { grant in
      grant.users.contains(peer.uid) || peer.groups.contains { grant.groups.contains($0) }
    }
    .map(\.role).max()
  }
}

/// Every input device seen since the start, in the order in which they came.
struct DeviceRegister: Sendable {
  private var order: [String] = []
  private var known: [String: DeviceDescription] = [:]

  /// All of them.
  var all: [DeviceDescription] { order.compactMap { known[$0] } }

  subscript(id: String) -> DeviceDescription? { known[id] }

  /// Takes what a backend says.
  ///
  /// - Returns: whether anything changed.
  mutating func update(_ device: DeviceDescription) -> Bool {
    guard known[device.id] != device else { return false }
    if known.updateValue(device, forKey: device.id) == nil { order.append(device.id) }
    if order.count > Limits.deviceCountMax,
      let index = order.firstIndex(where: { known[$0]?.power == .offOffline })
    {
      known[order.remove(at: index)] = nil
    }
    return true
  }

  /// A device that never was one is not shown any more: a replay's, when the replay is over.
  mutating func forget(_ id: String) {
    known[id] = nil
    order.removeAll { $0 == id }
  }

  /// A device was unplugged: it is shown as gone, and its claim stays.
  mutating func lose(_ id: String) -> DeviceDescription? {
    guard var device = known[id], device.power != .offOffline else { return nil }
    device.state = .closed
    device.power = .offOffline
    device.verdict = .unknown
    device.reason = "unplugged"
    known[id] = device
    return device
  }
}
