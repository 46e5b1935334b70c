/// What one run of a load came to.
struct LoadOutcome {
  /// From a request's start to its reply, in nanoseconds. A closed loop's start is when the request
  /// was written; an open loop's is when it was due.
  var durations = Histogram()
  /// Right answers within the measured time.
  var completedCount = 0
  /// Wrong answers and refusals.
  var failedCount = 0
  /// Requests that were due and had no answer in the end.
  var unansweredCount = 0
  /// The measured time in nanoseconds.
  var elapsed: Int64 = 0
  /// The first wrong answer's beginning.
  var firstFailure: String?

  /// Right answers a second.
  var rate: Int { elapsed > 0 ? Int(Double(completedCount) * 1e9 / Double(elapsed)) : 0 }
}

/// Sends requests over a few connections and measures how long their answers take.
///
/// One thread, one epoll. Used by one thread.
final class LoadGenerator {
  private let wire: any WireProtocol
  private let poller: Poller
  private var lanes: [Lane] = []
  /// A lane's number for each free slot, in the order in which they became free.
  private var freeLanes: Ring<Int>
  private var nextNumber: UInt64
  private var outstandingCount = 0
  private var outcome = LoadOutcome()
  /// What counts is answered, or in an open loop due, from this instant on and before the other.
  private var measuredFrom: Int64 = 0
  private var measuredUntil = Int64.max
  private var isOpen = false

  /// The number of the first request that was not yet sent.
  var firstUnusedNumber: UInt64 { nextNumber }

  /// Connects and greets. `inFlight`, how many requests may be unanswered, is a multiple of
  /// `connectionCount`; `firstNumber` is the number of the first request.
  init(
    path: String,
    wire: any WireProtocol,
    connectionCount: Int,
    inFlight: Int,
    firstNumber: UInt64
  ) throws(BenchError) {
    self.wire = wire
    nextNumber = firstNumber
    poller = try Poller()
    freeLanes = Ring(capacity: inFlight, filler: 0)
    for token in 0..<connectionCount {
      let channel = Channel(descriptor: try Sockets.connect(path: path))
      try poller.add(channel.descriptor, token: token)
      lanes.append(Lane(channel: channel, slotCount: inFlight / connectionCount))
    }
    for lane in lanes { try greet(lane) }
  }

  // MARK: Runs

  /// Sends `count` requests as fast as the answers allow, without a bound of time.
  func run(count: Int) throws(BenchError) -> LoadOutcome {
    begin(from: Clock.nanoseconds, until: .max)
    refillFreeLanes()
    let end = nextNumber + UInt64(count)
    while nextNumber < end || outstandingCount > 0 {
      while nextNumber < end, let lane = freeLanes.popFirst() {
        issue(lane, startedAt: Clock.nanoseconds)
      }
      try flush()
      guard outstandingCount > 0 else { break }
      try turn(milliseconds: 1000)
    }
    return finish(elapsed: Clock.nanoseconds - measuredFrom)
  }

  /// Keeps every slot busy for `duration` nanoseconds after a lead-in of a tenth of it.
  func runClosed(duration: Int64) throws(BenchError) -> LoadOutcome {
    let start = Clock.nanoseconds
    begin(from: start + duration / 10, until: start + duration / 10 + duration)
    refillFreeLanes()
    let giveUp = measuredUntil + Self.grace
    while true {
      let now = Clock.nanoseconds
      if now < measuredUntil {
        while let lane = freeLanes.popFirst() { issue(lane, startedAt: now) }
        try flush()
      }
      if now >= measuredUntil, outstandingCount == 0 || now > giveUp { break }
      try turn(milliseconds: 10)
    }
    return finish(elapsed: duration)
  }

  /// Sends requests at the instants of a schedule made in advance for `duration` nanoseconds after
  /// a lead-in of a tenth of it. A request that finds every slot busy waits here, and its wait
  /// counts.
  func runOpen(rate: Double, duration: Int64, seed: UInt64) throws(BenchError) -> LoadOutcome {
    var schedule = ArrivalSchedule(rate: rate, seed: seed)
    let start = Clock.nanoseconds
    let end = start + duration / 10 + duration
    begin(from: start + duration / 10, until: end)
    isOpen = true
    refillFreeLanes()
    let giveUp = end + Self.grace
    var due = start + schedule.next()
    while true {
      let now = Clock.nanoseconds
      while due <= now, due < end, let lane = freeLanes.popFirst() {
        issue(lane, startedAt: due)
        due = start + schedule.next()
      }
      try flush()
      let isAllSent = due >= end
      if isAllSent, outstandingCount == 0 { break }
      if now > giveUp { break }
      if !isAllSent, !freeLanes.isEmpty {
        if due <= Clock.nanoseconds { continue }
        try poller.arm(for: due)
      }
      try turn(milliseconds: 100)
    }
    while due < end {
      outcome.unansweredCount += 1
      due = start + schedule.next()
    }
    return finish(elapsed: duration)
  }

  private static let grace: Int64 = 10_000_000_000

  private func begin(from start: Int64, until end: Int64) {
    outcome = LoadOutcome()
    (measuredFrom, measuredUntil, isOpen) = (start, end, false)
  }

  private func finish(elapsed: Int64) -> LoadOutcome {
    outcome.elapsed = elapsed
    outcome.unansweredCount += outstandingCount
    return outcome
  }

  // MARK: One turn

