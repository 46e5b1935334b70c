public import TapgateJSON

/// What a comparison came to: every run, and the machine it ran on.
public struct BenchReport {
  /// One side of the comparison.
  struct Side {
    let name: String
    let description: String
  }

  /// The figures of one run; durations in nanoseconds.
  struct Run {
    let rate: Int
    let median: Int64
    let p99: Int64
    let p999: Int64
    let maximum: Int64
    let failedCount: Int
    let unansweredCount: Int
    let firstFailure: String?
    /// Processor time of the peer for one operation; 0 where it is not known.
    let processorNanoseconds: Int64

    init(_ outcome: LoadOutcome, processorMilliseconds: Int64) {
      rate = outcome.rate
      median = outcome.durations.percentile(thousandths: 500)
      p99 = outcome.durations.percentile(thousandths: 990)
      p999 = outcome.durations.percentile(thousandths: 999)
      maximum = outcome.durations.maximum
      failedCount = outcome.failedCount
      unansweredCount = outcome.unansweredCount
      firstFailure = outcome.firstFailure
      // A closed loop has a lead-in of a tenth, which costs too.
      let operationCount = Int64(max(outcome.completedCount, 1)) * 11 / 10
      processorNanoseconds = processorMilliseconds * 1_000_000 / max(operationCount, 1)
    }
  }

  /// One peer at one level.
  struct Cell {
    let peer: String
    let connectionCount: Int
    var closed: [Run] = []
    var open: [Run] = []

    /// The median of the closed loop's rates, in operations a second.
    var rate: Int { Int(median(of: closed) { Int64($0.rate) }) }
    var failedCount: Int { (closed + open).reduce(0) { $0 + $1.failedCount } }
    var unansweredCount: Int { (closed + open).reduce(0) { $0 + $1.unansweredCount } }
    var firstFailure: String? { (closed + open).lazy.compactMap(\.firstFailure).first }

    /// The median of one figure over the rounds.
    func median(of runs: [Run], _ figure: (Run) -> Int64) -> Int64 {
      let sorted = runs.map(figure).sorted()
      return sorted.isEmpty ? 0 : sorted[sorted.count / 2]
    }
  }

  /// All peers with the same number of requests in flight.
  struct Level {
    let inFlight: Int
    let openRate: Int
    let cells: [Cell]
  }

  let plan: BenchPlan
  let fileSystem: String
  /// Before the first run and after the last one.
  var disks: [DiskFigure] = []
  var peers: [Side] = []
  /// The names of peers whose programs are not on this machine.
  var absent: [String] = []
  var levels: [Level] = []

  init(plan: BenchPlan, fileSystem: String) {
    self.plan = plan
    self.fileSystem = fileSystem
  }

  /// Wrong answers, refusals and missing answers of all runs.
  public var faultCount: Int {
    levels.flatMap(\.cells).reduce(0) { $0 + $1.failedCount + $1.unansweredCount }
  }

  // MARK: JSON

  /// One document; durations are whole nanoseconds, rates whole operations a second.
  public var json: JSON {
    .object([
      "bench": .string(plan.workload.rawValue),
      "members": .integer(Int64(plan.memberCount)),
      "milliseconds": .integer(Int64(plan.milliseconds)),
      "rounds": .integer(Int64(plan.roundCount)),
      "machine": .object([
        "processors": .integer(Int64(Machine.processorCount)),
        "processor": .string(Machine.processor),
        "kernel": .string(Machine.kernel),
        "fileSystem": .string(fileSystem),
      ]),
      "fdatasync": .array(disks.map(Self.json)),
      "peers": .array(
        peers.map { .object(["name": .string($0.name), "description": .string($0.description)]) }
      ),
      "notInstalled": .array(absent.map(JSON.string)),
      "levels": .array(levels.map(Self.json)),
    ])
  }

  private static func json(_ disk: DiskFigure) -> JSON {
    func figures(_ histogram: Histogram) -> JSON {
      .object([
        "p50Ns": .integer(histogram.percentile(thousandths: 500)),
        "p99Ns": .integer(histogram.percentile(thousandths: 990)),
      ])
    }
    return .object(["append": figures(disk.append), "overwrite": figures(disk.overwrite)])
  }

  private static func json(_ level: Level) -> JSON {
    .object([
      "inFlight": .integer(Int64(level.inFlight)),
      "openRate": .integer(Int64(level.openRate)),
      "peers": .array(level.cells.map(json)),
    ])
  }

  private static func json(_ cell: Cell) -> JSON {
    .object([
      "peer": .string(cell.peer),
      "connections": .integer(Int64(cell.connectionCount)),
      "opsPerSecond": .integer(Int64(cell.rate)),
      "failed": .integer(Int64(cell.failedCount)),
      "unanswered": .integer(Int64(cell.unansweredCount)),
      "firstFailure": .optional(cell.firstFailure),
      "closed": .array(cell.closed.map(json)),
      "open": .array(cell.open.map(json)),
    ])
  }

  private static func json(_ run: Run) -> JSON {
    .object([
      "opsPerSecond": .integer(Int64(run.rate)),
      "p50Ns": .integer(run.median),
      "p99Ns": .integer(run.p99),
      "p999Ns": .integer(run.p999),
      "maxNs": .integer(run.maximum),
      "processorNsPerOp": .integer(run.processorNanoseconds),
    ])
  }
}
