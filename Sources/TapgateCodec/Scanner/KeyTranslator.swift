/// Turns key events into characters, the way a keyboard driver does: modifiers, CapsLock, dead
/// keys, numbers with ALT, control characters.
struct KeyTranslator: Sendable {
  /// What a key, or the end of a number, gave.
  enum Output: Hashable, Sendable {
    /// `isKeypadEnter` tells the keypad's Enter from the other.
    case character(Unicode.Scalar, isKeypadEnter: Bool)
    /// A byte of a multibyte set.
    case byte(UInt8)
    /// Nothing that can be data; says which key.
    case unmapped(String)
  }

  private struct Modifiers: OptionSet, Sendable {
    let rawValue: UInt8

    static let control: Modifiers = [Modifiers(rawValue: 0x01), Modifiers(rawValue: 0x10)]
    static let shift: Modifiers = [Modifiers(rawValue: 0x02), Modifiers(rawValue: 0x20)]
    static let leftAlt = Modifiers(rawValue: 0x04)
    static let rightAlt = Modifiers(rawValue: 0x40)
    static let gui: Modifiers = [Modifiers(rawValue: 0x08), Modifiers(rawValue: 0x80)]

    var hasControl: Bool { !isDisjoint(with: .control) }
    var hasShift: Bool { !isDisjoint(with: .shift) }
    var hasGUI: Bool { !isDisjoint(with: .gui) }
    /// Windows takes Ctrl with ALT for AltGr.
    var hasAltGr: Bool { contains(.rightAlt) || (contains(.leftAlt) && hasControl) }
    var hasAnyAlt: Bool { !isDisjoint(with: [.leftAlt, .rightAlt]) }
  }

  /// A number being typed.
  private struct Number: Sendable {
    var value: UInt32 = 0
    var digitCount = 0
    var hasLeadingZero = false
    var isHexadecimal = false
    /// More than any code point: it will be refused.
    var isTooLarge = false

    mutating func append(_ digit: UInt32) {
      if digitCount == 0 { hasLeadingZero = digit == 0 && !isHexadecimal }
      digitCount &+= 1
      value = value &* (isHexadecimal ? 16 : 10) &+ digit
      if value > 0x10FFFF {
        isTooLarge = true
        value = 0
      }
    }
  }

  private let layout: KeyboardLayout
  private let altCodes: WedgeAltCodes
  private let overrides: [KeyboardLayout.Stroke: String]
  private var modifiers: Modifiers = []
  private var hasCapsLock = false
  private var deadKey: DeadKey?
  /// Typed on the keypad while ALT is held.
  private var altNumber: Number?
  /// Typed after Ctrl+Shift+U, in hexadecimal, as GTK and IBus take it.
  private var unicodeNumber: Number?

  init(
    layout: KeyboardLayout,
    altCodes: WedgeAltCodes,
    overrides: [KeyboardLayout.Stroke: String]
  ) {
    self.layout = layout
    self.altCodes = altCodes
    self.overrides = overrides
  }

  /// Whether something waits for the next key.
  var isPending: Bool { deadKey != nil || altNumber != nil || unicodeNumber != nil }

  mutating func take(_ event: KeyEvent) -> [Output] {
    if (KeyUsage.leftControl...KeyUsage.rightGUI).contains(event.usage) {
      return takeModifier(event)
    }
    return event.isDown ? press(event.usage) : []
  }

  /// The end of a scan: what waits comes out as it is. Modifiers and CapsLock stay.
  mutating func flush() -> [Output] {
    var outputs = endDeadKey()
    if let number = unicodeNumber { outputs += end(number, as: .unicode) }
    unicodeNumber = nil
    altNumber = nil
    return outputs
  }

  /// All keys up, nothing waiting, CapsLock off: the device was plugged in anew.
  mutating func reset() {
    modifiers = []
    hasCapsLock = false
    deadKey = nil
    altNumber = nil
    unicodeNumber = nil
  }

  // MARK: Modifiers

