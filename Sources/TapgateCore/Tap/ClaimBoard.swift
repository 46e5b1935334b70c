/// Who may hear which input device. At most one claim covers a device.
///
/// Pure: times are monotonic milliseconds that the caller passes in. A claim survives the
/// unplugging of its devices and ends with `release`, with `clientLeft`, or when it was contested
/// and not retained.
public struct ClaimBoard: Sendable {
  private struct Waiter: Sendable {
    var request: ClaimRequest
    var deadline: UInt64
  }

  private struct Contest: Sendable {
    var by: ClientID
    var deadline: UInt64
  }

  private let graceMilliseconds: UInt64
  private let waiterCountMax: Int
  private var lanes: [String: String] = [:]
  private var nextNumber: UInt64 = 1
  private var claims: [Claim] = []
  private var waiters: [Waiter] = []
  private var contests: [UInt64: Contest] = [:]

  /// Creates an empty board.
  public init(
    graceMilliseconds: Int = Limits.contestGraceMilliseconds,
    waiterCountMax: Int = Limits.claimWaiterCountMax
  ) {
    self.graceMilliseconds = UInt64(max(graceMilliseconds, 0))
    self.waiterCountMax = waiterCountMax
  }

  // MARK: Questions

  /// All claims, the oldest first.
  public var current: [Claim] { claims }

  /// When `tick` has something to do next, if ever.
  public var nextDeadline: UInt64? {
    let first = waiters.map(\.deadline).min()
    let second = contests.values.map(\.deadline).min()
    guard let first, let second else { return first ?? second }
    return min(first, second)
  }

  /// The claim that covers `deviceID`, whose lane is `lane`.
  public func holder(ofDevice deviceID: String, lane: String?) -> Claim? {
    claims.first { claim in
      switch claim.target {
      case .device(let id): id == deviceID
      case .lane(let name): name == lane
      }
    }
  }

  /// The devices that `claim` covers now, in the order of their ids.
  public func devices(of claim: Claim) -> [String] {
    switch claim.target {
    case .device(let id): [id]
    case .lane(let name): lanes.filter { $0.value == name }.keys.sorted()
    }
  }

  // MARK: Happenings

  /// A device is there, or moved to another lane. Present claims stay as they are.
  public mutating func deviceSeen(_ id: String, lane: String?) { lanes[id] = lane }

  /// Asks for a claim. A client that holds it already holds it still: the same claim is granted.
  public mutating func request(_ request: ClaimRequest, now: UInt64) -> [ClaimAction] {
    if let own = claims.first(where: {
      $0.client == request.client && $0.target == request.target
    }) {
      return [.grant(request: request.number, claim: own, hasWaited: false)]
    }
    let blockers = blockers(of: request)
    if blockers.isEmpty, !isBehindWaiter(request) {
      return [grant(request, hasWaited: false, now: now)]
    }
    let holder = blockers.first
    guard request.waitMilliseconds > 0 || request.isContest else {
      return [.deny(request: request.number, holder: holder)]
    }
    guard waiters.count < waiterCountMax else {
      return [.deny(request: request.number, holder: nil)]
    }
    let patience =
      request.isContest
      ? max(request.waitMilliseconds, graceMilliseconds + 1) : request.waitMilliseconds
    waiters.append(Waiter(request: request, deadline: now &+ patience))
    guard request.isContest else { return [] }
    return blockers.compactMap { ask($0, by: request.client, now: now) }
  }

  /// The holder keeps a contested claim: the contest is over, who waits goes on to wait.
  ///
  /// - Returns: `nil` where `client` has no such claim.
  public mutating func retain(
    _ number: UInt64,
    client: ClientID,
    now: UInt64
  ) -> [ClaimAction]? {
    guard let claim = claims.first(where: { $0.number == number && $0.client == client }) else {
      return nil
    }
    guard contests.removeValue(forKey: number) != nil else { return [] }
    // Who contested and did not mean to stand in line is answered now.
    let answered = waiters.map(\.request).filter {
      $0.isContest && $0.waitMilliseconds == 0 && overlaps($0.target, claim.target)
    }
    waiters.removeAll { answered.contains($0.request) }
    return answered.map { .deny(request: $0.number, holder: claim) }
  }

