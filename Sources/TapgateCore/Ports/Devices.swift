/// The names that UnifiedPOS gives to device classes.
public enum DeviceClass: String, Sendable, CaseIterable {
  case msr = "MSR"
  case scanner = "Scanner"
  case smartCardRW = "SmartCardRW"
  case rfidScanner = "RFIDScanner"
  case posPrinter = "POSPrinter"
  case cashDrawer = "CashDrawer"
  /// Seen, and no device of a counter: a hub, a disk. UnifiedPOS has no name for these.
  case other = "Other"
}

/// The logical state of a device, UnifiedPOS `State`.
public enum DeviceState: String, Sendable {
  case closed = "S_CLOSED"
  case idle = "S_IDLE"
  case busy = "S_BUSY"
  case error = "S_ERROR"

  /// The constant's value in UnifiedPOS.
  public var number: Int {
    switch self {
    case .closed: 1
    case .idle: 2
    case .busy: 3
    case .error: 4
    }
  }
}

/// Whether a device has power and answers, UnifiedPOS `PowerState`.
public enum PowerState: String, Sendable {
  case unknown = "PS_UNKNOWN"
  case online = "PS_ONLINE"
  case off = "PS_OFF"
  case offline = "PS_OFFLINE"
  case offOffline = "PS_OFF_OFFLINE"

  /// The constant's value in UnifiedPOS.
  public var number: Int {
    switch self {
    case .unknown: 2000
    case .online: 2001
    case .off: 2002
    case .offline: 2003
    case .offOffline: 2004
    }
  }
}

/// What the gateway makes of a device that it sees.
public enum DeviceVerdict: String, Sendable {
  case used, usable, wrongMode, noPermission, heldBy, unknown
}

/// A device as `device.list` shows it: every device seen, used or not.
public struct DeviceDescription: Hashable, Sendable {
  /// Stable: bus and serial number, else bus and port path; never an enumeration counter.
  public var id: String
  public var deviceClass: DeviceClass
  /// The product's name as the system gives it.
  public var name: String
  public var state: DeviceState
  public var power: PowerState
  public var verdict: DeviceVerdict
  /// A sentence for a technician where there is something to say, such as who holds the device. Of
  /// scanners it begins with a word for programs, such as `keyboardMode: `.
  public var reason: String?
  /// What `id` rests on: `serial`, `port`, `name` or `configuration`.
  public var identity: String
  /// The lane the device belongs to; `nil` for printers and drawers.
  public var lane: String?
  /// How often a device with a loose plug went lately; 0 for one that stays.
  public var flapCount: Int
  public var isSimulated: Bool

  /// Creates a description.
  public init(
    id: String,
    deviceClass: DeviceClass,
    name: String,
    state: DeviceState,
    power: PowerState,
    verdict: DeviceVerdict,
    reason: String? = nil,
    identity: String,
    lane: String? = nil,
    flapCount: Int = 0,
    isSimulated: Bool = false
  ) {
    self.id = id
    self.deviceClass = deviceClass
    self.name = name
    self.state = state
    self.power = power
    self.verdict = verdict
    self.reason = reason
    self.identity = identity
    self.lane = lane
    self.flapCount = flapCount
    self.isSimulated = isSimulated
  }
}

/// The answer to `device.checkHealth`.
public struct HealthReport: Hashable, Sendable {
  /// One thing that was looked at.
  public struct Finding: Hashable, Sendable {
    /// Stable and dotted, such as `pcsc.service_down`.
    public var code: String
    public var isHealthy: Bool
    /// What was found, in a sentence.
    public var text: String
    /// What to do about it, where there is something to do.
    public var hint: String?

    /// Creates a finding.
    public init(code: String, isHealthy: Bool, text: String, hint: String? = nil) {
      self.code = code
      self.isHealthy = isHealthy
      self.text = text
      self.hint = hint
    }
  }

  /// UnifiedPOS `CheckHealthText`, such as `Internal HCheck: Successful`.
  public var text: String
  public var findings: [Finding]

  /// Creates a report.
  public init(text: String, findings: [Finding]) {
    self.text = text
    self.findings = findings
  }
}
