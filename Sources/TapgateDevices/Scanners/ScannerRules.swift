internal import TapgateCore

/// Decides which devices the gateway takes, and says why it leaves the others.
///
/// A value without I/O. A keyboard is never taken unless a line of the configuration, or of udev's
/// rules, names it: it may be the cashier's, and only a person can tell.
struct ScannerRules: Sendable {
  /// Those that mean one device come first, then in the order of the file.
  let entries: [ScannerEntry]
  /// For devices that nobody gave a lane.
  let lane: String?

  init(entries: [ScannerEntry], lane: String?) {
    self.entries =
      entries.filter(\.match.isOfOneDevice) + entries.filter { !$0.match.isOfOneDevice }
    self.lane = lane
  }

  /// Judges a device. `isSettled` tells that the system has had time enough to bind its drivers.
  func judge(_ facts: DeviceFacts, isSettled: Bool) -> ScannerJudgement {
    if isNamed(facts) { return .ignored }
    // Never opened, whatever an entry says: libusb 1.0.26 may crash at its end after that.
    if facts.deviceClass == Self.hubClass { return .left(.unknown, reason: Self.hub) }
    if let occupation = facts.occupation { return .left(.unknown, reason: occupation) }
    if !isSettled, Self.isUnderWay(facts) { return .unsettled }
    let fitting = entries.filter { $0.match.path == nil && $0.match.fits(facts) }
    if !fitting.isEmpty { return judge(facts, by: fitting) }
    if facts.marks.isMarked { return judgeMarked(facts) }
    let functions = ownFunctions(of: facts)
    return functions.isEmpty ? leave(facts) : .taken(functions)
  }

  /// Whether an entry names the device file of what is no USB device.
  private func isNamed(_ facts: DeviceFacts) -> Bool {
    var paths = facts.bindings.values.compactMap(\.eventPath)
    switch facts.link {
    case .usb, .bluetooth: return false
    case .path(let path): paths.append(path)
    case .serio: break
    }
    return entries.contains { entry in entry.match.path.map(paths.contains) ?? false }
  }

  /// Device class 9, USB 2.0 §11.23.1.
  private static let hubClass: UInt8 = 9

  /// Whether an interface waits for its driver, or the driver's device files are still to come.
  private static func isUnderWay(_ facts: DeviceFacts) -> Bool {
    facts.interfaces.contains { interface in
      let binding = facts.bindings[interface.number]
      if interface.isHID {
        guard let binding, let driver = binding.driver else { return true }
        guard driver != "usbfs" else { return false }
        return binding.hidrawPath == nil || binding.reportDescriptor == nil
          || interface.isBootKeyboard && binding.eventPath == nil
      }
      return interface.interfaceClass == USBInterfaceFacts.communicationsClass
        && binding?.driver == nil
    }
  }

  // MARK: By configuration

  private func judge(_ facts: DeviceFacts, by entries: [ScannerEntry]) -> ScannerJudgement {
    var functions: [ScannerFunction] = []
    var missing: ScannerMode?
    for entry in entries where !functions.contains(where: { $0.mode == entry.mode }) {
      guard var function = function(entry.mode, of: facts) else {
        missing = missing ?? entry.mode
        continue
      }
      let isTaken = functions.contains { $0.interface == function.interface }
      guard !isTaken else { continue }
      function.entryID = entry.id
      function.isPinned = entry.match.isOfOneDevice
      function.lane = entry.lane ?? lane
      function.settings = entry.settings
      functions.append(function)
    }
    if functions.isEmpty, let missing { return .left(.wrongMode, reason: mismatch(facts, missing)) }
    return .taken(functions)
  }

  private func judgeMarked(_ facts: DeviceFacts) -> ScannerJudgement {
    let order = facts.marks.mode.map { [$0] } ?? [.hidPos, .magstripe, .wedge, .serial]
    for mode in order {
      guard var function = function(mode, of: facts) else { continue }
      function.lane = facts.marks.lane ?? lane
      return .taken([function])
    }
    return .left(.wrongMode, reason: mismatch(facts, facts.marks.mode ?? .hidPos))
  }

