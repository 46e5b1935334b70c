import Foundation
import TapgateCore
import TapgateJSON
import TapgateModel
import Testing

@testable import TapgateOracle
@testable import TapgateStore

/// SplitMix64 (Steele, Lea, Flood 2014).
struct SeededNumbers: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }
}

/// What is wrong with a run: its seed makes it again.
struct SimulatorFault: Error, CustomStringConvertible {
  var description: String
}

/// What one run came to, for the sum of all.
struct SimulatorCounts {
  var accepted = 0
  var refused = 0
  var crashes = 0
  var survived = 0
  var lost = 0
  var replays = 0

  static func += (left: inout SimulatorCounts, right: SimulatorCounts) {
    left.accepted += right.accepted
    left.refused += right.refused
    left.crashes += right.crashes
    left.survived += right.survived
    left.lost += right.lost
    left.replays += right.replays
  }
}

/// One seed: random operations on three members of a real store, with crashes, repetitions and a
/// clock that jumps; the second opinion (`NaiveLedger`) is told the same.
struct SimulatorRun {
  static let names = ["a", "b", "c"]

  /// An operation as it was sent.
  struct Sent {
    var operation: TapgateModel.Operation
    var event: NaiveEvent
    /// Its place in the second opinion's list.
    var place: Int
  }

  let seed: Int
  var numbers: SeededNumbers
  let clock = SimulatedClock()
  let shop: SimulatedShop
  var naive: NaiveLedger
  var checker: SimulatorChecker
  var counts = SimulatorCounts()
  /// Members' ids by name.
  var ids: [String: String] = [:]
  /// By the event's place: the sequence of the row that it made.
  var rows: [Int: Int64] = [:]
  /// By the event's place: the operation's id.
  var operations: [Int: String] = [:]
  /// The places of receipts that were entered by their amount, done or refused.
  var accruals: [Int] = []
  /// Answers that were given, and what they were given to.
  var answered: [(sent: Sent, result: OperationOutcome)] = []
  /// Seconds at which a hold ended or will end.
  var deadlines: [Int] = []
  var step = 0
  /// What happened, in words.
  private var history: [String] = []
  private var operationCount = 0

  init(seed: Int) throws {
    self.seed = seed
    numbers = SeededNumbers(state: UInt64(truncatingIfNeeded: seed))
    naive = NaiveLedger(Self.names)
    checker = try SimulatorChecker()
    let folder = NSTemporaryDirectory() + "tapgate-simulator-\(UUID().uuidString)"
    shop = try SimulatedShop(directory: folder, clock: clock)
  }

