import TapgateCore
import TapgateJSON
import Testing

/// A printer, a journal and a process that fail at random, around the real spool.
private struct SpoolWorld {
  var random: SystemlessGenerator
  var spool = PrintSpool(timing: PrintTiming())
  var disk: [String: PrintJob] = [:]
  var order: [String] = []
  /// Attempts of which the printer got at least one byte.
  var copies: [String: Int] = [:]
  /// What is really on paper.
  var printed: Set<String> = []
  var firstBytes: [String] = []
  var events: [PrintSpool.Event] = []
  var timers: Set<PrintSpool.Timer> = []
  /// Jobs whose fence stands in the printer's buffer on this connection.
  var fences: [String] = []
  var violations: [String] = []
  var isCalm = false

  init(seed: UInt64) { random = SystemlessGenerator(state: seed) }

  mutating func chance(_ percent: Int) -> Bool {
    !isCalm && Int.random(in: 0..<100, using: &random) < percent
  }

  mutating func boot() {
    spool = PrintSpool(timing: PrintTiming())
    events = [.recovered(order.compactMap { disk[$0] }.filter { !$0.state.isSettled })]
    timers = []
    fences = []
  }

  mutating func submit(_ id: String) {
    let job = PrintJob(id: id, printer: "p", document: .null)
    disk[id] = job
    order.append(id)
    events.append(.enqueued(job))
  }

  /// Handles one event, or lets a timer run out. False where nothing is left to happen.
  mutating func step() -> Bool {
    if !events.isEmpty {
      let event = events.removeFirst()
      for action in spool.event(event) { perform(action) }
      return true
    }
    if isCalm || chance(20), let id = fences.first {
      fences.removeFirst()
      events.append(.confirmed(jobID: id, evidence: "gsR"))
      return true
    }
    guard let timer = timers.filter({ $0 != .idle }).randomElement(using: &random) else {
      return false
    }
    timers.remove(timer)
    events.append(.elapsed(timer))
    return true
  }

  mutating func perform(_ action: PrintSpool.Action) {
    switch action {
    case .openLink: events.append(chance(30) ? .linkFailed("refused") : .linkOpened)
    case .clean: if !chance(20) { events.append(.cleaned) }
    case .check:
      if chance(10) {
        lose(accepted: 0)
      } else {
        let isOut = chance(10)
        events.append(.checked(PrinterCondition(problem: isOut ? .paperEmpty : nil)))
      }
    case .record(let job):
      if chance(10) {
        events.append(.unrecorded(job, "disk"))
      } else {
        disk[job.id] = job
        events.append(.recorded(job))
      }
    case .send(let job): send(job)
    case .abortLink: fences = []
    case .releaseLink: events.append(.linkReleased)
    case .start(let timer, _): timers.insert(timer)
    case .stop(let timer): timers.remove(timer)
    case .inquire, .notify, .describe: break
    }
  }

  private mutating func send(_ job: PrintJob) {
    if disk[job.id]?.state != .sending { violations.append("\(job.id) sent before its record") }
    if chance(15) { return lose(accepted: 0) }
    copies[job.id, default: 0] += 1
    firstBytes.append(job.id)
    events.append(.progressed)
    if chance(15) { return lose(accepted: 1) }
    printed.insert(job.id)
    events.append(.written(isFenced: true))
    if chance(15) { return lose(accepted: 9) }
    if chance(30) {
      fences.append(job.id)
    } else {
      events.append(.confirmed(jobID: job.id, evidence: "gsR"))
    }
  }

  private mutating func lose(accepted: Int) {
    fences = []
    events.append(.linkLost("reset", acceptedByteCount: accepted))
  }
}

private struct SystemlessGenerator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

@Suite("Print spool under faults")
struct SpoolSimulationTests {
  @Test("no order of faults and crashes prints a job twice, loses one or confirms an unprinted one")
  func faults() {
    for seed in UInt64(1)...3000 {
      var world = SpoolWorld(seed: seed)
      world.boot()
      var jobCount = 0
      for _ in 0..<120 {
        if jobCount < 8, world.chance(20) {
          jobCount += 1
          world.submit("J\(jobCount)")
        }
        if world.chance(3) { world.boot() }
        _ = world.step()
      }
      // Now everything works again: every job must come to an end.
      world.isCalm = true
      var stepCount = 0
      while world.step(), stepCount < 5000 { stepCount += 1 }
      #expect(world.violations.isEmpty, "seed \(seed)")
      #expect(world.copies.values.allSatisfy { $0 == 1 }, "seed \(seed)")
      for id in world.order {
        let state = world.disk[id]?.state
        #expect(state?.isSettled == true, "seed \(seed): \(id) is \(String(describing: state))")
        if state == .confirmed {
          #expect(world.printed.contains(id), "seed \(seed): \(id) is not on paper")
        }
      }
      // Strictly first in, first out.
      #expect(world.firstBytes == world.order.filter { world.copies[$0] != nil }, "seed \(seed)")
    }
  }
}
