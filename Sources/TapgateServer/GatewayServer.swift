public import Logging
internal import NIOCore
internal import NIOPosix
internal import TapgateLock
public import TapgateCore

/// The socket server: JSON-RPC 2.0 over an `AF_UNIX` stream socket, one UTF-8 object per line.
///
/// All of its state lives on one event loop. Look-ups are answered there, from memory; operations
/// go to the ledger, reads that may touch the disk to a lane beside the loop. Input backends and
/// spoolers call `receive` and the print observer's functions from their own threads.
public final class GatewayServer: InputSink, PrintObserver {
  private struct Running {
    var lock: SocketLock
    var listener: any Channel
    var lanes: Task<Void, Never>
  }

  private enum Phase {
    case idle
    case starting
    case running(Running)
    case stopped
  }

  private let configuration: ServerConfiguration
  private let ports: ServerPorts
  private let logger: Logger
  private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
  private let board: NIOLoopBoundBox<Switchboard?>
  private let inbox: Inbox
  private let phase = Mutex(Phase.idle)

  /// Creates a server. Nothing happens before `start`.
  ///
  /// `backends` are asked for health and statistics; whoever made them starts them with this server
  /// as their sink. Jobs that come with a commit are handed to `printing`. Without `freshness` no
  /// token is accepted, without `codes` no rotating code, without `quotes` no basket is priced
  /// before it is paid, without `reports` there is no report, without `stewardship` no programme is
  /// shown or activated, without `operators` none is asked for, without `reload` the configuration
  /// is read at a start only, without `shifts` none is closed, and without `batches` coupons are
  /// issued to one member at a time.
  public init(
    configuration: ServerConfiguration,
    directory: any MemberDirectory,
    ledger: any Ledger,
    backOffice: any BackOffice,
    backends: [any InputBackend] = [],
    printing: (any PrintDesk)? = nil,
    simulator: (any InputSimulator)? = nil,
    freshness: (any FreshnessGuard)? = nil,
    codes: (any RotatingCodes)? = nil,
    quotes: (any QuoteDesk)? = nil,
    reports: (any ReportDesk)? = nil,
    stewardship: (any Stewardship)? = nil,
    operators: (any OperatorDesk)? = nil,
    reload: (@Sendable () async throws(ReloadFailure) -> ReloadReport)? = nil,
    shifts: (any ShiftDesk)? = nil,
    batches: (any CouponBatchDesk)? = nil,
    profiles: (any ProfileReading)? = nil,
    logger: Logger
  ) {
    self.configuration = configuration
    self.logger = logger
    ports = ServerPorts(
      directory: directory,
      ledger: ledger,
      backOffice: backOffice,
      backends: backends,
      printing: printing,
      simulator: simulator,
      freshness: freshness,
      codes: codes,
      quotes: quotes,
      reports: reports,
      stewardship: stewardship,
      operators: operators,
      reload: reload,
      shifts: shifts,
      batches: batches,
      profiles: profiles
    )
    let loop = group.next()
    board = NIOLoopBoundBox.makeEmptyBox(valueType: Switchboard.self, eventLoop: loop)
    inbox = Inbox(loop: loop, board: board)
  }

  /// Takes the lock beside the socket and listens, mode 0660. Call it once.
  ///
  /// - Throws: `ServerStartFailure`, whose description names a living holder's pid; NIO's error
  /// where
  ///   the socket cannot be bound.
  public func start() async throws {
    let isFirst = phase.withLock { phase in
      guard case .idle = phase else { return false }
      phase = .starting
      return true
    }
    precondition(isFirst, "a server is started once")
    let path = configuration.socketPath
    let lock: SocketLock
    do {
      lock = try SocketLock.take(socketPath: path)
    } catch {
      await endGroup()
      throw error
    }
    raiseDescriptorLimit()
    do {
      try lock.clear(socketPath: path)
      try await makeBoard()
      let listener = try await bootstrap().bind(unixDomainSocketPath: path).get()
      try lock.admitGroup(socketPath: path)
      let lanes = try await startLanes()
      observeCommits()
      phase.withLock {
        $0 = .running(Running(lock: lock, listener: listener, lanes: lanes))
      }
    } catch {
      lock.release()
      await endGroup()
      throw error
    }
    logger.notice("listening", metadata: ["socket": "\(path)"])
  }

