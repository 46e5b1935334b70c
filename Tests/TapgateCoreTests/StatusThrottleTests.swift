import TapgateCore
import Testing

@Suite("Status throttle")
struct StatusThrottleTests {
  private var throttle = StatusThrottle<Int>()

  @Test("two changes in a second are told at once; the third waits, and is told alone")
  mutating func plain() {
    #expect(throttle.offer(1, about: "a", now: 0)?.notice == 1)
    #expect(throttle.offer(2, about: "a", now: 10)?.leftOutCount == 0)
    #expect(throttle.nextDeadline == nil)
    #expect(throttle.offer(3, about: "a", now: 20) == nil)
    #expect(throttle.offer(9, about: "b", now: 20)?.notice == 9, "another device is not held up")
    #expect(throttle.offer(4, about: "a", now: 30) == nil)
    #expect(throttle.nextDeadline == 1000)
    #expect(throttle.due(now: 999).isEmpty)
    let told = throttle.due(now: 1000)
    #expect(told.map(\.notice) == [4])
    #expect(told.map(\.leftOutCount) == [1])
    #expect(throttle.nextDeadline == nil)
    #expect(throttle.offer(5, about: "a", now: 1009) == nil)
    #expect(throttle.nextDeadline == 1010)
    #expect(throttle.due(now: 1010).map(\.notice) == [5])
    #expect(throttle.offer(6, about: "a", now: 2010)?.notice == 6)
  }

  @Test("fifty changes a second for a minute: two told in any second, the last is the last told")
  mutating func flapping() {
    var told: [(at: UInt64, notice: Int)] = []
    var counted = 0
    func take(_ one: StatusThrottle<Int>.Told, _ now: UInt64) {
      told.append((now, one.notice))
      counted += 1 + one.leftOutCount
    }
    for change in 0..<3000 {
      let now = UInt64(change) * 20
      while let deadline = throttle.nextDeadline, deadline <= now {
        for one in throttle.due(now: deadline) { take(one, deadline) }
      }
      if let one = throttle.offer(change, about: "reader", now: now) { take(one, now) }
    }
    while let deadline = throttle.nextDeadline {
      for one in throttle.due(now: deadline) { take(one, deadline) }
    }
    #expect(counted == 3000)
    #expect(told.last?.notice == 2999)
    for (index, one) in told.enumerated() where index >= 2 {
      #expect(one.at - told[index - 2].at >= 1000)
    }
  }
}
