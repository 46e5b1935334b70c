internal import TapgateAPI
internal import TapgateJSON

/// Examines an installation, from the outside in, and says what is wrong and what helps.
///
/// Each check stands for itself: one that cannot look does not keep the others from looking.
struct Doctor {
  /// What the command line named.
  struct Subject {
    var dataFolder: String?
    var configurationFile: String?
  }

  /// Where pcscd listens unless `PCSCLITE_CSOCK_NAME` says otherwise (pcscd(8)).
  static let pcscdSocket = "/run/pcscd/pcscd.comm"
  /// Free bytes below which the ledger is in danger.
  static let freeByteCountMin: Int64 = 100 * 1024 * 1024
  /// Free bytes below which somebody should look.
  static let freeByteCountLow: Int64 = 1024 * 1024 * 1024

  let subject: Subject
  let probe: DoctorProbe
  let paths: GatewayPaths

  /// Looks at everything.
  func examine() -> Diagnosis {
    let gateway = Result { try probe.gateway() }
    var findings = gatewayFindings(gateway)
    let (configuration, about) = configurationFindings()
    findings += about
    findings += programmeFindings(configuration)
    findings += cardKeyFindings(configuration)
    findings += paymentRangeFindings(configuration)
    let status = (try? gateway.get())?.status  // A gateway that is down tells nothing.
    let running = status?["data"]?.string
    findings += dataFindings(configuration, running: running)
    if configuration?.cardReaders.isEnabled ?? true {
      let isSimulation = status?["simulation"] == .bool(true)
      findings.append(cardServiceFinding(isNeeded: !isSimulation))
      findings += cardReaderFindings(configuration)
    }
    if configuration?.hasScanners ?? true { findings += scannerFindings(configuration) }
    return Diagnosis(findings: findings)
  }

  // MARK: The gateway

  private func gatewayFindings(
    _ gateway: Result<DoctorProbe.GatewayState, any Error>
  ) -> [Finding] {
    do {
      let state = try gateway.get()
      let version = state.status["version"]?.string ?? "?"
      let answer = Finding(
        code: "gateway.answers",
        severity: .ok,
        sentence: Words.doctorGatewayAnswers(version),
        evidence: state.path
      )
      return [answer] + clockFindings(state.status) + state.devices.compactMap(deviceFinding)
    } catch let error as GatewayConnectionError {
      return [gatewayFinding(error)]
    } catch let error as GatewayError {
      return [
        Finding(
          code: "gateway.refuses",
          severity: .unexamined,
          sentence: Words.doctorGatewayRefuses(),
          evidence: error.message,
          fix: error.hint
        )
      ]
    } catch {
      return [
        Finding(
          code: "gateway.unexamined",
          severity: .unexamined,
          sentence: Words.doctorGatewayRefuses(),
          evidence: "\(error)"
        )
      ]
    }
  }

  private func gatewayFinding(_ error: GatewayConnectionError) -> Finding {
    switch error {
    case .notRunning(let tried):
      Finding(
        code: "gateway.down",
        severity: .fault,
        sentence: Words.doctorGatewayDown(),
        evidence: tried.joined(separator: ", "),
        fix: "tapgate serve",
        needsRoot: true
      )
    case .system(_, let path, let number) where FileFacts.meansForbidden(number):
      Finding(
        code: "gateway.forbidden",
        severity: .unexamined,
        sentence: Words.doctorGatewayForbidden(),
        evidence: "\(path): \(FileFacts.words(number))",
        fix: "usermod -aG tapgate \(FileFacts.userName(ProcessFacts.userID))",
        needsRoot: true
      )
    default:
      Finding(
        code: "gateway.mute",
        severity: .fault,
        sentence: Words.doctorGatewayMute(),
        evidence: CommandFailure(error)?.sentences.first,
        fix: "systemctl restart tapgate",
        needsRoot: true
      )
    }
  }

  // MARK: Card readers' service

  /// Whether the card readers' service answers. A gateway with virtual devices works without it.
  private func cardServiceFinding(isNeeded: Bool) -> Finding {
    let named = probe.environment("PCSCLITE_CSOCK_NAME") ?? ""
    let path = named.isEmpty ? Self.pcscdSocket : named
    switch probe.refusal(path) {
    case nil:
      return Finding(
        code: "pcsc.answers",
        severity: .ok,
        sentence: Words.doctorPcscAnswers(),
        evidence: path
      )
    case .system(_, _, let number) where FileFacts.meansForbidden(number):
      return Finding(
        code: "pcsc.forbidden",
        severity: .unexamined,
        sentence: Words.doctorPcscForbidden(),
        evidence: "\(path): \(FileFacts.words(number))"
      )
    case .some:
      return Finding(
        code: "pcsc.service_down",
        severity: isNeeded ? .fault : .warning,
        sentence: isNeeded ? Words.doctorPcscDown() : Words.doctorPcscNotNeeded(),
        evidence: path,
        fix: "systemctl start pcscd.socket",
        needsRoot: true
      )
    }
  }
}
