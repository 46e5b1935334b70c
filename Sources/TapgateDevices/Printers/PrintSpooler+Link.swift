internal import TapgateLock
internal import TapgateCodec
internal import TapgateCore

// The connection: what goes out, what comes back.
extension PrintSpooler {
  func openLink() {
    closeLink()
    do {
      switch configuration.transport {
      case .unix: link = try PrinterLink.unix(path: configuration.address)
      case .file: link = try PrinterLink.file(path: configuration.address)
      case .tcp:
        guard let (host, port) = configuration.hostAndPort else {
          return events.append(.linkFailed("address must be HOST:PORT"))
        }
        link = try PrinterLink.tcp(
          host: host,
          port: port,
          userTimeoutMilliseconds: configuration.timing.doubtMilliseconds
        )
      }
    } catch {
      return events.append(.linkFailed(error.text))
    }
    if link?.isConnecting == true {
      setDeadline(.connect, milliseconds: configuration.timing.connectMilliseconds)
    } else {
      events.append(.linkOpened)
    }
  }

  func finishConnecting() {
    deadlines[.connect] = nil
    do {
      try link?.finishConnecting()
      events.append(.linkOpened)
    } catch {
      closeLink()
      events.append(.linkFailed(error.text))
    }
  }

  /// Closes at once. What was not taken is dropped.
  func closeLink() {
    link = nil
    isDraining = false
    session = PrinterSession()
    outgoing = []
    outgoingOffset = 0
    isSendingJob = false
    for deadline in [Deadline.connect, .check, .flush, .drain] { deadlines[deadline] = nil }
  }

  /// Half-closes and lets the printer take in the tail, as one that closes at once would cut it
  /// off.
  func releaseLink() {
    guard let link, link.halfClose() else {
      closeLink()
      return events.append(.linkReleased)
    }
    isDraining = true
    setDeadline(.drain, milliseconds: configuration.timing.drainMilliseconds)
  }

  func lose(_ reason: String) {
    let count = spool.currentJob == nil ? 0 : acceptedByteCount
    let wasDraining = isDraining
    closeLink()
    events.append(
      wasDraining ? .linkReleased : .linkLost(reason, acceptedByteCount: count)
    )
  }

  /// Hands over what the transport takes now.
  func write() {
    guard let link, !link.isConnecting, outgoingOffset < outgoing.count else { return }
    do {
      let count = try link.write(outgoing[outgoingOffset...])
      guard count > 0 else { return }
      outgoingOffset += count
      if isSendingJob {
        acceptedByteCount += count
        events.append(.progressed)
      }
    } catch {
      return lose(error.text)
    }
    guard outgoingOffset == outgoing.count else { return }
    outgoing = []
    outgoingOffset = 0
    if isSendingJob {
      isSendingJob = false
      events.append(.written(isFenced: isJobFenced))
    }
  }

  func read() {
    do {
      guard let bytes = try link?.read() else { return }
      guard !bytes.isEmpty else { return lose("the printer closed the connection") }
      for byte in bytes {
        if let reply = session.parser.take(byte) { take(reply) }
      }
    } catch {
      lose(error.text)
    }
  }

  // MARK: What the spool asks for

  /// Flushes a printer that may hold part of a job. A fence shows that it is through with it.
  func clean(isProofNeeded: Bool) {
    outgoing += EscPosLine.flush
    guard configuration.profile.fence != .none else { return events.append(.cleaned) }
    session.isProofNeeded = isProofNeeded
    // A fence that was cut in two may be answered now. Its answer must not pass for that of the
    // next.
    setDeadline(.flush, milliseconds: configuration.timing.flushMilliseconds)
  }

  func fenceFlush() {
    guard session.isProofNeeded else { return events.append(.cleaned) }
    outgoing += EscPosLine.paperFence
    session.paperFences.append(.clean)
    if configuration.profile.fence == .probedGsR, !hasAnswered {
      // It may be one that never answers: then no proof can be had, and waiting for it helps
      // nobody.
      session.probe = .asked
      setDeadline(.check, milliseconds: configuration.timing.checkMilliseconds)
    }
  }

