internal import Dispatch
internal import TapgateCore
internal import TapgateLock
internal import TapgateModel

/// What was found of the PINs that an operation brought, before its turn.
struct PINFinding: Sendable {
  /// The verifier that the entry was held against; `nil` where no PIN was set then.
  var verifier: [UInt8]?
  var isRight = false
  /// The hash of the new PIN, for `card.setPin`.
  var new: [UInt8]?
}

/// Checks and makes PINs' hashes on a thread of its own: one takes a tenth of a second, for which
/// neither the event loop nor the ledger's thread may stop.
///
/// Operations on one member keep their order: while one of them is here, those after it wait behind
/// it. What waits is bounded; beyond that the answer is E_BUSY.
final class PINDesk: Sendable {
  typealias Completion = @Sendable (OperationOutcome) -> Void

  private struct Waiting {
    var operation: PreparedOperation
    var completion: Completion
  }

  private struct State {
    /// Operations by member, in their order.
    var lines: [UInt32: [Waiting]] = [:]
    /// Members whose first operation waits for the thread, in their order.
    var turns: [UInt32] = []
    var count = 0
    var isRunning = false
    var isClosed = false
  }

  private let state = Mutex(State())
  private let queue = DispatchQueue(label: "tapgate.pins")
  private let views: MemberViews
  private let pepper: [UInt8]
  private let cost: PINHash.Cost
  private let forward: @Sendable (PreparedOperation, @escaping Completion) -> Void

  /// Creates a desk that hands what it has checked to `forward`.
  init(
    views: MemberViews,
    cost: PINHash.Cost = PINHash.cost,
    forward: @escaping @Sendable (PreparedOperation, @escaping Completion) -> Void
  ) {
    self.views = views
    self.cost = cost
    self.forward = forward
    pepper = views.keys.pinPepper
  }

  /// Takes an operation that needs PIN work, or that comes after one of the same member which does.
  ///
  /// - Returns: Whether it was taken; else it is the caller's to hand on.
  func take(_ operation: PreparedOperation, _ completion: @escaping Completion) -> Bool {
    let needsWork = Self.needsWork(operation)
    guard needsWork || state.withLock({ $0.count > 0 }) else { return false }
    guard let subject = subject(of: operation), let number = views.find(subject)?.number else {
      return false  // Nobody's PIN can be asked for; the ledger says why.
    }
    enum Answer { case taken, notMine, full, closed }
    let (answer, mustStart) = state.withLock { state -> (Answer, Bool) in
      if state.isClosed { return (.closed, false) }
      let isBehind = state.lines[number] != nil
      guard needsWork || isBehind else { return (.notMine, false) }
      guard state.count < Limits.pinQueueCountMax else { return (.full, false) }
      state.count += 1
      state.lines[number, default: []].append(Waiting(operation: operation, completion: completion))
      if !isBehind { state.turns.append(number) }
      defer { state.isRunning = true }
      return (.taken, !state.isRunning)
    }
    if mustStart { queue.async { [self] in run() } }
    switch answer {
    case .taken: return true
    case .notMine: return false
    case .closed: completion(.failed(.closing))
    case .full:
      let hint = "too many PINs wait to be checked"
      completion(.failed(.busy(retryAfterMilliseconds: 1000, hint: hint)))
    }
    return true
  }

  /// Answers what waits with E_CLOSED, and calls `completion` when the thread is idle.
  func close(_ completion: @escaping @Sendable () -> Void) {
    let left = state.withLock { state in
      state.isClosed = true
      let left = state.turns.flatMap { state.lines[$0] ?? [] }
      for number in state.turns { state.lines[number] = nil }
      state.turns = []
      state.count -= left.count
      return left
    }
    for waiting in left { waiting.completion(.failed(.closing)) }
    queue.async(execute: completion)
  }

  private func run() {
    while let (number, first) = next() {
      var first = first
      if Self.needsWork(first.operation) {
        first.operation.pin = find(first.operation, number)
      }
      hand(on: first, of: number)
    }
  }

  /// The operation whose turn it is, and its member; `nil` where none waits.
  private func next() -> (UInt32, Waiting)? {
    state.withLock { state in
      guard !state.turns.isEmpty else {
        state.isRunning = false
        return nil
      }
      let number = state.turns.removeFirst()
      guard let first = state.lines[number]?.first else { return nil }
      return (number, first)
    }
  }

  /// Hands on what was checked, with what came behind it and needs no work, in that order.
  private func hand(on first: Waiting, of number: UInt32) {
    var ready = first
    while true {
      // Handed on before it leaves its line, so that nothing can overtake it.
      forward(ready.operation, ready.completion)
      let following = state.withLock { state -> Waiting? in
        var line = state.lines[number] ?? []
        line.removeFirst()
        state.count -= 1
        state.lines[number] = line.isEmpty ? nil : line
        guard let following = line.first else { return nil }
        guard !Self.needsWork(following.operation) else {
          state.turns.append(number)
          return nil
        }
        return following
      }
      guard let following else { return }
      ready = following
    }
  }

  private static func needsWork(_ operation: PreparedOperation) -> Bool {
    if operation.operation.pin != nil { return true }
    guard case .assets(.setPin(let change)) = operation.operation.body else { return false }
    return change.pin != nil
  }

  /// The member whom the request names, or the quote that it stands on.
  private func subject(of operation: PreparedOperation) -> MemberKey? {
    if let subject = operation.operation.subject { return subject }
    guard case .assets(.checkout(let order)) = operation.operation.body else { return nil }
    return order.quoteToken.flatMap { views.keys.openQuote($0) }?.subject
  }

  private func find(_ operation: PreparedOperation, _ number: UInt32) -> PINFinding {
    var finding = PINFinding()
    let reference = subject(of: operation).flatMap { views.find($0) }?.reference
    let state = views.memory.row(number).flatMap {
      try? MemberState(packed: $0.state)  // `verify` tells of a damaged row.
    }
    if let facts = state?.pinFacts(for: reference), let pin = operation.operation.pin {
      finding.verifier = facts.verifier
      if !facts.isLocked(by: views.pins), let hash = PINHash(facts.verifier) {
        // Without the memory for it nobody's PIN is right, and nobody's try counts as wrong.
        guard let isRight = try? hash.matches(pin, pepper: pepper) else { return PINFinding() }
        finding.isRight = isRight
      }
    }
    if case .assets(.setPin(let change)) = operation.operation.body, let new = change.pin {
      finding.new = try? PINHash(of: new, pepper: pepper, cost: cost).bytes  // As above.
    }
    return finding
  }
}
