import TapgateAPI
import Testing

@Suite("Where socket and data are")
struct GatewayPathsTests {
  static func paths(_ environment: [String: String]) -> GatewayPaths {
    GatewayPaths(userID: 1000) { environment[$0] }
  }

  @Test("the gateway listens at the first place that is set")
  func listening() {
    let all = [
      "TAPGATE_SOCKET": "/e.sock", "RUNTIME_DIRECTORY": "/run/tapgate:/run/other",
      "XDG_RUNTIME_DIR": "/run/user/1000",
    ]
    #expect(Self.paths(all).listeningSocket(option: "/o.sock") == "/o.sock")
    #expect(Self.paths(all).listeningSocket(option: nil) == "/e.sock")
    var rest = all
    rest["TAPGATE_SOCKET"] = ""
    #expect(Self.paths(rest).listeningSocket(option: nil) == "/run/tapgate/tapgate.sock")
    rest["RUNTIME_DIRECTORY"] = nil
    #expect(Self.paths(rest).listeningSocket(option: nil) == "/run/user/1000/tapgate.sock")
    #expect(Self.paths([:]).listeningSocket(option: nil) == "/tmp/tapgate-1000/tapgate.sock")
  }

  @Test("a client tries the service first, unless a place is named")
  func client() {
    let runtime = ["XDG_RUNTIME_DIR": "/run/user/1000", "RUNTIME_DIRECTORY": "/elsewhere"]
    #expect(
      Self.paths(runtime).clientSockets(option: nil) == [
        "/run/tapgate/tapgate.sock", "/run/user/1000/tapgate.sock",
        "/tmp/tapgate-1000/tapgate.sock",
      ]
    )
    #expect(Self.paths(runtime).clientSockets(option: "/o.sock") == ["/o.sock"])
    let named = Self.paths(["TAPGATE_SOCKET": "/e.sock"])
    #expect(named.clientSockets(option: nil) == ["/e.sock"])
  }

  @Test("the gateway's data are where the option, the file or the environment says")
  func data() {
    let all = [
      "STATE_DIRECTORY": "/var/lib/tapgate", "XDG_STATE_HOME": "/home/a/state", "HOME": "/home/a",
    ]
    let paths = Self.paths(all)
    #expect(paths.dataFolder(option: "/o", configured: "/c") == "/o")
    #expect(paths.dataFolder(option: nil, configured: "/c") == "/c")
    #expect(paths.dataFolder(option: nil, configured: nil) == "/var/lib/tapgate")
    let user = Self.paths(["XDG_STATE_HOME": "/home/a/state", "HOME": "/home/a"])
    #expect(user.dataFolder(option: nil, configured: nil) == "/home/a/state/tapgate")
    let bare = Self.paths(["HOME": "/home/a"])
    #expect(bare.dataFolder(option: nil, configured: nil) == "/home/a/.local/state/tapgate")
  }

  @Test("an offline command tries the service's data first, unless a place is named")
  func offline() {
    let paths = Self.paths(["HOME": "/home/a"])
    #expect(
      paths.offlineDataFolders(option: nil, configured: nil) == [
        "/var/lib/tapgate", "/home/a/.local/state/tapgate",
      ]
    )
    #expect(paths.offlineDataFolders(option: "/o", configured: "/c") == ["/o"])
    #expect(paths.offlineDataFolders(option: nil, configured: "/c") == ["/c"])
    #expect(paths.offlineDataFolders(option: nil, configured: nil, running: "/r") == ["/r"])
    #expect(paths.offlineDataFolders(option: nil, configured: "/c", running: "/r") == ["/c"])
    let service = Self.paths(["STATE_DIRECTORY": "/s"])
    #expect(service.offlineDataFolders(option: nil, configured: nil, running: "/r") == ["/r"])
    #expect(service.offlineDataFolders(option: nil, configured: nil) == ["/s"])
  }
}

@Suite("Operation ids")
struct OperationIDTests {
  @Test("the example of RFC 9562, appendix A.6, comes out")
  func example() {
    let id = OperationID.make(
      milliseconds: 0x017F_22E2_79B0,
      random: (0x0CC3, 0x18C4_DC0C_0C07_398F)
    )
    #expect(id == "017f22e2-79b0-7cc3-98c4-dc0c0c07398f")
  }

  @Test("excess bits of the randomness do not reach version and variant")
  func masks() {
    let id = OperationID.make(milliseconds: 0, random: (.max, .max))
    #expect(id == "00000000-0000-7fff-bfff-ffffffffffff")
  }

  @Test("ids differ and sort with time")
  func order() {
    let ids = (0..<1000).map { _ in OperationID.next() }
    #expect(Set(ids).count == ids.count)
    #expect(ids.map { $0.prefix(13) } == ids.map { $0.prefix(13) }.sorted())
    #expect(ids.allSatisfy { $0.utf8.count == 36 })
  }
}
