internal import Dispatch
internal import Logging
internal import TapgateLock
internal import TapgateCore

/// The monitor's thread: which readers there are, and what changes on them.
extension PCSCBackend {
  /// What the monitor remembers between two waits on one context.
  private struct Watching {
    var states: [PCSCReaderName: UInt32] = [:]
    var plugAndPlay: UInt32 = 0
    /// Waits in a row that ended at once without telling anything.
    var idleCount = 0
    /// Whether a wait has succeeded: only then is pcscd known to work.
    var isProven = false
  }

  /// Runs until `stop`: connects to pcscd, watches, and connects anew when pcscd goes.
  func monitorReaders() {
    var backOff = BackOff(floorMilliseconds: 100, ceilingMilliseconds: 5000)
    while !isStopping {
      var socket = PCSCSocket.current()
      do throws(PCSCError) {
        let context = try PCSCContext.establish()
        setMonitorContext(context)
        defer {
          setMonitorContext(nil)
          context.release()
        }
        let readers = try context.readers()
        try watch(context, readers) { backOff.reset() }
      } catch {
        serviceLost(error)
      }
      guard !isStopping else { return }
      let wait = backOff.nextMilliseconds(jitterPercent: Int.random(in: -20...20))
      if pause(milliseconds: wait, socket: &socket) { backOff.reset() }
    }
  }

  private var isStopping: Bool { state.withLock { $0.isStopping } }

  private func setMonitorContext(_ context: PCSCContext?) {
    state.withLock { $0.monitorContext = context }
  }

  /// Waits, at most until pcscd's socket was made anew: `true` then.
  private func pause(milliseconds: Int, socket: inout PCSCSocket?) -> Bool {
    var left = milliseconds
    while left > 0, !isStopping {
      let slice = min(left, 200)
      _ = nap.wait(timeout: .now() + .milliseconds(slice))
      left -= slice
      let now = PCSCSocket.current()
      if now != socket, now != nil {
        socket = now
        return true
      }
    }
    return false
  }

  private func watch(
    _ context: PCSCContext,
    _ first: [PCSCReaderName],
    proven: () -> Void
  ) throws(PCSCError) {
    var watching = Watching()
    var readers = first
    while !isStopping {
      take(readers, &watching)
      try wait(context, &watching)
      if !watching.isProven {
        watching.isProven = true
        proven()
        serviceFound()
      }
      look()
      // The pseudo-reader tells only of what changes during a wait, so the list is taken anew.
      readers = try context.readers()
    }
  }

  /// Brings a list of readers in: new ones get a station, those that are gone lose theirs.
  private func take(_ readers: [PCSCReaderName], _ watching: inout Watching) {
    state.withLock { state in
      let change = state.roster.take(readers)
      for reader in change.lost {
        watching.states[reader] = nil
        remove(reader, &state)
      }
      for reader in change.added { add(reader, &state) }
      for reader in readers where watching.states[reader] == nil {
        watching.states[reader] = 0
        state.stations[reader]?.listed()
      }
      // A reader that is missing would fail the whole wait.
      let listed = Set(readers)
      watching.states = watching.states.filter { listed.contains($0.key) }
    }
  }

  private func add(_ reader: PCSCReaderName, _ state: inout State) {
    guard !state.isStopping else { return }
    let id = state.directory.id(of: reader, present: state.roster.known)
    let deadlines = ReadingDeadlines(
      soft: UInt64(max(1, configuration.softDeadlineMilliseconds)) * 1_000_000,
      hard: UInt64(max(2, configuration.hardDeadlineMilliseconds)) * 1_000_000
    )
    state.stations[reader] = ReaderStation(
      id: id,
      name: reader.description,
      lane: configuration.lane,
      deadlines: deadlines,
      counters: state.retiredCounters.removeValue(forKey: id) ?? ReaderCounters()
    )
    log(.notice, "reader found", about: id, ["device": "\(id)"], &state)
  }

  private func remove(_ reader: PCSCReaderName, _ state: inout State) {
    guard let station = state.stations.removeValue(forKey: reader) else { return }
    state.workers.removeValue(forKey: reader)?.close()
    if state.retiredCounters.count < 64 { state.retiredCounters[station.id] = station.counters }
    state.sink?.receive(.deviceLost(id: station.id))
    log(.notice, "reader gone", about: station.id, ["device": "\(station.id)"], &state)
  }

