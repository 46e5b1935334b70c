/// Reads tracks that a card reader typed or sent as text: `%…?;…?+…?`.
///
/// MagTek 99875206, "USB Keyboard Emulation Swipe Reader", section 4, and what others took over
/// from it: tracks one after the other, each with its sentinels, what could not be read as `%E?`,
/// `;E?` and `+E?`, perhaps Enter after each track. Readers that encrypt put their fields behind
/// `|` (MagneSafe V5, section "Card data (KB)"), or type the whole frame as hexadecimal digits (ID
/// TECH).
enum TypedSwipe {
  /// What the text says of each track; `nil` where it is no swipe.
  static func reading(of text: [UInt8]) -> SwipeReading? {
    if let reading = frame(in: text) { return reading }
    var reading = SwipeReading()
    var place = 0
    var trackCount = 0
    while place < text.count {
      let byte = text[place]
      if byte == 0x0D || byte == 0x0A || byte == 0x09 || byte == 0x20 {
        place += 1
        continue
      }
      guard let track = track(of: byte, in: reading) else {
        guard trackCount > 0 else { return nil }
        // Behind the tracks: the fields of a reader that encrypts, or a check character.
        if text[place...].contains(UInt8(ascii: "|")) { reading.isEncrypted = true }
        place = text.count
        continue
      }
      let end = text[place...].firstIndex(of: UInt8(ascii: "?")) ?? text.count - 1
      var part = Array(text[place...end])
      reading.take(part, on: track)
      part.wipe()
      trackCount += 1
      place = end + 1
      // A check character, where the reader sends it.
      if place < text.count, self.track(of: text[place], in: reading) == nil,
        text[place] > 0x20, text[place] != UInt8(ascii: "|")
      {
        place += 1
      }
    }
    return trackCount > 0 ? reading : nil
  }

  /// Whether text of a scanner is a payment card's tracks: a reader that types can hang on the
  /// same cable.
  static func isPaymentCard(_ text: [UInt8]) -> Bool {
    guard let first = text.first, first == UInt8(ascii: "%") || first == UInt8(ascii: ";"),
      var reading = reading(of: text)
    else { return false }
    defer { reading.wipe() }
    return SwipePolicy().isPaymentCard(reading)
  }

  /// The track that a sentinel begins. A second `;` is track 3.
  private static func track(of byte: UInt8, in reading: SwipeReading) -> TrackNumber? {
    switch byte {
    case UInt8(ascii: "%") where reading.track1.isEmpty: .one
    case UInt8(ascii: ";") where reading.track2.isEmpty: .two
    case UInt8(ascii: ";"), UInt8(ascii: "+"), UInt8(ascii: "#"), UInt8(ascii: "!"):
      reading.track3.isEmpty ? .three : nil
    default: nil
    }
  }

  /// A frame typed as hexadecimal digits, `02` to `03`.
  private static func frame(in text: [UInt8]) -> SwipeReading? {
    // Looked at before anything is copied: what is copied has to be wiped, and so has what a
    // growing array leaves behind.
    guard text.lazy.filter({ $0 > 0x20 }).starts(with: "02".utf8) else { return nil }
    var digits: [UInt8] = []
    digits.reserveCapacity(text.count)
    defer { digits.wipe() }
    for byte in text where byte > 0x20 { digits.append(byte) }
    guard digits.count >= 22, digits.count % 2 == 0 else {
      return nil
    }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(digits.count / 2)
    defer { bytes.wipe() }
    for place in stride(from: 0, to: digits.count, by: 2) {
      guard let high = nibble(digits[place]), let low = nibble(digits[place + 1]) else {
        return nil
      }
      bytes.append(high << 4 | low)
    }
    guard case .success(let reading) = IDTechFrame.reading(of: bytes) else { return nil }
    return reading
  }

  private static func nibble(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x30...0x39: byte - 0x30
    case 0x41...0x46: byte - 0x37
    case 0x61...0x66: byte - 0x57
    default: nil
    }
  }
}
