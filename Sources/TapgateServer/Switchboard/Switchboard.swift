internal import Logging
internal import NIOCore
internal import TapgateAPI
internal import TapgateCore
internal import TapgateJSON
internal import TapgateModel

/// Everything the server knows: connections, devices, claims, taps. Confined to the one event loop,
/// so that it needs no lock and every rule sees one state.
///
/// Extensions hold the steps: requests come in at `receive(_:from:)`, inputs at `take(_:)`.
final class Switchboard {
  let configuration: ServerConfiguration
  let ports: ServerPorts
  let logger: Logger
  let loop: any EventLoop
  let inbox: Inbox
  let reads = BackOfficeLane(concurrencyMax: Limits.backOfficeConcurrencyMax)
  /// Chunks of an import keep their order, so one at a time.
  let imports = BackOfficeLane(concurrencyMax: 1)
  /// A report reads the whole ledger: one at a time.
  let reports = BackOfficeLane(concurrencyMax: 1)
  let importDesk: ImportDesk
  let bootID: String
  let startedAt: Timestamp
  let startedNanoseconds: UInt64

  var connections: [ClientID: Connection] = [:]
  var dirty: [Connection] = []
  var devices = DeviceRegister()
  var filter: InputFilter
  let classifier: ScanClassifier
  var badCodes: BadCodeLimiter
  /// Taps that the ledger decides about, by their device.
  var undecided: [String: UndecidedTap] = [:]
  /// Clients that record what comes in.
  var recordings: [ClientID: InputRecording] = [:]
  /// What is added to the presences that a client replays, so that two replays do not meet.
  var replayBases: [ClientID: UInt64] = [:]
  var claims: ClaimBoard
  var delivery: Delivery<Tap>
  var trace = TapTrace()
  var counters = ServerCounters()
  /// Requests that wait for a claim, by the number that the claim board knows them by.
  var claimTickets: [UInt64: Ticket] = [:]
  /// Imports by id, with whose they are.
  var importOwners: [String: ClientID] = [:]
  /// Whether clients still wait for the reports that they asked for.
  var reportWaiters: [ClientID: ReportWaiter] = [:]
  /// Who got the last tap of a device, so that its removal finds the same client.
  var lastTaps: [String: DeliveredTap] = [:]
  /// What is told of devices that change faster than anybody can follow.
  var statuses = StatusThrottle<DeviceNotice>()
  /// Cards that lay on a reader before anybody looked, by device: their removal is no tap's.
  var lyingCards: [String: UInt64] = [:]
  /// Misses by numbers that could be guessed.
  var misses = MissLimit()
  var identifiers: IdentifierSource
  /// What `rpc.discover` answers: the same for as long as the process runs.
  private(set) lazy var discovery = OpenRPCDocument.make(version: configuration.version).encoded()
  private(set) var isClosing = false

  private let roles: RoleTable
  private var nextClient: UInt64 = 1
  private var nextNumber: UInt64 = 0
  private var sequence: Int64 = 0
  private var timer: Scheduled<Void>?
  private var timerDeadline: UInt64?
  private var emptied: EventLoopPromise<Void>?

  /// Creates a switchboard for `loop`.
  init(
    configuration: ServerConfiguration,
    ports: ServerPorts,
    logger: Logger,
    loop: any EventLoop,
    inbox: Inbox
  ) {
    self.configuration = configuration
    self.ports = ports
    self.logger = logger
    self.loop = loop
    self.inbox = inbox
    importDesk = ImportDesk(backOffice: ports.backOffice)
    startedAt = configuration.clock.now()
    startedNanoseconds = configuration.clock.monotonicNanoseconds()
    identifiers = IdentifierSource()
    bootID = identifiers.next(at: startedAt)
    let rules = configuration.inputs
    filter = InputFilter(
      InputFilter.Windows(
        bounce: configuration.bounceMilliseconds,
        repeated: rules.repeatMilliseconds,
        goods: rules.goodsRepeatMilliseconds
      )
    )
    classifier = ScanClassifier(
      patterns: configuration.patterns,
      paymentCodes: rules.paymentCodes
    )
    badCodes = BadCodeLimiter(countMax: rules.badCodesPerMinuteMax)
    claims = ClaimBoard(graceMilliseconds: configuration.contestGraceMilliseconds)
    delivery = Delivery(heldMilliseconds: configuration.heldMilliseconds)
    roles = RoleTable(configuration.roles, logger: logger)
  }

  // MARK: Time and numbers

  /// Monotonic milliseconds.
  var now: UInt64 { configuration.clock.monotonicNanoseconds() / 1_000_000 }

  /// The wall clock as the wire shows it.
  func wallClock() -> String { text(of: configuration.clock.now()) }

  /// An instant as the wire shows it: RFC 3339 with the store's offset.
  func text(of instant: Timestamp) -> String {
    instant.rfc3339(offsetSeconds: configuration.clock.utcOffsetSeconds(instant))
  }

