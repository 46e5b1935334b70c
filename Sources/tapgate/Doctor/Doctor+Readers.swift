internal import TapgateAPI

/// What the system has that keeps card readers from the gateway.
extension Doctor {
  /// The kernel's loaded modules, proc(5).
  static let modulesFile = "/proc/modules"
  /// Drivers of the kernel that take PN53x readers, in the order in which they can be removed.
  private static let readerModules = ["pn533_usb", "pn533"]
  /// Where pcscd that is linked with polkit tells its actions.
  static let polkitActions = "/usr/share/polkit-1/actions/org.debian.pcsc-lite.policy"
  /// Where the gateway's rule for them goes.
  static let polkitRule = "/etc/polkit-1/rules.d/50-tapgate.rules"
  /// Puts that rule there.
  static let polkitFix = "cp udev/50-tapgate.rules \(polkitRule)"
  /// User ids of services, Debian Policy §9.2.2. Somebody who logs in may be at the screen, whom
  /// polkit allows it.
  private static let serviceUsers: ClosedRange<UInt32> = 1...999

  /// What stands in the way of card readers, also with the gateway down.
  func cardReaderFindings(_ configuration: GatewayConfiguration?) -> [Finding] {
    [moduleFinding(), polkitFinding(configuration)].compactMap(\.self)
  }

  private func moduleFinding() -> Finding? {
    // Where it cannot be read, the reader is missing in the gateway's own list all the same.
    guard let bytes = try? probe.contents(Self.modulesFile) else { return nil }
    let loaded = Set(
      bytes.split(separator: UInt8(ascii: "\n")).map { line in
        String(decoding: line.prefix { $0 != UInt8(ascii: " ") }, as: UTF8.self)
      }
    )
    let found = Self.readerModules.filter(loaded.contains)
    guard !found.isEmpty else { return nil }
    let lines = (Self.readerModules + ["nfc"]).map { "blacklist \($0)\\n" }.joined()
    return Finding(
      code: "pcsc.kernelDriver",
      severity: .warning,
      sentence: Words.doctorReaderModule(found.joined(separator: ", ")),
      evidence: Self.modulesFile,
      fix: "printf '\(lines)' > /etc/modprobe.d/tapgate-nfc.conf"
        + " && rmmod \(found.joined(separator: " "))",
      needsRoot: true
    )
  }

  private func polkitFinding(_ configuration: GatewayConfiguration?) -> Finding? {
    guard let user = gatewayUser(configuration), Self.serviceUsers.contains(user) else {
      return nil
    }
    guard case .success = probe.facts(Self.polkitActions),
      // The folder of rules is polkit's own: who may not look there is told nothing.
      case .failure(let error) = probe.facts(Self.polkitRule), FileFacts.meansAbsent(error.number)
    else { return nil }
    return Finding(
      code: "pcsc.polkit",
      severity: .warning,
      sentence: Words.doctorPolkit(FileFacts.userName(user)),
      evidence: Self.polkitActions,
      fix: Self.polkitFix,
      needsRoot: true
    )
  }

  /// Whose the data is runs the gateway.
  func gatewayUser(_ configuration: GatewayConfiguration?) -> UInt32? {
    let folders = paths.offlineDataFolders(
      option: subject.dataFolder,
      configured: configuration?.dataFolder
    )
    return folders.lazy.compactMap { try? probe.facts($0).get().owner }.first
  }
}
