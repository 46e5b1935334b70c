/// Reads the bits of a magnetic track, the way they come off the head.
///
/// ISO/IEC 7811-2:2014 section 10 and ISO/IEC 7811-6: a character has its lowest bit first and an
/// odd parity bit last, six bits and parity on track 1, four and parity on tracks 2 and 3. Zeros
/// lead and trail. After the end sentinel comes the check character, each of whose bits makes the
/// number of ones in that place even, with an odd parity of its own.
public enum MagstripeBits {
  /// How characters are recorded.
  public enum Encoding: Hashable, Sendable, CaseIterable {
    /// Seven bits: `%` to `?`, ASCII 20 to 5F.
    case alphanumeric
    /// Five bits: `;` to `?`, ASCII 30 to 3F.
    case numeric

    /// What ISO/IEC 7811 records on a track.
    public static func of(_ track: TrackNumber) -> Encoding {
      track == .one ? .alphanumeric : .numeric
    }

    var bitCount: Int { self == .alphanumeric ? 6 : 4 }
    var firstCharacter: UInt8 { self == .alphanumeric ? 0x20 : 0x30 }
    var startSentinel: UInt8 { self == .alphanumeric ? 0x05 : 0x0B }
    var endSentinel: UInt8 { self == .alphanumeric ? 0x1F : 0x0F }
  }

  /// More bits than any track holds are not looked at: 3 inches at 210 bits an inch are 709.
  public static let bitCountMax = 2048

  /// Which bit of a byte came off the head first.
  public enum BitOrder: Hashable, Sendable {
    case highestFirst, lowestFirst
  }

  /// Takes bytes apart into bits, each 0 or 1.
  public static func bits(of bytes: [UInt8], order: BitOrder) -> [UInt8] {
    bytes.flatMap { byte in
      (0..<8).map { order == .highestFirst ? byte >> (7 - $0) & 1 : byte >> $0 & 1 }
    }
  }

  /// Reads bits, each 0 or 1, of a card that was swiped either way.
  ///
  /// A stream without a one is an empty track. Where neither direction gives a whole track, the
  /// fault is that of the direction in which more characters could be read.
  public static func reading(of bits: [UInt8], track: TrackNumber) -> TrackReading {
    reading(of: bits, encoding: .of(track), characterCountMax: track.characterCountMax)
  }

  /// The same for a track that is recorded otherwise than ISO/IEC 7811 says.
  public static func reading(
    of bits: [UInt8],
    encoding: Encoding,
    characterCountMax: Int
  ) -> TrackReading {
    guard bits.contains(where: { $0 != 0 }) else { return .empty }
    guard bits.count <= bitCountMax else { return .faulty(.tooLong) }
    var best = Attempt(fault: .unreadable, characterCount: -1)
    for stream in [bits, bits.reversed()] {
      var reader = Reader(bits: stream, encoding: encoding, countMax: characterCountMax)
      switch reader.read() {
      case .success(let characters): return .data(characters)
      case .failure(let attempt):
        if attempt.characterCount > best.characterCount { best = attempt }
      }
    }
    return .faulty(best.fault)
  }

  /// How far one direction came.
  struct Attempt: Error {
    var fault: TrackFault
    var characterCount: Int
  }

  private struct Reader {
    let bits: [UInt8]
    let encoding: Encoding
    let countMax: Int

    /// Hunts for a start sentinel from which all characters are good up to the check character.
    mutating func read() -> Result<[UInt8], Attempt> {
      var best = Attempt(fault: .unreadable, characterCount: -1)
      let width = encoding.bitCount + 1
      guard bits.count >= width else { return .failure(best) }
      for start in 0...(bits.count - width) {
        guard let first = character(at: start), first.isGood,
          first.value == encoding.startSentinel
        else { continue }
        switch characters(from: start) {
        case .success(let characters): return .success(characters)
        case .failure(let attempt):
          if attempt.characterCount > best.characterCount { best = attempt }
        }
      }
      return .failure(best)
    }

    private func characters(from start: Int) -> Result<[UInt8], Attempt> {
      var characters: [UInt8] = []
      var check: UInt8 = 0
      var place = start
      while true {
        guard let next = character(at: place) else {
          return failure(.noEndSentinel, &characters)
        }
        guard next.isGood else { return failure(.parity, &characters) }
        check ^= next.value
        characters.append(encoding.firstCharacter + next.value)
        // The check character counts among those that a track may have.
        guard characters.count < countMax else { return failure(.tooLong, &characters) }
        place += encoding.bitCount + 1
        if next.value == encoding.endSentinel { break }
      }
      guard let last = character(at: place), last.isGood, last.value == check else {
        return failure(.badLRC, &characters)
      }
      return .success(characters)
    }

    private func failure(
      _ fault: TrackFault,
      _ characters: inout [UInt8]
    ) -> Result<[UInt8], Attempt> {
      let count = characters.count
      characters.wipe()
      return .failure(Attempt(fault: fault, characterCount: count))
    }

    private func character(at place: Int) -> (value: UInt8, isGood: Bool)? {
      let count = encoding.bitCount
      guard place + count < bits.count else { return nil }
      var value: UInt8 = 0
      var ones = 0
      for index in 0...count where bits[place + index] != 0 {
        ones += 1
        if index < count { value |= 1 << UInt8(index) }
      }
      return (value, ones % 2 == 1)
    }
  }
}
