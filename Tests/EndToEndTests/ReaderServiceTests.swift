import TapgateAPI
import TapgateJSON
import TapgateRigs
import Testing

extension EndToEnd {
  /// What a technician sees where the card readers' service does not run.
  @Suite(
    "The card readers' service",
    .enabled(if: PcscdRig.isAvailable, "no pcscd with vpcd"),
    .timeLimit(.minutes(2))
  )
  struct ReaderServiceTests {
    private static let remedy = "systemctl start pcscd.socket"

    /// What a command says in a language.
    private func said(
      _ command: String,
      _ gateway: LiveGateway,
      _ locale: String
    ) throws -> String {
      let run = try gateway.command([command], environment: ["LC_ALL": locale])
      #expect(run.status == 0, "\(run.errors)")
      return run.output
    }

    @Test("devices and status say that pcscd is down, and what starts it, until it is back")
    func down() async throws {
      let rig = try await PcscdRig.launch(pairs: 1)
      defer { rig.close() }
      rig.stop()
      let gateway = try LiveGateway(hasCardReaders: true)
      try gateway.start()
      let client = try gateway.client("technician")
      _ = try client.wait("daemon.status") { !($0["troubles"]?.array ?? []).isEmpty }
      for command in ["devices", "status"] {
        let english = try said(command, gateway, "en_US.UTF-8")
        #expect(english.contains("pcscd does not answer; remedy: \(Self.remedy)"), "\(english)")
        let chinese = try said(command, gateway, "zh_CN.UTF-8")
        #expect(chinese.contains("pcscd 没有应答；处理：\(Self.remedy)"), "\(chinese)")
      }
      let listed = try client.call("device.list")
      #expect(listed[path: "troubles"]?.array?.first?["code"] == "pcsc.service_down")

      try rig.start()
      _ = try client.wait("daemon.status") { ($0["troubles"]?.array ?? []).isEmpty }
      for command in ["devices", "status"] {
        #expect(!(try said(command, gateway, "en_US.UTF-8")).contains(Self.remedy))
      }
      #expect(gateway.stop() == 0)
    }
  }
}
