internal import Crypto

/// What a DESFire card and a terminal share after AUTHENTICATE AES (AA): a session key and a vector
/// that every command and every answer changes.
///
/// NXP's MF3ICD81 data sheet (DESFire EV1) sections 9.2 and 9.3; results checked against the traces
/// of "DESFire EV1 Communication Examples" (Elmü, CodeProject 1096861).
struct DESFireEV1Session: Sendable {
  private let key: SymmetricKey
  private var vector = BlockCipher.zeros

  /// Bytes of a MAC in an answer.
  static let macByteCount = 8

  /// Derives the session key: the first and the last four bytes of both random numbers.
  init(challenge: [UInt8], answer: [UInt8]) {
    var bytes = challenge.prefix(4) + answer.prefix(4) + challenge.suffix(4) + answer.suffix(4)
    key = SymmetricKey(data: bytes)
    for index in bytes.indices { bytes[index] = 0 }
  }

  /// The session takes note of a command that is sent in plain: its MAC becomes the vector.
  mutating func send(_ instruction: UInt8, _ data: [UInt8]) {
    vector = BlockCipher.mac([instruction] + data, key, iv: vector)
  }

  /// The data of an answer that ends in its MAC; `nil` where the MAC is wrong.
  mutating func verified(_ answer: [UInt8]) -> [UInt8]? {
    guard answer.count >= Self.macByteCount else { return nil }
    let data = Array(answer.dropLast(Self.macByteCount))
    // The status is part of what is protected, and stands behind the data.
    vector = BlockCipher.mac(data + [0x00], key, iv: vector)
    let expected = Array(vector.prefix(Self.macByteCount))
    return BlockCipher.isEqual(expected, Array(answer.suffix(Self.macByteCount))) ? data : nil
  }

  /// The first `count` bytes of an enciphered answer; `nil` where its checksum is wrong.
  mutating func decrypted(_ answer: [UInt8], count: Int) -> [UInt8]? {
    let plain = BlockCipher.decrypt(answer, key, iv: vector)
    guard plain.count >= count + 4, count >= 0 else { return nil }
    vector = Array(answer.suffix(BlockCipher.blockByteCount))
    let data = Array(plain.prefix(count))
    let padding = plain.dropFirst(count + 4)
    // Padded with zeros, with 80 in front where the length was left open.
    guard padding.dropFirst().allSatisfy({ $0 == 0 }), [0x00, 0x80, nil].contains(padding.first)
    else { return nil }
    let sum = Self.checksum(data + [0x00])
    return BlockCipher.isEqual(sum, Array(plain[count..<count + 4])) ? data : nil
  }

  /// CRC-32 as DESFire has it: the polynomial of ISO/IEC 3309, started with ones, not
  /// inverted at the end, least significant byte first.
  static func checksum(_ bytes: [UInt8]) -> [UInt8] {
    var value: UInt32 = 0xFFFF_FFFF
    for byte in bytes {
      value ^= UInt32(byte)
      for _ in 0..<8 { value = value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1 }
    }
    return (0..<4).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
  }
}
