internal import Crypto
internal import CryptoExtras

/// The cryptography of virtual cards, apart from the gateway's own: what both sides got wrong alike
/// would not show.
enum CardCipher {
  static let zeros = [UInt8](repeating: 0, count: 16)

  static func encrypt(_ bytes: [UInt8], _ key: [UInt8], iv: [UInt8] = zeros) throws -> [UInt8] {
    Array(
      try AES._CBC.encrypt(
        bytes,
        using: SymmetricKey(data: key),
        iv: try AES._CBC.IV(ivBytes: iv),
        noPadding: true
      )
    )
  }

  static func decrypt(_ bytes: [UInt8], _ key: [UInt8], iv: [UInt8] = zeros) throws -> [UInt8] {
    Array(
      try AES._CBC.decrypt(
        bytes,
        using: SymmetricKey(data: key),
        iv: try AES._CBC.IV(ivBytes: iv),
        noPadding: true
      )
    )
  }

  /// The library's CMAC.
  static func mac(_ bytes: [UInt8], _ key: [UInt8]) throws -> [UInt8] {
    var mac = try AES.CMAC(key: SymmetricKey(data: key))
    mac.update(data: bytes)
    return Array(mac.finalize())
  }

  /// CMAC that starts from another block: as the library's where the first block is added to it,
  /// which takes a message of more than one block. A short one is chained by hand.
  static func mac(_ bytes: [UInt8], _ key: [UInt8], iv: [UInt8]) throws -> [UInt8] {
    guard bytes.count > 16 else {
      // One block: E(padded ^ subkey ^ iv). The library gives E(padded ^ subkey); its argument is
      // that, deciphered.
      let block = try decrypt(try mac(bytes, key), key)
      return try encrypt(zip(block, iv).map { $0 ^ $1 }, key)
    }
    let first = zip(bytes.prefix(16), iv).map { $0 ^ $1 }
    return try mac(first + bytes.dropFirst(16), key)
  }

  /// AN10922 for AES-128: two blocks, always.
  static func diversify(_ key: [UInt8], _ input: [UInt8]) throws -> [UInt8] {
    let message = [0x01] + input
    guard message.count <= 16 else { return try mac(message, key) }
    // The standard would stop after the first block: the second one is all padding.
    var padded = message + [0x80]
    padded += [UInt8](repeating: 0, count: 32 - padded.count)
    let block = try encrypt(Array(padded[0..<16]), key)
    let subkey = double(double(try encrypt(zeros, key)))
    let last = (0..<16).map { padded[16 + $0] ^ subkey[$0] ^ block[$0] }
    return try encrypt(last, key)
  }

  static func odd(_ mac: [UInt8]) -> [UInt8] { stride(from: 1, to: 16, by: 2).map { mac[$0] } }

  static func rotated(_ bytes: [UInt8]) -> [UInt8] { Array(bytes[1...]) + [bytes[0]] }

  static func random(_ count: Int) -> [UInt8] { (0..<count).map { _ in UInt8.random(in: 0...255) } }

  /// The key derivation of EV2 and of Ultralight AES.
  static func sessionKey(
    _ label: [UInt8],
    _ key: [UInt8],
    _ a: [UInt8],
    _ b: [UInt8]
  ) throws -> [UInt8] {
    var vector = label + [0x00, 0x01, 0x00, 0x80] + a[0...1]
    for index in 2...7 { vector.append(a[index] ^ b[index - 2]) }
    return try mac(vector + b[6...15] + a[8...15], key)
  }

  /// DESFire's CRC-32, bit by bit.
  static func checksum(_ bytes: [UInt8]) -> [UInt8] {
    var value: UInt32 = .max
    for byte in bytes {
      for bit in 0..<8 {
        let isSet = (value ^ UInt32(byte >> bit)) & 1 == 1
        value = (value >> 1) ^ (isSet ? 0xEDB8_8320 : 0)
      }
    }
    return [0, 8, 16, 24].map { UInt8(value >> $0 & 0xFF) }
  }

  private static func double(_ block: [UInt8]) -> [UInt8] {
    var result = block.indices.map { index in
      block[index] << 1 | (index + 1 < block.count ? block[index + 1] >> 7 : 0)
    }
    if block[0] & 0x80 != 0 { result[15] ^= 0x87 }
    return result
  }
}
