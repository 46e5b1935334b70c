import TapgateCodec
import Testing

@testable import TapgateDevices

/// Devices for the rules to judge.
enum ScannerFacts {
  /// HID 1.11 appendix E.6.
  static let keyboard = KeyboardReportReader.bootDescriptor

  /// A scanner of page 8C as the rig's `models.py` has it: report 2 with count, AIM identifier, 56
  /// bytes and whether it goes on; output report 4 with the three beeps.
  static let scanner: [UInt8] = hex(
    """
    058c 0902 a101 0912 a102 8502 1500 26ff00 7508 9501 0501 093b 8102 9503 058c 09fb 09fc 09fd
    8102 9538 09fe 820201 9501 0600ff 0904 8102 058c 7501 9501 2501 09ff 8102 9507 8103 c0
    0914 a102 8504 1500 2501 7501 9503 0985 0986 0987 9102 9505 9103 c0 c0
    """
  )

  /// A mouse, HID 1.11 appendix E.10, shortened to its buttons.
  static let mouse: [UInt8] = hex("0501 0902 a101 0509 1901 2903 1500 2501 9503 7501 8102 c0")

  static func hex(_ text: String) -> [UInt8] {
    let digits = text.filter(\.isHexDigit).map { UInt8($0.hexDigitValue ?? 0) }
    return stride(from: 0, to: digits.count - 1, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
  }

  /// A device at a USB port with one HID interface, bound to usbhid.
  static func device(
    port: String = "1-2",
    vendor: UInt16 = 0x1234,
    product: UInt16 = 0x0001,
    serial: String? = nil,
    descriptor: [UInt8]?,
    isBoot: Bool = false
  ) -> DeviceFacts {
    var facts = DeviceFacts(link: .usb(port: port), vendor: vendor, product: product)
    facts.productName = "Thing"
    facts.serial = serial
    facts.nodePath = "/dev/bus/usb/001/002"
    facts.interfaces = [
      USBInterfaceFacts(
        number: 0,
        interfaceClass: 3,
        subclass: isBoot ? 1 : 0,
        protocolNumber: isBoot ? 1 : 0,
        input: USBEndpointFacts(address: 0x81, packetByteCount: 8)
      )
    ]
    facts.bindings[0] = DeviceBinding(
      driver: "usbhid",
      reportDescriptor: descriptor,
      hidrawPath: "/dev/hidraw0",
      eventPath: isBoot ? "/dev/input/event0" : nil
    )
    return facts
  }

  static func keyboard(
    port: String = "1-2",
    vendor: UInt16 = 0x1234,
    serial: String? = nil
  ) -> DeviceFacts {
    device(port: port, vendor: vendor, serial: serial, descriptor: keyboard, isBoot: true)
  }

  static func scanner(port: String = "1-2", serial: String? = nil) -> DeviceFacts {
    device(port: port, serial: serial, descriptor: scanner)
  }

  static func rules(_ entries: ScannerEntry...) -> ScannerRules {
    ScannerRules(entries: entries, lane: "1")
  }

  static func entry(
    _ id: String = "desk",
    vendor: UInt16? = nil,
    serial: String? = nil,
    port: String? = nil,
    mode: ScannerMode = .wedge
  ) -> ScannerEntry {
    ScannerEntry(
      id: id,
      match: ScannerEntry.Match(vendor: vendor, serial: serial, port: port),
      mode: mode
    )
  }
}
