internal import TapgateLock
internal import TapgateCodec
internal import TapgateCore

// The thread's loop, and what the spool asks for.
extension PrintSpooler {
  /// Runs until `stop()`. On the printer's thread.
  func run() async {
    await recover()
    while !isFinished {
      let messages = inbox.withLock { inbox in
        defer { inbox.messages = [] }
        return inbox.messages
      }
      for message in messages { await handle(message) }
      await expire()
      write()
      await settleEvents()
      updateSnapshot()
      if isFinished { break }
      if inbox.withLock({ !$0.messages.isEmpty }) || !events.isEmpty { continue }
      await waitForPrinter()
    }
    shutDown()
  }

  private var isFinished: Bool {
    isStopping && (spool.currentJob == nil || deadlines[.stop] == nil)
  }

  private func recover() async {
    while !isStopping {
      do {
        let jobs = try await journal.unsettledJobs(printer: configuration.id)
        events.append(.recovered(jobs))
        return await settleEvents()
      } catch {
        // The journal is not readable yet: try again, unless the gateway stops meanwhile.
        _ = poll?.wait(
          descriptor: nil,
          wantsRead: false,
          wantsWrite: false,
          milliseconds: Int32(clamping: configuration.timing.retryMilliseconds)
        )
        let isAskedToStop = inbox.withLock { inbox in
          inbox.messages.contains { if case .stop = $0 { true } else { false } }
        }
        if isAskedToStop { isStopping = true }
      }
    }
  }

  private func handle(_ message: Message) async {
    switch message {
    case .event(let event): events.append(event)
    case .stop:
      isStopping = true
      setDeadline(.stop, milliseconds: configuration.timing.stopMilliseconds)
      events.append(.stopping)
    case .resolve(let job, let isPrinted, let continuation):
      await settleEvents()
      let actions = spool.event(.resolved(job, isPrinted: isPrinted))
      guard case .record(let resolved) = actions.first else {
        return continuation.resume(throwing: PrintResolveError.notInDoubt)
      }
      for action in actions { await perform(action) }
      await settleEvents()
      if let reason = recordFailures[resolved.id] {
        continuation.resume(throwing: PrintResolveError.unrecorded(reason))
      } else {
        continuation.resume(returning: resolved)
      }
    }
    await settleEvents()
  }

  /// Feeds what happened to the spool, and does what it says, until nothing more happens.
  func settleEvents() async {
    while !events.isEmpty {
      let event = events.removeFirst()
      for action in spool.event(event) { await perform(action) }
    }
  }

  private func perform(_ action: PrintSpool.Action) async {
    switch action {
    case .openLink: openLink()
    case .clean(let isProofNeeded): clean(isProofNeeded: isProofNeeded)
    case .check(let job): check(job)
    case .record(let job): await record(job)
    case .send(let job): send(job)
    case .inquire: inquire()
    case .releaseLink: releaseLink()
    case .abortLink: closeLink()
    case .start(let timer, let milliseconds):
      setDeadline(.spool(timer), milliseconds: milliseconds)
    case .stop(let timer): deadlines[.spool(timer)] = nil
    case .notify(let job):
      // Whoever is told of the job and then looks at the printer sees both as they are now.
      updateSnapshot()
      observer.printJobChanged(job)
    case .describe(let standing): snapshot.withLock { $0.standing = standing }
    }
  }

  private func record(_ job: PrintJob) async {
    do {
      try await journal.record(job)
      recordFailures[job.id] = nil
      events.append(.recorded(job))
    } catch {
      let reason = "the journal refused: \(error)"
      recordFailures[job.id] = reason
      events.append(.unrecorded(job, reason))
    }
  }

  func setDeadline(_ deadline: Deadline, milliseconds: Int) {
    deadlines[deadline] = .now.advanced(by: .milliseconds(milliseconds))
  }

  private func expire() async {
    let now = ContinuousClock.now
    for (deadline, instant) in deadlines where instant <= now {
      deadlines[deadline] = nil
      switch deadline {
      case .spool(let timer): events.append(.elapsed(timer))
      case .connect:
        closeLink()
        events.append(.linkFailed("connect: no answer; check cable and address"))
      case .check: checkExpired()
      case .flush: fenceFlush()
      case .drain:
        closeLink()
        events.append(.linkReleased)
      case .stop: break
      }
    }
    await settleEvents()
  }

  private func waitForPrinter() async {
    var milliseconds: Int32 = -1
    if let next = deadlines.values.min() {
      let left = ContinuousClock.now.duration(to: next)
      let (seconds, attoseconds) = left.components
      // Rounded up, so that the deadline has passed when the wait ends.
      let whole = seconds * 1000 + attoseconds / 1_000_000_000_000_000 + 1
      milliseconds = Int32(clamping: max(0, whole))
    }
    guard let poll else {
      // Without descriptors there is nothing to wait on; the journal keeps the jobs.
      isStopping = true
      return
    }
    let isConnecting = link?.isConnecting ?? false
    let readiness = poll.wait(
      descriptor: link?.descriptor,
      wantsRead: !isConnecting && link?.canRead == true,
      wantsWrite: isConnecting || outgoingOffset < outgoing.count,
      milliseconds: milliseconds
    )
    if isConnecting {
      if readiness.isWritable || readiness.isReadable { finishConnecting() }
    } else if readiness.isReadable {
      read()
      if readiness.isBroken, link?.canRead == false { lose("the printer is gone") }
    }
    await settleEvents()
  }

  private func shutDown() {
    if let link, !link.isConnecting { _ = link.halfClose() }
    closeLink()
    let left = inbox.withLock { inbox in
      inbox.isClosed = true
      defer { inbox.messages = [] }
      return inbox.messages
    }
    for case .resolve(_, _, let continuation) in left {
      continuation.resume(throwing: PrintResolveError.stopped)
    }
    updateSnapshot()
  }

  private func updateSnapshot() {
    let waitingCount = spool.waitingCount
    let doubtfulCount = spool.doubtfulJobs.count
    let isBusy = spool.currentJob != nil
    let isStopped = isStopping && link == nil && isFinished
    let changed: DeviceDescription? = snapshot.withLock { snapshot in
      snapshot.waitingCount = waitingCount
      snapshot.doubtfulCount = doubtfulCount
      var description = snapshot.description
      description.state = isStopped ? .closed : isBusy ? .busy : .idle
      description.reason = nil
      switch snapshot.standing {
      case nil: break
      case .reachable(let condition):
        description.power = condition.problem == .offline ? .offline : .online
        description.reason = condition.text
        if condition.problem != nil { description.state = .error }
      case .unreachable(let reason):
        description.power = .offOffline
        description.reason = reason
        description.state = .error
      }
      guard description != snapshot.description else { return nil }
      snapshot.description = description
      return description
    }
    if let changed { observer.printerChanged(changed) }
  }
}
