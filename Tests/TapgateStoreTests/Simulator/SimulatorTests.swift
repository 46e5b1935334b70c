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

  private static func run(_ seed: Int) async throws -> Result<SimulatorCounts, SimulatorFault> {
    var run = try SimulatorRun(seed: seed)
    do { return .success(try await run.run(steps: 40)) } catch let fault as SimulatorFault {
      return .failure(fault)
    }
  }

  @Test("nothing acknowledged is lost or done twice, and no law is broken")
  func seeds() async throws {
    let first = Self.number("TAPGATE_SEED", 1)
    let count = Self.number("TAPGATE_SEEDS", 40)
    var counts = SimulatorCounts()
    var faults: [String] = []
    // As many at a time as there are processors; each by itself is the same every time.
    let width = ProcessInfo.processInfo.activeProcessorCount
    try await withThrowingTaskGroup(of: Result<SimulatorCounts, SimulatorFault>.self) { group in
      var next = first
      var done = 0
      while done < count {
        while next < first + count, next - first - done < width, faults.isEmpty {
          let seed = next
          next += 1
          group.addTask { try await Self.run(seed) }
        }
        guard let result = try await group.next() else { break }
        done += 1
        switch result {
        case .success(let more): counts += more
        case .failure(let fault): faults.append("\(fault)")
        }
        if done % 500 == 0 { print("\(done) seeds: \(counts)") }
      }
    }
    #expect(faults.isEmpty)
    guard faults.isEmpty else { return }
    print("\(count) seeds from \(first): \(counts)")
    // A run in which nothing is accepted, refused, lost or kept tests nothing.
    #expect(counts.accepted > counts.refused && counts.refused * 20 > counts.accepted)
    #expect(counts.crashes > count && counts.survived > 0 && counts.lost > 0)
  }
}
