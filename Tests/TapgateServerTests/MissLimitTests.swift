import TapgateCore
import Testing

@testable import TapgateServer

@Suite("Misses a minute and client")
struct MissLimitTests {
  private static func client(_ name: String, user: UInt32 = 1000) -> MissLimit.Client {
    MissLimit.Client(userID: user, name: name)
  }

  @Test("sixty in any sixty seconds, and each is forgotten after a minute")
  func window() {
    var limit = MissLimit()
    let till = Self.client("till")
    for number in 0..<60 as Range<UInt64> {
      #expect(limit.wait(till, now: number * 100) == nil)
      limit.count(till, now: number * 100)
    }
    #expect(limit.wait(till, now: 6000) == 54_000)
    #expect(limit.wait(Self.client("kiosk"), now: 6000) == nil)
    #expect(limit.wait(Self.client("till", user: 1001), now: 6000) == nil)
    #expect(limit.wait(till, now: 59_999) == 1)
    #expect(limit.wait(till, now: 60_000) == nil)
    limit.count(till, now: 60_000)
    #expect(limit.wait(till, now: 60_000) == 100)
  }

  @Test("who takes a new name for each guess soon shares one allowance with all of them")
  func manyNames() {
    var limit = MissLimit()
    var count = 0
    for number in 0..<10_000 {
      let guesser = Self.client("guesser \(number)")
      guard limit.wait(guesser, now: 5) == nil else { break }
      limit.count(guesser, now: 5)
      count += 1
    }
    #expect(count == MissLimit.nameCountMax + Limits.missesPerMinuteMax)
    #expect(limit.wait(Self.client("guesser 0"), now: 5) == nil, "a name that was known stays")
    #expect(limit.wait(Self.client("other", user: 1), now: 5) == nil)
    #expect(limit.wait(Self.client("guesser 99999"), now: 60_005) == nil)
  }
}
