import TapgateCore
import Testing

@Suite("Tokens that count once")
struct FreshnessWindowTests {
  @Test("a counter may skip values, and is never accepted equal or lower")
  func counters() {
    var window = FreshnessWindow(first: .counter(5))
    for (value, isFresh) in [
      (5, false), (4, false), (6, true), (6, false), (90, true), (89, false),
    ] {
      let isAccepted = window.accept(.counter(UInt64(value)))
      #expect(isAccepted == isFresh, "counter \(value)")
    }
    let last = [window.accept(.counter(.max)), window.accept(.counter(.max))]
    #expect(last == [true, false])
  }

  @Test("time steps may come out of order, each once, as far back as the window reaches")
  func steps() {
    var window = FreshnessWindow(first: .step(100))
    for (value, isFresh) in [
      (100, false), (101, true), (99, true), (99, false), (101, false), (37, true), (37, false),
      (36, false), (165, true), (101, false), (102, true), (100, false), (400, true), (336, true),
      (335, false), (165, false), (399, true), (399, false),
    ] as [(UInt64, Bool)] {
      let isAccepted = window.accept(.step(value))
      #expect(isAccepted == isFresh, "step \(value)")
    }
  }

  @Test("whatever comes in whatever order, no step is accepted twice")
  func random() {
    for seed in 1...200 as ClosedRange<UInt64> {
      var generator = Seeded(state: seed)
      let first = UInt64.random(in: 0...50, using: &generator)
      var window = FreshnessWindow(first: .step(first))
      var accepted: Set<UInt64> = [first]
      for _ in 0..<500 {
        let step = UInt64.random(in: 0...300, using: &generator)
        guard window.accept(.step(step)) else { continue }
        #expect(accepted.insert(step).inserted, "seed \(seed): step \(step) twice")
        // What is stored is all there is to know.
        window = FreshnessWindow(highest: window.highest, earlier: window.earlier)
      }
      let highest = accepted.max() ?? 0
      for step in accepted {
        let isAgain = window.accept(.step(step))
        #expect(!isAgain, "seed \(seed)")
      }
      #expect(window.highest == highest)
    }
  }

  @Test("twenty wrong codes in a minute make a scanner wait, and it alone, until the first is old")
  func badCodes() {
    var limiter = BadCodeLimiter()
    func expect(_ wait: UInt64?, _ device: String = "s1", at now: UInt64) {
      let found = limiter.wait(device, now: now)
      #expect(found == wait, "at \(now)")
    }
    for number in 0..<19 as Range<UInt64> {
      let isOver = limiter.count("s1", now: number * 1000)
      #expect(!isOver)
      expect(nil, at: number * 1000)
    }
    let isOver = limiter.count("s1", now: 19_000)
    #expect(isOver)
    expect(40_000, at: 20_000)
    expect(nil, "s2", at: 20_000)
    expect(1, at: 59_999)
    expect(nil, at: 60_000)
    // The next wrong one is the twentieth again.
    let isOverAgain = limiter.count("s1", now: 60_000)
    #expect(isOverAgain)
    expect(nil, at: 200_000)
  }
}
