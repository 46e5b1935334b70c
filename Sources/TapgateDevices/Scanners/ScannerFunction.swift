internal import TapgateCodec
internal import TapgateCore

/// A way to a device's bytes.
enum ScannerRoute: Hashable, Sendable {
  /// libusb; nobody else hears the interface.
  case usb(interface: UInt8)
  /// /dev/input/eventN, to be grabbed.
  case evdev(String)
  /// /dev/hidrawN, which others may read too.
  case hidraw(String)
  case serial(String)

  /// The word that health and traces have for it.
  var word: String {
    switch self {
    case .usb: "usb"
    case .evdev: "evdev"
    case .hidraw: "hidraw"
    case .serial: "serial"
    }
  }

  /// The device file; `nil` for USB, whose file is the device's.
  var path: String? {
    switch self {
    case .usb: nil
    case .evdev(let path), .hidraw(let path), .serial(let path): path
    }
  }
}

/// One thing that a device does for the gateway.
struct ScannerFunction: Hashable, Sendable {
  var mode: ScannerMode
  /// The interface it is on; `nil` where a path was named.
  var interface: UInt8?
  /// The entry that asks for it; `nil` where udev or the device itself does.
  var entryID: String?
  /// Whether the entry can mean one device only, so that its name is the device's.
  var isPinned = false
  var lane: String?
  var settings = ScannerSettings()
  /// Whether what it sends are key strokes.
  var isTyped = false
  /// Best first; never empty.
  var routes: [ScannerRoute]

  var deviceClass: DeviceClass {
    if mode == .magstripe { return .msr }
    return settings.uidFormat == nil ? .scanner : .rfidScanner
  }
}

/// What the rules make of a device.
enum ScannerJudgement: Hashable, Sendable {
  /// The system is still at work on it: look again.
  case unsettled
  case taken([ScannerFunction])
  /// Shown, not used. The reason begins with a word for programs: `keyboardMode: …`.
  case left(DeviceVerdict, reason: String)
  /// An entry that names its device file shows it already.
  case ignored
}

/// What one interface can do.
struct InterfaceRoles: Hashable, Sendable {
  /// What the device says of itself; `nil` where nobody could read it.
  var descriptor: HIDReportDescriptor?
  /// Decoded bar codes over HID: scanner or badge reader of page 8C.
  var isScanner = false
  /// Swipes over HID.
  var isSwipeReader = false
  /// A keyboard, a keypad, or a scanner that types.
  var isKeyboard = false

  /// Judges by the report descriptor; without one by the boot protocol, in favour of a keyboard.
  init(_ interface: USBInterfaceFacts, _ binding: DeviceBinding?) {
    guard interface.isHID else { return }
    guard let bytes = binding?.reportDescriptor,
      case .success(let descriptor) = HIDReportDescriptor.parse(bytes)
    else {
      isKeyboard = interface.isBootKeyboard
      return
    }
    self.descriptor = descriptor
    for application in descriptor.applications {
      switch application.kind {
      case .keyboard, .keypad: isKeyboard = true
      case .barcodeScanner, .badgeReader: isScanner = true
      case .magneticStripe, .vendorMagneticStripe: isSwipeReader = true
      case .other: break
      }
    }
  }
}
