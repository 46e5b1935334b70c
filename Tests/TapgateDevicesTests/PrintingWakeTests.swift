import Synchronization
import Testing

@testable import TapgateDevices

@Suite("Waking a printer's thread", .timeLimit(.minutes(1)))
struct PrintingWakeTests {
  private final class Counter: Sendable {
    let value = Mutex(0)
  }

  @Test("no call is lost, whenever it comes")
  func everyCall() async throws {
    let poll = try #require(WakeablePoll())
    let posted = Counter()
    let total = 200_000
    async let isComplete = Task.detached {
      var lastSeen = 0
      while true {
        let seen = posted.value.withLock { $0 }
        if seen == total { return true }
        let before = ContinuousClock.now
        _ = poll.wait(descriptor: nil, wantsRead: false, wantsWrite: false, milliseconds: 10_000)
        // Ten seconds without a wake: one was lost.
        if before.duration(to: .now) > .seconds(9), lastSeen == seen { return false }
        lastSeen = seen
      }
    }.value
    await Task.detached {
      for _ in 0..<total {
        posted.value.withLock { $0 += 1 }
        poll.wake()
      }
    }.value
    #expect(await isComplete)
  }
}