  /// Encodes the job and asks the printer how it does, as far as it can tell.
  func check(_ job: PrintJob) {
    acceptedByteCount = 0
    do {
      prepared = try PreparedJob(job, for: configuration)
    } catch {
      return events.append(.unprintable(error.description))
    }
    session.isChecking = true
    let profile = configuration.profile
    session.condition = PrinterCondition()
    if profile.answersStatus, !session.isStatusSilent { inquire() }
    if profile.fence == .probedGsR, session.probe == .untried {
      session.probe = .asked
      session.paperFences.append(.probe)
      outgoing += EscPosLine.paperFence
    }
    if session.isCheckComplete { return finishCheck() }
    setDeadline(.check, milliseconds: configuration.timing.checkMilliseconds)
  }

  /// Asks for the printer's status, where it has one and nothing else is on its way.
  func inquire() {
    guard configuration.profile.answersStatus, outgoing.isEmpty, link != nil else { return }
    session.statusBytes = []
    session.isStatusAwaited = true
    outgoing += EscPosLine.statusInquiry
  }

  func checkExpired() {
    if session.isStatusAwaited {
      session.isStatusAwaited = false
      session.isStatusSilent = true
    }
    if session.probe == .asked {
      session.probe = .silent
      if session.paperFences.contains(.clean) { events.append(.cleaned) }
    }
    if session.isChecking { finishCheck() }
  }

  private func finishCheck() {
    session.isChecking = false
    deadlines[.check] = nil
    events.append(.checked(session.condition))
  }

  func send(_ job: PrintJob) {
    guard let prepared, prepared.id == job.id, link != nil else {
      return events.append(.linkLost("the connection is gone", acceptedByteCount: 0))
    }
    acceptedByteCount = 0
    isSendingJob = true
    switch configuration.profile.fence {
    case .processID:
      let (bytes, fences) = prepared.bytesWithProcessFences()
      outgoing += bytes
      processFences += fences.map { ($0.key, $0.value) }
      if processFences.count > 512 { processFences.removeFirst(processFences.count - 512) }
      isJobFenced = true
    case .gsR: fence(prepared)
    case .probedGsR where session.probe == .answered: fence(prepared)
    case .probedGsR, .none:
      outgoing += prepared.bytes
      isJobFenced = false
    }
    self.prepared = nil
  }

  private func fence(_ prepared: PreparedJob) {
    outgoing += prepared.bytes + EscPosLine.paperFence
    session.paperFences.append(.job(prepared.id))
    isJobFenced = true
  }

  // MARK: What the printer says

  private func take(_ reply: PrinterReply) {
    switch reply {
    case .status(let byte): takeStatus(byte)
    case .sensor: takeSensor()
    case .processID(let id):
      guard let index = processFences.lastIndex(where: { $0.id == id }) else { return }
      let fence = processFences.remove(at: index).fence
      if fence.part == fence.partCount {
        events.append(.confirmed(jobID: fence.jobID, evidence: "processId"))
      } else {
        events.append(.printed(jobID: fence.jobID, part: fence.part, of: fence.partCount))
      }
    case .automaticStatus, .block: break
    }
  }

  private func takeStatus(_ byte: UInt8) {
    guard session.isStatusAwaited else { return }
    session.statusBytes.append(byte)
    guard session.statusBytes.count == 4 else { return }
    session.isStatusAwaited = false
    session.condition = PrinterCondition(
      printer: session.statusBytes[0],
      offline: session.statusBytes[1],
      error: session.statusBytes[2],
      paper: session.statusBytes[3]
    )
    if session.isChecking {
      if session.isCheckComplete { finishCheck() }
    } else {
      let condition = session.condition
      snapshot.withLock { $0.standing = .reachable(condition) }
    }
  }

  private func takeSensor() {
    guard !session.paperFences.isEmpty else { return }
    hasAnswered = true
    session.probe = .answered
    switch session.paperFences.removeFirst() {
    case .probe: break
    case .clean: events.append(.cleaned)
    case .job(let id): events.append(.confirmed(jobID: id, evidence: "gsR"))
    }
    if session.isChecking, session.isCheckComplete { finishCheck() }
  }
}
