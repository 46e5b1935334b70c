import TapgateAPI
import TapgateJSON
import TapgateRigs
import TapgateVirtual
import Testing

extension EndToEnd {
  /// Cards on a real pcscd: from the reader to the till, the disk and the paper.
  @Suite("Taps", .enabled(if: PcscdRig.isAvailable, "no pcscd with vpcd"), .timeLimit(.minutes(10)))
  struct TapTests {
    /// vpcd looks for cards every 400 ms, so a hundred taps take minutes.
    private static let tapCount = Program.isSoak ? 100 : 12

    /// A till, two others, a gateway with a real card reader and a real printer.
    private final class Counter {
      let rig: PcscdRig
      let printer = VirtualPrinter()
      let gateway: LiveGateway
      let till: GatewayClient
      let others: [GatewayClient]

      init() async throws {
        rig = try await PcscdRig.launch(pairs: 1)
        let port = try printer.start()
        gateway = try LiveGateway(printers: [("receipt", port)], hasCardReaders: true)
        try gateway.start()
        till = try gateway.client("till")
        others = [
          try gateway.client("other-0", lane: "1"), try gateway.client("other-1", lane: "1"),
        ]
        for client in others { try client.subscribe() }
        let names = rig.readers
        _ = try till.wait("device.list") { list in
          let online = list["devices"]?.array?.filter { $0[path: "power.name"] == "PS_ONLINE" }
          return names.allSatisfy { name in
            online?.contains { $0["name"]?.string == name } ?? false
          }
        }
        _ = try till.call("device.claim", ["lane": "1"])
        for client in others { _ = try client.eventsSoFar() }
      }

      deinit {
        gateway.kill()
        printer.stop()
        rig.close()
      }
    }

    @Test("another gateway that uses the readers is found, and named with what ends it")
    func foreignGateway() throws {
      let gateway = try LiveGateway(hasCardReaders: true)
      try gateway.start()
      // It is this process's own, which the rig spares.
      let process = gateway.processID
      #expect(ReaderUser.found()?.process != process)
      let user = try #require(ReaderUser.found(sparing: -1))
      #expect(user.command.contains("tapgate serve"))
      #expect(user.description.hasPrefix("process \(user.process) ("))
      #expect(gateway.stop() == 0)
      #expect(ReaderUser.found(sparing: -1)?.process != process)
    }

    private static func bytes(_ number: Int) -> [UInt8] {
      [0x04, 0xDE, 0xC0, 0xDE, 0x00, UInt8(number >> 8), UInt8(number & 0xFF)]
    }

