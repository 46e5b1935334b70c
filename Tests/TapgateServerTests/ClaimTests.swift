import TapgateCore
import TapgateJSON
import TapgateModel
import TapgateServer
import Testing

@Suite("Claims over the socket", .timeLimit(.minutes(1)))
struct ClaimTests {
  private func target(_ members: KeyValuePairs<String, JSON>) -> JSON {
    var object = JSONObject([.init(name: "deviceId", value: .string("reader"))])
    for (name, value) in members { object[name] = value }
    return .object(object)
  }

  @Test("who comes second is told who holds the device")
  func claimed() async throws {
    try await World.run { world in
      world.plug()
      let holder = try await world.client("first-pos")
      let second = try await world.client("second-pos")
      let granted = try await holder.ask("device.claim", target([:]))
      #expect(granted["result"]?["devices"] == .array([.string("reader")]))
      let refused = try await second.ask("device.claim", target([:]))
      #expect(refused.errorName == "E_CLAIMED")
      let data = try #require(refused["error"]?["data"])
      #expect(data["holder"]?["name"]?.string == "first-pos")
      #expect((data["holder"]?["pid"]?.integer ?? 0) > 0)
      #expect(data["deviceId"]?.string == "reader")
      #expect(data["class"]?.string == "RFIDScanner")
      let device = try await second.ask("device.get", target([:]))["result"]
      #expect(device?["holder"]?["name"]?.string == "first-pos")
      #expect(try await second.ask("device.release", target([:])).errorName == "E_NOTCLAIMED")
      let nowhere = JSON.object(["deviceId": .string("nowhere")])
      #expect(try await second.ask("device.claim", nowhere).errorName == "E_NOEXIST")
    }
  }

  @Test("when the holder's socket closes, the first who waits is next, and the second after it")
  func waiters() async throws {
    try await World.run { world in
      world.plug()
      let clients = [
        try await world.client("a"), try await world.client("b"), try await world.client("c"),
      ]
      _ = try await clients[0].ask("device.claim", target([:]))
      let wait = target(["waitMs": .integer(60_000)])
      try clients[1].request("device.claim", wait, id: 2)
      // Its answer to something later shows that the first request stands in line.
      _ = try await clients[1].ask("device.list", id: 20)
      try clients[2].request("device.claim", wait, id: 3)
      _ = try await clients[2].ask("device.list", id: 30)
      clients[0].shutdown()
      let granted = try await clients[1].event()
      #expect(granted.kind == "claim.granted")
      #expect(try await clients[1].answer(to: 2)["result"]?["claimId"] == granted["claimId"])
      #expect(try await clients[2].eventsSoFar().isEmpty)
      _ = try await clients[1].ask(
        "device.release",
        .object(["claimId": granted["claimId"] ?? .null])
      )
      #expect(try await clients[2].answer(to: 3)["result"] != nil)
    }
  }

  @Test("a wait that ends in nothing is E_CLAIMED")
  func waitEnds() async throws {
    try await World.run { world in
      world.plug()
      let holder = try await world.client("a")
      let second = try await world.client("b")
      _ = try await holder.ask("device.claim", target([:]))
      let refused = try await second.ask("device.claim", target(["waitMs": .integer(10)]))
      #expect(refused.errorName == "E_CLAIMED")
    }
  }

  @Test("a contested holder that retains keeps the device; one that says nothing loses it")
  func contest() async throws {
    try await World.run({ $0.contestGraceMilliseconds = 60_000 }) { world in
      world.plug()
      let holder = try await world.client("a")
      let second = try await world.client("b")
      _ = try await holder.ask("device.claim", target([:]))
      try second.request("device.claim", target(["contest": .bool(true)]), id: 5)
      let asked = try await holder.event()
      #expect(asked.kind == "claim.requested")
      #expect(asked["by"]?["name"]?.string == "b")
      #expect((1...60_000).contains(asked["graceMs"]?.integer ?? 0))
      let retain = JSON.object(["claimId": asked["claimId"] ?? .null])
      #expect(try await holder.ask("device.retain", retain)["result"] != nil)
      #expect(try await second.answer(to: 5).errorName == "E_CLAIMED")
    }
    try await World.run({ $0.contestGraceMilliseconds = 20 }) { world in
      world.plug()
      let holder = try await world.client("a")
      let second = try await world.client("b")
      _ = try await holder.ask("device.claim", target([:]))
      let won = try await second.ask("device.claim", target(["contest": .bool(true)]))
      #expect(won["result"]?["claimId"] != nil)
      #expect(try await holder.event().kind == "claim.requested")
      let lost = try await holder.event()
      #expect(lost.kind == "claim.lost")
      #expect(lost["by"]?["name"]?.string == "b")
      try world.tap("04A1B2C3D4E5F6", presence: 1)
      #expect(try await second.event().kind == "credential.presented")
      #expect(try await holder.eventsSoFar().isEmpty)
    }
  }

  @Test("a claim survives that its device is unplugged and comes back")
  func unplug() async throws {
    try await World.run { world in
      world.plug()
      let client = try await world.client()
      _ = try await client.ask("device.claim", target([:]))
      world.server.receive(.deviceLost(id: "reader"))
      let gone = try await client.ask("device.get", target([:]))["result"]
      #expect(gone?["power"]?["name"]?.string == "PS_OFF_OFFLINE")
      #expect(gone?["power"]?["number"] == .integer(2004))
      #expect(gone?["holder"]?["name"]?.string == "pos")
      world.plug()
      try world.tap("04A1B2C3D4E5F6", presence: 1)
      #expect(try await client.event().kind == "credential.presented")
    }
  }

  @Test("a lane's claim covers a device that comes later")
  func lane() async throws {
    try await World.run { world in
      let client = try await world.client()
      let lane = JSON.object(["lane": .string("1")])
      #expect(try await client.ask("device.claim", lane)["result"]?["devices"] == .array([]))
      world.plug()
      try world.tap("04A1B2C3D4E5F6", presence: 1)
      #expect(try await client.event().kind == "credential.presented")
      #expect(try await client.ask("device.release", lane)["result"] != nil)
    }
  }

  @Test("500 clients that claim and die leave no claim behind")
  func churn() async throws {
    try await World.run { world in
      world.plug()
      for _ in 0..<500 {
        let client = try await world.client()
        let granted = try await client.ask("device.claim", target(["waitMs": .integer(60_000)]))
        #expect(granted["result"] != nil)
        client.shutdown()
      }
      let client = try await world.client()
      _ = try await client.ask("device.claim", target(["waitMs": .integer(60_000)]))
      var status = try await client.ask("daemon.status")["result"]
      // The last but one may still be on its way out.
      while status?["connections"] != .integer(1) {
        status = try await client.ask("daemon.status")["result"]
      }
      #expect(status?["claims"]?.array?.count == 1)
    }
  }
}
