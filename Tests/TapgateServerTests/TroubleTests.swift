import TapgateCore
import TapgateJSON
import TapgateLock
import TapgateServer
import Testing

@Suite("What keeps whole kinds of devices from working", .timeLimit(.minutes(1)))
struct TroubleTests {
  @Test("it is told beside the devices and in the status, for as long as it lasts")
  func told() async throws {
    try await World.run { world in
      let client = try await world.client()
      for method in ["device.list", "daemon.status"] {
        #expect(try await client.ask(method)["result"]?["troubles"] == .array([]))
      }
      let finding = HealthReport.Finding(
        code: "pcsc.service_down",
        isHealthy: false,
        text: "pcscd does not answer.",
        hint: "systemctl start pcscd.socket"
      )
      world.backend.found.withLock { $0 = [finding] }
      for method in ["device.list", "daemon.status"] {
        let result = try await client.ask(method)["result"]
        let trouble = try #require(result?["troubles"]?.array?.first)
        #expect(trouble["code"] == .string("pcsc.service_down"))
        #expect(trouble["healthy"] == .bool(false))
        #expect(trouble["hint"] == .string("systemctl start pcscd.socket"))
      }
    }
  }
}