  private mutating func takeModifier(_ event: KeyEvent) -> [Output] {
    let bit = Modifiers(rawValue: 1 << UInt8(event.usage - KeyUsage.leftControl))
    let before = modifiers
    if event.isDown { modifiers.insert(bit) } else { modifiers.remove(bit) }
    if before.hasAnyAlt, !modifiers.hasAnyAlt, let number = altNumber {
      altNumber = nil
      return endDeadKey() + end(number, as: altCodes)
    }
    // Held throughout, Ctrl+Shift ends the number when it goes up.
    if let number = unicodeNumber, number.digitCount > 0, before.hasControl, !modifiers.hasControl {
      unicodeNumber = nil
      return end(number, as: .unicode)
    }
    return []
  }

  // MARK: Keys

  private mutating func press(_ usage: UInt16) -> [Output] {
    if unicodeNumber != nil { return pressInUnicode(usage) }
    if modifiers.hasAnyAlt, !modifiers.hasControl, let outputs = pressInAltNumber(usage) {
      return outputs
    }
    switch usage {
    case KeyUsage.capsLock:
      hasCapsLock.toggle()
      return []
    // The keypad always types digits here, whatever the scanner believes of NumLock.
    case KeyUsage.numLock, KeyUsage.scrollLock: return []
    default: break
    }
    let stroke = KeyboardLayout.Stroke(
      usage,
      hasShift: modifiers.hasShift,
      hasAltGr: modifiers.hasAltGr
    )
    if !modifiers.hasControl || modifiers.hasAltGr, let text = overrides[stroke] {
      return endDeadKey() + text.unicodeScalars.map { .character($0, isKeypadEnter: false) }
    }
    if modifiers.hasGUI { return endDeadKey() + [.unmapped(Self.name(usage) + " with GUI")] }
    if let fixed = fixed(usage) {
      // A space after an accent is how the accent itself is typed.
      if fixed == " ", deadKey != nil { return endDeadKey() }
      return endDeadKey() + [.character(fixed, isKeypadEnter: usage == KeyUsage.keypadEnter)]
    }
    if modifiers.hasControl, !modifiers.hasAltGr {
      guard modifiers.hasShift, usage == KeyUsage.letterU else {
        return endDeadKey() + control(stroke)
      }
      unicodeNumber = Number(isHexadecimal: true)
      return endDeadKey()
    }
    if modifiers.hasAnyAlt, !modifiers.hasAltGr {
      return endDeadKey() + [.unmapped(Self.name(usage) + " with ALT")]
    }
    return character(stroke)
  }

  private mutating func character(_ stroke: KeyboardLayout.Stroke) -> [Output] {
    guard let symbol = layout.symbol(of: stroke, hasCapsLock: hasCapsLock) else {
      return endDeadKey() + [.unmapped(Self.name(stroke.usage) + " in layout " + layout.name)]
    }
    switch symbol {
    case .dead(let key):
      guard let waiting = deadKey else {
        deadKey = key
        return []
      }
      // Twice the same, or another one after it: each stands for itself.
      deadKey = waiting == key ? nil : key
      return [.character(waiting.spacing, isKeypadEnter: false)]
    case .character(let scalar):
      guard let waiting = deadKey else { return [.character(scalar, isKeypadEnter: false)] }
      deadKey = nil
      if let composed = waiting.composed(with: scalar) {
        return [.character(composed, isKeypadEnter: false)]
      }
      return [waiting.spacing, scalar].map { .character($0, isKeypadEnter: false) }
    }
  }

  /// Keys that mean the same everywhere.
  private func fixed(_ usage: UInt16) -> Unicode.Scalar? {
    switch usage {
    case KeyUsage.enter, KeyUsage.keypadEnter: "\r"
    case KeyUsage.tab: "\t"
    case KeyUsage.escape: "\u{1B}"
    case KeyUsage.backspace: "\u{8}"
    case KeyUsage.deleteForward: "\u{7F}"
    case KeyUsage.space: modifiers.hasControl ? nil : " "
    case KeyUsage.keypadSlash: "/"
    case KeyUsage.keypadAsterisk: "*"
    case KeyUsage.keypadMinus: "-"
    case KeyUsage.keypadPlus: "+"
    case KeyUsage.keypadPoint: layout.decimal
    case KeyUsage.keypadComma: ","
    case KeyUsage.keypadEquals: "="
    default: Self.keypadDigit(usage).flatMap { Unicode.Scalar(0x30 + $0) }
    }
  }

  static func keypadDigit(_ usage: UInt16) -> UInt32? {
    if usage == KeyUsage.keypad0 { return 0 }
    guard (KeyUsage.keypad1..<KeyUsage.keypad0).contains(usage) else { return nil }
    return UInt32(usage - KeyUsage.keypad1) + 1
  }

