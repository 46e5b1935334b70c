import TapgateCore
import TapgateJSON
import Testing

@Suite("Print spool")
struct SpoolTests {
  private func job(_ id: String, _ state: PrintState = .queued) -> PrintJob {
    PrintJob(id: id, printer: "p", document: .null, state: state)
  }

  /// A spool whose first job, `J1`, is on its way; `J2` waits.
  private func sending() -> PrintSpool {
    var spool = PrintSpool(timing: PrintTiming())
    _ = spool.event(.recovered([job("J1"), job("J2")]))
    _ = spool.event(.linkOpened)
    let checked = spool.event(.checked(PrinterCondition()))
    _ = spool.event(.recorded(recorded(checked)[0]))
    return spool
  }

  private func recorded(_ actions: [PrintSpool.Action]) -> [PrintJob] {
    actions.compactMap { if case .record(let job) = $0 { job } else { nil } }
  }

  private func sent(_ actions: [PrintSpool.Action]) -> [String] {
    actions.compactMap { if case .send(let job) = $0 { job.id } else { nil } }
  }

  private func checks(_ actions: [PrintSpool.Action]) -> [String] {
    actions.compactMap { if case .check(let job) = $0 { job.id } else { nil } }
  }

  @Test("a job is on disk as sending before its first byte")
  func order() {
    var spool = PrintSpool(timing: PrintTiming())
    #expect(spool.event(.recovered([])).isEmpty)
    #expect(spool.event(.enqueued(job("J1"))) == [.openLink])
    #expect(checks(spool.event(.linkOpened)) == ["J1"])
    let checked = spool.event(.checked(PrinterCondition()))
    #expect(recorded(checked).map(\.state) == [.sending])
    #expect(sent(checked).isEmpty)
    #expect(sent(spool.event(.recorded(recorded(checked)[0]))) == ["J1"])
  }

  @Test("nothing is sent before the journal was read")
  func recoveryFirst() {
    var spool = PrintSpool(timing: PrintTiming())
    #expect(spool.event(.enqueued(job("J2"))).isEmpty)
    #expect(spool.event(.recovered([job("J1"), job("J2")])) == [.openLink])
    #expect(checks(spool.event(.linkOpened)) == ["J1"])
    #expect(spool.waitingCount == 2)
  }

  @Test("a journal that refuses keeps the job queued and sends nothing")
  func refusedRecord() {
    var spool = PrintSpool(timing: PrintTiming())
    _ = spool.event(.recovered([job("J1")]))
    _ = spool.event(.linkOpened)
    let checked = spool.event(.checked(PrinterCondition()))
    let actions = spool.event(.unrecorded(recorded(checked)[0], "disk full"))
    #expect(sent(actions).isEmpty)
    #expect(spool.currentJob == nil)
    #expect(checks(spool.event(.elapsed(.retry))) == ["J1"])
  }

  @Test("a job of which no byte was accepted is sent again, and the disk says so")
  func zeroBytes() {
    var spool = sending()
    let actions = spool.event(.linkLost("reset", acceptedByteCount: 0))
    #expect(recorded(actions).map(\.state) == [.queued])
    _ = spool.event(.recorded(recorded(actions)[0]))
    #expect(spool.event(.elapsed(.retry)).contains(.openLink))
    #expect(checks(spool.event(.linkOpened)) == ["J1"])
  }

  @Test("a job of which one byte was accepted is in doubt and never sent again")
  func oneByte() {
    var spool = sending()
    let actions = spool.event(.linkLost("reset", acceptedByteCount: 1))
    #expect(recorded(actions).map(\.state) == [.indeterminate])
    #expect(actions.contains(.openLink))
    // The printer may hold half a command: it is flushed before the next job.
    #expect(spool.event(.linkOpened).contains(.clean(isProofNeeded: true)))
    #expect(checks(spool.event(.cleaned)) == ["J2"])
  }

  @Test("a fence that nobody answers stalls the job, then puts it in doubt, and holds the queue")
  func silentFence() {
    var spool = sending()
    _ = spool.event(.written(isFenced: true))
    let stalled = spool.event(.elapsed(.stall))
    #expect(recorded(stalled).map(\.state) == [.stalled])
    #expect(stalled.contains(.inquire))
    let doubted = spool.event(.elapsed(.doubt))
    #expect(recorded(doubted).map(\.state) == [.indeterminate])
    #expect(checks(doubted).isEmpty)
    #expect(spool.event(.elapsed(.retry)).isEmpty)
    // The late answer wins, names its evidence and lets the queue go on.
    let late = spool.event(.confirmed(jobID: "J1", evidence: "gsR"))
    #expect(recorded(late).map(\.state) == [.confirmed])
    #expect(recorded(late).map(\.evidence) == ["gsR"])
    #expect(checks(late) == ["J2"])
  }

  @Test("the operator's word settles a job in doubt and lets the queue go on")
  func resolution() {
    var spool = sending()
    _ = spool.event(.written(isFenced: true))
    _ = spool.event(.elapsed(.stall))
    let doubted = recorded(spool.event(.elapsed(.doubt)))
    let actions = spool.event(.resolved(doubted[0], isPrinted: false))
    #expect(recorded(actions).map(\.state) == [.failed])
    // Over a fresh connection, for the old one's answer must not pass for the next one's.
    #expect(actions.contains(.abortLink) && actions.contains(.openLink))
    #expect(spool.event(.linkOpened).contains(.clean(isProofNeeded: false)))
    #expect(checks(spool.event(.cleaned)) == ["J2"])
    // A second word comes too late.
    #expect(spool.event(.resolved(doubted[0], isPrinted: true)).isEmpty)
  }

