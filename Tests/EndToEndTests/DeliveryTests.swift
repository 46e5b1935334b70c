import TapgateAPI
import TapgateJSON
import Testing

/// Everything that the gateway promises, on the built executable. One test at a time: they share
/// the machine's pcscd, and some look at the clock.
@Suite("End to end", .serialized)
enum EndToEnd {}

extension EndToEnd {
  @Suite("Delivery", .timeLimit(.minutes(3)))
  struct DeliveryTests {
    private static func uid(_ number: Int) -> String {
      let digits = String(number)
      return "04C0FFEE" + String(repeating: "0", count: 6 - digits.count) + digits
    }

    @Test("1,000 taps with three clients: one delivery each, all to the claim's holder")
    func thousandTaps() throws {
      let gateway = try LiveGateway.started()
      let driver = try gateway.client("driver")
      for number in 0..<100 { try driver.enrol("顾客\(number)", uid: Self.uid(number)) }
      let clients = try (0..<3).map { try gateway.client("pos-\($0)", lane: "1") }
      for client in clients { try client.subscribe() }
      for (round, holder) in [0, 1, 2, 0].enumerated() {
        _ = try clients[holder].call("device.claim", ["lane": "1"])
        for client in clients { _ = try client.eventsSoFar() }
        for batch in 0..<5 {
          let first = (round * 5 + batch) * 50
          try tapFifty(first, driver: driver, clients: clients, holder: holder)
        }
        // The last card goes before the claim: its removal is told to whom its tap was told.
        _ = try driver.call("simulate.remove")
        _ = try clients[holder].event("credential.removed")
        _ = try clients[holder].call("device.release", ["lane": "1"])
      }
      let counters = try driver.call("daemon.status")["counters"]
      #expect(counters?["taps"] == 1000)
      #expect(counters?["delivered"] == 1000)
      #expect(counters?["unclaimed"] == 0)
    }

    private func tapFifty(
      _ first: Int,
      driver: GatewayClient,
      clients: [GatewayClient],
      holder: Int
    ) throws {
      let uids = (first..<first + 50).map(Self.uid)
      let requests = try uids.map { try driver.send("simulate.tap", ["uid": .string($0)]) }
      for request in requests {
        _ = try #require(try driver.reply(to: request, timeoutMilliseconds: 20_000))
      }
      var presented: [String] = []
      var resolved: [(String, JSON)] = []
      while resolved.count < uids.count {
        let event = try #require(try clients[holder].nextEvent(timeoutMilliseconds: 20_000))
        let id = event.parameters["eventId"]?.string ?? ""
        if event.kind == "credential.presented" { presented.append(id) }
        if event.kind == "member.resolved" { resolved.append((id, event.parameters)) }
      }
      #expect(Set(presented).count == uids.count)
      #expect(resolved.map(\.0) == presented)
      for (number, (_, member)) in zip(first..., resolved) {
        #expect((member["member"] == .null) == (number >= 100))
      }
      #expect(try clients[holder].eventsSoFar().allSatisfy { $0["kind"] != "member.resolved" })
      for other in clients.indices where other != holder {
        let heard = try clients[other].eventsSoFar()
        #expect(heard.count { $0[path: "status.name"] == "SC_SUE_CARD_PRESENT" } == uids.count)
        for event in heard { expectMasked(event, knownTo: presented) }
      }
    }

    /// What others hear of a tap: that there was one.
    private func expectMasked(_ event: JSON, knownTo ids: [String]) {
      #expect(event["kind"] == "device.status")
      #expect(!ids.contains(event["eventId"]?.string ?? ""))
      #expect(!event.text.contains("C0FFEE"))
      #expect(!event.text.contains("顾客"))
      #expect(event["credential"] == nil)
    }

