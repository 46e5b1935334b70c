// Which job is next, and the connection that it needs.
extension PrintSpool {
  mutating func recover(_ jobs: [PrintJob]) -> [Action] {
    guard !isRecovered else { return [] }
    isRecovered = true
    var actions: [Action] = []
    var waiting: [PrintJob] = []
    for var job in jobs {
      switch job.state {
      case .queued: waiting.append(job)
      case .sending, .stalled:
        job.state = .indeterminate
        job.reason = "the gateway stopped while the job was being sent"
        keepDoubt(job)
        isDirty = true
        actions.append(.record(job))
      case .sent, .confirmed, .indeterminate, .failed, .cancelled, .expired: break
      }
    }
    let known = Set(jobs.map(\.id))
    queue = waiting + queue.filter { !known.contains($0.id) }
    return actions + pump()
  }

  mutating func enqueue(_ job: PrintJob) -> [Action] {
    guard job.state == .queued, !settled.contains(job.id), current?.id != job.id,
      !queue.contains(where: { $0.id == job.id }), !doubts.contains(where: { $0.id == job.id })
    else { return [] }
    queue.append(job)
    return pump()
  }

  /// Starts whatever can be started now.
  mutating func pump() -> [Action] {
    guard isRecovered, !isStopping, !isBackingOff, current == nil, doubtful == nil,
      unrecorded.isEmpty
    else { return [] }
    guard let next = queue.first else {
      return link == .open ? [.start(.idle, milliseconds: timing.idleMilliseconds)] : []
    }
    switch link {
    case .closed:
      link = .opening
      return [.openLink]
    case .open:
      queue.removeFirst()
      current = next
      phase = .checking
      return [.stop(.idle), .check(next)]
    case .opening, .cleaning, .releasing: return []
    }
  }

  mutating func linkOpened() -> [Action] {
    guard link == .opening else { return [] }
    guard isDirty else {
      link = .open
      return pump()
    }
    link = .cleaning
    return [
      .start(.clean, milliseconds: timing.cleanMilliseconds), .clean(isProofNeeded: isProofNeeded),
    ]
  }

  mutating func cleaned() -> [Action] {
    guard link == .cleaning else { return [] }
    link = .open
    isDirty = false
    isProofNeeded = true
    return [.stop(.clean)] + pump()
  }

  mutating func linkFailed(_ reason: String) -> [Action] {
    guard link == .opening else { return [] }
    link = .closed
    return [.describe(.unreachable(reason))] + backOff(reason)
  }

  mutating func linkReleased() -> [Action] {
    guard link == .releasing else { return [] }
    link = .closed
    return pump()
  }

  mutating func linkLost(_ reason: String, acceptedByteCount: Int) -> [Action] {
    let wasUsed = link == .open
    link = .closed
    var actions: [Action] = [.stop(.clean), .stop(.idle), .stop(.stall), .stop(.doubt)]
    if doubtful != nil {
      doubtful = nil
      isDirty = true
    }
    guard current != nil else {
      // An idle printer that hangs up is no fault; one that does so before it was clean is.
      if wasUsed { return actions + pump() }
      return actions + [.describe(.unreachable(reason))] + backOff(reason)
    }
    actions.append(.describe(.unreachable(reason)))
    switch phase {
    case .checking: return actions + putBack(reason) + backOff(reason)
    case .beginning, .writing:
      guard acceptedByteCount > 0 else { return actions + withdraw(reason) }
      isDirty = true
      return actions + settle(as: .indeterminate, reason: "the connection broke: \(reason)")
    case .fenced:
      isDirty = true
      return actions
        + settle(as: .indeterminate, reason: "the connection broke before the answer: \(reason)")
    }
  }

  /// The job at hand goes back to the head of the queue; nothing of it was on disk or on the wire.
  mutating func putBack(_ reason: String) -> [Action] {
    guard var job = current else { return [] }
    current = nil
    job.state = .queued
    job.reason = reason
    queue.insert(job, at: 0)
    return [.notify(job)]
  }

  /// As `putBack`, for a job that is on disk as `sending`: the disk must know as well.
  private mutating func withdraw(_ reason: String) -> [Action] {
    guard var job = current else { return [] }
    current = nil
    job.state = .queued
    job.reason = reason
    queue.insert(job, at: 0)
    return [.record(job)] + backOff(reason)
  }

  mutating func backOff(_ reason: String) -> [Action] {
    let shift = min(attemptCount, 16)
    attemptCount += 1
    isBackingOff = true
    let pause = min(timing.retryMilliseconds << shift, timing.retryMillisecondsMax)
    var actions: [Action] = [.start(.retry, milliseconds: pause)]
    if var head = queue.first, head.reason != reason {
      head.reason = reason
      queue[0] = head
      actions.append(.notify(head))
    }
    return actions
  }

  mutating func elapsed(_ timer: Timer) -> [Action] {
    switch timer {
    case .retry:
      isBackingOff = false
      if let job = unrecorded.first { return [.record(job)] }
      return pump()
    case .clean:
      guard link == .cleaning else { return [] }
      link = .closed
      let reason = "the printer does not answer"
      return [.abortLink, .describe(.unreachable(reason))] + backOff(reason)
    case .idle:
      guard link == .open, current == nil, doubtful == nil else { return [] }
      link = .releasing
      return [.releaseLink]
    case .stall: return stalled()
    case .doubt: return doubted()
    }
  }
}