  @Test("a job that is under way cannot be resolved")
  func resolutionTooEarly() {
    var spool = sending()
    var current = job("J1", .indeterminate)
    #expect(spool.event(.resolved(current, isPrinted: true)).isEmpty)
    current.state = .queued
    #expect(spool.event(.resolved(current, isPrinted: true)).isEmpty)
  }

  @Test("without a fence a job ends as sent, never as confirmed")
  func noEvidence() {
    var spool = sending()
    let actions = spool.event(.written(isFenced: false))
    #expect(recorded(actions).map(\.state) == [.sent])
    #expect(recorded(actions)[0].evidence == nil)
    #expect(checks(actions) == ["J2"])
  }

  @Test("what a crash left as sending or stalled is in doubt; what it left queued is printed")
  func crash() {
    var spool = PrintSpool(timing: PrintTiming())
    let actions = spool.event(
      .recovered([job("J1", .sending), job("J2", .stalled), job("J3")])
    )
    #expect(recorded(actions).map(\.state) == [.indeterminate, .indeterminate])
    #expect(spool.event(.linkOpened).contains(.clean(isProofNeeded: true)))
    #expect(checks(spool.event(.cleaned)) == ["J3"])
  }

  @Test("a printer without paper keeps the job queued with the reason's name")
  func noPaper() {
    var spool = PrintSpool(timing: PrintTiming())
    _ = spool.event(.recovered([job("J1")]))
    _ = spool.event(.linkOpened)
    let actions = spool.event(.checked(PrinterCondition(problem: .paperEmpty)))
    #expect(recorded(actions).isEmpty)
    let told = actions.compactMap { if case .notify(let job) = $0 { job } else { nil } }
    #expect(told.first?.state == .queued)
    #expect(told.first?.reason?.hasPrefix("EPTR_REC_EMPTY") == true)
    #expect(checks(spool.event(.elapsed(.retry))) == ["J1"])
  }

  @Test("a job that is handed in twice is printed once, also after it was printed")
  func duplicates() {
    var spool = sending()
    #expect(spool.event(.enqueued(job("J1"))).isEmpty)
    #expect(spool.event(.enqueued(job("J2"))).isEmpty)
    _ = spool.event(.written(isFenced: false))
    #expect(spool.event(.enqueued(job("J1"))).isEmpty)
    #expect(spool.waitingCount == 1)
  }

  @Test("pauses between attempts double up to their bound")
  func backOff() {
    var spool = PrintSpool(timing: PrintTiming())
    _ = spool.event(.recovered([job("J1")]))
    var pauses: [Int] = []
    for _ in 0..<8 {
      for case .start(.retry, let pause) in spool.event(.linkFailed("refused")) {
        pauses.append(pause)
      }
      _ = spool.event(.elapsed(.retry))
    }
    #expect(pauses == [1000, 2000, 4000, 8000, 16000, 30000, 30000, 30000])
  }

  @Test("an idle connection is released, and a new job waits until it is")
  func idle() {
    var spool = sending()
    _ = spool.event(.written(isFenced: false))
    _ = spool.event(.unprintable("too wide"))
    #expect(spool.event(.elapsed(.idle)) == [.releaseLink])
    #expect(spool.event(.enqueued(job("J3"))).isEmpty)
    #expect(spool.event(.linkReleased) == [.openLink])
  }

  @Test("a job that was to begin when the gateway stops stays queued on disk")
  func stopping() {
    var spool = PrintSpool(timing: PrintTiming())
    _ = spool.event(.recovered([job("J1")]))
    _ = spool.event(.linkOpened)
    let checked = spool.event(.checked(PrinterCondition()))
    _ = spool.event(.stopping)
    let actions = spool.event(.recorded(recorded(checked)[0]))
    #expect(sent(actions).isEmpty)
    #expect(recorded(actions).map(\.state) == [.queued])
  }

  @Test(
    "DLE EOT's bits have UnifiedPOS names",
    arguments: [
      ([0x12, 0x12, 0x12, 0x12], nil), ([0x1A, 0x16, 0x12, 0x12], .coverOpen),
      ([0x1A, 0x32, 0x12, 0x72], .paperEmpty), ([0x12, 0x12, 0x12, 0x72], .paperEmpty),
      ([0x1A, 0x52, 0x1A, 0x12], .failure), ([0x1A, 0x12, 0x12, 0x12], .offline),
    ] as [([UInt8], PrinterCondition.Problem?)]
  )
  func status(bytes: [UInt8], problem: PrinterCondition.Problem?) {
    let condition = PrinterCondition(
      printer: bytes[0],
      offline: bytes[1],
      error: bytes[2],
      paper: bytes[3]
    )
    #expect(condition.problem == problem)
    #expect(PrinterCondition(printer: 0x12, offline: 0x12, error: 0x12, paper: 0x1E).isPaperLow)
  }
}
