internal import TapgateLock
public import TapgateCore

/// What the backend knows without asking a reader.
extension PCSCBackend {
  /// `CH_INTERNAL` of one reader, from what was seen last.
  public func checkHealth(deviceID: String) async -> HealthReport? {
    state.withLock { state in
      guard let station = state.stations.values.first(where: { $0.id == deviceID }) else {
        return nil
      }
      var findings = [Self.serviceFinding(state.service)]
      findings.append(Self.listingFinding(station))
      findings.append(Self.cardFinding(station))
      if let trouble = Self.troubleFinding(station) { findings.append(trouble) }
      if state.abandonedCount > 0 { findings.append(Self.threadFinding(state.abandonedCount)) }
      return HealthReport(text: Self.text(findings), findings: findings)
    }
  }

  /// The same for pcscd, also where there is no reader.
  public func checkService() -> HealthReport {
    state.withLock { state in
      var findings = [Self.serviceFinding(state.service)]
      if state.abandonedCount > 0 { findings.append(Self.threadFinding(state.abandonedCount)) }
      return HealthReport(text: Self.text(findings), findings: findings)
    }
  }

  public func troubles() -> [HealthReport.Finding] {
    checkService().findings.filter { !$0.isHealthy }
  }

  public func statistics(deviceID: String) -> [String: Int64]? {
    state.withLock { state in
      state.stations.values.first { $0.id == deviceID }?.counters.byName
    }
  }

  /// Light and buzzer of an ACR122U, where the configuration says that the readers are such; a card
  /// has to lie there still. Never waits for a reading, and none waits for it for more than the
  /// 100 ms that the light is on.
  public func feedback(_ feedback: Feedback, deviceID: String) {
    guard configuration.hasACR122UFeedback, let command = ACR122UFeedback.command(feedback) else {
      return
    }
    state.withLock { state in
      guard let (reader, station) = state.stations.first(where: { $0.value.id == deviceID }),
        station.isOccupied, station.trouble == .none
      else { return }
      state.workers[reader]?.show(command, on: reader)
    }
  }

  private static func text(_ findings: [HealthReport.Finding]) -> String {
    findings.allSatisfy(\.isHealthy)
      ? "Internal HCheck: Successful" : "Internal HCheck: Not Responding"
  }

  private static func serviceFinding(_ service: Service) -> HealthReport.Finding {
    switch service {
    case .up: HealthReport.Finding(code: "pcsc.service", isHealthy: true, text: "pcscd answers.")
    case .unknown:
      HealthReport.Finding(code: "pcsc.service", isHealthy: true, text: "pcscd was not asked yet.")
    case .down(let error):
      HealthReport.Finding(
        code: "pcsc.service_down",
        isHealthy: false,
        text: reason(error),
        hint: hint(error)
      )
    }
  }

  private static func hint(_ error: PCSCError) -> String {
    switch error.code {
    case PCSCError.securityViolation where error.isOpening:
      "allow org.debian.pcsc-lite.access_pcsc to this user (udev/50-tapgate.rules), or close other"
        + " programs"
    case PCSCError.serviceStopped: "bring pcscd and libpcsclite1 to the same version"
    default: "systemctl start pcscd.socket"
    }
  }

  private static func listingFinding(_ station: ReaderStation) -> HealthReport.Finding {
    let isListed = station.offlineReason == nil
    return HealthReport.Finding(
      code: isListed ? "pcsc.reader" : "pcsc.reader_offline",
      isHealthy: isListed,
      text: isListed ? "pcscd lists the reader." : "The reader waits for pcscd."
    )
  }

  private static func cardFinding(_ station: ReaderStation) -> HealthReport.Finding {
    HealthReport.Finding(
      code: "pcsc.card",
      isHealthy: true,
      text: station.isOccupied ? "A card lies on the reader." : "No card lies on the reader."
    )
  }

  private static func troubleFinding(_ station: ReaderStation) -> HealthReport.Finding? {
    let reason = station.description.reason ?? ""
    switch station.trouble {
    case .none: return nil
    case .held:
      return HealthReport.Finding(
        code: "pcsc.reader_held",
        isHealthy: false,
        text: reason,
        hint: "stop the other program; for GnuPG: disable-scdaemon in gpg-agent.conf"
      )
    case .denied:
      return HealthReport.Finding(
        code: "pcsc.access_denied",
        isHealthy: false,
        text: reason,
        hint: "allow org.debian.pcsc-lite.access_card to this user (udev/50-tapgate.rules)"
      )
    case .stuck:
      return HealthReport.Finding(
        code: "pcsc.reader_stuck",
        isHealthy: false,
        text: reason,
        hint: "take the card away; if that does not help, plug the reader in anew"
      )
    }
  }

  private static func threadFinding(_ count: Int) -> HealthReport.Finding {
    HealthReport.Finding(
      code: "pcsc.threads_hang",
      isHealthy: false,
      text: "Threads that hang in libpcsclite: \(count).",
      hint: "restart the gateway if the number does not fall"
    )
  }
}

extension PCSCBackend {
  /// The names of the readers that pcscd offers now; none where it does not run. Blocks for some
  /// milliseconds.
  public static func readerNames() -> [String] {
    // No service, no readers: that is the answer here.
    guard let context = try? PCSCContext.establish() else { return [] }
    defer { context.release() }
    return (try? context.readers().map { "\($0)" }) ?? []
  }
}
