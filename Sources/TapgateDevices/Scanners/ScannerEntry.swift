/// What an input device speaks; the words of the configuration and of udev's `ID_TAPGATE_MODE`.
public enum ScannerMode: String, Hashable, Sendable, CaseIterable {
  /// HID Point of Sale scanner, usage page 8C.
  case hidPos
  /// Types what it reads, as a keyboard.
  case wedge
  /// Swipes: HID usage page 8E, a maker's report, or typed tracks.
  case magstripe
  /// A serial line: RS-232, CDC-ACM or a converter.
  case serial
}

/// One device that the configuration gives to the gateway, or a kind of devices.
public struct ScannerEntry: Hashable, Sendable {
  /// Which device is meant: everything that is given has to fit.
  public struct Match: Hashable, Sendable {
    public var vendor: UInt16?
    public var product: UInt16?
    public var serial: String?
    /// A USB port such as `1-2.3`, or the path of a device file such as `/dev/ttyS0`.
    public var port: String?

    /// Creates a match.
    public init(
      vendor: UInt16? = nil,
      product: UInt16? = nil,
      serial: String? = nil,
      port: String? = nil
    ) {
      self.vendor = vendor
      self.product = product
      self.serial = serial
      self.port = port
    }

    /// The device file that is meant, where it is one.
    var path: String? { port.flatMap { $0.hasPrefix("/") ? $0 : nil } }

    /// Whether it can mean one device only.
    var isOfOneDevice: Bool { serial != nil || port != nil }

    /// Whether it means the device of `facts`.
    func fits(_ facts: DeviceFacts) -> Bool {
      if let vendor, vendor != facts.vendor { return false }
      if let product, product != facts.product { return false }
      if let serial, serial != facts.serial { return false }
      guard let port else { return true }
      switch facts.link {
      case .usb(let own): return own == port
      case .bluetooth, .serio: return false
      case .path(let own): return own == port
      }
    }
  }

  /// Unique among the entries.
  public var id: String
  public var match: Match
  public var mode: ScannerMode
  public var lane: String?
  public var settings: ScannerSettings

  /// Creates an entry.
  public init(
    id: String,
    match: Match,
    mode: ScannerMode,
    lane: String? = nil,
    settings: ScannerSettings = ScannerSettings()
  ) {
    self.id = id
    self.match = match
    self.mode = mode
    self.lane = lane
    self.settings = settings
  }
}
