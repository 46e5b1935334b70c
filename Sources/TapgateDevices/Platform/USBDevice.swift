internal import CUSB

/// A device as libusb lists it, not opened. It belongs to the bus's thread.
final class USBDevice {
  // Safety: the reference that `init` takes is given back by `deinit`, before the bus closes.
  let pointer: OpaquePointer

  /// Takes a reference to a device that libusb just named: libusb_ref_device.
  init(_ pointer: OpaquePointer) {
    self.pointer = libusb_ref_device(pointer) ?? pointer
  }

  deinit { libusb_unref_device(pointer) }

  /// The number of the bus, as in /sys and in `lsusb`.
  var busNumber: Int { Int(libusb_get_bus_number(pointer)) }

  /// The address on that bus, new with each plugging.
  var address: Int { Int(libusb_get_device_address(pointer)) }

  /// Where it is plugged in, as the kernel spells it: `1-2.3` is bus 1, port 2, the hub's port 3.
  /// `nil` for a root hub. libusb_get_port_numbers.
  var port: String? {
    var numbers = [UInt8](repeating: 0, count: 8)
    let count = Int(libusb_get_port_numbers(pointer, &numbers, Int32(numbers.count)))
    guard count > 0 else { return nil }
    return "\(busNumber)-" + numbers.prefix(count).map(String.init).joined(separator: ".")
  }

  /// What the device descriptor says, USB 2.0 §9.6.1; `nil` where libusb has none.
  var identity: (vendor: UInt16, product: UInt16, deviceClass: UInt8)? {
    var descriptor = libusb_device_descriptor()
    guard libusb_get_device_descriptor(pointer, &descriptor) == 0 else { return nil }
    return (descriptor.idVendor, descriptor.idProduct, descriptor.bDeviceClass)
  }

  /// The interfaces of the active configuration in their first setting, USB 2.0 §9.6.5; empty
  /// where there is none. The kernel's copy is read: the device is not asked.
  var interfaces: [USBInterfaceFacts] {
    var configuration: UnsafeMutablePointer<libusb_config_descriptor>?
    guard libusb_get_active_config_descriptor(pointer, &configuration) == 0,
      let configuration
    else { return [] }
    // Safety: libusb made the tree of descriptors, with the counts that it says, and frees it.
    defer { libusb_free_config_descriptor(configuration) }
    let count = Int(configuration.pointee.bNumInterfaces)
    return (0..<count).compactMap { index in
      let interface = configuration.pointee.interface[index]
      guard interface.num_altsetting > 0 else { return nil }
      return Self.facts(interface.altsetting[0])
    }
  }

  private static func facts(_ setting: libusb_interface_descriptor) -> USBInterfaceFacts {
    var result = USBInterfaceFacts(
      number: setting.bInterfaceNumber,
      interfaceClass: setting.bInterfaceClass,
      subclass: setting.bInterfaceSubClass,
      protocolNumber: setting.bInterfaceProtocol
    )
    for index in 0..<Int(setting.bNumEndpoints) {
      let endpoint = setting.endpoint[index]
      guard endpoint.bmAttributes & 3 == 3 else { continue }
      // Bits 10 to 0 are the packet's size, USB 2.0 table 9-13.
      let facts = USBEndpointFacts(
        address: endpoint.bEndpointAddress,
        packetByteCount: Int(endpoint.wMaxPacketSize & 0x07FF)
      )
      if endpoint.bEndpointAddress & 0x80 != 0 {
        if result.input == nil { result.input = facts }
      } else if result.output == nil {
        result.output = facts
      }
    }
    return result
  }
}
