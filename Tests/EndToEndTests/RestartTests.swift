import Foundation
import TapgateAPI
import TapgateJSON
import Testing

extension EndToEnd {
  /// What a gateway remembers over a restart, and whose secret it starts with.
  @Suite("Restarts", .timeLimit(.minutes(3)))
  struct RestartTests {
    private static let uid = "04C0FFEE000009"

    @Test("what was seen a moment ago ends with the process: the same card counts again (R8)")
    func memory() throws {
      let gateway = try LiveGateway()
      let settings = try String(contentsOfFile: gateway.configurationPath, encoding: .utf8)
      // Longer than a restart takes: only forgetting lets the card count again.
      try gateway.folder.write(settings + "[input]\nbounceMs = 5000\n", to: "tapgate.toml")
      try gateway.start()
      var till = try gateway.client("till", lane: "1")
      try tap(till)
      _ = try till.event("credential.presented")
      try leave(till)
      try tap(till)
      let suppressed = try till.wait("trace.last", ["limit": 1]) {
        $0["taps"]?.array?.first?["outcome"] == "suppressed"
      }
      #expect(suppressed["taps"]?.array?.first?["rule"] == "R2")
      try leave(till)

      gateway.kill()
      try gateway.start()
      till = try gateway.client("till", lane: "1")
      try tap(till)
      _ = try till.event("credential.presented")
      let taps = try till.call("trace.last", ["limit": 10])["taps"]?.array ?? []
      #expect(taps.count == 1, "the trace ends with the process too")
      #expect(taps.first?["outcome"] == "delivered")
      #expect(gateway.stop() == 0)
    }

    private func tap(_ till: GatewayClient) throws {
      _ = try till.call("simulate.tap", ["uid": .string(Self.uid)])
    }

    private func leave(_ till: GatewayClient) throws { _ = try till.call("simulate.remove") }

    /// A folder as systemd's LoadCredential makes it, with a secret of these bytes.
    private func credentials(_ byte: UInt8, count: Int = 32) throws -> TemporaryFolder {
      let folder = try TemporaryFolder()
      let path = folder.path + "/tapgate-key"
      let secret = Data(repeating: byte, count: count)
      let attributes: [FileAttributeKey: Any] = [.posixPermissions: 0o400]
      let isMade = FileManager.default.createFile(
        atPath: path,
        contents: secret,
        attributes: attributes
      )
      try #require(isMade)
      return folder
    }

    private func gateway(_ credentials: TemporaryFolder?, data: String) throws -> LiveGateway {
      let variable = credentials.map { "export CREDENTIALS_DIRECTORY='\($0.path)'" } ?? ":"
      return try LiveGateway(dataPath: data, limits: "ulimit -Sn 1024 && \(variable)")
    }

    @Test("the identity key may be a systemd credential, and then no file holds one")
    func credential() throws {
      let own = try credentials(0x5A)
      let folder = try TemporaryFolder()
      let data = folder.path + "/data"
      let first = try gateway(own, data: data)
      try first.start()
      let till = try first.client("till", lane: "1")
      let member = try till.enrol("顾客", uid: Self.uid)
      #expect(first.stop() == 0)
      #expect(!FileManager.default.fileExists(atPath: data + "/identity.key"))

      let again = try gateway(own, data: data)
      try again.start()
      let client = try again.client("till", lane: "1")
      try tap(client)
      #expect(try client.event("member.resolved")[path: "member.id"]?.string == member)
      #expect(again.stop() == 0)

      // Another secret would make every card a stranger, and one that is made up too.
      for credentials in [try credentials(0xA5), try credentials(0x5A, count: 31), nil] {
        let stranger = try gateway(credentials, data: data)
        #expect(throws: GatewayFailure.self) { try stranger.start() }
        #expect(!stranger.log.isEmpty)
        #expect(!FileManager.default.fileExists(atPath: data + "/identity.key"))
      }
    }
  }
}
