import TapgateCore
import Testing

@Suite("Delivery")
struct DeliveryTests {
  private var delivery = Delivery<String>()
  private static let anna = ClientID(1)
  private static let bert = ClientID(2)

  @Test("the claim's holder comes before a client of the lane")
  func holder() {
    let route = delivery.route(holder: Self.bert, laneClients: [Self.anna], now: 0)
    #expect(route == .holder(Self.bert))
  }

  @Test("without a claim the only client of the lane hears it")
  func laneClient() {
    let route = delivery.route(holder: nil, laneClients: [Self.anna], now: 0)
    #expect(route.recipient == Self.anna)
  }

  @Test("two clients of a lane both hear nothing")
  func ambiguous() {
    let route = delivery.route(holder: nil, laneClients: [Self.anna, Self.bert], now: 7)
    #expect(route == .ambiguous([Self.anna, Self.bert], heldUntil: 2007))
    #expect(route.recipient == nil)
  }

  @Test("who claims within two seconds gets what was kept, once")
  mutating func claimedInTime() {
    #expect(delivery.keep("tap", deviceID: "reader", lane: "1", now: 100).isEmpty)
    let held = delivery.claimed(covers: { id, _ in id == "reader" }, now: 2099)
    #expect(held.map(\.item) == ["tap"])
    #expect(held.first?.since == 100)
    #expect(delivery.claimed(covers: { _, _ in true }, now: 2099).isEmpty)
    #expect(delivery.nextDeadline == nil)
  }

  @Test("after two seconds nobody ever gets it")
  mutating func claimedLate() {
    _ = delivery.keep("tap", deviceID: "reader", lane: "1", now: 100)
    #expect(delivery.claimed(covers: { _, _ in true }, now: 2100).isEmpty)
    #expect(delivery.nextDeadline == 2100)
    #expect(delivery.expired(now: 2099).isEmpty)
    #expect(delivery.expired(now: 2100).map(\.item) == ["tap"])
    #expect(delivery.claimed(covers: { _, _ in true }, now: 2100).isEmpty)
  }

  @Test("the newest of a lane takes the older one's place; other lanes keep theirs")
  mutating func newest() {
    _ = delivery.keep("first", deviceID: "reader", lane: "1", now: 0)
    _ = delivery.keep("far", deviceID: "far", lane: "2", now: 5)
    let lost = delivery.keep("second", deviceID: "scanner", lane: "1", now: 10)
    #expect(lost.map(\.item) == ["first"])
    #expect(delivery.claimed(covers: { _, lane in lane == "1" }, now: 20).map(\.item) == ["second"])
    #expect(delivery.claimed(covers: { _, lane in lane == "2" }, now: 20).map(\.item) == ["far"])
  }

  @Test("devices without a lane keep apart")
  mutating func noLane() {
    _ = delivery.keep("one", deviceID: "a", lane: nil, now: 0)
    #expect(delivery.keep("two", deviceID: "b", lane: nil, now: 1).isEmpty)
    #expect(delivery.keep("three", deviceID: "a", lane: nil, now: 2).map(\.item) == ["one"])
  }

  @Test("where nothing is to be kept, the input itself is lost")
  func keepsNothing() {
    var delivery = Delivery<String>(heldMilliseconds: 0)
    #expect(delivery.keep("tap", deviceID: "a", lane: nil, now: 0).map(\.item) == ["tap"])
    #expect(delivery.nextDeadline == nil)
  }
}

@Suite("Events that wait for a slow client")
struct EventQueueTests {
  @Test("the oldest give way by number, and the number lost is told once")
  func countBound() {
    var queue = EventQueue(countMax: 2, byteCountMax: 100)
    for byte in 1...5 as ClosedRange<UInt8> { queue.append([byte]) }
    let (lostCount, frames) = queue.drain()
    #expect(lostCount == 3)
    #expect(frames == [[4], [5]])
    #expect(queue.isEmpty)
    #expect(queue.drain().lostCount == 0)
  }

  @Test("the oldest give way by size, even all of them")
  func byteBound() {
    var queue = EventQueue(countMax: 100, byteCountMax: 10)
    queue.append(Array(repeating: 1, count: 6))
    queue.append(Array(repeating: 2, count: 4))
    queue.append(Array(repeating: 3, count: 5))
    #expect(queue.drain().frames == [Array(repeating: 2, count: 4), Array(repeating: 3, count: 5)])
    queue.append(Array(repeating: 4, count: 11))
    #expect(!queue.isEmpty)
    #expect(queue.drain().lostCount == 1)
  }
}

@Suite("The trace of taps")
struct TapTraceTests {
  private func entry(_ number: Int) -> TapTrace.Entry {
    TapTrace.Entry(
      eventID: "e\(number)",
      at: "2026-01-01T00:00:00Z",
      deviceID: "reader",
      lane: nil,
      outcome: .held
    )
  }

  @Test("the last taps come newest first, and the oldest give way", arguments: [0, 1, 3, 4, 9])
  func ring(count: Int) {
    var trace = TapTrace(countMax: 3)
    for number in 0..<count { trace.append(entry(number)) }
    let expected = (0..<count).suffix(3).reversed().map { "e\($0)" }
    #expect(trace.last(100).map(\.eventID) == expected)
    #expect(trace.last(1).map(\.eventID) == Array(expected.prefix(1)))
  }

  @Test("a tap is amended while it is there, and not afterwards")
  func amend() {
    var trace = TapTrace(countMax: 2)
    for number in 0..<3 { trace.append(entry(number)) }
    #expect(trace.amend("e2") { $0.outcome = .delivered })
    #expect(trace.last(1).first?.outcome == .delivered)
    #expect(!trace.amend("e0") { $0.outcome = .delivered })
  }
}
