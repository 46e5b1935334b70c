internal import CLinux
public import TapgateCore
public import TapgateModel

/// What the store needs to know when it opens.
public struct StoreConfiguration: Sendable {
  /// The data folder; made with mode 0700 where it does not exist.
  public var directory: String
  /// The programme file's bytes.
  public var programme: [UInt8]
  /// Whether nobody named a file, and `programme` is what a new ledger begins with: one that has a
  /// programme keeps it.
  public var isProgrammeDefault: Bool
  /// The printer that receipts go to; `nil` where there is none.
  public var receiptPrinter: String?
  /// The language of slips: `zh` or `en`.
  public var language: String
  /// What each act asks of the credential that it comes by.
  public var assurance: AssurancePolicy
  /// What is asked of members' PINs.
  public var pins = PINPolicy()
  /// The attributes of profiles that an import may bring and an export shows.
  public var attributes: [ProfileAttribute] = []
  public var clock: any GatewayClock
  /// Bytes to which the write-ahead log is grown once and then kept.
  public var logByteCount: Int
  /// The gateway's own place, for look-ups: they name none.
  public var store = ""
  public var counter = ""
  /// The company, and who may do what in it, until a reload puts others in their place.
  public var organisation = Organisation()
  public var operators = OperatorBook()
  /// fdatasync(2) of the log's descriptor; tests put another in its place to hold the disk.
  var flush: @Sendable (Int32) -> Int32 = { tapgate_fdatasync($0) }
  /// Operations that may be unfinished at one time; tests take fewer.
  var openOperationCountMax = Limits.ledgerQueueCountMax
  /// What a new PIN's hash costs; tests take less.
  var pinCost = PINHash.cost

  /// Creates a configuration.
  public init(
    directory: String,
    programme: [UInt8],
    isProgrammeDefault: Bool = false,
    receiptPrinter: String? = nil,
    language: String = "zh",
    assurance: AssurancePolicy = AssurancePolicy(),
    clock: any GatewayClock,
    logByteCount: Int = 64 * 1024 * 1024
  ) {
    self.logByteCount = logByteCount
    self.directory = directory
    self.programme = programme
    self.isProgrammeDefault = isProgrammeDefault
    self.receiptPrinter = receiptPrinter
    self.language = language
    self.assurance = assurance
    self.clock = clock
  }
}

/// Why the store did not open, or an offline command could not do its work.
public struct StoreError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Stable and dotted, such as `store.newer_schema`.
  public let code: String
  /// What went wrong, in a sentence for a technician.
  public let problem: String
  /// What to do about it, where there is something to do.
  public let hint: String?
  /// What the problem's sentence names, in its order: paths, a process. For who says it in another
  /// language.
  public let names: [String]

  /// Creates an error.
  public init(code: String, problem: String, hint: String? = nil, names: [String] = []) {
    self.code = code
    self.problem = problem
    self.hint = hint
    self.names = names
  }

  public var description: String { hint.map { "\(problem) (\($0))" } ?? problem }
}
