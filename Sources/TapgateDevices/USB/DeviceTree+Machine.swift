/// What the machine has of its own, beside USB and radio: serial lines and PS/2 ports.
extension DeviceTree {
  /// The UARTs that are there, `/dev/ttySN` and `/dev/ttyAMAN`.
  ///
  /// Kernels make files for more lines than a machine has: those have the type 0, PORT_UNKNOWN of
  /// linux/serial_core.h.
  func serialLines() -> [DeviceFacts] {
    let consoles = (files.line("/sys/class/tty/console/active") ?? "").split(separator: " ")
    return files.names(in: "/sys/class/tty").compactMap { name in
      guard Self.isSerialLine(name), let type = files.line("/sys/class/tty/\(name)/type"),
        type.trimmingSpaces != "0"
      else { return nil }
      let path = "/dev/" + name
      var facts = DeviceFacts(link: .path(path), vendor: 0, product: 0)
      facts.productName = "Serial line \(name)"
      facts.bindings = [0: DeviceBinding(serialPath: path)]
      if consoles.contains(where: { $0 == name }) {
        facts.occupation =
          "console: the kernel writes to \(path). For a scanner there, take it out of console= on"
          + " the kernel's command line."
      }
      return facts
    }
  }

  private static func isSerialLine(_ name: String) -> Bool {
    ["ttyS", "ttyAMA"].contains { prefix in
      name.hasPrefix(prefix) && Int(name.dropFirst(prefix.count)) != nil
    }
  }

  /// The keyboards at PS/2 ports, by the port: `serio0` is the same after every start, an event
  /// file's number is not.
  func serioKeyboards() -> [DeviceFacts] {
    files.names(in: "/sys/bus/serio/devices").compactMap { port in
      let folder = "/sys/bus/serio/devices/\(port)/input"
      let inputs = files.names(in: folder).filter { $0.hasPrefix("input") }
      guard let input = inputs.first(where: { isTyping("\(folder)/\($0)") }) else { return nil }
      let place = "\(folder)/\(input)"
      var facts = DeviceFacts(
        link: .serio(port: port),
        vendor: hexadecimal(place + "/id/vendor"),
        product: hexadecimal(place + "/id/product")
      )
      facts.productName = files.line(place + "/name")
      facts.interfaces = [
        USBInterfaceFacts(number: 0, interfaceClass: 3, subclass: 1, protocolNumber: 1)
      ]
      let driver = files.targetName(of: "/sys/bus/serio/devices/\(port)/driver")
      facts.bindings = [0: DeviceBinding(driver: driver, eventPath: eventPath(folder))]
      return facts
    }
  }

  /// Whether an input device has letters: KEY_Q (16) and KEY_A (30) of
  /// linux/input-event-codes.h. A PS/2 mouse has none.
  private func isTyping(_ folder: String) -> Bool {
    let words = (files.line(folder + "/capabilities/key") ?? "").split(separator: " ")
    let letters: UInt64 = 1 << 16 | 1 << 30
    return words.last.flatMap { UInt64($0, radix: 16) }.map { $0 & letters == letters } ?? false
  }

  private func hexadecimal(_ path: String) -> UInt16 {
    files.line(path).flatMap { UInt16($0.trimmingSpaces, radix: 16) } ?? 0
  }
}