  mutating func pick(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &numbers) }

  mutating func oneOf<Element>(_ list: [Element]) -> Element? {
    list.randomElement(using: &numbers)
  }

  func fault(_ text: String) -> SimulatorFault {
    let story = history.suffix(40).joined(separator: "\n")
    return SimulatorFault(description: "seed \(seed), step \(step): \(text)\n\(story)")
  }

  /// An answer in words.
  func told(_ outcome: OperationOutcome?) -> String {
    switch outcome {
    case .committed(let result, let isReplay, let sequence)?:
      "row \(sequence)\(isReplay ? " again" : ""): \(String(decoding: result, as: UTF8.self))"
    case .refused(let refusal, _)?: "refused: \(refusal.reason) \(refusal.detail ?? "")"
    case .failed(let failure)?: "failed: \(failure)"
    case nil: "nothing"
    }
  }

  /// Runs it; throws where anything is not as it has to be.
  mutating func run(steps: Int) async throws -> SimulatorCounts {
    do {
      try await enrol()
      for step in 0..<steps {
        self.step = step
        try await turn()
      }
      try verifyFile()
    } catch {
      await shop.end()
      throw error
    }
    await shop.end()
    return counts
  }

  private mutating func enrol() async throws {
    for (index, name) in Self.names.enumerated() {
      let card = MemberKey.credential(
        try Credential(kind: .cardUid, value: "04A1B2C3D4E5\(80 + index)")
      )
      let body = OperationBody.enrol(
        profile: ProfileChange(name: name),
        credential: card,
        cardType: "personal"
      )
      let outcome = await shop.perform([operation(body, on: nil)])[0]
      guard let id = outcome?.result?["member"]?["id"]?.string else {
        throw fault("no member: \(told(outcome))")
      }
      ids[name] = id
    }
  }

  mutating func operation(_ body: OperationBody, on subject: MemberKey?) -> TapgateModel.Operation {
    operationCount += 1
    return TapgateModel.Operation(
      id: "op-\(operationCount)",
      method: "simulator",
      content: Array("\(body)\(String(describing: subject))".utf8),
      subject: subject,
      body: body,
      store: "S001",
      counter: "C01"
    )
  }

  // MARK: One turn

  private mutating func turn() async throws {
    switch pick(0...19) {
    case 0...2:
      passTime()
      // The second opinion expires everything when its day comes; here somebody has to enter it.
      if pick(0...2) == 0 {
        guard await shop.store.sweep().isWhole else { throw fault("the sweep broke off") }
      }
    case 3: try await repeatOne()
    case 4: try await contradictOne()
    case 5 where pick(0...2) == 0: try await restart()
    case 6, 7: try await burst(crash: oneOf(SimulatedDisk.Crash.allCases))
    default: try await burst(crash: nil)
    }
    try check()
  }

  private mutating func passTime() {
    switch pick(0...9) {
    case 0...4: tell(.days(pick(1...20)))
    case 5: tell(.days(pick(0...4) == 0 ? 3650 : 60))
    case 6:
      // Backwards, but not past the end of a hold: that it ended is not undone.
      let back = pick(1...300)
      let now = naive.second
      guard now - back >= 0, !deadlines.contains(where: { $0 > now - back && $0 <= now }) else {
        return
      }
      // A second opinion's day does not change by it.
      naive.second -= back
      history.append("the clock goes back \(back) s")
      clock.set(naive.second)
    default: tell(.seconds(pick(1...400)))
    }
  }

  private mutating func tell(_ event: NaiveEvent) {
    history.append("\(event)")
    _ = naive.apply(event)
    clock.set(naive.second)
  }

  /// Sends a few operations at once. With `crash` the process dies while they are under way, and
  /// those without an answer are sent again afterwards.
  private mutating func burst(crash: SimulatedDisk.Crash?) async throws {
    var sent: [Sent] = []
    var places = naive.index
    for _ in 0..<pick(1...6) {
      guard let next = try next(place: places) else { continue }
      sent.append(next)
      places += 1
      // The same line twice: a till that did not wait.
      if pick(0...14) == 0 { sent.append(next) }
    }
    let flushes = crash == nil ? nil : pick(0...2)
    var outcomes = await shop.perform(sent.map(\.operation), stoppingAfter: flushes)
    if let crash {
      counts.crashes += 1
      history.append("\(crash) with \(outcomes.count) of \(sent.count) answered")
      try await shop.crash(crash, using: &numbers)
      try await sendAgain(sent, &outcomes)
      try verifyFile()
    }
    try take(sent, outcomes)
  }

  /// What was not answered when it died is sent again, in its order. What stands in the journal
  /// has survived; what does not stand there and comes before something that does was decided
  /// without a row, and is not sent again: it could be decided otherwise now.
  private mutating func sendAgain(
    _ sent: [Sent],
    _ outcomes: inout [Int: OperationOutcome]
  ) async throws {
    let known = try sent.map { try shop.isInJournal($0.operation.id) }
    let last = known.lastIndex(of: true) ?? -1
    for (index, one) in sent.enumerated() {
      let before = outcomes[index]
      if !known[index], before != nil || index < last {
        switch before {
        case .committed, .refused: throw fault("I17: \(one.event) was answered and is gone")
        default: outcomes[index] = before ?? .failed(.closing)
        }
        continue
      }
      guard let outcome = await shop.perform([one.operation])[0] else {
        throw fault("no answer to \(one.event)")
      }
      if let before, !Self.isSame(before, outcome) {
        throw fault("I17: \(one.event) was \(told(before)), after the crash \(told(outcome))")
      }
      outcomes[index] = before ?? outcome
      if known[index] { counts.survived += 1 } else { counts.lost += 1 }
    }
  }

  /// Whether two answers to one operation are the same, but for saying that it is one.
  static func isSame(_ first: OperationOutcome, _ second: OperationOutcome) -> Bool {
    switch (first, second) {
    case (.committed(_, _, let one), .committed(_, let isReplay, let other)):
      var result = first.result?.object
      result?["replay"] = .bool(true)
      return isReplay && one == other && second.result == result.map { .object($0) }
    case (.refused(let one, _), .refused(let other, let isReplay)): return isReplay && one == other
    case (.failed, .failed): return true
    default: return false
    }
  }

  /// Tells the second opinion what was sent and compares what became of it.
  private mutating func take(_ sent: [Sent], _ outcomes: [Int: OperationOutcome]) throws {
    var done: [String: OperationOutcome] = [:]
    for (index, one) in sent.enumerated() {
      guard let outcome = outcomes[index] else { throw fault("no answer to \(one.event)") }
      if let first = done[one.operation.id] {
        guard Self.isSame(first, outcome) else {
          throw fault("I4: \(one.event) was \(told(first)), repeated \(told(outcome))")
        }
        continue
      }
      done[one.operation.id] = outcome
      guard naive.index == one.place else { throw fault("the lists are out of step") }
      let isAllowed = naive.apply(one.event)
      history.append("\(one.place) \(one.event): \(isAllowed)")
      var isDone = false
      if case .committed(_, _, let sequence) = outcome {
        isDone = true
        rows[one.place] = sequence
        try checkJob(outcome, sequence, of: one)
      }
      operations[one.place] = one.operation.id
      switch one.event {
      case .earn, .tap: accruals.append(one.place)
      default: break
      }
      if case .hold(_, _, _, _, let seconds) = one.event {
        deadlines.append(naive.second + seconds)
      }
      if isDone { counts.accepted += 1 } else { counts.refused += 1 }
      guard isDone == isAllowed else {
        throw fault("\(one.event) is \(told(outcome)), by the second opinion \(isAllowed)")
      }
      answered.append((one, outcome))
    }
  }

  /// I20: a receipt has its job, named by its row.
  private func checkJob(_ outcome: OperationOutcome, _ sequence: Int64, of sent: Sent) throws {
    switch sent.event {
    case .earn, .tap, .sale:
      guard outcome.result?["printJobId"]?.string == "J\(sequence)" else {
        throw fault("I20: the receipt of \(sent.event) has no job of its own")
      }
    default: break
    }
  }

  // MARK: Repetitions

  private mutating func repeatOne() async throws {
    guard let one = oneOf(answered) else { return }
    if case .failed = one.result { return }
    counts.replays += 1
    let outcome = await shop.perform([one.sent.operation])[0]
    guard let outcome, Self.isSame(one.result, outcome) else {
      throw fault("I4: \(one.sent.event) was \(told(one.result)), now \(told(outcome))")
    }
  }

  /// The same id with another content.
  private mutating func contradictOne() async throws {
    guard let one = oneOf(answered) else { return }
    if case .failed = one.result { return }
    var other = one.sent.operation
    other.content += Array("other".utf8)
    guard case .failed(.exists)? = await shop.perform([other])[0] else {
      throw fault("I4: an id was used for two contents")
    }
  }

  private mutating func restart() async throws {
    try await shop.restart()
  }
}
