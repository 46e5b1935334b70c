internal import Foundation
internal import GRDB
public import Logging
internal import TapgateLock
public import TapgateCore
internal import TapgateJSON
public import TapgateModel

/// Who is told of commits; safe on any thread.
final class Observers: Sendable {
  private let all = Mutex<[@Sendable (CommittedOperation) -> Void]>([])

  func add(_ observer: @escaping @Sendable (CommittedOperation) -> Void) {
    all.withLock { $0.append(observer) }
  }

  @Sendable func tell(_ notices: [CommittedOperation]) {
    let observers = all.withLock { $0 }
    for notice in notices {
      for observer in observers { observer(notice) }
    }
  }
}

/// The member directory, the ledger and the back office over one SQLite file.
///
/// Look-ups come from memory; operations go to one thread that owns the writing connection;
/// everything else reads through a connection of its own. Safe to use from any thread.
public final class LedgerStore: MemberDirectory, Ledger, Sendable {
  let shared: LedgerShared
  let inbox: LedgerInbox
  let reader: DatabaseQueue
  let directory: String
  private let log: LogKeeper
  private let observers: Observers
  let flusher: FlushThread
  let sweeper: Sweeper
  private let pins: PINDesk
  let isImporting = Mutex(false)
  /// Imports that were given up while nothing could be written: their rows are still there.
  let leftImports = Mutex<[Int64]>([])

  private init(
    shared: LedgerShared,
    inbox: LedgerInbox,
    reader: DatabaseQueue,
    directory: String,
    log: LogKeeper,
    observers: Observers,
    flusher: FlushThread,
    pinCost: PINHash.Cost
  ) {
    pins = PINDesk(views: shared.views, cost: pinCost) { operation, completion in
      Self.put(operation, completion, into: inbox)
    }
    self.shared = shared
    self.inbox = inbox
    self.reader = reader
    self.directory = directory
    self.log = log
    self.observers = observers
    self.flusher = flusher
    sweeper = Sweeper(shared: shared, inbox: inbox)
  }

  /// Opens the store: folder, key, file, programme, members; starts the ledger's thread.
  ///
  /// The caller holds the data folder's lock (`DataFolder.lock`). Blocks until all members are in
  /// memory.
  ///
  /// - Throws: `StoreError`, `KeyProblem`, `ProgrammeError`, or what SQLite says.
  public static func open(_ configuration: StoreConfiguration, logger: Logger) throws -> LedgerStore
  {
    let directory = configuration.directory
    try DataFolder.create(directory)
    let configured = try ActiveProgramme(bytes: configuration.programme)
    let isNew = !FileManager.default.fileExists(atPath: LedgerFile.path(in: directory))
    let writer = try LedgerFile.openWriter(
      directory: directory,
      logByteCount: configuration.logByteCount
    )
    let keys = try StoreIdentity.keys(directory: directory, database: writer, isNew: isNew)
    let memory = MemberMemory()
    let published = try StoreIdentity.publishedBatches(writer)
    let found = try LedgerLoader.load(directory: directory, into: memory, published: published)
    if let number = found.damagedNumber {
      throw StoreError(
        code: "store.damaged_member",
        problem: "the row of member \(number) is damaged",
        hint: "run tapgate verify, then tapgate restore from a backup"
      )
    }
    let newest = try StoreIdentity.newestTime(writer)
    let clock = TrustedClock(configuration.clock, newest: newest)
    let shared = try shared(configuration, configured, memory, keys, clock, writer)
    let observers = Observers()
    let inbox = LedgerInbox(countMax: configuration.openOperationCountMax)
    let store = LedgerStore(
      shared: shared,
      inbox: inbox,
      reader: try LedgerFile.openReader(directory: directory),
      directory: directory,
      log: LogKeeper(
        try LedgerFile.openCheckpointer(directory: directory),
        logByteCount: configuration.logByteCount
      ),
      observers: observers,
      flusher: try FlushThread(
        directory: directory,
        flush: configuration.flush,
        shared: shared,
        logger: logger,
        notify: observers.tell,
        finished: inbox.finish
      ),
      pinCost: configuration.pinCost
    )
    try store.startThread(writer, found: found, logger: logger)
    if clock.isWaiting {
      logger.warning(
        "the clock is not believed: time goes on from the newest entry until tapgate confirm-date",
        metadata: ["clock": "\(store.rfc3339(clock.wall))", "today": "\(store.today)"]
      )
    }
    return store
  }

  private static func shared(
    _ configuration: StoreConfiguration,
    _ configured: ActiveProgramme,
    _ memory: MemberMemory,
    _ keys: KeyRing,
    _ clock: TrustedClock,
    _ writer: DatabaseQueue
  ) throws -> LedgerShared {
    LedgerShared(
      memory: memory,
      names: NameIndex(),
      keys: keys,
      schedule: try StoreIdentity.schedule(
        configured,
        isDefault: configuration.isProgrammeDefault,
        at: clock.now(),
        in: writer
      ),
      clock: clock,
      holds: HoldDeadlines(),
      receiptPrinter: configuration.receiptPrinter,
      language: configuration.language,
      assurance: configuration.assurance,
      pins: configuration.pins,
      operators: try OperatorRegistry(configuration, pepper: keys.pinPepper),
      place: (configuration.store, configuration.counter),
      attributes: configuration.attributes
    )
  }

