/// Reads what /sys and udev's data base tell of devices. No device is disturbed by it.
struct DeviceTree: Sendable {
  /// Longest report descriptor, HID_MAX_DESCRIPTOR_SIZE of the kernel.
  static let reportDescriptorByteCountMax = 4096

  var files = SystemFiles()

  // MARK: USB

  /// The texts and the device file of the USB device at `port`, put into `facts`.
  func describe(_ facts: inout DeviceFacts, port: String, bus: Int, address: Int) {
    let folder = Self.folder(ofPort: port)
    facts.manufacturer = files.line(folder + "/manufacturer")
    facts.productName = files.line(folder + "/product")
    facts.serial = files.line(folder + "/serial")?.trimmingSpaces
    facts.nodePath = "/dev/bus/usb/\(Self.padded(bus))/\(Self.padded(address))"
    facts.marks = DeviceMarks(properties(folder))
    facts.bindings = bindings(port: port, interfaces: facts.interfaces)
  }

  /// The address of the device that is at `port` now; `nil` where none is.
  func address(ofPort port: String) -> Int? {
    files.line(Self.folder(ofPort: port) + "/devnum").flatMap { Int($0.trimmingSpaces) }
  }

  /// What the system has made of the interfaces of the device at `port` by now.
  func bindings(port: String, interfaces: [USBInterfaceFacts]) -> [UInt8: DeviceBinding] {
    let setting = files.line(Self.folder(ofPort: port) + "/bConfigurationValue") ?? "1"
    let configuration = setting.trimmingSpaces
    var result: [UInt8: DeviceBinding] = [:]
    for interface in interfaces {
      let folder = "/sys/bus/usb/devices/\(port):\(configuration).\(interface.number)"
      result[interface.number] = binding(folder, isHID: interface.isHID)
    }
    return result
  }

  private func binding(_ folder: String, isHID: Bool) -> DeviceBinding {
    var result = DeviceBinding()
    result.driver = files.targetName(of: folder + "/driver")
    for name in files.names(in: folder) {
      if isHID, Self.isHIDFolder(name) { fill(&result, from: folder + "/" + name) }
      // cdc_acm has a folder `tty`, drivers of usb-serial one called as the port.
      if name == "tty", let port = files.names(in: folder + "/tty").first {
        result.serialPath = "/dev/" + port
      } else if name.hasPrefix("ttyUSB") {
        result.serialPath = "/dev/" + name
      }
    }
    return result
  }

  /// What the HID device in `folder` has: its report descriptor and its device files.
  private func fill(_ binding: inout DeviceBinding, from folder: String) {
    if let node = files.names(in: folder + "/hidraw").first {
      binding.hidrawPath = "/dev/" + node
    }
    binding.reportDescriptor =
      files.bytes(
        folder + "/report_descriptor",
        byteCountMax: Self.reportDescriptorByteCountMax
      ) ?? binding.hidrawPath.flatMap(HIDRawNode.reportDescriptor)
    binding.eventPath = eventPath(folder + "/input")
  }

  /// The event file of the input device that has the most keys: composite devices have one for
  /// volume keys beside the keyboard's.
  func eventPath(_ folder: String) -> String? {
    var best: (path: String, keyCount: Int)?
    for input in files.names(in: folder) where input.hasPrefix("input") {
      let events = files.names(in: "\(folder)/\(input)").filter { $0.hasPrefix("event") }
      guard let event = events.first else { continue }
      let keys = files.line("\(folder)/\(input)/capabilities/key") ?? ""
      let count = keys.split(separator: " ")
        .reduce(0) { $0 + (UInt64($1, radix: 16)?.nonzeroBitCount ?? 0) }
      if count > best?.keyCount ?? -1 { best = ("/dev/input/" + event, count) }
    }
    return best?.path
  }

  // MARK: Radio

  /// The HID devices that hang on Bluetooth: bus 5 of linux/input.h.
  func bluetoothDevices() -> [DeviceFacts] {
    files.names(in: "/sys/bus/hid/devices").compactMap { name in
      guard name.hasPrefix("0005:") else { return nil }
      let folder = "/sys/bus/hid/devices/" + name
      let properties = properties(folder)
      let identity = (properties["HID_ID"] ?? "").split(separator: ":")
      guard let address = properties["HID_UNIQ"], !address.isEmpty, identity.count == 3,
        let vendor = UInt32(identity[1], radix: 16), let product = UInt32(identity[2], radix: 16)
      else { return nil }
      var facts = DeviceFacts(
        link: .bluetooth(address: address.lowercased()),
        vendor: UInt16(truncatingIfNeeded: vendor),
        product: UInt16(truncatingIfNeeded: product)
      )
      facts.productName = properties["HID_NAME"]
      facts.serial = address.lowercased()
      var binding = DeviceBinding()
      fill(&binding, from: folder)
      facts.bindings = [0: binding]
      facts.interfaces = [
        USBInterfaceFacts(number: 0, interfaceClass: 3, subclass: 0, protocolNumber: 0)
      ]
      // Rules that speak of Bluetooth devices put their marks on the hidraw node.
      if let node = binding.hidrawPath?.split(separator: "/").last {
        facts.marks = DeviceMarks(self.properties("/sys/class/hidraw/\(node)"))
      }
      return facts
    }
  }

  // MARK: Properties

  /// The kernel's and udev's properties of the device in `folder`: /sys/…/uevent, and udev's data
  /// base, /run/udev/data, which has them as `E:NAME=value`.
  func properties(_ folder: String) -> [String: String] {
    var result = Self.parse(files.bytes(folder + "/uevent") ?? [], prefix: "")
    guard let numbers = files.line(folder + "/dev") else { return result }
    let isBlock = result["SUBSYSTEM"] == "block"
    let data = files.bytes("/run/udev/data/\(isBlock ? "b" : "c")\(numbers)") ?? []
    result.merge(Self.parse(data, prefix: "E:")) { $1 }
    return result
  }

  private static func parse(_ bytes: [UInt8], prefix: String) -> [String: String] {
    var result: [String: String] = [:]
    for line in bytes.split(separator: 10) {
      let text = String(decoding: line, as: UTF8.self)
      guard text.hasPrefix(prefix), let equals = text.firstIndex(of: "=") else { continue }
      let name = text[text.index(text.startIndex, offsetBy: prefix.count)..<equals]
      result[String(name)] = String(text[text.index(after: equals)...])
    }
    return result
  }

  // MARK: Names

  static func folder(ofPort port: String) -> String { "/sys/bus/usb/devices/" + port }

  /// `BBBB:VVVV:PPPP.NNNN`, hid-core.c.
  static func isHIDFolder(_ name: String) -> Bool {
    let parts = name.split(separator: ":")
    guard parts.count == 3, parts[0].utf8.count == 4, parts[1].utf8.count == 4 else { return false }
    return parts[2].utf8.count == 9 && parts[2].contains(".")
  }

  /// The USB port in a path of /sys, such as `1-2.3` in `/devices/…/usb1/1-2/1-2.3/1-2.3:1.0/…`;
  /// `nil` where there is none.
  static func port(inPath path: String) -> String? {
    path.split(separator: "/").last { part in
      let halves = part.split(separator: "-", omittingEmptySubsequences: false)
      guard halves.count == 2, Int(halves[0]) != nil, !halves[1].isEmpty else { return false }
      return halves[1].split(separator: ".", omittingEmptySubsequences: false)
        .allSatisfy { Int($0) != nil }
    }
    .map(String.init)
  }

  private static func padded(_ number: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, 3 - digits.count)) + digits
  }
}
