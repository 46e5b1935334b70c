/// Something that keeps a scanner from working, or will.
public struct ScannerTrouble: Hashable, Sendable {
  /// What it is; the doctor's code is `scanner.` and this.
  public enum Kind: String, Sendable, CaseIterable {
    /// No rule of udev gives the device's file to the gateway's user.
    case nodeClosed
    /// A group may open the device's file, and the gateway's user is not in it.
    case notInGroup
    /// ModemManager talks to serial lines that it was not told to leave alone.
    case modemManager
    /// Braille software takes converters of serial lines.
    case brltty
    /// The device may fall asleep, and lose what wakes it.
    case autosuspend
    /// Two devices have one serial number.
    case duplicateSerial
    /// An entry of the configuration fits no device.
    case absent
  }

  public var kind: Kind
  /// Name and place of the device, or the entry's id.
  public var subject: String
  /// What shows it.
  public var evidence: String
  /// What helps.
  public var fix: String

  /// Creates a trouble.
  public init(kind: Kind, subject: String, evidence: String, fix: String) {
    self.kind = kind
    self.subject = subject
    self.evidence = evidence
    self.fix = fix
  }
}

/// Looks at scanners from outside, also while no gateway runs: /sys, /proc and udev's data base.
///
/// Nothing is opened and no device is disturbed. Takes some milliseconds; any thread.
public struct ScannerSurvey: Sendable {
  /// Converters that braille software takes for displays: CH340, CH341 and CP210x.
  private static let brailleConverters: Set<String> = [
    "1a86:7522", "1a86:7523", "1a86:5523", "10c4:ea60", "10c4:ea61",
  ]
  private static let rulesFix =
    "install udev/70-tapgate-scanners.hwdb and .rules (udev/README.md), then plug it in anew"

  private let rules: ScannerRules
  private let tree: DeviceTree
  private let accounts: SystemAccounts
  private let gatewayUser: UInt32?

  /// Prepares for the entries of a configuration. `gatewayUser` is whom the gateway runs as, `nil`
  /// where nobody knows; `root` stands before every path, for tests.
  public init(entries: [ScannerEntry], gatewayUser: UInt32?, root: String = "") {
    rules = ScannerRules(entries: entries, lane: nil)
    let files = SystemFiles(root: root)
    tree = DeviceTree(files: files)
    accounts = SystemAccounts(files: files)
    self.gatewayUser = gatewayUser
  }

  /// Everything that was found.
  public func troubles() -> [ScannerTrouble] {
    let devices = tree.usbDevices()
    let meant = devices.filter(isMeant)
    var troubles = meant.flatMap { nodeTroubles($0) + sleepTroubles($0) }
    for entry in rules.entries {
      guard let path = entry.match.path else { continue }
      troubles += [nodeTrouble(path, subject: entry.id)].compactMap(\.self)
    }
    troubles += doubleTroubles(meant)
    let processes = processNames()
    if processes.contains("ModemManager") { troubles += meant.flatMap(modemTroubles) }
    if processes.contains("brltty") { troubles += devices.flatMap(brailleTroubles) }
    return troubles + absentTroubles(devices)
  }

  /// Whether the gateway would take the device, or knows its family.
  private func isMeant(_ facts: DeviceFacts) -> Bool {
    if case .taken = rules.judge(facts, isSettled: true) { return true }
    return ScannerCatalogue.family(of: facts) != nil
  }

  private func title(_ facts: DeviceFacts) -> String {
    "\(facts.title) (\(facts.numbers), port \(facts.port ?? "?"))"
  }

  private func nodeTroubles(_ facts: DeviceFacts) -> [ScannerTrouble] {
    nodes(of: facts).compactMap { nodeTrouble($0, subject: title(facts)) }
  }

  /// The files by which the gateway opens a device; that of its USB device where it does not.
  private func nodes(of facts: DeviceFacts) -> [String] {
    guard case .taken(let functions) = rules.judge(facts, isSettled: true) else {
      return [facts.nodePath].compactMap(\.self)
    }
    return Set(functions.compactMap { $0.routes.first?.path ?? facts.nodePath }).sorted()
  }

