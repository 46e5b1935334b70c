internal import TapgateLock

/// A reader's own thread with its own context: a card or a program that hangs stops this reader
/// only.
final class ReaderWorker: Sendable {
  private let thread: DeviceThread
  private let context = Mutex<PCSCContext?>(nil)
  /// Whether a card is being read, or a light shown: a second light is left out.
  private let isBusy = Mutex(false)

  /// Starts the thread.
  init(name: String) { thread = DeviceThread(name: name) }

  /// Whether the thread is over.
  var hasEnded: Bool { thread.hasEnded }

  /// Calls `notice` once the thread is over.
  func atEnd(_ notice: @escaping @Sendable () -> Void) { thread.atEnd(notice) }

  /// Reads the card on `reader`; `false` where the thread takes no more work.
  ///
  /// `connected` is called on the thread when the card is ours, `finished` when the reading is
  /// over, or never, where a call hangs.
  func read(
    _ reader: PCSCReaderName,
    rules: CardRules,
    connected: @escaping @Sendable () -> Void,
    finished: @escaping @Sendable (ReadOutcome) -> Void
  ) -> Bool {
    isBusy.withLock { $0 = true }
    return thread.run {
      let outcome = self.readNow(reader, rules, connected: connected)
      self.isBusy.withLock { $0 = false }
      finished(outcome)
    }
  }

  /// Sends a command to the reader of the card that lies there, best effort: where the thread is
  /// reading, or the card is gone, nothing happens.
  func show(_ command: [UInt8], on reader: PCSCReaderName) {
    let isFree = isBusy.withLock { isBusy in
      defer { isBusy = true }
      return !isBusy
    }
    guard isFree else { return }
    let isTaken = thread.run {
      self.showNow(command, on: reader)
      self.isBusy.withLock { $0 = false }
    }
    if !isTaken { isBusy.withLock { $0 = false } }
  }

  /// Gives up the context, whose daemon is gone.
  func forgetContext() { _ = thread.run { self.dropContext() } }

  /// Ends the thread after the reading under way.
  func close() {
    _ = thread.run { self.dropContext() }
    thread.close()
  }

  private func readNow(
    _ reader: PCSCReaderName,
    _ rules: CardRules,
    connected: @Sendable () -> Void
  ) -> ReadOutcome {
    let wasOpen = context.withLock { $0 != nil }
    let outcome = readOnce(reader, rules, connected: connected)
    guard case .gone(let error) = outcome, error.meaning == .serviceGone else { return outcome }
    dropContext()
    // A context from before a restart of pcscd is dead for good, and only using it tells.
    return wasOpen ? readOnce(reader, rules, connected: connected) : outcome
  }

  private func showNow(_ command: [UInt8], on reader: PCSCReaderName) {
    // Whatever fails here, nobody misses more than a light.
    guard let context = context.withLock({ $0 }), let card = try? context.connect(reader) else {
      return
    }
    defer { card.disconnect() }
    _ = try? card.transmit(command)
  }

  private func readOnce(
    _ reader: PCSCReaderName,
    _ rules: CardRules,
    connected: @Sendable () -> Void
  ) -> ReadOutcome {
    do throws(PCSCError) {
      var channel = PCSCChannel(context: try openContext(), reader: reader)
      return CardReading.run(&channel, rules: rules, connected: connected)
    } catch {
      return ReadOutcome(error)
    }
  }

  private func openContext() throws(PCSCError) -> PCSCContext {
    if let open = context.withLock({ $0 }) { return open }
    let fresh = try PCSCContext.establish()
    context.withLock { $0 = fresh }
    return fresh
  }

  private func dropContext() {
    let old = context.withLock { context in
      defer { context = nil }
      return context
    }
    old?.release()
  }
}