  /// Waits for a change, and brings what changed to the stations.
  private func wait(_ context: PCSCContext, _ watching: inout Watching) throws(PCSCError) {
    let begin = MonotonicClock.nanoseconds
    var watches = watching.states.sorted { $0.key.bytes.lexicographicallyPrecedes($1.key.bytes) }
      .prefix(PCSCContext.watchCountMax).map { PCSCWatch(name: $0.key, state: $0.value) }
    let readerCount = watches.count
    // With 16 readers there is no room for the pseudo-reader; the list is taken anew anyway.
    if readerCount < PCSCContext.watchCountMax {
      watches.append(PCSCWatch(name: .plugAndPlay, state: watching.plugAndPlay))
    }
    var isChanged = false
    do throws(PCSCError) {
      let milliseconds = watching.isProven ? waitMilliseconds(begin) : 50
      isChanged = try context.awaitChange(&watches, milliseconds: milliseconds)
    } catch  where error.code == PCSCError.unknownReader {
      // A reader went between list and wait: the next list tells which.
      isChanged = true
    }
    let detected = MonotonicClock.nanoseconds
    guard isChanged else {
      watching.idleCount = 0
      return
    }
    var hasNews = false
    for (index, watch) in watches.enumerated() where watch.isChanged {
      if index >= readerCount {
        watching.plugAndPlay = watch.state
      } else if watching.states[watch.name] != watch.state {
        hasNews = true
        watching.states[watch.name] = watch.state
        bring(watch, detected)
      }
    }
    restUnless(hasNews || detected &- begin > 5_000_000, &watching)
  }

  private func bring(_ watch: PCSCWatch, _ detected: UInt64) {
    if watch.state & (PCSCState.unknown | PCSCState.unavailable) != 0 {
      state.withLock { $0.roster.sawLeave(watch.name) }
      return
    }
    update(watch.name) { station, numbers in
      station.observe(ReaderSnapshot(state: watch.state), at: detected, numbers: &numbers)
    }
  }

  /// Waits that end at once and tell nothing must not become a busy loop.
  private func restUnless(_ isFine: Bool, _ watching: inout Watching) {
    watching.idleCount = isFine ? 0 : watching.idleCount + 1
    guard watching.idleCount > 5, !isStopping else { return }
    _ = nap.wait(timeout: .now() + .milliseconds(100))
  }

  /// How long the next wait may last: a second, or less where something is due.
  private func waitMilliseconds(_ now: UInt64) -> Int {
    state.withLock { state in
      var milliseconds = state.roster.isUncertain ? 250 : 1000
      for station in state.stations.values {
        guard let due = station.due else { continue }
        milliseconds = min(milliseconds, due > now ? Int((due - now) / 1_000_000) + 1 : 1)
      }
      return milliseconds
    }
  }

  /// Lets every station look at the time.
  private func look() {
    let now = MonotonicClock.nanoseconds
    let readers = state.withLock { state in
      state.stations.compactMap { reader, station in
        station.due.map { $0 <= now } ?? false ? reader : nil
      }
    }
    for reader in readers {
      update(reader) { station, numbers in station.tick(at: now, numbers: &numbers) }
    }
  }

  // MARK: The service

  /// pcscd answers.
  func serviceFound() {
    state.withLock { state in
      if case .down = state.service { log(.info, "pcscd is back", about: "pcscd", [:], &state) }
      state.service = .up
    }
  }

  /// pcscd cannot be reached, or not any more.
  func serviceLost(_ error: PCSCError) {
    state.withLock { state in
      guard !state.isStopping else { return }
      if case .down = state.service {
      } else {
        let metadata: Logger.Metadata = ["error": "\(error)"]
        log(.notice, "pcscd cannot be reached", about: "pcscd", metadata, &state)
      }
      state.service = .down(error)
      state.roster.restart()
      for worker in state.workers.values { worker.forgetContext() }
      let reason = Self.reason(error)
      for reader in state.stations.keys {
        _ = updateLocked(reader, &state) { station, _ in station.serviceLost(reason) }
      }
    }
  }

  /// What a technician reads where pcscd cannot be reached.
  static func reason(_ error: PCSCError) -> String {
    switch error.code {
    case PCSCError.securityViolation where error.isOpening:
      "pcscd refuses this user, or has no context left. \(error)"
    case PCSCError.serviceStopped:
      "pcscd and libpcsclite speak different versions of their protocol. \(error)"
    default: "pcscd does not answer. \(error)"
    }
  }
}
