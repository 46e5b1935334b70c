internal import TapgateCore

/// Which device is to be opened, and how.
struct ScannerOpening: Sendable {
  var session: UInt64
  var route: ScannerRoute
  var function: ScannerFunction
  /// The device; `nil` where a path was named.
  var facts: DeviceFacts?

  /// The interface that is meant.
  var interface: USBInterfaceFacts? {
    function.interface.flatMap { number in facts?.interfaces.first { $0.number == number } }
  }

  /// What the system knows of that interface.
  var binding: DeviceBinding? { function.interface.flatMap { facts?.bindings[$0] } }
}

/// What a way is like once it is open.
struct ScannerOpened: Sendable {
  /// The HID report descriptor; `nil` where there is none, or in the boot protocol.
  var reportDescriptor: [UInt8]?
  /// Bytes of a USB packet; 0 where each read brings whole reports.
  var packetByteCount = 0
  var isExclusive = true
}

/// Whom the threads that read devices tell. Any thread; never blocks for long.
protocol ScannerTransportDelegate: AnyObject, Sendable {
  /// USB devices came and went.
  func devices(arrived: [DeviceFacts], left: [DeviceFacts.Link])
  /// The system is doing something with a device.
  func rebound(_ link: DeviceFacts.Link, _ bindings: [UInt8: DeviceBinding])
  /// What is known of a device.
  func facts(_ link: DeviceFacts.Link) -> DeviceFacts?
  /// The devices that are known.
  var links: Set<DeviceFacts.Link> { get }
  /// Anything may be there that was not a moment ago: what waits is tried again.
  func hurry()
  /// A way is open.
  func opened(_ session: UInt64, _ opened: ScannerOpened)
  /// A way did not open, or has failed; the transport closes it by itself.
  func failed(_ session: UInt64, _ failure: RouteFailure)
  /// Whether others hear the device has changed.
  func exclusivity(_ session: UInt64, isExclusive: Bool)
  /// What one read brought.
  func received(_ session: UInt64, _ bytes: [UInt8], at nanoseconds: UInt64)
  /// Bytes were lost before anybody read them.
  func lost(_ session: UInt64, _ counter: ScannerCounters.Name)
  /// A way is shut.
  func ended(_ session: UInt64)
  /// Looks at the time; how long a wait may last then, in milliseconds.
  func tick() -> Int
  /// Whether the transport works; `nil`, or why not.
  func service(_ name: String, _ trouble: String?)
}
