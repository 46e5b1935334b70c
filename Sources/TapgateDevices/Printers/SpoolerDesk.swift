internal import TapgateLock
internal import TapgateCodec
public import TapgateCore
public import TapgateJSON

/// All printers of the gateway: one spooler each, found by the printer's id.
public final class SpoolerDesk: PrintDesk, PrintObserver {
  private struct Printer: Sendable {
    let configuration: PrinterConfiguration
    let spooler: PrintSpooler
  }

  /// Jobs that are kept in memory for `job(id:)`.
  private static let jobCountMax = 1024

  private struct State {
    var printers: [Printer] = []
    var observer: (any PrintObserver)?
    var jobs: [String: PrintJob] = [:]
    var order: [String] = []
    /// By printer and UnifiedPOS name.
    var counts: [String: [String: Int64]] = [:]
  }

  private let journal: any PrintJournal
  private let state = Mutex(State())

  /// Creates a desk with a spooler for each of `configurations`; nothing is printed before `start`.
  public init(_ configurations: [PrinterConfiguration], journal: any PrintJournal) {
    self.journal = journal
    let printers = configurations.map { configuration in
      Printer(
        configuration: configuration,
        spooler: PrintSpooler(configuration: configuration, journal: journal, observer: self)
      )
    }
    state.withLock { $0.printers = printers }
  }

  /// Starts every spooler; what happens to jobs and printers is told to `observer`.
  public func start(observer: any PrintObserver) {
    let printers = state.withLock { state in
      state.observer = observer
      return state.printers
    }
    for printer in printers {
      observer.printerChanged(printer.spooler.description())
      printer.spooler.start()
    }
  }

  /// Lets every printer end the job at hand; returns once all are let go of.
  public func stop() async {
    for printer in state.withLock({ $0.printers }) { await printer.spooler.stop() }
  }

  // MARK: PrintDesk

  public func printers() -> [DeviceDescription] {
    state.withLock { $0.printers }.map { $0.spooler.description() }
  }

  private func printer(_ id: String) -> Printer? {
    state.withLock { $0.printers.first { $0.configuration.id == id } }
  }

  public func check(_ document: JSON, printer id: String) throws(DocumentRefusal) {
    guard let printer = printer(id) else {
      throw DocumentRefusal(field: "printer", problem: "is not a configured printer")
    }
    let configuration = printer.configuration
    do {
      _ = try PrintDocument(json: document).layout(
        for: configuration.profile,
        characterSet: configuration.characterSet,
        policy: .refuse
      )
    } catch {
      throw DocumentRefusal(field: error.path, problem: error.problem)
    }
  }

  public func enqueue(_ job: PrintJob) {
    remember(job)
    printer(job.printer)?.spooler.enqueue(job)
  }

  private func remember(_ job: PrintJob) {
    state.withLock { state in
      if state.jobs.updateValue(job, forKey: job.id) == nil { state.order.append(job.id) }
      if state.order.count > Self.jobCountMax {
        let oldest = state.order.removeFirst()
        state.jobs[oldest] = nil
      }
    }
  }

  public func job(id: String) -> PrintJob? { state.withLock { $0.jobs[id] } }

  public func resolve(
    jobID: String,
    isPrinted: Bool
  ) async throws(PrintResolveFailure) -> PrintJob {
    guard let job = await known(jobID), let printer = printer(job.printer) else { throw .unknown }
    do {
      let resolved = try await printer.spooler.resolve(job, printed: isPrinted)
      remember(resolved)
      return resolved
    } catch PrintResolveError.notInDoubt {
      throw .notOpen(job.state)
    } catch {
      throw .notRecorded("\(error)")
    }
  }

  private func known(_ id: String) async -> PrintJob? {
    if let job = job(id: id) { return job }
    // A journal that cannot be read is told of by whoever asked for the job before.
    return try? await journal.printJob(id: id)
  }

  public func checkHealth(printer id: String) async -> HealthReport? {
    printer(id)?.spooler.checkHealth()
  }

  public func statistics(printer id: String) -> [String: Int64]? {
    guard printer(id) != nil else { return nil }
    return state.withLock { $0.counts[id] ?? [:] }
  }

  // MARK: PrintObserver

  public func printJobChanged(_ job: PrintJob) {
    remember(job)
    let observer = state.withLock { state in
      switch job.state {
      case .sent, .confirmed:
        state.counts[job.printer, default: [:]]["TapgatePrintJobCount", default: 0] += 1
      case .failed, .indeterminate:
        state.counts[job.printer, default: [:]]["PrinterFaultCount", default: 0] += 1
      default: break
      }
      return state.observer
    }
    observer?.printJobChanged(job)
  }

  public func printerChanged(_ printer: DeviceDescription) {
    state.withLock { $0.observer }?.printerChanged(printer)
  }
}
