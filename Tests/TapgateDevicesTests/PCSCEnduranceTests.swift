import Dispatch
import Foundation
import TapgateCore
import TapgateDevices
import TapgateLock
import TapgateRigs
import Testing

/// Writes reports down as `RecordingSink` does, and can keep the thread that brings one; it also
/// notes how long after its detection each card was told of.
final class GateSink: InputSink {
  let log = RecordingSink()
  private let held: (@Sendable (InputReport) -> Bool)?
  private let gate = DispatchSemaphore(value: 0)
  private let times = Mutex<[UInt64]>([])

  /// A sink that keeps the thread which brings a report that is `held`, until `open`.
  init(holding held: (@Sendable (InputReport) -> Bool)? = nil) { self.held = held }

  /// Nanoseconds from detection to report, in order.
  var latencies: [UInt64] { times.withLock { $0 } }

  func receive(_ report: InputReport) {
    if case .presented(let tap) = report, !tap.isAlreadyPresent {
      let now = DispatchTime.now().uptimeNanoseconds
      times.withLock { $0.append(now &- tap.detectedNanoseconds) }
    }
    log.receive(report)
    if held?(report) == true { gate.wait() }
  }

  /// Lets the thread go on.
  func open() { gate.signal() }
}

extension PCSCTests {
  /// What happens rarely or takes long; `TAPGATE_SOAK` makes it happen often, or for long.
  @Suite("PC/SC in the long run", .timeLimit(.minutes(10)))
  struct PCSCEnduranceTests {
    private static let isSoak = ProcessInfo.processInfo.environment["TAPGATE_SOAK"] == "1"
    private static let first = "pcsc:Tapgate Sim"
    private static let second = "pcsc:Tapgate Sim#1"

    /// Waits for what no report tells of.
    private func wait(for what: String, until isDone: () throws -> Bool) async throws {
      let patience = DispatchTime.now() + 10
      while try !isDone() {
        guard DispatchTime.now() < patience else { throw RigError("\(what) did not come") }
        await Task.yield()
      }
    }

    @Test("a card that was swapped for another within one wait is two presences, by the counter")
    func fastSwap() async throws {
      let rig = try await PcscdRig.launch()
      defer { rig.close() }
      let sink = GateSink { report in
        if case .removed(Self.second, _, _) = report { true } else { false }
      }
      let backend = PCSCBackend()
      backend.start(sink: sink)
      for name in rig.readers {
        _ = try await sink.log.device { $0.power == .online && $0.name == name }
      }
      let old = rig.card(.uid(PCSCWorld.uidB))
      try old.insert()
      let one = try await sink.log.presented(on: Self.first)
      let beside = rig.card(.ntag(PCSCWorld.uidA), reader: 1)
      try beside.insert()
      _ = try await sink.log.presented(on: Self.second)
      let watcher = try ForeignClient()
      let before = try watcher.events(rig.readers[0])
      #expect(before.isPresent)

      // The monitor brings this removal, and is kept there.
      let mark = sink.log.count
      beside.remove()
      try await sink.log.removed(after: mark)
      old.remove()
      try await wait(for: "the removal") {
        try watcher.events(rig.readers[0]).count == before.count + 1
      }
      let new = rig.card(.ntag([0x04, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66]))
      try new.insert()
      try await wait(for: "the insertion") {
        try watcher.events(rig.readers[0]).count == before.count + 2
      }
      #expect(try watcher.events(rig.readers[0]).isPresent)
      #expect(sink.log.count == mark + 1, "nothing is told while the monitor is away")
      sink.open()

      let two = try await sink.log.presented(after: mark, on: Self.first)
      #expect(two.presence > one.presence)
      #expect(two.credential != one.credential)
      #expect(!two.isAlreadyPresent)
      let told = sink.log.reports.dropFirst(mark + 1).map(RecordingSink.label)
      #expect(told.first == "removed \(one.presence)", "\(told)")
      await backend.stop()
    }

