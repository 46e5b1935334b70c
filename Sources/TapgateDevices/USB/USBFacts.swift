/// One interrupt endpoint, USB 2.0 §9.6.6.
struct USBEndpointFacts: Hashable, Sendable {
  /// With the direction in its highest bit.
  var address: UInt8
  /// Bytes of a packet at most.
  var packetByteCount: Int
}

/// One interface of a device in its first setting, USB 2.0 §9.6.5.
struct USBInterfaceFacts: Hashable, Sendable {
  /// HID, USB's list of class codes.
  static let humanInterfaceClass: UInt8 = 0x03
  /// Communications, and the data interface that goes with it.
  static let communicationsClass: UInt8 = 0x02

  var number: UInt8
  var interfaceClass: UInt8
  var subclass: UInt8
  var protocolNumber: UInt8
  /// The first interrupt endpoint from the device, and the first one to it.
  var input: USBEndpointFacts?
  var output: USBEndpointFacts?

  /// Whether it is a human interface device, HID 1.11 §4.1.
  var isHID: Bool { interfaceClass == Self.humanInterfaceClass }
  /// Whether it knows the boot protocol, HID 1.11 §4.2: only then may SET_PROTOCOL be asked.
  var isBoot: Bool { isHID && subclass == 1 }
  /// Whether it says that it is a keyboard of the boot protocol, HID 1.11 §4.3.
  var isBootKeyboard: Bool { isBoot && protocolNumber == 1 }
}

/// What the system has made of one interface at the moment.
struct DeviceBinding: Hashable, Sendable {
  /// The kernel's driver, such as `usbhid`; `usbfs` where a program has claimed it.
  var driver: String?
  /// HID 1.11 §6.2.2; `nil` where nobody has read it.
  var reportDescriptor: [UInt8]?
  /// `/dev/hidrawN`.
  var hidrawPath: String?
  /// `/dev/input/eventN`; the one with keys where there are several.
  var eventPath: String?
  /// `/dev/ttyACMN`, `/dev/ttyUSBN`.
  var serialPath: String?
}

/// What udev's rules say about a device.
struct DeviceMarks: Hashable, Sendable {
  /// `TAPGATE=1`: a scanner for this gateway.
  var isMarked = false
  /// `ID_TAPGATE_MODE`.
  var mode: ScannerMode?
  /// `ID_TAPGATE_LANE`.
  var lane: String?

  /// Reads properties by name.
  init(_ properties: [String: String] = [:]) {
    isMarked = properties["TAPGATE"] == "1"
    mode = properties["ID_TAPGATE_MODE"].flatMap(ScannerMode.init(rawValue:))
    lane = properties["ID_TAPGATE_LANE"].flatMap { $0.isEmpty || $0.utf8.count > 64 ? nil : $0 }
  }
}

/// One thing that is plugged in, or paired.
struct DeviceFacts: Hashable, Sendable {
  /// How it hangs on the machine.
  enum Link: Hashable, Sendable {
    /// `1-2.3`: bus and ports.
    case usb(port: String)
    /// A radio address as /sys has it.
    case bluetooth(address: String)
    /// A device file: one that the configuration named, or a serial line of the machine.
    case path(String)
    /// `serio0`: a PS/2 port.
    case serio(port: String)
  }

  var link: Link
  var vendor: UInt16
  var product: UInt16
  var deviceClass: UInt8 = 0
  var manufacturer: String?
  var productName: String?
  var serial: String?
  /// `/dev/bus/usb/BBB/AAA`.
  var nodePath: String?
  var interfaces: [USBInterfaceFacts] = []
  /// By interface number.
  var bindings: [UInt8: DeviceBinding] = [:]
  var marks = DeviceMarks()
  /// What the system itself does with it; begins with a word for programs.
  var occupation: String?

  /// The name for people: maker and product without a repetition, else the numbers.
  var title: String {
    let maker = manufacturer?.trimmingSpaces ?? ""
    let product = productName?.trimmingSpaces ?? ""
    if product.isEmpty { return maker.isEmpty ? numbers : "\(maker) \(numbers)" }
    if maker.isEmpty || product.lowercased().hasPrefix(maker.lowercased()) { return product }
    return "\(maker) \(product)"
  }

  /// Whether it may be an input device: it types, reports or speaks over a line.
  var canBeInput: Bool {
    guard deviceClass != 9, occupation == nil else { return false }
    return interfaces.contains(where: \.isHID) || bindings.values.contains { $0.serialPath != nil }
      || ScannerCatalogue.family(of: self) != nil
  }

  /// `05e0:1200`.
  var numbers: String { "\(Self.hex(vendor)):\(Self.hex(product))" }

  /// Four hexadecimal digits.
  static func hex(_ number: UInt16) -> String {
    let digits = String(number, radix: 16)
    return String(repeating: "0", count: 4 - digits.count) + digits
  }
}

extension String {
  /// Without blanks and control characters at its ends: descriptors are padded with them.
  var trimmingSpaces: String {
    let isBlank = { (character: Character) in
      character.isWhitespace || (character.asciiValue.map { $0 < 0x20 } ?? false)
    }
    let start = drop(while: isBlank)
    let count = start.reversed().prefix(while: isBlank).count
    return String(start.dropLast(count))
  }
}
