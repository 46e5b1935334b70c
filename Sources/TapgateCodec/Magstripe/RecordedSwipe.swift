/// What a swipe reader gets of a card that is recorded with given characters: for readers that
/// exist in software only.
public enum RecordedSwipe {
  /// The reading of a card, each track as text.
  ///
  /// A track that is written without sentinels has them on the card all the same. A single
  /// character behind the end sentinel is the check character as it is recorded (ISO/IEC 7811-2
  /// section 10): such a track is taken apart from its bits and has to fit. Everything else is read
  /// as from a reader that types: `%E?` is a track that could not be read, `*` a hidden digit.
  /// Wipe what is returned after use.
  public static func reading(track1: String?, track2: String?) -> SwipeReading {
    var typed: [UInt8] = []
    typed.reserveCapacity((track1?.utf8.count ?? 0) + (track2?.utf8.count ?? 0) + 4)
    defer { typed.wipe() }
    var faults: [(track: TrackNumber, fault: TrackFault)] = []
    for (number, track) in [(TrackNumber.one, track1), (.two, track2)] {
      guard let track, !track.isEmpty else { continue }
      var characters = characters(of: track, number)
      defer { characters.wipe() }
      if let fault = fault(in: characters, number) { faults.append((number, fault)) }
      typed += characters
    }
    var reading = TypedSwipe.reading(of: typed) ?? SwipeReading()
    for (track, fault) in faults { reading.fail(track, fault) }
    let isBlank = TrackNumber.allCases.allSatisfy { reading[$0] == .empty }
    if isBlank, !typed.isEmpty, !reading.isEncrypted { reading.fail(.two, .unreadable) }
    return reading
  }

  /// A track's characters with both sentinels, where it was written without any.
  private static func characters(of track: String, _ number: TrackNumber) -> [UInt8] {
    let end = UInt8(ascii: "?")
    var bytes: [UInt8] = []
    bytes.reserveCapacity(track.utf8.count + 2)
    let hasSentinels =
      track.utf8.first.map(number.isStartSentinel) == true || track.utf8.contains(end)
    if !hasSentinels { bytes.append(UInt8(ascii: number == .one ? "%" : ";")) }
    bytes += track.utf8
    if !hasSentinels { bytes.append(end) }
    return bytes
  }

  /// What is wrong with a track that bears its check character; `nil` for one that bears none.
  private static func fault(in characters: [UInt8], _ number: TrackNumber) -> TrackFault? {
    guard characters.dropLast().last == UInt8(ascii: "?") else { return nil }
    let encoding = MagstripeBits.Encoding.of(number)
    var bits: [UInt8] = []
    bits.reserveCapacity(characters.count * 7 + 16)
    defer { bits.wipe() }
    for byte in characters {
      let value = byte &- encoding.firstCharacter
      guard byte >= encoding.firstCharacter, value >> UInt8(encoding.bitCount) == 0 else {
        return .parity
      }
      let ones = value.nonzeroBitCount
      for place in 0..<encoding.bitCount { bits.append(value >> UInt8(place) & 1) }
      bits.append(ones % 2 == 0 ? 1 : 0)
    }
    // Zeros lead and trail, by which readers find the beginning.
    bits += [0, 0, 0, 0, 0, 0, 0, 0]
    switch MagstripeBits.reading(of: bits, track: number) {
    case .empty: return .unreadable
    case .faulty(let fault): return fault
    case .data(var read):
      read.wipe()
      return nil
    }
  }
}

extension SwipeReading {
  /// Forgets what a track held, because it could not be read after all.
  fileprivate mutating func fail(_ track: TrackNumber, _ fault: TrackFault) {
    if case .data(var bytes) = self[track] {
      self[track] = .empty
      bytes.wipe()
    }
    self[track] = .faulty(fault)
  }
}
