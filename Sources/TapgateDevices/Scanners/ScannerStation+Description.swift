internal import TapgateCodec
internal import TapgateCore

/// What a technician reads.
extension ScannerStation {
  /// The device as `device.list` shows it.
  func description(at now: UInt64) -> DeviceDescription {
    let status = status
    var words = [status.reason, note].compactMap(\.self)
    if isOpen, !isExclusive { words.insert(Self.notExclusive, at: 0) }
    let flaps = gate.flapCount(at: now)
    if gate.isFlapping(at: now) {
      words.insert(
        "flapping: it came and went \(flaps) times; look at cable, hub and power.",
        at: 0
      )
    }
    return DeviceDescription(
      id: id,
      deviceClass: deviceClass,
      name: name,
      state: status.state,
      power: status.power,
      verdict: status.verdict,
      reason: words.isEmpty ? nil : words.joined(separator: " "),
      identity: identity,
      lane: lane,
      flapCount: gate.isFlapping(at: now) ? flaps : 0
    )
  }

  /// What is said of a device that others hear too.
  static let notExclusive =
    "deviceNotExclusive: other programs, or the console, may hear what it reads."

  private struct Status {
    var state = DeviceState.idle
    var power = PowerState.online
    var verdict = DeviceVerdict.used
    var reason: String?
  }

  private var status: Status {
    switch phase {
    case .absent:
      let reason = "notPlugged: the configuration names it, and no such device is there."
      return Status(state: .closed, power: .offOffline, verdict: .unknown, reason: reason)
    case .left(let verdict, let reason):
      return Status(state: .closed, verdict: verdict, reason: reason)
    case .open: return Status()
    case .opening where failure == nil:
      let reason = "opening: the device has not answered yet."
      return Status(state: .closed, verdict: .usable, reason: reason)
    case .opening, .waiting: return failure.map(status) ?? Status(state: .closed, verdict: .usable)
    }
  }

  private func status(_ failure: RouteFailure) -> Status {
    switch failure {
    case .denied(let text):
      return Status(state: .closed, verdict: .noPermission, reason: "noPermission: \(text)")
    case .busy(let text):
      let sentence = holder ?? text
      return Status(state: .closed, verdict: .heldBy, reason: "heldBy: \(sentence)")
    case .broken(let text):
      return Status(state: .error, power: .offline, verdict: .unknown, reason: "broken: \(text)")
    case .absent(let text):
      return Status(
        state: .closed,
        power: .offOffline,
        verdict: .unknown,
        reason: "notPlugged: \(text)"
      )
    }
  }

  /// `CH_INTERNAL`: from what was seen last; the device is not asked.
  func health(at now: UInt64) -> HealthReport {
    var findings = [presenceFinding]
    if let finding = openFinding { findings.append(finding) }
    if isOpen { findings.append(exclusivityFinding) }
    if let note, note.hasPrefix("duplicateSerial") {
      findings.append(
        HealthReport.Finding(
          code: "scanner.duplicate_serial",
          isHealthy: false,
          text: note,
          hint: "give each device a [[scanner]] with its port"
        )
      )
    }
    if gate.isFlapping(at: now) {
      findings.append(
        HealthReport.Finding(
          code: "scanner.flapping",
          isHealthy: false,
          text: "It came and went \(gate.flapCount(at: now)) times.",
          hint: "look at cable, hub and power"
        )
      )
    }
    let isHealthy = findings.allSatisfy(\.isHealthy)
    return HealthReport(
      text: "Internal HCheck: " + (isHealthy ? "Successful" : "Not Responding"),
      findings: findings
    )
  }

  private var presenceFinding: HealthReport.Finding {
    HealthReport.Finding(
      code: isPresent ? "scanner.present" : "scanner.absent",
      isHealthy: isPresent,
      text: isPresent ? "The device is plugged in." : "The device is not plugged in.",
      hint: isPresent ? nil : "plug it in; `lsusb -t` shows what the kernel sees"
    )
  }

  private var openFinding: HealthReport.Finding? {
    guard isPresent, let function else { return nil }
    if case .open(_, let route) = phase {
      let word = function.routes[route].word
      return HealthReport.Finding(code: "scanner.open", isHealthy: true, text: "Open by \(word).")
    }
    guard let failure else {
      return HealthReport.Finding(code: "scanner.opening", isHealthy: true, text: "It is opened.")
    }
    let (code, hint) =
      switch failure {
      case .denied: ("scanner.denied", "load udev/70-tapgate-scanners.rules and plug it in anew")
      case .busy: ("scanner.held", "stop the other program")
      case .broken: ("scanner.broken", "plug it in anew, at another port")
      case .absent: ("scanner.absent", "plug it in")
      }
    return HealthReport.Finding(
      code: code,
      isHealthy: false,
      text: status(failure).reason ?? failure.sentence,
      hint: hint
    )
  }

  private var exclusivityFinding: HealthReport.Finding {
    HealthReport.Finding(
      code: isExclusive ? "scanner.exclusive" : "scanner.not_exclusive",
      isHealthy: isExclusive,
      text: isExclusive ? "Nobody else hears it." : Self.notExclusive,
      hint: isExclusive
        ? nil : "close what else reads it, or let the gateway open its USB device"
    )
  }
}