  /// A new id.
  func newID() -> String { identifiers.next(at: configuration.clock.now()) }

  /// Counts up with every event.
  func nextSequence() -> Int64 {
    sequence += 1
    return sequence
  }

  /// A number for errors and claims that were asked for; never used again.
  func newNumber() -> UInt64 {
    nextNumber += 1
    return nextNumber
  }

  // MARK: Connections

  /// Makes the handler of a new connection.
  func accept(_ peer: PeerIdentity) -> Connection {
    let id = ClientID(nextClient)
    nextClient += 1
    var turnedAway: Failure?
    if isClosing {
      turnedAway = .result(.closed, .closing)
    } else if connections.count >= configuration.connectionCountMax {
      let hint = "at most \(configuration.connectionCountMax) connections"
      turnedAway = .busy(after: 1000, .tooManyConnections, hint: hint)
    }
    let connection = Connection(
      id: id,
      peer: peer,
      role: roles.role(of: peer),
      turnedAway: turnedAway,
      board: self
    )
    if turnedAway == nil {
      connections[id] = connection
      counters.connections += 1
    }
    return connection
  }

  /// Tells the inbox whether any client subscribed to commits.
  func subscriptionsChanged() {
    inbox.hearCommits(
      connections.values.contains { $0.subscriptions.contains("operation.committed") }
    )
  }

  /// The client's sending side is closed: it can hold nothing and hears no more events.
  func inputEnded(_ connection: Connection) {
    connection.subscriptions = []
    subscriptionsChanged()
    connection.greeting?.lane = nil
    endClaims(of: connection.id)
    for (importID, owner) in importOwners where owner == connection.id {
      cancelImport(importID)
    }
  }

  /// A socket closed.
  func left(_ connection: Connection) {
    guard connections.removeValue(forKey: connection.id) != nil else { return }
    inputEnded(connection)
    recordings[connection.id] = nil
    endReports(of: connection.id)
    endReplay(of: connection.id)
    for (deviceID, tap) in lastTaps where tap.recipient == connection.id {
      lastTaps[deviceID] = nil
    }
    if connections.isEmpty { emptied?.succeed() }
  }

  /// Sends what this turn gathered.
  func flushDirty() {
    while !dirty.isEmpty {
      let batch = dirty
      dirty = []
      for connection in batch { connection.flush() }
    }
  }

  // MARK: The end

  /// Refuses what is new, answers what is under way, and closes. `promise` succeeds once every
  /// connection is closed.
  func close(_ promise: EventLoopPromise<Void>) {
    isClosing = true
    timer?.cancel()
    reads.close()
    imports.close()
    reports.close()
    let open = Array(connections.values)
    guard !open.isEmpty else { return promise.succeed() }
    emptied = promise
    for connection in open {
      cancelClaimRequests(of: connection)
      connection.closeWhenDone()
    }
  }

  /// Closes what is still open.
  func abandonConnections() {
    for connection in Array(connections.values) { connection.abandon() }
  }

  // MARK: Arrivals and deadlines

  /// Handles everything that other threads handed over.
  func drainInbox() {
    let arrivals = inbox.take()
    guard !arrivals.isEmpty else { return }
    for arrival in arrivals {
      switch arrival {
      case .input(let report): take(report)
      case .freshness(let deviceID, let number, let verdict):
        settle(deviceID, number, verdict)
      case .outcome(let ticket, let outcome): answer(ticket, outcome)
      case .answer(let ticket, let reply): answer(ticket, reply)
      case .committed(let operation): tellCommit(operation)
      case .printJob(let job): tellPrintJob(job)
      case .programme(let programme): tellProgramme(programme)
      case .printer(let printer): tellPrinter(printer)
      case .importProgress(let client, let importID, let thousandths):
        tellProgress(client, importID: importID, thousandths: thousandths)
      }
    }
    scheduleTick()
    flushDirty()
  }

  /// Sees to it that `tick` runs when the next deadline passes.
  func scheduleTick() {
    let deadlines = [claims.nextDeadline, delivery.nextDeadline, statuses.nextDeadline]
      .compactMap(\.self)
    guard let deadline = deadlines.min(), !isClosing else {
      timer?.cancel()
      timer = nil
      timerDeadline = nil
      return
    }
    guard deadline != timerDeadline else { return }
    timer?.cancel()
    timerDeadline = deadline
    let wait = Int64(clamping: deadline - min(now, deadline))
    timer = loop.assumeIsolated().scheduleTask(in: .milliseconds(wait)) { [weak self] in
      self?.tick()
    }
  }

  private func tick() {
    timerDeadline = nil
    perform(claims.tick(now: now))
    expireHeldTaps()
    tellDueStatuses()
    scheduleTick()
    flushDirty()
  }
}
