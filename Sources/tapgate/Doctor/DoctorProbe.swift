internal import TapgateAPI
internal import TapgateDevices
internal import TapgateJSON

/// How the doctor touches the world. Tests pass their own.
struct DoctorProbe {
  /// What the gateway says of itself.
  struct GatewayState {
    /// The path at which it answered.
    var path: String
    var status: JSON
    var devices: [JSON]
  }

  /// Asks the gateway; throws what `GatewayClient` throws.
  var gateway: () throws -> GatewayState
  /// What the system says of a path.
  var facts: (String) -> Result<FileFacts, FileError>
  /// Bytes that may still be written below a path.
  var freeBytes: (String) -> Result<Int64, FileError>
  /// A small file's bytes.
  var contents: (String) throws -> [UInt8]
  /// Whether somebody listens at a socket; `nil` or why not.
  var refusal: (String) -> GatewayConnectionError?
  /// The value of an environment variable.
  var environment: (String) -> String?
  /// What is wrong with scanners, by what the configuration says of them and by whom the gateway
  /// runs as.
  var scannerTroubles: ([ScannerEntry], UInt32?) -> [ScannerTrouble]

  /// The real world.
  static func system(socket: String?) -> DoctorProbe {
    DoctorProbe(
      gateway: { try askGateway(socket) },
      facts: FileFacts.read,
      freeBytes: FileFacts.freeBytes,
      contents: { try InputFile.contents(path: $0) },
      refusal: { path in
        do throws(GatewayConnectionError) {
          _ = try GatewayClient(paths: [path])
          return nil
        } catch {
          return error
        }
      },
      environment: ProcessFacts.environment,
      scannerTroubles: { ScannerSurvey(entries: $0, gatewayUser: $1).troubles() }
    )
  }

  private static func askGateway(_ socket: String?) throws -> GatewayState {
    let client = try GatewayClient(paths: GatewayPaths.current.clientSockets(option: socket))
    try client.hello(
      name: "tapgate doctor",
      version: Tapgate.version,
      language: Language.current.rawValue
    )
    let status = try client.call("daemon.status", timeoutMilliseconds: 5000)
    let devices = try client.call("device.list", timeoutMilliseconds: 5000)
    return GatewayState(path: client.path, status: status, devices: Session.list(in: devices))
  }
}
