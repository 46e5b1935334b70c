internal import TapgateCore

/// What people read about devices that are not used.
extension ScannerRules {
  /// A device that nobody named and that does not offer itself.
  func leave(_ facts: DeviceFacts) -> ScannerJudgement {
    let family = ScannerCatalogue.family(of: facts)
    let roles = facts.interfaces.map { InterfaceRoles($0, facts.bindings[$0.number]) }
    if roles.contains(where: \.isKeyboard) {
      return family == nil
        ? .left(.usable, reason: Self.keyboard(facts))
        : .left(.wrongMode, reason: Self.keyboardMode(facts, family))
    }
    if let path = facts.bindings.values.compactMap(\.serialPath).min() {
      let reason =
        "serialMode: speaks over \(path) and is left alone. If it is a scanner, name it in a"
        + " [[scanner]] with \(Self.match(facts)) and mode = \"serial\"\(Self.page(family))."
      return .left(.usable, reason: reason)
    }
    let isUnread = zip(facts.interfaces, roles).contains { interface, roles in
      interface.isHID && roles.descriptor == nil
    }
    if isUnread {
      return .left(
        .unknown,
        reason: "unread: what it sends cannot be read from the system. If it is a scanner, name it"
          + " in a [[scanner]] with \(Self.match(facts))\(Self.page(family))."
      )
    }
    if let family {
      return .left(
        .wrongMode,
        reason: "vendorMode: \(family.name) in a mode that only its maker's software knows."
          + " Set it to HID POS or keyboard mode\(Self.page(family))."
      )
    }
    guard facts.interfaces.contains(where: \.isHID) else {
      return .left(.unknown, reason: "otherDevice: \(Self.kind(of: facts)), no input device.")
    }
    return .left(.unknown, reason: "otherInput: neither a keyboard nor a scanner by its own word.")
  }

  /// An entry fits the device, and the device does not do what it asks for.
  func mismatch(_ facts: DeviceFacts, _ mode: ScannerMode) -> String {
    let family = ScannerCatalogue.family(of: facts)
    let roles = facts.interfaces.map { InterfaceRoles($0, facts.bindings[$0.number]) }
    let asked = "the configuration asks for mode = \"\(mode.rawValue)\""
    let own: String
    if roles.contains(where: \.isScanner) {
      own = "hidPosMode: \(asked), the device is in HID POS mode"
    } else if roles.contains(where: \.isSwipeReader) {
      own = "magstripeMode: \(asked), the device sends swipes"
    } else if roles.contains(where: \.isKeyboard) {
      own = "keyboardMode: \(asked), the device types as a keyboard"
    } else if facts.bindings.values.contains(where: { $0.serialPath != nil }) {
      own = "serialMode: \(asked), the device speaks over a serial line"
    } else {
      own = "vendorMode: \(asked), the device has neither HID nor serial interface of that kind"
    }
    return own + ". Change the one or the other\(Self.page(family))."
  }

  private static func keyboard(_ facts: DeviceFacts) -> String {
    "keyboardMode: a keyboard, or a scanner that types as one; it is left alone. If it is a"
      + " scanner, set it to HID POS mode, or name it in a [[scanner]] with \(match(facts)) and"
      + " mode = \"wedge\"."
  }

  private static func keyboardMode(
    _ facts: DeviceFacts,
    _ family: ScannerCatalogue.Family?
  ) -> String {
    "keyboardMode: a scanner that types as a keyboard is left alone. Set it to HID POS mode"
      + "\(page(family)), or name it in a [[scanner]] with \(match(facts)) and mode = \"wedge\"."
  }

  /// What the system calls the device in a `[[scanner]]`.
  private static func match(_ facts: DeviceFacts) -> String {
    switch facts.link {
    case .path(let path): return "match = { port = \"\(path)\" }"
    case .serio:
      let path = facts.bindings.values.compactMap(\.eventPath).first ?? "/dev/input/event?"
      return "match = { port = \"\(path)\" } (better its name in /dev/input/by-path, which stays)"
    case .usb, .bluetooth: return numbersMatch(facts)
    }
  }

  private static func numbersMatch(_ facts: DeviceFacts) -> String {
    "match = { vendor = 0x\(DeviceFacts.hex(facts.vendor)),"
      + " product = 0x\(DeviceFacts.hex(facts.product)) }"
  }

  static let hub = "hub: a USB hub; what hangs on it is listed by itself."

  /// What a device is by the class codes of USB (usb.org, "Defined Class Codes"), of its own
  /// descriptor or else of its first interface.
  private static func kind(of facts: DeviceFacts) -> String {
    let own = facts.deviceClass
    let code = own == 0 || own == 0xEF ? facts.interfaces.first?.interfaceClass ?? own : own
    let word =
      switch code {
      case 0x01: "sound"
      case 0x02, 0x0A: "a modem or a network"
      case 0x06: "a camera or a telephone"
      case 0x07: "a printer, which a [[printer]] with its device file uses"
      case 0x08: "a disk, a stick or a memory card reader"
      case 0x0B: "a smart card reader, which pcscd serves and lists under its own name"
      case 0x0E: "a camera"
      case 0xE0: "a radio, such as Bluetooth"
      case 0xFF: "a device of a kind that only its maker knows"
      default: "a device of another kind"
      }
    return "\(word) (USB class \(DeviceFacts.hex(UInt16(code)).suffix(2)))"
  }

  private static func page(_ family: ScannerCatalogue.Family?) -> String {
    family.map { " (firmware-notes/\($0.page).md)" } ?? ""
  }
}