  private func refillFreeLanes() {
    freeLanes.removeAll()
    let slotCount = lanes.first?.slotCount ?? 0
    for _ in 0..<slotCount {
      for number in lanes.indices { freeLanes.append(number) }
    }
  }

  private func issue(_ number: Int, startedAt: Int64) {
    let lane = lanes[number]
    let slot = lane.take(Lane.Request(number: nextNumber, startedAt: startedAt))
    wire.appendRequest(nextNumber, slot: slot, to: &lane.channel.outgoing)
    nextNumber += 1
    outstandingCount += 1
  }

  private func flush() throws(BenchError) {
    for (token, lane) in lanes.enumerated() where !lane.channel.isFlushed {
      guard lane.channel.flush() else { throw .protocolFault("the peer closed a connection") }
      try poller.adjust(lane.channel, token: token)
    }
  }

  private func turn(milliseconds: Int32) throws(BenchError) {
    for ready in try poller.wait(milliseconds: milliseconds) {
      let lane = lanes[ready.token]
      if ready.isWritable {
        _ = lane.channel.flush()
        try poller.adjust(lane.channel, token: ready.token)
      }
      guard ready.isReadable else { continue }
      guard lane.channel.receive() else {
        throw .protocolFault("the peer closed a connection")
      }
      try complete(ready.token, at: Clock.nanoseconds)
    }
  }

  private func complete(_ token: Int, at now: Int64) throws(BenchError) {
    let lane = lanes[token]
    while let frame = try wire.frame(in: lane.channel.incoming) {
      if frame.kind != .notice {
        guard let request = lane.release(frame.slot) else {
          throw .protocolFault("a reply that nobody asked for")
        }
        outstandingCount -= 1
        freeLanes.append(token)
        if wire.isRight(frame, to: request.number, in: lane.channel.incoming) {
          let instant = isOpen ? request.startedAt : now
          if instant >= measuredFrom, instant < measuredUntil {
            outcome.completedCount += 1
            outcome.durations.record(now - request.startedAt)
          }
        } else {
          noteFailure(frame, in: lane.channel.incoming)
        }
      }
      lane.channel.incoming.consume(frame.byteCount)
    }
  }

  private func noteFailure(_ frame: Frame, in buffer: ReceiveBuffer) {
    outcome.failedCount += 1
    guard outcome.firstFailure == nil else { return }
    let bytes = buffer.bytes(0..<min(frame.byteCount, 240))
    outcome.firstFailure = String(decoding: bytes.map { $0 < 32 ? 32 : $0 }, as: UTF8.self)
  }

  private func greet(_ lane: Lane) throws(BenchError) {
    wire.appendGreeting(to: &lane.channel.outgoing)
    try flush()
    var missing = wire.greetingReplyCount
    while missing > 0 {
      for ready in try poller.wait(milliseconds: 1000) where ready.isReadable {
        guard lanes[ready.token].channel.receive() else {
          throw .protocolFault("the peer closed a connection at its start")
        }
      }
      while missing > 0, let frame = try wire.frame(in: lane.channel.incoming) {
        if frame.kind == .failure {
          let text = lane.channel.incoming.bytes(0..<min(frame.byteCount, 240))
          throw .protocolFault("refused: \(String(decoding: text, as: UTF8.self))")
        }
        if frame.kind == .result {
          wire.keepGreeting(frame, in: lane.channel.incoming)
          missing -= 1
        }
        lane.channel.incoming.consume(frame.byteCount)
      }
    }
  }
}

/// One connection with its unanswered requests.
private final class Lane {
  struct Request {
    let number: UInt64
    let startedAt: Int64
  }

  let channel: Channel
  let slotCount: Int
  private var requests: [Request?]
  private var freeSlots: [Int]
  /// The busy slots in the order in which their requests were sent.
  private var order: Ring<Int>

  init(channel: Channel, slotCount: Int) {
    self.channel = channel
    self.slotCount = slotCount
    requests = Array(repeating: nil, count: slotCount)
    freeSlots = Array((0..<slotCount).reversed())
    order = Ring(capacity: slotCount, filler: 0)
  }

  /// Puts a request into a free slot, of which there must be one.
  func take(_ request: Request) -> Int {
    let slot = freeSlots.removeLast()
    requests[slot] = request
    order.append(slot)
    return slot
  }

  /// Takes the request out of `slot`, or the oldest one; `nil` where there is none.
  func release(_ slot: Int?) -> Request? {
    guard let slot = slot ?? order.popFirst(), requests.indices.contains(slot),
      let request = requests[slot]
    else { return nil }
    requests[slot] = nil
    freeSlots.append(slot)
    return request
  }
}

/// A queue of fixed capacity.
struct Ring<Element> {
  private var elements: [Element]
  private var first = 0
  private(set) var count = 0

  init(capacity: Int, filler: Element) {
    elements = Array(repeating: filler, count: max(capacity, 1))
  }

  var isEmpty: Bool { count == 0 }

  /// Adds at the end; a full queue loses its first element.
  mutating func append(_ element: Element) {
    if count == elements.count { _ = popFirst() }
    elements[(first + count) % elements.count] = element
    count += 1
  }

  mutating func popFirst() -> Element? {
    guard count > 0 else { return nil }
    defer {
      first = (first + 1) % elements.count
      count -= 1
    }
    return elements[first]
  }

  mutating func removeAll() { (first, count) = (0, 0) }
}
