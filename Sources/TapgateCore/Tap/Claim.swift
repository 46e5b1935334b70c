/// A connection of a client; counts up and is never used again while the gateway runs.
public struct ClientID: Hashable, Sendable, Comparable {
  public var number: UInt64

  /// Creates an id.
  public init(_ number: UInt64) { self.number = number }

  /// Older connections come first.
  public static func < (left: ClientID, right: ClientID) -> Bool { left.number < right.number }
}

/// What a claim is for.
public enum ClaimTarget: Hashable, Sendable {
  case device(String)
  /// The input devices of a lane, those present and those to come.
  case lane(String)
}

/// One client's right to the input of a device or a lane.
public struct Claim: Hashable, Sendable {
  /// Counts up with every claim granted.
  public var number: UInt64
  public var client: ClientID
  public var target: ClaimTarget
  /// Monotonic milliseconds.
  public var since: UInt64

  /// Creates a claim.
  public init(number: UInt64, client: ClientID, target: ClaimTarget, since: UInt64) {
    self.number = number
    self.client = client
    self.target = target
    self.since = since
  }
}

/// A request for a claim.
public struct ClaimRequest: Hashable, Sendable {
  /// The caller's own number for it; comes back with the answer.
  public var number: UInt64
  public var client: ClientID
  public var target: ClaimTarget
  /// How long to stand in line, in milliseconds; 0: answer at once.
  public var waitMilliseconds: UInt64
  /// Whether the holder is to be asked to let go.
  public var isContest: Bool

  /// Creates a request.
  public init(
    number: UInt64,
    client: ClientID,
    target: ClaimTarget,
    waitMilliseconds: UInt64 = 0,
    isContest: Bool = false
  ) {
    self.number = number
    self.client = client
    self.target = target
    self.waitMilliseconds = waitMilliseconds
    self.isContest = isContest
  }
}

/// What is to be done after something happened to the claims.
public enum ClaimAction: Hashable, Sendable {
  /// Answer request `request`: it holds `claim`. `hasWaited` where the answer did not come at once.
  case grant(request: UInt64, claim: Claim, hasWaited: Bool)
  /// Answer request `request`: `holder` keeps it. The line's length was exceeded where `holder` is
  /// nil.
  case deny(request: UInt64, holder: Claim?)
  /// Tell `claim`'s holder that `by` wants it; without a `retain` it ends at `deadline`.
  case askHolder(claim: Claim, by: ClientID, deadline: UInt64)
  /// Tell the former holder that the claim is gone, taken by `by`.
  case tellLoss(claim: Claim, by: ClientID)
}