  /// What a device that nobody named does by its own word: page 8C and 8E type nothing, so taking
  /// them takes nothing away from anybody.
  private func ownFunctions(of facts: DeviceFacts) -> [ScannerFunction] {
    facts.interfaces.compactMap { interface in
      let roles = InterfaceRoles(interface, facts.bindings[interface.number])
      guard roles.isScanner || roles.isSwipeReader else { return nil }
      let mode: ScannerMode = roles.isScanner ? .hidPos : .magstripe
      var function = Self.reports(mode, interface, facts)
      function?.lane = lane
      return function
    }
  }

  /// The interface of a device that does what `mode` asks, and the ways to it.
  private func function(_ mode: ScannerMode, of facts: DeviceFacts) -> ScannerFunction? {
    let interfaces = facts.interfaces.map { interface in
      (interface, InterfaceRoles(interface, facts.bindings[interface.number]))
    }
    switch mode {
    case .serial:
      return facts.interfaces.lazy.compactMap { interface in
        facts.bindings[interface.number]?.serialPath.map { path in
          ScannerFunction(mode: mode, interface: interface.number, routes: [.serial(path)])
        }
      }.first
    case .hidPos:
      let fit = interfaces.first { $0.1.isScanner } ?? interfaces.first { Self.isUnread($0) }
      return fit.flatMap { Self.reports(mode, $0.0, facts) }
    case .wedge:
      return interfaces.first { $0.1.isKeyboard }.flatMap { Self.typed(mode, $0.0, facts) }
    case .magstripe:
      if let reader = interfaces.first(where: { $0.1.isSwipeReader })
        ?? interfaces.first(where: { Self.isUnread($0) })
      {
        return Self.reports(mode, reader.0, facts)
      }
      return interfaces.first { $0.1.isKeyboard }.flatMap { Self.typed(mode, $0.0, facts) }
    }
  }

  /// A HID interface whose descriptor nobody could read, and which is no keyboard: the device will
  /// be asked when it is ours.
  private static func isUnread(_ interface: (USBInterfaceFacts, InterfaceRoles)) -> Bool {
    interface.0.isHID && interface.1.descriptor == nil && !interface.1.isKeyboard
  }

  private static func reports(
    _ mode: ScannerMode,
    _ interface: USBInterfaceFacts,
    _ facts: DeviceFacts
  ) -> ScannerFunction? {
    var routes = usbRoutes(interface, facts)
    if let path = facts.bindings[interface.number]?.hidrawPath { routes.append(.hidraw(path)) }
    guard !routes.isEmpty else { return nil }
    return ScannerFunction(mode: mode, interface: interface.number, routes: routes)
  }

  private static func typed(
    _ mode: ScannerMode,
    _ interface: USBInterfaceFacts,
    _ facts: DeviceFacts
  ) -> ScannerFunction? {
    var routes = usbRoutes(interface, facts)
    if let path = facts.bindings[interface.number]?.eventPath { routes.append(.evdev(path)) }
    guard !routes.isEmpty else { return nil }
    return ScannerFunction(mode: mode, interface: interface.number, isTyped: true, routes: routes)
  }

  private static func usbRoutes(
    _ interface: USBInterfaceFacts,
    _ facts: DeviceFacts
  ) -> [ScannerRoute] {
    guard case .usb = facts.link, interface.input != nil else { return [] }
    return [.usb(interface: interface.number)]
  }

  /// What an entry that names a device file asks for.
  static func function(ofPath entry: ScannerEntry, lane: String?) -> ScannerFunction? {
    guard let path = entry.match.path else { return nil }
    let isTyped =
      entry.mode == .wedge || entry.mode == .magstripe && path.hasPrefix("/dev/input/")
    let route: ScannerRoute =
      entry.mode == .serial ? .serial(path) : isTyped ? .evdev(path) : .hidraw(path)
    return ScannerFunction(
      mode: entry.mode,
      entryID: entry.id,
      isPinned: true,
      lane: entry.lane ?? lane,
      settings: entry.settings,
      isTyped: isTyped,
      routes: [route]
    )
  }
}
