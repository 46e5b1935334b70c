import Foundation
import TapgateAPI
import TapgateJSON
import TapgateRigs
import Testing

extension EndToEnd {
  /// Plugging without end, loose plugs, and many scans.
  @Suite(
    "Scanners: endurance",
    .enabled(if: USBRig.isAvailable, "no umockdev"),
    .timeLimit(.minutes(20))
  )
  struct ScannerEnduranceTests {
    /// umockdev keeps 50 files of a process at most.
    private static let cyclesPerProcess = 34

    @Test("100 plug cycles leave no thread, no file and no claim behind")
    func cycles() throws {
      let counters = try (0..<3).map { _ in
        try ScannerCounter(ScannerTests.wedge) { rig in
          try rig.make("k", "wedge", ["serial": "W1"])
          try rig.make("s", "pos")
          try rig.plug("s")
        }
      }
      for counter in counters {
        try counter.device(ScannerTests.posID)
        try counter.rig.plug("k")
        try counter.device(ScannerTests.wedgeID)
        try counter.rig.unplug("k")
        try counter.waitForHealth("scanner.absent", of: ScannerTests.wedgeID)
      }
      // A till's claim outlives every unplug.
      for counter in counters {
        _ = try counter.till.call("device.claim", ["deviceId": .string(ScannerTests.wedgeID)])
      }
      // The first plugging makes what stays: libusb's, the decoders'.
      try cycle(counters, scans: true)
      let before = counters.map(\.gateway.resources)
      let slowest = try (1..<Self.cyclesPerProcess).map { number in
        try cycle(counters, scans: number % 5 == 0)
      }.max()
      print("plug to open, at \(counters.count) counters: at most \(slowest ?? 0) ms")
      for (counter, before) in zip(counters, before) {
        // Threads of Dispatch's pool come and go by themselves.
        _ = try counter.till.wait("device.list") { _ in
          let after = counter.gateway.resources
          return after.threads <= before.threads && after.files <= before.files
        }
        try counter.rig.tell("s", "scan ]C0 still")
        _ = try counter.till.event("scan.data") { $0["data"] == "still" }
        let other = try counter.gateway.client("other")
        let claim: JSON = ["deviceId": .string(ScannerTests.wedgeID)]
        #expect(try other.refusal("device.claim", claim)?.name == "E_CLAIMED")
        _ = try counter.till.call("device.release", claim)
        _ = try other.call("device.claim", claim)
        #expect(counter.gateway.stop() == 0)
        let log = try counter.rig.log("k")
        #expect(log.count { $0.kind == "open" } == log.count { $0.kind == "close" })
        #expect(log.count { $0.kind == "claim" } == Self.cyclesPerProcess + 1)
      }
    }

    /// One plugging and unplugging at every counter, the latter in the middle of a scan.
    ///
    /// - Returns: how long the slowest took from the plug to being open, in milliseconds.
    @discardableResult
    private func cycle(_ counters: [ScannerCounter], scans: Bool) throws -> Int64 {
      let begin = System.monotonicMicroseconds
      for counter in counters { try counter.rig.plug("k") }
      for counter in counters {
        try counter.waitForHealth("scanner.open", of: ScannerTests.wedgeID)
      }
      let milliseconds = (System.monotonicMicroseconds - begin) / 1000
      for counter in counters {
        if scans {
          try counter.rig.tell("k", "scan 123")
          // One that was cut off may have come whole before.
          _ = try counter.till.event("scan.data") { $0["data"] == "123" }
        } else {
          try counter.rig.tell("k", "scan 1234567890123456789012345678901234567890")
        }
        try counter.rig.unplug("k")
      }
      for counter in counters {
        try counter.waitForHealth("scanner.absent", of: ScannerTests.wedgeID)
      }
      return milliseconds
    }

    @Test("a loose plug is told of twice a second at most, with how often it went")
    func flapping() throws {
      let counter = try ScannerCounter { rig in
        try rig.make("s", "pos")
        try rig.plug("s")
      }
      try counter.device(ScannerTests.posID)
      _ = try counter.till.eventsSoFar()
      let begin = System.monotonicMicroseconds
      for _ in 0..<12 {
        try counter.rig.unplug("s")
        try counter.waitForHealth("scanner.absent", of: ScannerTests.posID)
        try counter.rig.plug("s")
        try counter.waitForHealth("scanner.present", of: ScannerTests.posID)
      }
      let lines = counter.gateway.log.split(separator: "\n")
        .count { $0.contains(ScannerTests.posID) }
      #expect((1...10).contains(lines), "\(lines) lines of log")
      let device = try counter.device(ScannerTests.posID) {
        $0["verdict"] == "used" && ($0["flapCount"]?.integer ?? 0) > 0
      }
      #expect(device["reason"]?.string?.hasPrefix("flapping: ") == true)
      let seconds = (System.monotonicMicroseconds - begin) / 1_000_000 + 1
      let told = try counter.till.eventsSoFar().count {
        $0["kind"] == "device.status" && $0["deviceId"]?.string == ScannerTests.posID
      }
      #expect(told <= Int(seconds) * 2, "\(told) events in \(seconds) s")
      try counter.rig.tell("s", "scan ]C0 calm")
      #expect(try counter.scan() == "calm")
    }

    /// Only the soak run judges, and only on a machine that has nothing else to do: 5 ms.
    private func judge(p99 microseconds: Int64) {
      // Where it cannot be read, nothing is known to be quiet. proc(5).
      let text = (try? String(contentsOfFile: "/proc/loadavg", encoding: .utf8)) ?? ""
      let load = text.split(separator: " ").first.flatMap { Double($0) } ?? .infinity
      guard Program.isSoak, load < Double(ProcessInfo.processInfo.activeProcessorCount) else {
        return print("scan: not judged; soak run: \(Program.isSoak), load: \(load)")
      }
      #expect(microseconds <= 5000)
    }

    /// The named soak run is ten minutes; otherwise a slice of it.
    private static let soakSeconds = Program.isSoak ? 600 : 5

    @Test("ten scans a second, for ten minutes in the soak run: none is lost")
    func soak() throws {
      let counter = try ScannerCounter(ScannerTests.wedge) { rig in
        try rig.make("k", "wedge", ["serial": "W1"])
        try rig.plug("k")
      }
      try counter.device(ScannerTests.wedgeID)
      var latencies: [Int64] = []
      var begin = System.monotonicMicroseconds
      for number in 0..<(Self.soakSeconds * 10) {
        let text = "69012345\(10_000 + number % 90_000)"
        try counter.rig.tell("k", "scan \(text)")
        let scan = try counter.till.event("scan.data")
        let heard = System.monotonicMicroseconds
        #expect(scan["data"]?.string == text)
        let delivered = try counter.rig.tell("k", "delivered")["r"]?.integer
        latencies.append(heard - (delivered ?? 0))
        begin += 100_000
        let rest = begin - System.monotonicMicroseconds
        if rest > 0 { _ = try counter.till.nextEvent(timeoutMilliseconds: Int(rest / 1000)) }
      }
      latencies.sort()
      let figure = { (permille: Int) in latencies[(latencies.count - 1) * permille / 1000] }
      print(
        "scan, last byte to event at the till, \(latencies.count) scans: p50 \(figure(500)) µs,"
          + " p99 \(figure(990)) µs, max \(figure(1000)) µs"
      )
      judge(p99: figure(990))
      #expect(try counter.statistic("GoodScanCount", of: ScannerTests.wedgeID) == latencies.count)
    }
  }
}