  private func startThread(
    _ writer: DatabaseQueue,
    found: LedgerLoader.Found,
    logger: Logger
  ) throws {
    let started = DispatchSemaphore(value: 0)
    let failure = Mutex<(any Error)?>(nil)
    let (shared, inbox, log, flusher) = (shared, inbox, log, flusher)
    let thread = Thread {
      Thread.current.name = "ledger"  // Setting it before start() has no effect on Linux.
      let ledger = Result {
        try LedgerThread.make(writer, shared, inbox, log, found, logger, flusher)
      }
      switch ledger {
      case .success(let ledger):
        started.signal()
        ledger.run()
      case .failure(let error):
        failure.withLock { $0 = error }
        started.signal()
      }
    }
    thread.stackSize = 1 << 20
    thread.start()
    started.wait()
    if let error = failure.withLock({ $0 }) { throw error }
    if shared.schedule.file != nil { _ = inbox.put(.programme(shared.schedule)) }
    for batch in found.abandoned.keys { removeAbandoned(batch: batch) }
  }

  private func removeAbandoned(batch: Int64) {
    _ = inbox.put(
      .discard(
        batch: batch,
        { [weak self] result in
          switch result {
          case .success(true): break
          case .success(false): self?.removeAbandoned(batch: batch)
          case .failure: self?.leftImports.withLock { $0.append(batch) }
          }
        }
      )
    )
  }

  /// Answers everything that waits, then closes the file. Later operations are answered E_CLOSED.
  public func stop() async {
    sweeper.stop()
    await withCheckedContinuation { continuation in
      pins.close { continuation.resume() }
    }
    await withCheckedContinuation { continuation in
      inbox.close(.stop { continuation.resume() })
    }
  }

  // MARK: MemberDirectory

  public func member(_ key: MemberKey) -> MemberView? { shared.views.view(key) }

  // MARK: Ledger

  public func submit(
    _ operation: TapgateModel.Operation,
    completion: @escaping @Sendable (OperationOutcome) -> Void
  ) {
    let prepared = PreparedOperation(operation, keys: shared.keys)
    guard !pins.take(prepared, completion) else { return }
    Self.put(prepared, completion, into: inbox)
  }

  private static func put(
    _ prepared: PreparedOperation,
    _ completion: @escaping @Sendable (OperationOutcome) -> Void,
    into inbox: LedgerInbox
  ) {
    guard !inbox.put(.operation(prepared, completion)) else { return }
    if inbox.isClosed { return completion(.failed(.closing)) }
    let hint = "too many operations wait for the ledger, or for the disk to flush them"
    completion(.failed(.busy(retryAfterMilliseconds: 200, hint: hint)))
  }

  public func observeCommits(_ observer: @escaping @Sendable (CommittedOperation) -> Void) {
    observers.add(observer)
  }

  // MARK: For the gateway's own use

  /// The company and its operators.
  public var operators: OperatorRegistry { shared.operators }

  /// The business date now, by the programme's zone and cut-over hour.
  public var today: BusinessDate { shared.active.calendar.date(of: shared.clock.now()) }

  /// `instant` in RFC 3339 with the programme's zone's offset.
  public func rfc3339(_ instant: Timestamp) -> String { shared.active.calendar.rfc3339(instant) }

  /// Seconds east of Greenwich at `instant`, in the programme's zone. Any thread.
  public func utcOffsetSeconds(at instant: Timestamp) -> Int {
    shared.active.calendar.offsetSeconds(at: instant)
  }

  /// Opens the names for `member.search`, so that the first search is as fast as the others. Takes
  /// seconds with a million members; meant for a background thread.
  public func warmNames() {
    let views = shared.views
    for number in 1...max(1, shared.memory.numberBound) {
      _ = shared.names.entry(number, views)
    }
  }
}

extension LedgerThread {
  /// Makes the thread's state on the thread itself: statements belong to one thread.
  static func make(
    _ writer: DatabaseQueue,
    _ shared: LedgerShared,
    _ inbox: LedgerInbox,
    _ log: LogKeeper,
    _ found: LedgerLoader.Found,
    _ logger: Logger,
    _ flusher: FlushThread
  ) throws -> LedgerThread {
    try writer.inDatabase { db in
      guard let connection = db.sqliteConnection else {
        throw StoreError(code: "store.closed", problem: "the database is closed")
      }
      let newest = try Row.fetchOne(
        db,
        sql: "SELECT sequence, hash FROM journal ORDER BY sequence DESC LIMIT 1"
      )
      let engine = try LedgerEngine(
        shared: shared,
        statements: try JournalStatements(on: connection),
        shopTable: try ShopTable(on: connection),
        nextSequence: (newest?["sequence"] ?? 0) + 1,
        lastHash: Array((newest?["hash"] as Data?) ?? Data(count: 16)),
        nextNumber: found.newestNumber + 1,
        batchNumbers: found.abandoned
      )
      log.watch(connection)
      return LedgerThread(
        engine: engine,
        database: writer,
        connection: connection,
        inbox: inbox,
        freshness: try FreshnessTable(on: connection),
        log: log,
        logger: logger,
        flusher: flusher
      )
    }
  }
}
