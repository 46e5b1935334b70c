/// Where the gateway's socket and data are, by the order that the API's contract fixes.
///
/// Everything here is a pure function of the environment, so that the gateway, its clients and the
/// offline commands can only agree. An environment variable that is set but empty counts as not
/// set.
public struct GatewayPaths {
  private let environment: (String) -> String?
  private let userID: UInt32

  /// Looks at an environment.
  ///
  /// - Parameters:
  ///   - userID: the user's number, which names the last resort below `/tmp`.
  ///   - environment: answers the value of a variable.
  public init(userID: UInt32, environment: @escaping (String) -> String?) {
    self.userID = userID
    self.environment = environment
  }

  /// The path at which the gateway listens.
  public func listeningSocket(option: String?) -> String {
    if let path = chosenSocket(option: option) { return path }
    if let folder = firstFolder("RUNTIME_DIRECTORY") { return folder + "/tapgate.sock" }
    return userSockets[0]
  }

  /// The paths that a client tries, first one first. Where one was named, only that.
  public func clientSockets(option: String?) -> [String] {
    if let path = chosenSocket(option: option) { return [path] }
    return ["/run/tapgate/tapgate.sock"] + userSockets
  }

  /// The folder below `/tmp` that the gateway makes with mode 0700 where it has to listen there.
  public var temporaryFolder: String { "/tmp/tapgate-\(userID)" }

  /// The gateway's data folder: the option, the configuration's, `$STATE_DIRECTORY`,
  /// `$XDG_STATE_HOME/tapgate`, `~/.local/state/tapgate`.
  public func dataFolder(option: String?, configured: String?) -> String {
    named(option) ?? named(configured) ?? firstFolder("STATE_DIRECTORY") ?? userDataFolder
  }

  /// The data folders that an offline command tries, first one first. Where one was named, only
  /// that; else only the one of the gateway that is `running`, where there is one.
  public func offlineDataFolders(
    option: String?,
    configured: String?,
    running: String? = nil
  ) -> [String] {
    let choice = named(option) ?? named(configured) ?? named(running)
    if let path = choice ?? firstFolder("STATE_DIRECTORY") { return [path] }
    return ["/var/lib/tapgate", userDataFolder]
  }

  private func chosenSocket(option: String?) -> String? {
    named(option) ?? value("TAPGATE_SOCKET")
  }

  private var userSockets: [String] {
    let folders = [value("XDG_RUNTIME_DIR"), temporaryFolder].compactMap { $0 }
    return folders.map { $0 + "/tapgate.sock" }
  }

  private var userDataFolder: String {
    if let folder = value("XDG_STATE_HOME") { return folder + "/tapgate" }
    return (value("HOME") ?? "/root") + "/.local/state/tapgate"
  }

  /// systemd separates several folders with colons (systemd.exec(5)); the first is the gateway's.
  private func firstFolder(_ name: String) -> String? {
    value(name).flatMap { $0.split(separator: ":").first.map(String.init) }
  }

  private func value(_ name: String) -> String? { named(environment(name)) }

  private func named(_ text: String?) -> String? { text.flatMap { $0.isEmpty ? nil : $0 } }
}

extension GatewayPaths {
  /// The paths of this process.
  public static var current: GatewayPaths {
    GatewayPaths(userID: ProcessFacts.userID, environment: ProcessFacts.environment)
  }
}