  private func nodeTrouble(_ path: String, subject: String) -> ScannerTrouble? {
    guard let access = tree.files.access(path), gatewayUser != 0 else { return nil }
    let isForAll = access.mode & 0o006 == 0o006
    let isForUser = access.owner == gatewayUser && access.mode & 0o600 == 0o600
    guard !isForAll, !isForUser else { return nil }
    let evidence = "\(path): \(access)"
    guard access.isForGroup else {
      return ScannerTrouble(
        kind: .nodeClosed,
        subject: subject,
        evidence: evidence,
        fix: Self.rulesFix
      )
    }
    guard let gatewayUser, let groups = accounts.groups(of: gatewayUser),
      !groups.contains(access.group)
    else { return nil }
    let (user, group) = (accounts.userName(gatewayUser), accounts.groupName(access.group))
    return ScannerTrouble(
      kind: .notInGroup,
      subject: subject,
      evidence: "\(evidence); \(user) is not in \(group)",
      fix: "usermod -aG \(group) \(user), then restart the gateway"
    )
  }

  private func sleepTroubles(_ facts: DeviceFacts) -> [ScannerTrouble] {
    guard let port = facts.port else { return [] }
    let path = DeviceTree.folder(ofPort: port) + "/power/control"
    guard tree.files.line(path) == "auto" else { return [] }
    return [
      ScannerTrouble(
        kind: .autosuspend,
        subject: title(facts),
        evidence: "\(path): auto",
        fix: "echo on > \(path); for good, install udev/93-tapgate-power.rules"
      )
    ]
  }

  private func doubleTroubles(_ devices: [DeviceFacts]) -> [ScannerTrouble] {
    devices.enumerated().compactMap { index, facts in
      let twins = devices[..<index].filter { ScannerIdentities.areDoubles($0, facts) }
      guard let twin = twins.first else { return nil }
      return ScannerTrouble(
        kind: .duplicateSerial,
        subject: title(facts),
        evidence: "ports \(twin.port ?? "?") and \(facts.port ?? "?")",
        fix: "give each a [[scanner]] with its port"
      )
    }
  }

  private func modemTroubles(_ facts: DeviceFacts) -> [ScannerTrouble] {
    guard let port = facts.port, let path = facts.bindings.values.compactMap(\.serialPath).min()
    else { return [] }
    let properties = tree.properties(DeviceTree.folder(ofPort: port))
    guard properties["ID_MM_DEVICE_IGNORE"] != "1" else { return [] }
    return [
      ScannerTrouble(
        kind: .modemManager,
        subject: title(facts),
        evidence: "ModemManager runs, and \(path) is not marked ID_MM_DEVICE_IGNORE",
        fix: Self.rulesFix + ", or systemctl disable --now ModemManager"
      )
    ]
  }

  private func brailleTroubles(_ facts: DeviceFacts) -> [ScannerTrouble] {
    guard Self.brailleConverters.contains(facts.numbers) else { return [] }
    return [
      ScannerTrouble(
        kind: .brltty,
        subject: title(facts),
        evidence: "brltty runs, which takes this converter for a braille display",
        fix: "where nobody reads Braille: apt purge brltty"
      )
    ]
  }

  private func absentTroubles(_ devices: [DeviceFacts]) -> [ScannerTrouble] {
    rules.entries.compactMap { entry in
      let isThere =
        entry.match.path.map { tree.files.access($0) != nil }
        ?? devices.contains { entry.match.fits($0) }
      guard !isThere else { return nil }
      return ScannerTrouble(
        kind: .absent,
        subject: entry.id,
        evidence: "no device fits its match",
        fix: "plug it in; `lsusb` shows the numbers, `tapgate devices` what the gateway sees"
      )
    }
  }

  private func processNames() -> Set<String> {
    let names = tree.files.names(in: "/proc").filter { Int($0) != nil }
    return Set(names.compactMap { tree.files.line("/proc/\($0)/comm") })
  }
}
