/// A card's answer to reset, ISO/IEC 7816-3:2006 section 8.2.
///
/// An answer tells what a card can do, never which card it is: thousands share one.
public struct AnswerToReset: Hashable, Sendable {
  /// What is wrong with bytes that are no answer to reset.
  public enum Malformed: String, Error, Hashable, Sendable, CaseIterable {
    case empty
    /// More than 33 bytes.
    case tooLong
    /// TS is neither 3B nor 3F.
    case initialByte
    /// The chain of TAi to TDi runs past the end.
    case interfaceBytes
    /// Fewer historical bytes than T0 announces.
    case historicalBytes
    /// A protocol other than T=0 is indicated, but TCK is missing.
    case missingCheckByte
    /// TCK does not bring the exclusive or of T0 to TCK to zero.
    case checkByte
    /// Bytes follow the end.
    case surplus
  }

  /// The most bytes an answer can have: TS and 32 more (section 8.2.1).
  public static let byteCountMax = 33

  /// Whether logic one is the low state (TS is 3F).
  public let isInverse: Bool
  /// The protocols that TD1, TD2, … indicate, in their order; T=0 where TD1 is absent.
  public let protocols: [UInt8]
  /// The historical bytes, 0 to 15 of them (ISO/IEC 7816-4 says what they mean).
  public let historicalBytes: [UInt8]

  /// Reads an answer. Every byte string has a result; work is bounded by `byteCountMax`.
  public static func parse(_ bytes: [UInt8]) -> Result<AnswerToReset, Malformed> {
    guard let initial = bytes.first else { return .failure(.empty) }
    guard bytes.count <= byteCountMax else { return .failure(.tooLong) }
    guard initial == 0x3B || initial == 0x3F else { return .failure(.initialByte) }
    guard bytes.count > 1 else { return .failure(.interfaceBytes) }
    let historicalCount = Int(bytes[1] & 0x0F)
    var indicator = bytes[1]
    var position = 2
    var protocols: [UInt8] = []
    while true {
      // Y(i): which of TAi, TBi, TCi and TDi follow.
      let before = (indicator & 0x70).nonzeroBitCount
      guard indicator & 0x80 != 0 else {
        position += before
        break
      }
      position += before
      guard position < bytes.count else { return .failure(.interfaceBytes) }
      indicator = bytes[position]
      protocols.append(indicator & 0x0F)
      position += 1
    }
    guard position <= bytes.count else { return .failure(.interfaceBytes) }
    let end = position + historicalCount
    guard end <= bytes.count else { return .failure(.historicalBytes) }
    let answer = AnswerToReset(
      isInverse: initial == 0x3F,
      protocols: protocols.isEmpty ? [0] : protocols,
      historicalBytes: Array(bytes[position..<end])
    )
    return answer.checked(bytes, end: end)
  }

  /// Judges what follows the historical bytes: TCK exactly where T other than 0 is indicated.
  private func checked(_ bytes: [UInt8], end: Int) -> Result<AnswerToReset, Malformed> {
    guard protocols.contains(where: { $0 != 0 }) else {
      return end == bytes.count ? .success(self) : .failure(.surplus)
    }
    guard end < bytes.count else { return .failure(.missingCheckByte) }
    guard end + 1 == bytes.count else { return .failure(.surplus) }
    let sum = bytes.dropFirst().reduce(UInt8(0), ^)
    return sum == 0 ? .success(self) : .failure(.checkByte)
  }
}