    @Test("a claim within 2 s gets the newest tap; a claim after it sees nothing of it")
    func lateClaims() throws {
      let gateway = try LiveGateway.started()
      let driver = try gateway.client("driver")
      try driver.enrol("顾客", uid: Self.uid(1))
      for uid in [Self.uid(9), Self.uid(1)] {
        _ = try driver.call("simulate.tap", ["uid": .string(uid)])
      }
      _ = try driver.wait("trace.last") { $0["taps"]?.array?.count == 2 }
      let early = try gateway.client("early")
      _ = try early.call("device.claim", ["deviceId": "sim:reader"])
      let presented = try early.event("credential.presented")
      #expect(presented["heldMs"]?.integer != nil)
      let resolved = try early.event("member.resolved")
      #expect(resolved["eventId"] == presented["eventId"])
      #expect(resolved[path: "member.id"] != nil)
      #expect(try early.eventsSoFar().isEmpty)
      _ = try early.call("device.release", ["deviceId": "sim:reader"])

      _ = try driver.call("simulate.tap", ["uid": .string(Self.uid(2))])
      let trace = try driver.wait("trace.last", ["limit": 1]) {
        $0["taps"]?.array?.first?["outcome"] == "expired"
      }
      let eventID = try #require(trace["taps"]?.array?.first?["eventId"])
      let late = try gateway.client("late", lane: "1")
      try late.subscribe()
      _ = try late.call("device.claim", ["lane": "1"])
      #expect(try late.eventsSoFar().isEmpty)
      #expect(try late.refusal("member.lookup", ["eventId": eventID])?.name == "E_NOEXIST")
    }

    @Test("what is made of a simulated tap bears simulated, on disk and on the wire; no other does")
    func simulatedOperations() throws {
      let gateway = try LiveGateway.started()
      let till = try gateway.client("till", lane: "1")
      try till.subscribe(["operation.committed", "print.job"])
      let member = try till.enrol("顾客", uid: Self.uid(1))
      _ = try till.call("simulate.tap", ["uid": .string(Self.uid(1))])
      let id = try #require(try till.event("member.resolved")["eventId"])
      _ = try till.call(
        "points.accrue",
        ["operationId": "s-1", "eventId": id, "receiptNo": "1", "amountMinor": 2800]
      )
      #expect(try till.event("operation.committed")["simulated"] == true)
      #expect(try till.event("print.job")["simulated"] == true)
      _ = try till.call("points.accrue", .accrual("s-2", member: member))
      #expect(
        try till.event("operation.committed") { $0["operationId"] == "s-2" }["simulated"] == false
      )
      let history = try till.call("member.history", ["memberId": .string(member), "limit": 3])
      let marks = history["entries"]?.array?.map { $0["simulated"] }
      #expect(marks == [false, true, false])
    }

    @Test("two tills that name one lane hear nothing of its taps, and both are told why")
    func ambiguousLane() throws {
      let gateway = try LiveGateway.started()
      let tills = [try gateway.client("a", lane: "1"), try gateway.client("b", lane: "1")]
      let driver = try gateway.client("driver")
      try driver.enrol("顾客", uid: Self.uid(1))
      _ = try driver.call("simulate.tap", ["uid": .string(Self.uid(1))])
      for till in tills {
        let lost = try till.event("events.lost")
        #expect(lost["reason"] == "laneAmbiguous")
        #expect(try till.eventsSoFar().isEmpty)
      }
    }

    @Test("a claim ends with its holder's socket, and the next in line hears the taps")
    func holderDies() throws {
      let gateway = try LiveGateway.started()
      var holder: GatewayClient? = try gateway.client("holder")
      _ = try holder?.call("device.claim", ["deviceId": "sim:reader"])
      let next = try gateway.client("next")
      let claim: JSON = ["deviceId": "sim:reader"]
      let refusal = try #require(try next.refusal("device.claim", claim))
      #expect(refusal.name == "E_CLAIMED")
      #expect(refusal.data[path: "holder.name"] == "holder")
      let request = try next.send("device.claim", ["deviceId": "sim:reader", "waitMs": 20_000])
      holder = nil
      #expect(try next.reply(to: request, timeoutMilliseconds: 20_000)?["claimId"] != nil)
      _ = try next.call("simulate.tap", ["uid": .string(Self.uid(1))])
      #expect(try next.event("member.resolved")["member"] == .null)
    }

    @Test("an event's id serves its recipient only")
    func eventIDs() throws {
      let gateway = try LiveGateway.started()
      let holder = try gateway.client("holder")
      let other = try gateway.client("other")
      let member = try holder.enrol("顾客", uid: Self.uid(1))
      _ = try holder.call("device.claim", ["lane": "1"])
      _ = try other.call("simulate.tap", ["uid": .string(Self.uid(1))])
      let id = try #require(try holder.event("member.resolved")["eventId"])
      #expect(
        try holder.call("member.lookup", ["eventId": id])[path: "member.id"]?.string == member
      )
      #expect(try other.refusal("member.lookup", ["eventId": id])?.name == "E_NOEXIST")
    }
  }
}