  /// Refuses what is new, answers what is under way (5 s at most), closes every connection and
  /// gives the socket back. Returns when all of that is done; a second call does nothing.
  public func stop() async {
    let running = phase.withLock { phase -> Running? in
      defer { phase = .stopped }
      guard case .running(let running) = phase else { return nil }
      return running
    }
    guard let running else { return }
    // A listener that is closed already is what is wanted.
    try? await running.listener.close().get()
    await drain()
    await running.lanes.value
    await endGroup()
    // A path that something else removed is as good as removed.
    try? running.lock.clear(socketPath: configuration.socketPath)
    running.lock.release()
    logger.notice("stopped", metadata: ["socket": "\(configuration.socketPath)"])
  }

  // MARK: From other threads

  public func receive(_ report: InputReport) { inbox.post(.input(report)) }

  public func printJobChanged(_ job: PrintJob) { inbox.post(.printJob(job)) }

  public func printerChanged(_ printer: DeviceDescription) { inbox.post(.printer(printer)) }

  // MARK: Steps of starting and stopping

  private func endGroup() async {
    inbox.close()
    board.eventLoop.execute { [board] in board.value = nil }
    // The group's own error is that it was shut down before.
    try? await group.shutdownGracefully()
  }

  /// Every client is a descriptor; a few hundred more serve files, readers and printers.
  private func raiseDescriptorLimit() {
    let wanted = configuration.connectionCountMax + 512
    let count = DescriptorLimit.raise(to: wanted)
    guard count < wanted else { return }
    logger.warning(
      "the limit of open files is too low for every client",
      metadata: ["limit": "\(count)", "wanted": "\(wanted)"]
    )
  }

  private func makeBoard() async throws {
    let (configuration, ports, logger) = (configuration, ports, logger)
    let (board, inbox) = (board, inbox)
    try await board.eventLoop.submit {
      board.value = Switchboard(
        configuration: configuration,
        ports: ports,
        logger: logger,
        loop: board.eventLoop,
        inbox: inbox
      )
      // What backends reported before now waits in the inbox.
      board.value?.drainInbox()
    }.get()
  }

  private func bootstrap() -> ServerBootstrap {
    let board = board
    return ServerBootstrap(group: group)
      .serverChannelOption(.backlog, value: 1024)
      .childChannelOption(.allowRemoteHalfClosure, value: true)
      // One read a turn: a second one only learns that there is no more, at the price of a system
      // call.
      .childChannelOption(.maxMessagesPerRead, value: 1)
      .childChannelOption(
        .writeBufferWaterMark,
        value: .init(low: 64 * 1024, high: 512 * 1024)
      )
      .childChannelInitializer { channel in
        PeerIdentity.read(from: channel).flatMapThrowing { peer in
          guard let board = board.value else { throw ChannelError.ioOnClosedChannel }
          try channel.pipeline.syncOperations.addHandler(board.accept(peer))
        }
      }
  }

  /// The work beside the loop; it ends when the switchboard closes the lanes.
  private func startLanes() async throws -> Task<Void, Never> {
    let board = board
    let lanes = try await board.eventLoop.submit {
      [board.value?.reads, board.value?.imports, board.value?.reports].compactMap(\.self)
    }.get()
    return Task {
      await withTaskGroup(of: Void.self) { group in
        for lane in lanes { group.addTask { await lane.run() } }
      }
    }
  }

  private func observeCommits() {
    let (inbox, printing) = (inbox, ports.printing)
    ports.ledger.observeCommits { operation in
      if let job = operation.job { printing?.enqueue(job) }
      inbox.post(operation)
    }
    ports.stewardship?.observeProgramme { inbox.post(.programme($0)) }
  }

  private func drain() async {
    let board = board
    let loop = board.eventLoop
    let emptied = loop.makePromise(of: Void.self)
    loop.execute {
      guard let board = board.value else { return emptied.succeed() }
      board.close(emptied)
      board.flushDirty()
    }
    let patience = TimeAmount.milliseconds(Int64(configuration.stopGraceMilliseconds))
    let late = loop.scheduleTask(in: patience) { board.value?.abandonConnections() }
    // The promise is only ever succeeded.
    try? await emptied.futureResult.get()
    late.cancel()
  }
}
