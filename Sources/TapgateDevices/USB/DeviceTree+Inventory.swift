/// What hangs on USB, by /sys alone: for who looks without opening anything.
extension DeviceTree {
  /// Every USB device that is no hub.
  func usbDevices() -> [DeviceFacts] {
    files.names(in: "/sys/bus/usb/devices").compactMap { name in
      // Interfaces have a colon, root hubs are called usbN.
      guard !name.contains(":"), name.contains("-") else { return nil }
      return usbDevice(name)
    }
  }

  private func usbDevice(_ port: String) -> DeviceFacts? {
    let folder = Self.folder(ofPort: port)
    guard let vendor = number(folder + "/idVendor"), let product = number(folder + "/idProduct"),
      let kind = number(folder + "/bDeviceClass"), kind != 9
    else { return nil }
    var facts = DeviceFacts(
      link: .usb(port: port),
      vendor: UInt16(truncatingIfNeeded: vendor),
      product: UInt16(truncatingIfNeeded: product),
      deviceClass: UInt8(truncatingIfNeeded: kind)
    )
    let configuration = files.line(folder + "/bConfigurationValue")?.trimmingSpaces ?? "1"
    let prefix = "\(port):\(configuration)."
    for name in files.names(in: "/sys/bus/usb/devices") where name.hasPrefix(prefix) {
      let place = "/sys/bus/usb/devices/" + name
      guard let number = UInt8(name.dropFirst(prefix.count)),
        let kind = self.number(place + "/bInterfaceClass")
      else { continue }
      facts.interfaces.append(
        USBInterfaceFacts(
          number: number,
          interfaceClass: UInt8(truncatingIfNeeded: kind),
          subclass: UInt8(truncatingIfNeeded: self.number(place + "/bInterfaceSubClass") ?? 0),
          protocolNumber: UInt8(
            truncatingIfNeeded: self.number(place + "/bInterfaceProtocol") ?? 0
          ),
          // Which endpoint it is does not matter to who only looks.
          input: USBEndpointFacts(address: 0x81, packetByteCount: 0)
        )
      )
    }
    let bus = Int(files.line(folder + "/busnum")?.trimmingSpaces ?? "") ?? 0
    describe(&facts, port: port, bus: bus, address: address(ofPort: port) ?? 0)
    return facts
  }

  /// A hexadecimal number.
  private func number(_ path: String) -> Int? {
    files.line(path).flatMap { Int($0.trimmingSpaces, radix: 16) }
  }
}
