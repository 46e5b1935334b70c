package import TapgateCodec

/// Report descriptors, each made from the document that its comment names.
package enum HIDFixtures {
  package static func bytes(_ text: String) -> [UInt8] {
    text.split(whereSeparator: \.isWhitespace).map { UInt8($0, radix: 16) ?? 0 }
  }

  package static func descriptor(_ bytes: [UInt8]) throws -> HIDReportDescriptor {
    try HIDReportDescriptor.parse(bytes).get()
  }

  /// HID 1.11 appendix E.10, the mouse: three buttons, X and Y with a sign.
  package static let mouse = bytes(
    """
    05 01 09 02 A1 01 09 01 A1 00 05 09 19 01 29 03 15 00 25 01 95 03 75 01 81 02 95 01 75 05
    81 01 05 01 09 30 09 31 15 81 25 7F 75 08 95 02 81 06 C0 C0
    """
  )

  /// HID 1.11 appendix E.6, the keyboard.
  package static let keyboard = bytes(
    """
    05 01 09 06 A1 01 05 07 19 E0 29 E7 15 00 25 01 75 01 95 08 81 02 95 01 75 08 81 01 95 05
    75 01 05 08 19 01 29 05 91 02 95 01 75 03 91 01 95 06 75 08 15 00 25 65 05 07 19 00 29 65
    81 00 C0
    """
  )

  /// A keyboard with report identifiers, made by HID 1.11 section 6.2.2.7: 1 is a bitmap of the
  /// keys 04 to 7B with the modifiers before it, 2 a consumer control.
  package static let bitmapKeyboard = bytes(
    """
    05 01 09 06 A1 01 85 01 05 07 19 E0 29 E7 15 00 25 01 75 01 95 08 81 02
    19 04 29 7B 95 78 81 02 C0
    05 0C 09 01 A1 01 85 02 19 00 2A 3C 02 15 00 26 3C 02 95 01 75 10 81 00 C0
    """
  )

  /// A pedal: keyboard usage, but F13 and nothing else.
  package static let pedal = bytes(
    "05 01 09 06 A1 01 05 07 15 00 25 01 19 68 29 68 75 01 95 01 81 02 95 07 81 03 C0"
  )

  /// A vendor's device with one byte.
  package static let vendorByte = bytes(
    "06 A0 FF 09 01 A1 01 09 01 15 00 26 FF 00 75 08 95 01 81 02 C0"
  )

  /// HID Point of Sale Usage Tables 1.02, section 4, with the field sizes that scanners' manuals
  /// give for a report of 64 bytes: identifier 2, count, three characters, 56 bytes, two bytes of
  /// the maker's, the continued bit.
  package static let posScanner = bytes(
    """
    05 8C 09 02 A1 01 09 12 A1 02 85 02 15 00 26 FF 00 75 08 95 01 05 01 09 3B 81 02
    95 03 05 8C 09 FB 09 FC 09 FD 81 02 95 38 09 FE 82 02 01 06 66 FF 95 02 09 04 09 00 81 02
    05 8C 75 01 95 01 25 01 09 FF 81 02 95 07 81 03 C0
    09 14 A1 02 85 04 15 00 25 01 75 01 95 01 09 00 91 02 95 07 91 03 C0 C0
    """
  )

  /// The same usages in another order, without identifiers and count: the continued byte first,
  /// one usage for three characters, two fields of data.
  package static let otherPosScanner = bytes(
    """
    05 8C 09 02 A1 01 15 00 26 FF 00 75 08 95 01 09 FF 81 02 95 03 09 FB 81 02
    95 0A 09 FE 82 02 01 95 06 09 FE 82 02 01 C0
    """
  )

  /// MagTek D99875191, "USB HID SureSwipe & USB HID Swipe Reader", section 4: 337 bytes.
  package static let sureSwipe = bytes(
    """
    06 00 FF 09 01 A1 01 15 00 26 FF 00 75 08 09 20 09 21 09 22 09 28 09 29 09 2A 09 38 95 07
    81 02 09 30 95 6E 82 02 01 09 31 95 6E 82 02 01 09 32 95 6E 82 02 01 09 20 95 18 B2 02 01 C0
    """
  )

  /// MagTek 99875475, "MagneSafe V5 Communication Reference Manual", section 2: the fields of the
  /// input report up to offset 855 (usages 20 to 22, 28 to 2A, 38, 30 to 32, 39, 23, 2B, 33, 40,
  /// 42, 46, 47 to 49, 4A to 4C, 50, 51 to 54).
  package static let magneSafe = bytes(
    """
    06 00 FF 09 01 A1 01 15 00 26 FF 00 75 08 09 20 09 21 09 22 09 28 09 29 09 2A 09 38 95 07
    81 02 09 30 95 70 82 02 01 09 31 95 70 82 02 01 09 32 95 70 82 02 01 09 39 95 01 81 02
    75 20 09 23 95 01 81 02 75 08 09 2B 95 01 81 02 09 33 95 80 82 02 01 09 40 95 10 82 02 01
    09 42 95 02 82 02 01 09 46 95 0A 82 02 01 09 47 09 48 09 49 95 03 81 02 09 4A 95 70 82 02 01
    09 4B 95 70 82 02 01 09 4C 95 70 82 02 01 09 50 95 08 82 02 01 09 51 09 52 09 53 09 54 95 04
    81 02 09 20 95 3C B2 02 01 C0
    """
  )

  /// A vendor's collection with one buffer of 560 bytes, in which ID TECH sends its frames.
  package static let idTechBuffer = bytes(
    "06 00 FF 09 01 A1 01 15 00 26 FF 00 75 08 09 20 96 30 02 82 02 01 C0"
  )

  /// MagTek's usages on page 8E, lengths first and the encoding type last.
  package static let mixedMagstripe = bytes(
    """
    05 8E 09 01 A1 01 15 00 26 FF 00 75 08 09 28 09 29 09 2A 95 03 81 02
    09 30 95 6E 82 02 01 09 31 95 6E 82 02 01 09 32 95 6E 82 02 01 09 38 95 01 81 02
    09 20 95 18 B2 02 01 C0
    """
  )

  /// HID Point of Sale Usage Tables 1.02, section 6: lengths 11 to 13, data 21 to 23.
  package static let standardMagstripe = bytes(
    """
    05 8E 09 01 A1 01 15 00 26 FF 00 75 08 09 11 09 12 09 13 95 03 81 02
    09 21 95 4F 82 02 01 09 22 95 28 82 02 01 09 23 95 6B 82 02 01 C0
    """
  )
}

/// A small generator (SplitMix64), so that a failure that tells its seed can be had again.
package struct CodecGenerator: RandomNumberGenerator {
  package let seed: UInt64
  private var state: UInt64

  package init(seed: UInt64 = UInt64.random(in: 0...UInt64.max)) {
    self.seed = seed
    state = seed
  }

  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  package mutating func bytes(upTo countMax: Int) -> [UInt8] {
    let count = Int.random(in: 0...countMax, using: &self)
    return (0..<count).map { _ in UInt8.random(in: 0...255, using: &self) }
  }

  /// `bytes` with a few bytes changed, cut off or put in.
  package mutating func mutated(_ bytes: [UInt8]) -> [UInt8] {
    var result = bytes
    for _ in 0..<Int.random(in: 1...4, using: &self) {
      let byte = UInt8.random(in: 0...255, using: &self)
      switch Int.random(in: 0...3, using: &self) {
      case 0 where !result.isEmpty: result[Int.random(in: 0..<result.count, using: &self)] = byte
      case 1: result.insert(byte, at: Int.random(in: 0...result.count, using: &self))
      case 2 where !result.isEmpty:
        result.removeLast(Int.random(in: 1...result.count, using: &self))
      default: result.append(byte)
      }
    }
    return result
  }
}
