public import TapgateJSON
public import TapgateModel

/// Answers look-ups from memory that holds committed state only.
///
/// Every call returns at once, on any thread, and never touches the disk.
public protocol MemberDirectory: Sendable {
  /// The member whom `key` names, as committed; `nil` where there is none.
  func member(_ key: MemberKey) -> MemberView?
}

/// Decides and commits operations, one after the other.
public protocol Ledger: Sendable {
  /// Queues `operation`. Operations on one member are decided in the order of the calls.
  ///
  /// `completion` is called once, on the ledger's thread, after the row is on disk (or after it was
  /// decided that there will be none). It must not block.
  func submit(
    _ operation: Operation,
    completion: @escaping @Sendable (OperationOutcome) -> Void
  )

  /// Calls `observer` after each commit, in order, on the ledger's thread; it must not block.
  func observeCommits(_ observer: @escaping @Sendable (CommittedOperation) -> Void)
}

/// What a commit tells the rest of the gateway.
public struct CommittedOperation: Sendable {
  public var sequence: Int64
  public var operationID: String
  public var method: String
  public var memberID: String?
  public var businessDate: BusinessDate
  /// The receipt or document that came with it, to be printed.
  public var job: PrintJob?
  public var isSimulated: Bool

  /// Creates a notice.
  public init(
    sequence: Int64,
    operationID: String,
    method: String,
    memberID: String?,
    businessDate: BusinessDate,
    job: PrintJob?,
    isSimulated: Bool
  ) {
    self.sequence = sequence
    self.operationID = operationID
    self.method = method
    self.memberID = memberID
    self.businessDate = businessDate
    self.job = job
    self.isSimulated = isSimulated
  }
}

/// A row of an import that cannot be taken.
public struct ImportProblem: Hashable, Sendable {
  /// The line of the file, counted from 1.
  public var line: Int
  /// The column's name.
  public var column: String
  /// What is wrong.
  public var finding: ImportFinding

  /// Creates a problem.
  public init(line: Int, column: String, finding: ImportFinding) {
    self.line = line
    self.column = column
    self.finding = finding
  }
}

/// What can be wrong with a column of an import's row. Never holds the value.
public enum ImportFinding: Hashable, Sendable {
  // The form.
  case unknownColumn, missing
  case tooLong(byteCountMax: Int)
  case badMemberID, badDate, badPhone, badNumber
  /// Not a value of the row's kind of credential.
  case badCredential
  /// An export's mask in the place of what identifies a card.
  case masked
  case badUIDLength, randomUID, reservedUID, paymentCard
  // What the programme has.
  case unknownTier, unknownKind, unknownCardType
  // Dates and balances.
  case inTheFuture, inThePast, expiryWithoutPoints
  case tooManyLots(countMax: Int)
  case balanceTooLarge
  // Other rows and other members.
  case memberExists, credentialTaken, credentialTwice
  /// Another row says something else of the same member.
  case contradiction
}

/// Why an import or another back-office request was not done.
public struct BackOfficeRefusal: Error, Hashable, Sendable {
  /// Whether the same request may succeed later: another import is under way, the ledger is full.
  public var isRetryable: Bool
  /// A sentence for a technician, without any member's data.
  public var problem: String

  /// Creates a refusal.
  public init(isRetryable: Bool, problem: String) {
    self.isRetryable = isRetryable
    self.problem = problem
  }
}

/// One row of `member import`: the columns of the file by name, not yet checked.
public struct ImportRow: Sendable {
  public var line: Int
  public var fields: [String: String]

  /// Creates a row.
  public init(line: Int, fields: [String: String]) {
    self.line = line
    self.fields = fields
  }
}

/// An import under way. Nothing of it is visible before `commit` returned.
public protocol MemberImport: Sendable {
  /// Checks rows and keeps them. Rows of one member may be spread over calls.
  ///
  /// - Returns: the problems of these rows, at most 100 of them.
  func add(_ rows: [ImportRow]) async throws -> [ImportProblem]

  /// Publishes everything at once, or nothing where any row had a problem.
  ///
  /// `progress` is told the share staged so far, in thousandths, from time to time. The answer
  /// holds the members and cards published, and the sums that the migration accounts carry.
  func commit(progress: @escaping @Sendable (Int) -> Void) async throws -> JSON

  /// Forgets everything.
  func cancel() async
}

/// Reads that may touch the disk: a lane of their own, never ahead of the fast path.
public protocol BackOffice: Sendable {
  /// Members whose name, phone's last four digits or id fit `text`; the newest first.
  func search(text: String, limit: Int) async throws -> [MemberView]

  /// What settles the next draw of a lottery, as it may be published before: SHA-256 of the reveal,
  /// hexadecimal. `nil` for a lottery that the programme does not have.
  func drawCommitment(_ draw: String) async throws -> String?

  /// What a coupon's code stands for, and whether it can be used now; `nil` for a code that none
  /// has.
  func coupon(_ code: CouponCode, store: String, counter: String) async throws -> JSON?

  /// A member's journal, newest first: rows whose sequence is below `before`. `nil`: no such
  /// member.
  func history(memberID: String, before: Int64?, limit: Int) async throws -> JSON?

  /// Committed operations after `sequence`, in order.
  func feed(after sequence: Int64, limit: Int) async throws -> JSON

  /// What became of an operation; `nil` where the id was never used. `result` bears `replay:true`.
  func status(operationID: String) async throws -> OperationOutcome?

  /// Print job `id`, or `nil`.
  func printJob(id: String) async throws -> PrintJob?

  /// The newest print jobs of all printers, at most `limit`, newest first.
  func recentJobs(limit: Int) async throws -> [PrintJob]

  /// Starts an import; one at a time.
  func beginImport(isDryRun: Bool) async throws -> any MemberImport

  /// All members, in the columns of the import, `limit` at a time, after the member with row number
  /// `after`; UIDs are masked.
  func export(after: Int64, limit: Int) async throws -> JSON

  /// Figures for `daemon.status`: members, cards, last sequence, size of the files, programme.
  func figures() async throws -> JSON
}

/// Prices baskets. Nothing that it does changes anything.
public protocol QuoteDesk: Sendable {
  /// What a basket costs here and now: the result of `checkout.quote`.
  ///
  /// - Throws: `Refusal` where a rule refuses, `OperationFailure` where something that is named
  ///   does not exist or cannot be.
  func quote(_ inquiry: QuoteInquiry) async throws -> JSON
}
