/// What is measured.
public enum Workload: String, Sendable {
  /// Reading a member by card.
  case lookup
  /// Crediting points for a receipt, durably.
  case accrue
  /// Committing a receipt of 20 lines with coupon, points, stored value and accrual, durably.
  case checkout
  /// Asking what such a receipt would come to.
  case quote

  /// Whether the gateway needs the bench's own programme and members with balances.
  var sellsGoods: Bool { self == .checkout || self == .quote }
}

/// What a comparison measures, and how long.
public struct BenchPlan: Sendable {
  public var workload: Workload
  /// Members in every peer.
  public var memberCount = 1_000_000
  /// How many requests are in flight, one level after the other.
  public var inFlight = [1, 8, 32, 128]
  /// The length of each run in milliseconds; every cell has two for each round.
  public var milliseconds = 1000
  /// How often each run is repeated, the peers taking turns. The medians are reported.
  public var roundCount = 5
  /// Arrivals a second of the open loop; `nil`: half of what the slowest peer can do at that level.
  public var openRate: Int?
  /// The peers that take part, by name; empty: all.
  public var only: Set<String> = []
  /// Where the throw-away folder is made: on the disk that is to be measured.
  public var directory = "/var/tmp"
  /// The socket of a running gateway that holds the members already; `nil`: one is started.
  public var gatewaySocket: String?
  /// The path of the executable `tapgate`, which is the gateway and the echo server.
  public var executable: String

  /// Creates a plan with the usual numbers.
  public init(workload: Workload, executable: String) {
    self.workload = workload
    self.executable = executable
  }

  /// The names that `only` may hold for `workload`, the gateway first.
  public static func peerNames(of workload: Workload) -> [String] {
    switch workload {
    case .lookup: ["tapgate", "redis", "echo"]
    case .accrue: ["tapgate", "redis", "postgresql", "pg-loose"]
    case .checkout: ["tapgate", "postgresql", "pg-rows"]
    case .quote: ["tapgate", "echo"]
    }
  }
}