  /// The holder lets go.
  ///
  /// - Returns: `nil` where `client` has no such claim.
  public mutating func release(
    _ number: UInt64,
    client: ClientID,
    now: UInt64
  ) -> [ClaimAction]? {
    guard claims.contains(where: { $0.number == number && $0.client == client }) else {
      return nil
    }
    end { $0.number == number }
    return serveWaiters(now: now)
  }

  /// A client's socket closed: its claims end and it stands in no line any more.
  public mutating func clientLeft(_ client: ClientID, now: UInt64) -> [ClaimAction] {
    waiters.removeAll { $0.request.client == client }
    end { $0.client == client }
    return serveWaiters(now: now)
  }

  /// Ends contests and waits whose time has come.
  public mutating func tick(now: UInt64) -> [ClaimAction] {
    var actions: [ClaimAction] = []
    for (number, contest) in contests.sorted(by: { $0.key < $1.key })
    where contest.deadline <= now {
      contests[number] = nil
      guard let claim = claims.first(where: { $0.number == number }) else { continue }
      // Where everybody who wanted it has gone, nothing is taken away.
      guard waiters.contains(where: { overlaps($0.request.target, claim.target) }) else {
        continue
      }
      end { $0.number == number }
      actions.append(.tellLoss(claim: claim, by: contest.by))
    }
    actions += serveWaiters(now: now)
    let late = waiters.filter { $0.deadline <= now }
    guard !late.isEmpty else { return actions }
    waiters.removeAll { $0.deadline <= now }
    actions += late.map {
      .deny(request: $0.request.number, holder: blockers(of: $0.request).first)
    }
    // Who stood behind those who gave up may be first now.
    return actions + serveWaiters(now: now)
  }

  // MARK: Rules

  private func overlaps(_ left: ClaimTarget, _ right: ClaimTarget) -> Bool {
    switch (left, right) {
    case (.device(let one), .device(let other)): one == other
    case (.lane(let one), .lane(let other)): one == other
    case (.device(let id), .lane(let lane)), (.lane(let lane), .device(let id)):
      lanes[id] == lane
    }
  }

  private func blockers(of request: ClaimRequest) -> [Claim] {
    claims.filter { $0.client != request.client && overlaps($0.target, request.target) }
  }

  /// Whether somebody else who wants the same stands in line already.
  private func isBehindWaiter(_ request: ClaimRequest) -> Bool {
    waiters.contains {
      $0.request.client != request.client && overlaps($0.request.target, request.target)
    }
  }

  private mutating func grant(
    _ request: ClaimRequest,
    hasWaited: Bool,
    now: UInt64
  ) -> ClaimAction {
    let claim = Claim(
      number: nextNumber,
      client: request.client,
      target: request.target,
      since: now
    )
    nextNumber += 1
    claims.append(claim)
    return .grant(request: request.number, claim: claim, hasWaited: hasWaited)
  }

  private mutating func ask(_ claim: Claim, by client: ClientID, now: UInt64) -> ClaimAction? {
    guard contests[claim.number] == nil else { return nil }
    let deadline = now &+ graceMilliseconds
    contests[claim.number] = Contest(by: client, deadline: deadline)
    return .askHolder(claim: claim, by: client, deadline: deadline)
  }

  private mutating func end(where isEnding: (Claim) -> Bool) {
    for claim in claims where isEnding(claim) { contests[claim.number] = nil }
    claims.removeAll(where: isEnding)
  }

  /// Grants what can be granted, first come first served among those who want the same.
  private mutating func serveWaiters(now: UInt64) -> [ClaimAction] {
    var actions: [ClaimAction] = []
    var stillWaiting: [Waiter] = []
    for waiter in waiters {
      let isBehind = stillWaiting.contains {
        $0.request.client != waiter.request.client
          && overlaps($0.request.target, waiter.request.target)
      }
      if isBehind || !blockers(of: waiter.request).isEmpty {
        stillWaiting.append(waiter)
      } else {
        actions.append(grant(waiter.request, hasWaited: true, now: now))
      }
    }
    waiters = stillWaiting
    return actions
  }
}
