import TapgateLock
import TapgateCodec
import TapgateCore
import TapgateDevices
import TapgateJSON
import TapgateVirtual

/// A journal in memory. It survives the spooler, and can die with it at a chosen record.
final class MemoryJournal: PrintJournal {
  struct Crash: Error {}

  private struct State {
    var jobs: [PrintJob] = []
    var recordCount = 0
    var crashAt: Int?
    var isWritten = false
    var isCrashed = false
    var log: [String] = []
    var crashWaiter: CheckedContinuation<Void, Never>?
  }

  private let state = Mutex(State())

  /// How many records were asked for.
  var recordCount: Int { state.withLock { $0.recordCount } }

  /// Every record that is on disk, as `id state`.
  var log: [String] { state.withLock { $0.log } }

  func add(_ job: PrintJob) { state.withLock { $0.jobs.append(job) } }

  func job(_ id: String) -> PrintJob? {
    state.withLock { $0.jobs.first { $0.id == id } }
  }

  /// Fails from record number `number` on; that one is still on disk where `isWritten`.
  func crash(at number: Int?, isWritten: Bool = false) {
    state.withLock { state in
      state.crashAt = number.map { state.recordCount + $0 }
      state.isWritten = isWritten
      state.isCrashed = false
    }
  }

  /// Returns once a record failed.
  func crashed() async {
    await withCheckedContinuation { continuation in
      let isOver = state.withLock { state in
        if !state.isCrashed { state.crashWaiter = continuation }
        return state.isCrashed
      }
      if isOver { continuation.resume() }
    }
  }

  func unsettledJobs(printer: String) async throws -> [PrintJob] {
    state.withLock { $0.jobs.filter { $0.printer == printer && !$0.state.isSettled } }
  }

  func printJob(id: String) async throws -> PrintJob? { nil }

  func record(_ job: PrintJob) async throws {
    let (isRefused, waiter) = state.withLock { state in
      state.recordCount += 1
      let isDue = state.crashAt.map { state.recordCount >= $0 } ?? false
      let isWritten = !isDue || (state.isWritten && !state.isCrashed)
      if isWritten {
        state.jobs.removeAll { $0.id == job.id }
        state.jobs.append(job)
        state.jobs.sort { $0.id.utf8.lexicographicallyPrecedes($1.id.utf8) }
        state.log.append("\(job.id) \(job.state.rawValue)")
      }
      guard isDue else { return (false, CheckedContinuation<Void, Never>?.none) }
      state.isCrashed = true
      defer { state.crashWaiter = nil }
      return (true, state.crashWaiter)
    }
    waiter?.resume()
    if isRefused { throw Crash() }
  }
}

/// Keeps what it is told and wakes who waits for it.
final class PrintWatch: PrintObserver {
  private struct State {
    var history: [PrintJob] = []
    var printers: [DeviceDescription] = []
    var waiters: [@Sendable (State) -> Bool] = []
  }

  private let state = Mutex(State())

  var history: [PrintJob] { state.withLock { $0.history } }

  func printJobChanged(_ job: PrintJob) { change { $0.history.append(job) } }

  func printerChanged(_ printer: DeviceDescription) { change { $0.printers.append(printer) } }

  private func change(_ body: (inout State) -> Void) {
    state.withLock { state in
      body(&state)
      let now = state
      state.waiters.removeAll { $0(now) }
    }
  }

  private func wait<Value: Sendable>(
    for find: @escaping @Sendable (State) -> Value?
  ) async -> Value {
    await withCheckedContinuation { continuation in
      state.withLock { state in
        if let value = find(state) { return continuation.resume(returning: value) }
        state.waiters.append { state in
          guard let value = find(state) else { return false }
          continuation.resume(returning: value)
          return true
        }
      }
    }
  }

  /// Returns job `id` once its latest state fits.
  func job(
    _ id: String,
    _ fits: @escaping @Sendable (PrintJob) -> Bool = { $0.state.isSettled }
  ) async -> PrintJob {
    await wait { state in
      state.history.last { $0.id == id }.flatMap { fits($0) ? $0 : nil }
    }
  }

  /// Returns the printer once its latest description fits.
  func printer(
    _ fits: @escaping @Sendable (DeviceDescription) -> Bool
  ) async -> DeviceDescription {
    await wait { state in state.printers.last.flatMap { fits($0) ? $0 : nil } }
  }
}

/// One virtual printer with its spooler, journal and observer.
final class PrintingWorld: Sendable {
  let printer = VirtualPrinter()
  let journal = MemoryJournal()
  let watch = PrintWatch()
  let configuration: PrinterConfiguration
  let port: UInt16

  /// Short times; `profile` answers `GS r` unless said otherwise.
  init(profile: PrinterProfile? = nil, timing: PrintTiming? = nil) throws {
    var answering = PrinterProfile.generic80
    answering.fence = .gsR
    answering.answersStatus = false
    port = try printer.start()
    configuration = PrinterConfiguration(
      id: "p",
      transport: .tcp,
      address: "127.0.0.1:\(port)",
      profile: profile ?? answering,
      characterSet: try Self.gb18030(),
      timing: timing ?? Self.quick,
      isSimulated: true
    )
  }

  deinit { printer.stop() }

  /// Makes the printer refuse connections, and returns once it does: its thread obeys in its turn,
  /// and a connection made before would be taken and then broken.
  func refuseConnections() async {
    printer.set(.refuse)
    while LoopbackPort.canConnect(port) { await Task.yield() }
  }

  static var quick: PrintTiming {
    var timing = PrintTiming()
    timing.retryMilliseconds = 2
    timing.retryMillisecondsMax = 20
    timing.checkMilliseconds = 200
    timing.flushMilliseconds = 50
    timing.stallMilliseconds = 20_000
    timing.doubtMilliseconds = 20_000
    timing.idleMilliseconds = 20_000
    timing.stopMilliseconds = 0
    return timing
  }

  struct NoConverter: Error {}

  static func gb18030() throws -> IconvCharacterSet {
    guard let set = sharedSet else { throw NoConverter() }
    return set
  }

  private static let sharedSet = IconvCharacterSet(name: "gb18030")

  func spooler() -> PrintSpooler {
    PrintSpooler(configuration: configuration, journal: journal, observer: watch)
  }

  /// Writes a receipt into the journal as the ledger does.
  func receipt(_ id: String) -> PrintJob {
    let job = PrintJob(id: id, printer: "p", document: Self.document(marker: "单号\(id)#"))
    journal.add(job)
    return job
  }

  /// How often the receipt stands on the paper.
  func copies(of id: String) -> Int {
    printer.paper().joined().components(separatedBy: "单号\(id)#") - 1
  }

  static func document(marker: String) -> JSON {
    func text(_ text: String) -> JSON {
      .object(["type": .string("text"), "text": .string(text)])
    }
    return .object([
      "v": .integer(1),
      "blocks": .array([
        text("小票"), text(marker), text("积分+28 ¥28.00"),
        .object(["type": .string("qr"), "data": .string("r/1")]),
        .object(["type": .string("cut")]),
      ]),
    ])
  }
}

extension String {
  /// The number of pieces between occurrences of `separator`.
  fileprivate func components(separatedBy separator: String) -> Int {
    split(separator: separator, omittingEmptySubsequences: false).count
  }
}