    @Test("starts and stops take less than 2 s each and leave no thread")
    func startAndStop() async throws {
      let rig = try await PcscdRig.launch()
      defer { rig.close() }
      let backend = PCSCBackend()
      var worst = 0
      for cycle in 0..<(Self.isSoak ? 1000 : 100) {
        let sink = RecordingSink()
        backend.start(sink: sink)
        // Some are stopped in the middle of their start, some in the middle of a wait.
        if cycle % 4 == 0 { _ = try await sink.device { $0.power == .online } }
        let begin = DispatchTime.now()
        await backend.stop()
        worst = max(worst, begin.age)
      }
      print("PC/SC: longest stop of \(Self.isSoak ? 1000 : 100): \(worst) ms")
      #expect(worst < 2000)
      // A thread that has run its last job is gone a moment later.
      try await wait(for: "the end of the threads") {
        PCSCBackendTests.threadNames().allSatisfy { !$0.hasPrefix("pcsc-") || $0 == "pcsc-stop" }
      }
      #expect(PcscdRig.clientSocketCount == 0)
    }

    @Test("a transaction of another program that lasts leaves the other reader as quick as it was")
    func longTransaction() async throws {
      try await PCSCWorld.run { world in
        await world.backend.stop()
        let quiet = GateSink()
        world.backend.start(sink: quiet)
        try await taps(world, quiet, forSeconds: Self.isSoak ? 20 : 2)
        let card = world.rig.card(.uid(PCSCWorld.uidB))
        try card.insert()
        _ = try await quiet.log.presented(on: Self.first)
        await world.backend.stop()

        let holder = try ForeignClient()
        try holder.connect(world.rig.readers[0])
        try holder.beginTransaction()
        let sink = GateSink()
        let begin = DispatchTime.now()
        world.backend.start(sink: sink)
        _ = try await sink.log.device { $0.id == Self.first && $0.verdict == .heldBy }
        #expect(begin.age < 2000)
        try await taps(world, sink, forSeconds: Self.isSoak ? 28 : 4)
        try holder.endTransaction()
        holder.disconnect()
        let late = try await sink.log.presented(on: Self.first)
        #expect(late.isAlreadyPresent)
        _ = try await sink.log.device(after: sink.log.count - 1) {
          $0.id == Self.first && $0.verdict == .used
        }
        card.remove()
        judge(quiet.latencies, sink.latencies)
      }
    }

    /// Taps cards on the second reader for a time.
    private func taps(_ world: PCSCWorld, _ sink: GateSink, forSeconds seconds: Int) async throws {
      _ = try await sink.log.device { $0.id == Self.second && $0.power == .online }
      let begin = DispatchTime.now()
      while begin.age < seconds * 1000 {
        let card = world.rig.card(.ntag(PCSCWorld.uidA), reader: 1)
        let mark = sink.log.count
        try card.insert()
        _ = try await sink.log.presented(after: mark, on: Self.second)
        card.remove()
        try await sink.log.removed(after: mark)
      }
    }

    /// Processes that ran or wanted to in the last minute, proc(5).
    private static var load: Double {
      // Where it cannot be read, nothing is known to be quiet.
      let text = (try? String(contentsOfFile: "/proc/loadavg", encoding: .utf8)) ?? ""
      return text.split(separator: " ").first.flatMap { Double($0) } ?? .infinity
    }

    /// Tells both figures; only the long run judges them, and only on a machine that has nothing
    /// else to do: a fifth more, and a millisecond for the scheduler.
    private func judge(_ quiet: [UInt64], _ held: [UInt64]) {
      func p95(_ values: [UInt64]) -> UInt64 {
        let sorted = values.sorted()
        return sorted.isEmpty ? 0 : sorted[min(sorted.count - 1, sorted.count * 95 / 100)] / 1000
      }
      print(
        "PC/SC: card noticed to told, p95 in µs: \(p95(quiet)) of \(quiet.count) alone,"
          + " \(p95(held)) of \(held.count) beside a reader that is blocked"
      )
      #expect(!quiet.isEmpty && !held.isEmpty)
      let load = Self.load
      guard Self.isSoak, load < Double(ProcessInfo.processInfo.activeProcessorCount) else {
        return print("PC/SC: not judged; the machine's load is \(load)")
      }
      #expect(p95(held) <= p95(quiet) * 6 / 5 + 1000)
    }
  }
}
