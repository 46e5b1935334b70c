public import TapgateAPI
public import TapgateCore
public import TapgateModel

/// The languages that messages come in.
public enum Language: String, Sendable, CaseIterable {
  case zh, en

  /// The language of a BCP 47 tag such as `zh-Hans-CN`, where it is one of ours.
  public init?(tag: String) {
    switch tag.prefix(while: { $0 != "-" && $0 != "_" }).lowercased() {
    case "zh": self = .zh
    case "en": self = .en
    default: return nil
    }
  }
}

/// A line of the role table: who holds a role. The gateway's own user and root are always
/// `manager`.
public struct RoleGrant: Hashable, Sendable {
  public var role: Role
  /// User names, or user ids in digits.
  public var users: [String]
  /// Group names, or group ids in digits; primary and supplementary groups of the peer count.
  public var groups: [String]

  /// Creates a grant.
  public init(role: Role, users: [String] = [], groups: [String] = []) {
    self.role = role
    self.users = users
    self.groups = groups
  }
}

/// What the hub makes of scans and repetitions.
public struct InputRules: Hashable, Sendable {
  /// Codes of payment services, which are refused and forgotten.
  public var paymentCodes = PaymentCodeRange.standard
  /// How long the same code or swipe at one device is the same; 0 to 5,000 ms.
  public var repeatMilliseconds = Limits.repeatMilliseconds
  /// The same for codes of goods; 0 to 5,000 ms.
  public var goodsRepeatMilliseconds = 0
  /// Seconds of a rotating code's time step.
  public var stepSeconds = Limits.rotatingStepSeconds
  /// Wrong authentication codes a minute and scanner.
  public var badCodesPerMinuteMax = Limits.badCodesPerMinuteMax
  /// Whether an identifier that several cards may have (a NUID) may be presented by a card that
  /// nobody holds; otherwise it is refused.
  public var allowsSharedUID = false

  /// Creates the rules of the product.
  public init() {}
}

/// Everything the socket server is told at start.
public struct ServerConfiguration: Sendable {
  /// Where to listen; at most 107 bytes (`sun_path`, unix(7)).
  public var socketPath: String
  /// The gateway's version, as `hello` shows it.
  public var version: String
  /// Defaults for operations that name none.
  public var store: String
  public var counter: String
  /// The gateway's own lane, as `daemon.status` shows it. Devices bring their own.
  public var lane: String
  /// For clients that name none in `hello`.
  public var language: Language
  public var roles: [RoleGrant]
  /// The nodes that a report's scope may name where there is no `OperatorDesk` to ask.
  public var organisation = Organisation()
  /// Where the ledger is, as `daemon.status` shows it; `nil` where it is not to be shown.
  public var dataFolder: String?
  /// Where `print.submit` prints unless it says otherwise.
  public var defaultPrinter: String?
  /// Whether `simulate.*` exists.
  public var isSimulation: Bool
  public var patterns: [ScanPattern]
  public var inputs = InputRules()
  /// What a new PIN must be like.
  public var pins = PINPolicy()
  /// The attributes that members' profiles have beside the fields of every profile.
  public var attributes: [ProfileAttribute] = []
  /// 0 to 5,000 ms.
  public var bounceMilliseconds: Int
  public var heldMilliseconds: Int
  public var contestGraceMilliseconds: Int
  public var connectionCountMax: Int
  public var stopGraceMilliseconds: Int
  /// Where time comes from.
  public var clock: ServerClock

  /// Creates a configuration with the defaults of the product.
  public init(
    socketPath: String,
    version: String,
    store: String,
    counter: String,
    lane: String = "1",
    language: Language = .zh,
    roles: [RoleGrant] = [],
    dataFolder: String? = nil,
    defaultPrinter: String? = nil,
    isSimulation: Bool = false,
    patterns: [ScanPattern] = [],
    bounceMilliseconds: Int = Limits.bounceMilliseconds,
    heldMilliseconds: Int = Limits.heldTapMilliseconds,
    contestGraceMilliseconds: Int = Limits.contestGraceMilliseconds,
    connectionCountMax: Int = Limits.connectionCountMax,
    stopGraceMilliseconds: Int = Limits.stopGraceMilliseconds,
    clock: ServerClock = .system
  ) {
    self.socketPath = socketPath
    self.version = version
    self.store = store
    self.counter = counter
    self.lane = lane
    self.language = language
    self.roles = roles
    self.dataFolder = dataFolder
    self.defaultPrinter = defaultPrinter
    self.isSimulation = isSimulation
    self.patterns = patterns
    self.bounceMilliseconds = bounceMilliseconds
    self.heldMilliseconds = heldMilliseconds
    self.contestGraceMilliseconds = contestGraceMilliseconds
    self.connectionCountMax = connectionCountMax
    self.stopGraceMilliseconds = stopGraceMilliseconds
    self.clock = clock
  }
}

/// Why the server did not start; the description is a sentence for the terminal.
public enum ServerStartFailure: Error, Hashable, Sendable, CustomStringConvertible {
  /// Another gateway is alive; its process id where its lock file names one.
  case alive(socketPath: String, pid: Int32?)
  /// `sun_path` holds 107 bytes and a terminator.
  case pathTooLong(socketPath: String, byteCount: Int)
  /// A system call failed: its name, and errno in words.
  case system(call: String, path: String, problem: String)

  public var description: String {
    switch self {
    case .alive(let path, let pid?):
      "E_CLAIMED: another gateway (pid \(pid)) holds \(path)"
    case .alive(let path, nil):
      "E_CLAIMED: another gateway holds \(path)"
    case .pathTooLong(let path, let count):
      "the socket path \(path) has \(count) bytes; at most 107 are possible"
    case .system(let call, let path, let problem):
      "\(call) \(path): \(problem)"
    }
  }
}
