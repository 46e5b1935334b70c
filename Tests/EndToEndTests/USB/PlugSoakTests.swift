import Foundation
import TapgateAPI
import TapgateJSON
import TapgateRigs
import Testing

extension EndToEnd {
  /// Hours of plugging and unplugging: `scripts/soak --hours 24`. Every test run has a slice of it.
  @Suite(
    "Soak: plugs",
    .enabled(if: USBRig.isAvailable, "no umockdev"),
    .timeLimit(.minutes(Program.soakMinutes + 15))
  )
  struct PlugSoakTests {
    /// umockdev keeps 50 files of a process at most, so each gateway that is plugged at lives for
    /// so many cycles.
    private static let cyclesPerProcess = Program.isSoak ? 34 : 3
    /// Ten plugs a minute in the long run.
    private static let cycleMicroseconds: Int64 = Program.isSoak ? 6_000_000 : 0
    /// What a process may have more at the end than after its first minute.
    private static let strayCountMax = 2

    /// What a process holds at one moment.
    private struct Holding {
      let threads: Int
      let files: Int
      let kilobytes: Int

      init(_ gateway: LiveGateway) throws {
        (threads, files) = gateway.resources
        kilobytes = try gateway.residentKilobytes()
      }
    }

    /// Compares what a gateway holds now with before. Memory is judged in the long run only: a few
    /// seconds are no trend.
    private func expectSteady(_ gateway: LiveGateway, since before: Holding) throws {
      let after = try Holding(gateway)
      #expect(after.threads <= before.threads + Self.strayCountMax)
      #expect(after.files <= before.files + Self.strayCountMax)
      guard Program.isSoak, !Program.isSanitized else { return }
      #expect(after.kilobytes <= before.kilobytes * 105 / 100, "of \(before.kilobytes) KiB")
    }

    /// The numbers of a client's events, none missing between `last` and the newest.
    private func expectUnbroken(_ events: [JSON], after last: inout Int64?) {
      for number in events.compactMap({ $0["seq"]?.integer }) {
        if let last { #expect(number == last + 1, "event \(number) follows \(last)") }
        last = number
      }
    }

    /// A gateway of its own that a scanner is plugged in at and pulled out of.
    private func plugBatch() throws -> Int {
      let counter = try ScannerCounter(ScannerTests.wedge) { rig in
        try rig.make("k", "wedge", ["serial": "W1"])
        try rig.make("s", "pos")
        try rig.plug("s")
      }
      try counter.device(ScannerTests.posID)
      var before: Holding?
      var next = System.monotonicMicroseconds
      for number in 0..<Self.cyclesPerProcess {
        try counter.rig.plug("k")
        if number == 0 { try counter.device(ScannerTests.wedgeID) }
        try counter.waitForHealth("scanner.open", of: ScannerTests.wedgeID)
        try counter.rig.tell("k", "scan N\(number)")
        #expect(try counter.scan() == "N\(number)")
        try counter.rig.unplug("k")
        try counter.waitForHealth("scanner.absent", of: ScannerTests.wedgeID)
        try counter.rig.tell("s", "scan ]C0 \(number)")
        #expect(try counter.scan() == "\(number)")
        next += Self.cycleMicroseconds
        let rest = next - System.monotonicMicroseconds
        if rest > 0 { _ = try counter.till.nextEvent(timeoutMilliseconds: Int(rest / 1000)) }
        // The first plugs make what stays: libusb's, the decoders'.
        if number == Self.cyclesPerProcess / 3 { before = try Holding(counter.gateway) }
      }
      if let before { try expectSteady(counter.gateway, since: before) }
      #expect(counter.gateway.stop() == 0)
      return Self.cyclesPerProcess
    }

    @Test("plugs without end: no thread, no file and no memory is lost, and no event's number")
    func plugs() throws {
      // One gateway lives through all of it and is worked with all the while.
      let steady = try LiveGateway.started()
      let till = try steady.client("till", lane: "1")
      try till.subscribe()
      let member = try till.enrol("顾客", uid: "04DE3000000042")
      var last: Int64?
      var (cycles, taps) = (0, 0)
      func work() throws {
        for _ in 0..<20 {
          taps += 1
          _ = try till.call("simulate.tap", ["uid": .string("04DE3000000042")])
          _ = try till.call("simulate.remove")
          _ = try till.call("simulate.scan", ["data": .string("690\(taps)"), "aim": "]C0"])
          _ = try till.call("points.accrue", .accrual("soak-\(taps)", member: member))
        }
        expectUnbroken(try till.eventsSoFar(), after: &last)
      }
      try work()
      let before = try Holding(steady)
      let end = System.monotonicMicroseconds + Int64(Program.soakMinutes) * 60_000_000
      repeat {
        cycles += try plugBatch()
        try work()
      } while System.monotonicMicroseconds < end
      try expectSteady(steady, since: before)
      #expect(last ?? 0 > Int64(taps))
      print("soak: \(cycles) plugs, \(taps) taps in \(Program.soakMinutes) minutes")
      #expect(steady.stop() == 0)
      #expect(try steady.verify().status == 0)
    }
  }
}
