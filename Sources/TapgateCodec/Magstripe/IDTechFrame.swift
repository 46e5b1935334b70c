/// A swipe as ID TECH's readers send it with their enhanced settings.
///
/// ID TECH, "SecureMag User Manual", appendix on the data output format: STX, two bytes of length,
/// the card data, an exclusive-or of the card data, their sum, ETX. The card data begin with the
/// card's encoding type: with its high bit set (80, 81, 83, 84) the enhanced format, which tells in
/// two bytes what follows; without it the original one.
public enum IDTechFrame {
  /// What is wrong with a frame.
  public enum Problem: String, Error, Hashable, Sendable, CaseIterable {
    /// It does not begin with STX, or is not as long as it says, or ends without ETX.
    case malformed
    /// The exclusive-or does not fit.
    case badLRC
    /// The sum does not fit.
    case badSum
  }

  private static let stx: UInt8 = 0x02
  private static let etx: UInt8 = 0x03

  /// Reads the frame that `bytes` begin with; what follows it is padding.
  public static func reading(of bytes: [UInt8]) -> Result<SwipeReading, Problem> {
    guard bytes.count >= 6, bytes[0] == stx else { return .failure(.malformed) }
    let length = Int(bytes[1]) | Int(bytes[2]) << 8
    guard length >= 5, bytes.count >= length + 6, bytes[length + 5] == etx else {
      return .failure(.malformed)
    }
    let card = bytes[3..<(3 + length)]
    guard card.reduce(0, ^) == bytes[length + 3] else { return .failure(.badLRC) }
    guard card.reduce(0, &+) == bytes[length + 4] else { return .failure(.badSum) }
    return .success(reading(ofCard: Array(card)))
  }

  private static func reading(ofCard card: [UInt8]) -> SwipeReading {
    var card = card
    defer { card.wipe() }
    let isEnhanced = card[0] & 0x80 != 0
    let status = card[1]
    let lengths = [Int(card[2]), Int(card[3]), Int(card[4])]
    var reading = SwipeReading()
    var place = 5
    var hasClear: UInt8 = 0x07
    if isEnhanced {
      guard card.count >= 7 else { return faulty() }
      hasClear = card[5]
      // Bits 0 to 2 of the second byte: encrypted data of tracks 1 to 3.
      reading.isEncrypted = card[6] & 0x07 != 0
      place = 7
    } else {
      // Whatever follows the clear or masked tracks is encrypted, or belongs to it.
      reading.isEncrypted = card.count > 5 + lengths.reduce(0, +)
    }
    // Raw: not decoded, and nothing to read here.
    if card[0] & 0x0F == 0x04 { return reading.isEncrypted ? reading : faulty() }
    for number in TrackNumber.allCases {
      let bit = UInt8(1) << UInt8(number.rawValue - 1)
      let isSampled = status & (bit << 3) != 0
      let length = hasClear & bit != 0 ? lengths[number.rawValue - 1] : 0
      guard place + length <= card.count else { return faulty() }
      let data = Array(card[place..<(place + length)])
      place += length
      if reading.isEncrypted { continue }
      if !data.isEmpty {
        reading.take(data, on: number)
      } else if status & bit == 0, isSampled {
        reading[number] = .faulty(.unreadable)
      }
    }
    return reading
  }

  private static func faulty() -> SwipeReading {
    var reading = SwipeReading()
    reading.track2 = .faulty(.unreadable)
    return reading
  }
}
