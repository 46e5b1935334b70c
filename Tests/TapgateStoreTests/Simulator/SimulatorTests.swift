import Foundation
import Testing

@testable import TapgateStore

/// Random operations on a real store that crashes, loses power, is asked twice and has a clock that
/// jumps. Every acknowledged operation must be there afterwards, once, and what everybody has must
/// be what plain dictionaries come to (`TapgateOracle`).
///
/// `TAPGATE_SEEDS` runs so many seeds, from `TAPGATE_SEED` on: `scripts/simulate`.
@Suite("The simulator")
struct SimulatorTests {
  private static func number(_ name: String, _ fallback: Int) -> Int {
    ProcessInfo.processInfo.environment[name].flatMap { Int($0) } ?? fallback
  }

  @Test("nothing acknowledged is lost or done twice, and no law is broken")
  func seeds() async throws {
    let first = Self.number("TAPGATE_SEED", 1)
    let count = Self.number("TAPGATE_SEEDS", 60)
    var counts = SimulatorCounts()
    for seed in first..<(first + count) {
      do {
        var run = try SimulatorRun(seed: seed)
        counts += try await run.run(steps: 40)
      } catch let fault as SimulatorFault {
        Issue.record("\(fault)")
        return
      }
      if (seed + 1 - first) % 500 == 0 { print("\(seed + 1 - first) seeds: \(counts)") }
    }
    print("\(count) seeds from \(first): \(counts)")
    // A run in which nothing is accepted, refused, lost or kept tests nothing.
    #expect(counts.accepted > counts.refused && counts.refused * 20 > counts.accepted)
    #expect(counts.crashes > count && counts.survived > 0 && counts.lost > 0)
  }
}
