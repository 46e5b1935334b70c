import Foundation
import TapgateAPI
import TapgateJSON
import Testing

extension EndToEnd {
  /// What of a means of payment is in the gateway's memory after it was refused.
  @Suite("Memory", .timeLimit(.minutes(5)))
  struct CoreTests {
    private static let dumper = "/usr/bin/gcore"

    /// Whether a core of another process can be had: gcore of gdb, and ptrace(2) as root.
    static var canDump: Bool {
      System.isRoot && !Program.isSanitized && FileManager.default.isExecutableFile(atPath: dumper)
        && freeBytes > 4 << 30
    }

    /// Room where the core is written, which has nearly a gibibyte.
    private static var freeBytes: Int {
      let facts = try? FileManager.default.attributesOfFileSystem(forPath: "/tmp")
      return (facts?[.systemFreeSize] as? Int) ?? 0
    }

    /// The first ten digits of the numbers, which are searched for, and how many those have.
    static let beginnings: [(digits: String, count: Int)] = [
      (digits: "4137095528", count: 16), ("3741370955", 15), ("6241370955", 19),
    ]

    /// Payment cards' numbers by ISO/IEC 7812-1, one of each length after the other.
    static let numbers: [String] = (0..<10).flatMap { round in
      beginnings.map { beginning in
        let rest = beginning.count - 1 - beginning.digits.count
        let serial = String(repeating: String(round), count: rest)
        let digits = (beginning.digits + serial).compactMap(\.wholeNumberValue)
        let sum = digits.reversed().enumerated().reduce(0) { sum, digit in
          let doubled = digit.element * (digit.offset % 2 == 0 ? 2 : 1)
          return sum + (doubled > 9 ? doubled - 9 : doubled)
        }
        return beginning.digits + serial + String((10 - sum % 10) % 10)
      }
    }

    /// A core of the running gateway. `gcore` gets one in spite of RLIMIT_CORE and PR_SET_DUMPABLE:
    /// root may read any process.
    static func core(of gateway: LiveGateway) throws -> Data {
      let prefix = gateway.folder.path + "/core"
      let process = try Program.process(
        dumper,
        ["-o", prefix, String(gateway.processID)],
        error: gateway.folder.path + "/gcore.err"
      )
      process.standardOutput = FileHandle.nullDevice
      try process.run()
      process.waitUntilExit()
      #expect(process.terminationStatus == 0)
      let path = "\(prefix).\(gateway.processID)"
      defer { try? FileManager.default.removeItem(atPath: path) }
      // Mapped, it stays readable after its name is gone.
      return try Data(contentsOf: URL(fileURLWithPath: path), options: .alwaysMapped)
    }

    @Test(
      "no digit of a refused means of payment is in the gateway's memory afterwards",
      .enabled(if: canDump, "needs gcore, root, room for a core, and no sanitizer")
    )
    func payments() throws {
      let gateway = try LiveGateway.started()
      let till = try gateway.client("till", lane: "1")
      var numbers = Self.numbers.makeIterator()
      var expected = 0
      func refused(_ reason: String) throws {
        _ = try till.event("credential.refused") { $0["reason"]?.string == reason }
        expected += 1
      }
      // Another number at every entrance, so that no later one covers what an earlier one left.
      for form in ["#", "card #, thanks", "%B#^DOE/JANE^25121010000?", ";#=25121010000?"] {
        for _ in Self.beginnings {
          let text = form.replacing("#", with: numbers.next() ?? "")
          _ = try till.call("simulate.scan", ["data": .string(text), "aim": "]C0"])
          try refused("paymentCard")
        }
      }
      for (name, form) in [
        ("track1", "%B#^DOE/JANE^25121010000?"), ("track2", ";#=25121010000?"), ("track2", "#"),
      ] {
        for _ in Self.beginnings {
          let track = form.replacing("#", with: numbers.next() ?? "")
          _ = try till.call("simulate.swipe", [name: .string(track)])
          try refused("paymentCard")
        }
      }
      for kind in ["magstripe", "barcode", "memberNumber"] {
        for _ in Self.beginnings {
          let credential: JSON = [
            "kind": .string(kind), "value": .string(numbers.next() ?? ""),
          ]
          let refusal = try till.refusal("member.lookup", ["credential": credential])
          #expect(refusal?.name == "E_ILLEGAL")
        }
      }
      _ = try till.call("simulate.scan", ["data": .string(Canary.paymentCode), "aim": "]Q1"])
      try refused("paymentCode")
      let status = try till.call("daemon.status")
      let counters = status["counters"]
      #expect(counters?["refused"]?.integer == Int64(expected))
      let core = try Self.core(of: gateway)
      print("core: \(core.count >> 20) MiB")
      // It is a core of that process, and the search sees what is in it.
      #expect(System.contains(Array(gateway.socketPath.utf8), in: core))
      let traces = (Self.beginnings.map(\.digits) + [Canary.paymentCode])
        .flatMap(Canary.forms(ofDigits:))
      for (place, trace) in traces.enumerated() {
        #expect(!System.contains(trace, in: core), "form \(place) of a means of payment")
      }
      #expect(gateway.stop() == 0)
    }

    @Test("the gateway allows no core of itself")
    func limits() throws {
      let gateway = try LiveGateway.started()
      let path = "/proc/\(gateway.processID)/limits"
      let limits = try String(contentsOfFile: path, encoding: .utf8)
      let line = limits.split(separator: "\n").first { $0.hasPrefix("Max core file size") }
      let words = line?.split(separator: " ").dropFirst(4).map(String.init)
      #expect(words == ["0", "0", "bytes"])
      #expect(gateway.stop() == 0)
    }
  }
}