    private static func hex(_ bytes: [UInt8]) -> String {
      bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16, uppercase: true) }.joined()
    }

    @Test("a tapped member is at the till, and the points by the event's id on disk and on paper")
    func taps() async throws {
      let counter = try await Counter()
      let till = counter.till
      var latencies: [Int64] = []
      var jobs: Set<String> = []
      for number in 0..<Self.tapCount {
        let bytes = Self.bytes(number)
        let member = try till.enrol("顾客\(number)", uid: Self.hex(bytes))
        let card = counter.rig.card(.uid(bytes), reader: number % 2)
        try card.insert()
        let presented = try till.event("credential.presented")
        let resolved = try till.event("member.resolved")
        let detected = try #require(presented["monotonicUs"]?.integer)
        latencies.append(System.monotonicMicroseconds - detected)
        #expect(resolved["eventId"] == presented["eventId"])
        #expect(resolved[path: "member.id"]?.string == member)
        #expect(presented["simulated"] == false)
        let accrued = try till.call("points.accrue", accrual(resolved["eventId"], number))
        #expect(accrued["durable"] == "local")
        #expect(accrued["replay"] == false)
        #expect(accrued["earned"] == 28)
        jobs.insert(try #require(accrued["printJobId"]?.string))
        card.remove()
        _ = try till.event("credential.removed")
      }
      try expectOthersHeardStatusOnly(counter.others)
      try await expectPaper(counter, jobs)
      try report(latencies, traces: till)
      try expectDurable(counter.gateway)
    }

    private func accrual(_ eventID: JSON?, _ number: Int) -> JSON {
      [
        "operationId": .string("tap-\(number)"), "eventId": eventID ?? .null,
        "receiptNo": .string("T\(number)"), "amountMinor": 2800,
      ]
    }

    private func expectOthersHeardStatusOnly(_ others: [GatewayClient]) throws {
      let allowed: Set<JSON?> = [
        "device.status", "print.job", "printer.status", "operation.committed",
      ]
      for other in others {
        let heard = try other.eventsSoFar()
        #expect(
          heard.count { $0[path: "status.name"] == "SC_SUE_CARD_PRESENT" } == Self.tapCount
        )
        for event in heard {
          #expect(allowed.contains(event["kind"]))
          #expect(!event.text.contains("DEC0DE") && !event.text.contains("顾客"))
        }
      }
    }

    private func expectPaper(_ counter: Counter, _ jobs: Set<String>) async throws {
      #expect(jobs.count == Self.tapCount)
      for job in jobs {
        let done = try counter.till.wait("print.job", ["jobId": .string(job)]) {
          $0["state"] == "confirmed"
        }
        #expect(done["evidence"]?.string != nil)
      }
      let paper = counter.printer.paper()
      for number in 0..<Self.tapCount {
        #expect(paper.count { $0.contains("[qr tap-\(number)]") } == 1)
      }
      #expect(!paper.joined().contains("DEC0DE"))
    }

    /// Tells how long it took; only the long run, on a machine of its own, judges it.
    private func report(_ latencies: [Int64], traces till: GatewayClient) throws {
      let sorted = latencies.sorted()
      let p95 = sorted[min(sorted.count - 1, sorted.count * 95 / 100)]
      let taps = try till.call("trace.last", ["limit": 200])["taps"]?.array ?? []
      let inside = taps.compactMap { tap in
        tap["steps"]?.array?.first { $0["step"] == "resolved" }?["us"]?.integer
      }.sorted()
      #expect(inside.count == Self.tapCount)
      print(
        "taps: card noticed to member at the till, µs: median \(sorted[sorted.count / 2]),"
          + " p95 \(p95), largest \(sorted.last ?? 0) of \(sorted.count);"
          + " inside the gateway: largest \(inside.last ?? 0)"
      )
      if Program.isSoak { #expect(p95 <= 50_000) }
    }

    private func expectDurable(_ gateway: LiveGateway) throws {
      gateway.kill()
      try gateway.start()
      let client = try gateway.client("again")
      for number in 0..<Self.tapCount {
        let status = try client.call(
          "operation.status",
          ["operationId": .string("tap-\(number)")]
        )
        #expect(status["state"] == "committed")
        #expect(status[path: "result.earned"] == 28)
      }
      #expect(gateway.stop() == 0)
      #expect(try gateway.verify().status == 0)
    }

    @Test("a card that lies on the reader when the gateway starts is no tap")
    func alreadyPresent() async throws {
      let counter = try await Counter()
      let card = counter.rig.card(.uid(Self.bytes(1)))
      try card.insert()
      let first = try counter.till.event("credential.presented")
      counter.gateway.kill()
      try counter.gateway.start()
      let till = try counter.gateway.client("till", lane: "1")
      let trace = try till.wait("trace.last") { !($0["taps"]?.array ?? []).isEmpty }
      let tap = try #require(trace["taps"]?.array?.first)
      #expect(tap["outcome"] == "suppressed")
      #expect(tap["reason"] == "alreadyPresent")
      #expect(tap["eventId"] != first["eventId"])
      #expect(try till.eventsSoFar().allSatisfy { $0["kind"] == "device.status" })
      card.remove()
    }
  }
}
