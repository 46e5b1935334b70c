// What is known of the job at hand, and of those in doubt.
extension PrintSpool {
  mutating func checked(_ condition: PrinterCondition) -> [Action] {
    guard var job = current, phase == .checking else { return [] }
    let standing = Action.describe(.reachable(condition))
    if let text = condition.text, condition.problem != nil {
      attemptCount = 0  // It answers: asking again soon costs nothing, and paper may be in by then.
      return [standing] + putBack(text) + backOff(text)
    }
    attemptCount = 0
    job.state = .sending
    job.reason = nil
    current = job
    phase = .beginning
    return [standing, .record(job)]
  }

  mutating func recorded(_ job: PrintJob) -> [Action] {
    unrecorded.removeAll { $0.id == job.id }
    if job.id == current?.id, phase == .beginning, job.state == .sending {
      guard !isStopping else {
        // On disk it would look like a job in doubt, and not a byte of it was sent.
        current = nil
        var job = job
        job.state = .queued
        return [.record(job)]
      }
      phase = .writing
      return [
        .notify(job), .start(.stall, milliseconds: timing.stallMilliseconds), .send(job),
      ]
    }
    var actions: [Action] = [.notify(job)]
    if let next = unrecorded.first { actions.append(.record(next)) }
    return actions + pump()
  }

  mutating func unrecorded(_ job: PrintJob, reason: String) -> [Action] {
    if job.id == current?.id, phase == .beginning, job.state == .sending {
      return putBack(reason) + backOff(reason)
    }
    unrecorded.removeAll { $0.id == job.id }
    unrecorded.append(job)
    return isBackingOff ? [] : backOff(reason)
  }

  mutating func progressed() -> [Action] {
    guard phase == .writing, var job = current else { return [] }
    var actions: [Action] = [.start(.stall, milliseconds: timing.stallMilliseconds)]
    if job.state == .stalled {
      job.state = .sending
      job.reason = nil
      current = job
      actions += [.stop(.doubt), .record(job)]
    }
    return actions
  }

  mutating func written(isFenced: Bool) -> [Action] {
    guard phase == .writing, current != nil else { return [] }
    guard isFenced else { return settle(as: .sent, reason: nil) }
    phase = .fenced
    return [.start(.stall, milliseconds: timing.stallMilliseconds)]
  }

  mutating func printed(_ id: String, part: Int, of count: Int) -> [Action] {
    let reason = "part \(part) of \(count) is on paper"
    if var job = current, job.id == id, phase == .writing || phase == .fenced {
      job.state = .sending
      job.reason = reason
      current = job
      return [
        .stop(.doubt), .start(.stall, milliseconds: timing.stallMilliseconds), .record(job),
      ]
    }
    guard let index = doubts.firstIndex(where: { $0.id == id }) else { return [] }
    doubts[index].reason = reason
    return [.record(doubts[index])]
  }

  mutating func confirmed(_ id: String, evidence: String) -> [Action] {
    if current?.id == id, phase == .fenced {
      current?.evidence = evidence
      return settle(as: .confirmed, reason: nil)
    }
    guard let index = doubts.firstIndex(where: { $0.id == id }) else { return [] }
    var job = doubts.remove(at: index)
    if doubtful == id { doubtful = nil }
    job.state = .confirmed
    job.evidence = evidence
    job.reason = nil
    remember(id)
    return [.record(job)] + pump()
  }

  mutating func resolved(_ given: PrintJob, isPrinted: Bool) -> [Action] {
    // A confirmation that came in between is truer than the operator's word, and nothing is to do.
    guard given.state == .indeterminate || given.state == .sent, !isAtHand(given.id),
      !wasSettledLately(given.id) || given.state == .sent
    else { return [] }
    var job = given
    doubts.removeAll { $0.id == job.id }
    var actions: [Action] = []
    if doubtful == job.id {
      // Its fence may still be answered, and would pass for the next one's: start afresh.
      doubtful = nil
      isDirty = true
      link = .closed
      actions.append(.abortLink)
    }
    if isDirty { isProofNeeded = false }
    job.state = isPrinted ? .confirmed : .failed
    job.evidence = isPrinted ? "operator" : nil
    job.reason = isPrinted ? nil : "the operator says that it was not printed"
    remember(job.id)
    return [.record(job)] + actions + pump()
  }

  private func isAtHand(_ id: String) -> Bool {
    current?.id == id || queue.contains { $0.id == id }
  }

  private func wasSettledLately(_ id: String) -> Bool {
    settled.contains(id) && !doubts.contains { $0.id == id }
  }

  mutating func stalled() -> [Action] {
    guard var job = current, phase == .writing || phase == .fenced, job.state == .sending else {
      return []
    }
    job.state = .stalled
    job.reason =
      phase == .writing ? "the printer takes no more bytes" : "the printer has not answered yet"
    current = job
    return [
      .record(job), .inquire, .start(.doubt, milliseconds: timing.doubtMilliseconds),
    ]
  }

  mutating func doubted() -> [Action] {
    guard let job = current, job.state == .stalled else { return [] }
    if phase == .fenced {
      // All of it is with the printer. The answer may still come, and until it does nothing
      // follows.
      doubtful = job.id
      return settle(as: .indeterminate, reason: "the printer has not answered")
    }
    link = .closed
    isDirty = true
    return [.abortLink]
      + settle(as: .indeterminate, reason: "the printer took only part of the job")
  }

  /// Ends the job at hand.
  mutating func settle(as state: PrintState, reason: String?) -> [Action] {
    guard var job = current else { return [] }
    current = nil
    job.state = state
    if let reason, state == .indeterminate, let known = job.reason, known.hasPrefix("part ") {
      job.reason = "\(known); \(reason)"
    } else {
      job.reason = reason
    }
    if state == .indeterminate { keepDoubt(job) } else { remember(job.id) }
    return [.stop(.stall), .stop(.doubt), .record(job)] + pump()
  }

  mutating func keepDoubt(_ job: PrintJob) {
    doubts.append(job)
    remember(job.id)
    if doubts.count > Self.doubtCountMax { settled.remove(doubts.removeFirst().id) }
  }

  private mutating func remember(_ id: String) {
    guard settled.insert(id).inserted else { return }
    settledOrder.append(id)
    if settledOrder.count > Self.settledCountMax { settled.remove(settledOrder.removeFirst()) }
  }
}
