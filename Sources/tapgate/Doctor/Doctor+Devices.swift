internal import TapgateAPI
internal import TapgateDevices
internal import TapgateJSON

extension Doctor {
  // MARK: What the gateway says of a device

  /// What is wrong with a device of `device.list`; `nil` where nothing is.
  func deviceFinding(_ device: JSON) -> Finding? {
    let verdict = device["verdict"]?.string ?? "unknown"
    let reason = device["reason"]?.string
    let name = device["name"]?.string ?? device["deviceId"]?.string ?? "?"
    switch verdict {
    case "usable": return nil
    case "used": return doubt(name, reason)
    // A mouse is no scanner, a disk no input device, and nothing is wrong with them.
    case "unknown" where Self.strangers.contains(Self.word(reason) ?? ""): return nil
    default: break
    }
    let isOfPolkit = reason?.contains("polkit") == true
    return Finding(
      code: "device.\(verdict)",
      severity: verdict == "unknown" || verdict == "wrongMode" ? .warning : .fault,
      sentence: Words.doctorDevice(name, verdict),
      evidence: reason ?? device["deviceId"]?.string,
      fix: isOfPolkit ? Self.polkitFix : nil,
      needsRoot: isOfPolkit
    )
  }

  /// A device that is used, and of which there is something to say all the same.
  private func doubt(_ name: String, _ reason: String?) -> Finding? {
    guard let reason, let word = Self.word(reason), Self.doubts.contains(word) else { return nil }
    return Finding(
      code: "device.\(word)",
      severity: .warning,
      sentence: Words.doctorDeviceDoubtful(name, word),
      evidence: reason
    )
  }

  private static let strangers: Set<String> = ["otherInput", "otherDevice", "hub", "console"]

  private static let doubts: Set<String> = [
    "deviceNotExclusive", "duplicateSerial", "flapping", "relocated",
  ]

  /// The word for programs that a reason begins with.
  private static func word(_ reason: String?) -> String? {
    guard let reason, let colon = reason.firstIndex(of: ":") else { return nil }
    let word = reason[..<colon]
    return word.allSatisfy { $0.isASCII && $0.isLetter } ? String(word) : nil
  }

  // MARK: What the system says of scanners

  /// What stands in the way of scanners, also with the gateway down.
  func scannerFindings(_ configuration: GatewayConfiguration?) -> [Finding] {
    let entries = configuration?.scanners.map(\.entry) ?? []
    let troubles = probe.scannerTroubles(entries, gatewayUser(configuration))
    guard !troubles.isEmpty else {
      return [
        Finding(code: "scanner.well", severity: .ok, sentence: Words.doctorScannersWell())
      ]
    }
    return troubles.map { trouble in
      let isFault = [.nodeClosed, .notInGroup, .absent].contains(trouble.kind)
      return Finding(
        code: "scanner.\(trouble.kind.rawValue)",
        severity: isFault ? .fault : .warning,
        sentence: Words.doctorScanner[trouble.kind].map { $0(trouble.subject) } ?? trouble.subject,
        evidence: trouble.evidence,
        fix: trouble.fix,
        needsRoot: trouble.kind != .absent && trouble.kind != .duplicateSerial
      )
    }
  }
}
