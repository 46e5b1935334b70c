internal import TapgateCore
internal import TapgateLock
internal import TapgateModel
internal import TapgateStore

/// Reads the configuration file anew while the gateway runs (`daemon.reload`).
///
/// Who may do what is put in force at once. Devices, printers and the programme are made at a
/// start; that they differ is told.
final class ConfigurationReload: Sendable {
  private let path: String
  /// What was in force at the start, with the nodes and operators of the last reload.
  private let inForce: Mutex<GatewayConfiguration>
  private let operators: OperatorRegistry

  /// Prepares reloads of the file at `path`.
  init(path: String, inForce: GatewayConfiguration, _ operators: OperatorRegistry) {
    self.path = path
    self.inForce = Mutex(inForce)
    self.operators = operators
  }

  /// Reads the file and takes what can be taken; all of that, or nothing where it has faults.
  @Sendable func run() async throws(ReloadFailure) -> ReloadReport {
    let read: GatewayConfiguration
    do {
      read = try GatewayConfiguration.read(path: path)
    } catch let problems as ConfigurationProblems {
      throw ReloadFailure(problem: problems.errors.map(\.description).joined(separator: "; "))
    } catch {
      throw ReloadFailure(problem: Words.problem(error))
    }
    return inForce.withLock { known in
      var applied: [String] = []
      if read.organisation != known.organisation { applied.append("node") }
      if read.operators != known.operators { applied.append("operator") }
      known.organisation = read.organisation
      known.operators = read.operators
      if !applied.isEmpty {
        operators.replace(
          organisation: read.organisation,
          operators: OperatorBook(read.operators)
        )
      }
      return ReloadReport(applied: applied, pending: read.differences(from: known))
    }
  }
}

extension GatewayConfiguration {
  /// The sections, by their names in the file, that say something else than `other`'s.
  func differences(from other: GatewayConfiguration) -> [String] {
    let parts: [(String, Bool)] = [
      (
        "gateway",
        store == other.store && counter == other.counter && lane == other.lane
          && language == other.language && dataFolder == other.dataFolder
          && programmeFile == other.programmeFile && logMebibytes == other.logMebibytes
      ),
      ("pcsc", cardReaders == other.cardReaders), ("usb", hasScanners == other.hasScanners),
      ("card", cards == other.cards), ("printer", printers == other.printers),
      ("scanner", scanners == other.scanners), ("pattern", patterns == other.patterns),
      ("assurance", assurances == other.assurances), ("role", roles == other.roles),
      ("input", inputs == other.inputs), ("qr", rotatingCodes == other.rotatingCodes),
      ("paymentCode", paymentCodes == other.paymentCodes),
    ]
    return parts.filter { !$0.1 }.map(\.0)
  }
}