  /// Ctrl with a key: the character's lower five bits, by the country's layout where that gives a
  /// character that has them, else by the US layout, by which most scanners send GS as Ctrl+].
  private func control(_ stroke: KeyboardLayout.Stroke) -> [Output] {
    var plain = stroke
    plain.hasAltGr = false
    for layout in [layout, .us] {
      for hasShift in [stroke.hasShift, !stroke.hasShift] {
        plain.hasShift = hasShift
        guard case .character(let scalar) = layout.symbol(of: plain),
          (0x40...0x5F).contains(scalar.value) || (0x61...0x7A).contains(scalar.value)
        else { continue }
        // The US layout has _ and ^ and @ above -, 6 and 2, which serve without Shift as well.
        let code = Unicode.Scalar(UInt8(scalar.value & 0x1F))
        return [.character(code, isKeypadEnter: false)]
      }
    }
    return [.unmapped(Self.name(stroke.usage) + " with Ctrl")]
  }

  /// A dead key before something that no letter is comes out as itself.
  private mutating func endDeadKey() -> [Output] {
    guard let key = deadKey else { return [] }
    deadKey = nil
    return [.character(key.spacing, isKeypadEnter: false)]
  }

  // MARK: Numbers

  /// A key while ALT is held: a digit of the keypad, or + before hexadecimal digits. `nil` for
  /// other keys.
  private mutating func pressInAltNumber(_ usage: UInt16) -> [Output]? {
    if let digit = Self.keypadDigit(usage) {
      var number = altNumber ?? Number()
      number.append(digit)
      altNumber = number
      return []
    }
    if usage == KeyUsage.keypadPlus, altNumber == nil {
      altNumber = Number(isHexadecimal: true)
      return []
    }
    if let digit = Self.hexadecimalDigit(usage), var number = altNumber, number.isHexadecimal {
      number.append(digit)
      altNumber = number
      return []
    }
    return usage == KeyUsage.numLock ? [] : nil
  }

  private mutating func pressInUnicode(_ usage: UInt16) -> [Output] {
    guard var number = unicodeNumber else { return [] }
    if let digit = Self.keypadDigit(usage) ?? Self.hexadecimalDigit(usage) {
      number.append(digit)
      unicodeNumber = number
      return []
    }
    unicodeNumber = nil
    let outputs = end(number, as: .unicode)
    let isEnd = usage == KeyUsage.space || usage == KeyUsage.enter
    return isEnd ? outputs : outputs + press(usage)
  }

  private static func hexadecimalDigit(_ usage: UInt16) -> UInt32? {
    switch usage {
    case KeyUsage.letterA...KeyUsage.letterA + 5: UInt32(usage - KeyUsage.letterA) + 10
    case KeyUsage.digit1..<KeyUsage.digit0: UInt32(usage - KeyUsage.digit1) + 1
    case KeyUsage.digit0: 0
    default: nil
    }
  }

  private func end(_ number: Number, as codes: WedgeAltCodes) -> [Output] {
    guard number.digitCount > 0 else { return [] }
    let refused = [Output.unmapped("a number of \(number.digitCount) digits with ALT")]
    guard !number.isTooLarge else { return refused }
    var scalar: Unicode.Scalar?
    switch codes {
    case _ where number.isHexadecimal: scalar = Unicode.Scalar(number.value)
    case .unicode: scalar = Unicode.Scalar(number.value)
    case .windows:
      if number.value > 0xFF {
        scalar = Unicode.Scalar(number.value)
      } else {
        let byte = UInt8(number.value)
        scalar =
          number.hasLeadingZero
          ? ScanCharset.windows1252.scalar(of: byte) : ScanCharset.codePage437.scalar(of: byte)
      }
    case .bytes:
      guard number.value <= 0xFFFF else { return refused }
      let high = UInt8(number.value >> 8)
      let low = UInt8(number.value & 0xFF)
      return high == 0 ? [.byte(low)] : [.byte(high), .byte(low)]
    }
    return scalar.map { [.character($0, isKeypadEnter: false)] } ?? refused
  }

  /// A key's name for the trace: its usage.
  private static func name(_ usage: UInt16) -> String {
    "usage " + String(usage, radix: 16, uppercase: true)
  }
}
