import Foundation
import Synchronization
import TapgateLock
import TapgateJSON
import Testing

@testable import TapgateBench

/// A gateway that answers by script, on a thread of its own.
private final class ScriptedGateway: Sendable {
  struct Script: Sendable {
    /// Answers the newest request of a bunch first.
    var isReversing = false
    /// Every so many requests get another member's answer; 0: none.
    var wrongEvery = 0
    /// Nothing is answered before this many milliseconds have passed since the first request.
    var stallMilliseconds: Int64 = 0
  }

  let path = "/tmp/tapgate-\(UUID().uuidString.prefix(8)).sock"
  /// The most requests that were ever seen unanswered on one connection.
  let mostWaiting = Atomic<Int>(0)
  private let isStopped = Atomic<Bool>(false)

  init(population: Population, script: Script) throws {
    let listener = try Sockets.listen(path: path)
    Thread.detachNewThread { [self] in
      do {
        let answering = Answering(population: population, script: script)
        let server = try StreamServer(listener: listener) { channel in
          answering.answer(channel)
          self.mostWaiting.max(answering.waitingCount, ordering: .relaxed)
        }
        while !isStopped.load(ordering: .relaxed) { try server.turn(milliseconds: 20) }
      } catch {
        Issue.record(error)
      }
      unlink(path)
    }
  }

  func stop() { isStopped.store(true, ordering: .relaxed) }
}

/// One script at work; confined to its server's thread.
private final class Answering {
  private let population: Population
  private let script: ScriptedGateway.Script
  private var requestCount = 0
  private var firstRequestAt: Int64?
  private(set) var waitingCount = 0

  init(population: Population, script: ScriptedGateway.Script) {
    self.population = population
    self.script = script
  }

  func answer(_ channel: Channel) {
    var replies: [[UInt8]] = []
    while let end = channel.incoming.firstOffset(of: 0x0A) {
      let line = channel.incoming.bytes(0..<end)
      channel.incoming.consume(end + 1)
      guard let request = try? JSONParser.parse(line), let id = request["id"]?.integer else {
        Issue.record("a request that is no JSON")
        continue
      }
      replies.append(reply(to: request, id: id))
    }
    waitingCount = replies.count
    if let firstRequestAt {
      while Clock.nanoseconds < firstRequestAt + script.stallMilliseconds * 1_000_000 {}
    }
    for reply in script.isReversing ? replies.reversed() : replies {
      channel.outgoing.append(contentsOf: reply)
    }
  }

  private func reply(to request: JSON, id: Int64) -> [UInt8] {
    guard request["method"]?.string == "member.lookup" else {
      return Array(#"{"jsonrpc":"2.0","id":\#(id),"result":{"serverVersion":"0"}}"#.utf8) + [0x0A]
    }
    if firstRequestAt == nil { firstRequestAt = Clock.nanoseconds }
    requestCount += 1
    let uid = request["params"]?["credential"]?["value"]?.string
    var index = (0..<population.count).first { population.uid($0) == uid } ?? 0
    if script.wrongEvery > 0, requestCount % script.wrongEvery == 0 {
      index = (index + 1) % population.count
    }
    let member = population.memberID(index)
    let text = #"{"jsonrpc":"2.0","id":\#(id),"result":{"member":{"id":"\#(member)"}}}"#
    return Array(text.utf8) + [0x0A]
  }
}

@Suite("The load generator", .serialized)
struct LoadGeneratorTests {
  private let population = Population(count: 50)

  private func generator(
    _ gateway: ScriptedGateway,
    connections: Int,
    inFlight: Int
  ) throws -> LoadGenerator {
    try LoadGenerator(
      path: gateway.path,
      wire: JSONLookups(population: population),
      connectionCount: connections,
      inFlight: inFlight,
      firstNumber: 0
    )
  }

  @Test("replies in any order find their requests, and no more than allowed are in flight")
  func anyOrder() throws {
    let gateway = try ScriptedGateway(population: population, script: .init(isReversing: true))
    defer { gateway.stop() }
    let load = try generator(gateway, connections: 2, inFlight: 16)
    let outcome = try load.run(count: 5000)
    #expect(outcome.completedCount == 5000)
    #expect(outcome.failedCount == 0)
    #expect(outcome.durations.count == 5000)
    #expect((2...8).contains(gateway.mostWaiting.load(ordering: .relaxed)))
    #expect(load.firstUnusedNumber == 5000)
  }

  @Test("an answer for another member is counted as wrong, and shown")
  func wrongAnswers() throws {
    let gateway = try ScriptedGateway(population: population, script: .init(wrongEvery: 10))
    defer { gateway.stop() }
    let outcome = try generator(gateway, connections: 1, inFlight: 4).run(count: 1000)
    #expect(outcome.completedCount == 900)
    #expect(outcome.failedCount == 100)
    #expect(outcome.firstFailure?.contains(#""id":"M"#) == true)
  }

  @Test("a closed loop counts what was answered within its time")
  func closedLoop() throws {
    let gateway = try ScriptedGateway(population: population, script: .init())
    defer { gateway.stop() }
    let outcome = try generator(gateway, connections: 4, inFlight: 8).runClosed(
      duration: 100_000_000
    )
    #expect(outcome.completedCount > 0)
    #expect(outcome.completedCount == outcome.durations.count)
    #expect(outcome.elapsed == 100_000_000)
    #expect(outcome.unansweredCount == 0)
    #expect(outcome.rate == outcome.completedCount * 10)
  }

  @Test("a stall is felt by every request that was due during it, not by one alone")
  func coordinatedOmission() throws {
    // A closed loop would see one slow request; here most of 400 were due meanwhile. The first 20
    // milliseconds are the lead-in.
    let script = ScriptedGateway.Script(stallMilliseconds: 150)
    let gateway = try ScriptedGateway(population: population, script: script)
    defer { gateway.stop() }
    let outcome = try generator(gateway, connections: 1, inFlight: 1).runOpen(
      rate: 2000,
      duration: 200_000_000,
      seed: 1
    )
    #expect((320...480).contains(outcome.completedCount))
    #expect(outcome.unansweredCount == 0)
    #expect(outcome.durations.percentile(thousandths: 500) > 10_000_000)
    #expect(outcome.durations.maximum > 80_000_000)
  }

  @Test("a peer that closes its connection ends the run with an error")
  func closedConnection() throws {
    let path = "/tmp/tapgate-\(UUID().uuidString.prefix(8)).sock"
    let listener = try Sockets.listen(path: path)
    defer { unlink(path) }
    let wire = EchoLines(JSONLookups(population: population))
    let load = try LoadGenerator(
      path: path,
      wire: wire,
      connectionCount: 1,
      inFlight: 1,
      firstNumber: 0
    )
    close(try #require(try Sockets.accept(listener)))
    close(listener)
    #expect(throws: BenchError.self) { try load.run(count: 10) }
  }
}
