internal import Crypto
internal import CryptoExtras

/// AES-128 as cards use it: CBC without padding, and CMAC (NIST SP 800-38B) that may start from the
/// last block of something else.
///
/// Total: what is no whole number of blocks has no result but the empty one, which compares unequal
/// to everything.
enum BlockCipher {
  static let blockByteCount = 16
  static let zeros = [UInt8](repeating: 0, count: blockByteCount)

  /// CBC encryption.
  static func encrypt(_ bytes: [UInt8], _ key: SymmetricKey, iv: [UInt8] = zeros) -> [UInt8] {
    run(bytes, key, iv) { try AES._CBC.encrypt($0, using: key, iv: $1, noPadding: true) }
  }

  /// CBC decryption.
  static func decrypt(_ bytes: [UInt8], _ key: SymmetricKey, iv: [UInt8] = zeros) -> [UInt8] {
    run(bytes, key, iv) { try AES._CBC.decrypt($0, using: key, iv: $1, noPadding: true) }
  }

  /// CMAC of `message`; `iv` is the block that the first one is added to.
  static func mac(_ message: [UInt8], _ key: SymmetricKey, iv: [UInt8] = zeros) -> [UInt8] {
    let blocks = max(1, (message.count + blockByteCount - 1) / blockByteCount)
    return mac(message, key, iv: iv, padded: blocks * blockByteCount)
  }

  /// CMAC over `message` padded to `padded` bytes, a whole number of blocks: NXP's AN10922 pads to
  /// two blocks where the standard would stop after one.
  static func mac(
    _ message: [UInt8],
    _ key: SymmetricKey,
    iv: [UInt8] = zeros,
    padded byteCount: Int
  ) -> [UInt8] {
    guard byteCount >= max(blockByteCount, message.count), byteCount % blockByteCount == 0 else {
      return []
    }
    let zero = encrypt(zeros, key)
    guard zero.count == blockByteCount else { return [] }
    var subkey = double(zero)
    var bytes = message
    if bytes.count < byteCount {
      subkey = double(subkey)
      bytes.append(0x80)
      bytes += [UInt8](repeating: 0, count: byteCount - bytes.count)
    }
    let last = byteCount - blockByteCount
    for index in 0..<blockByteCount { bytes[last + index] ^= subkey[index] }
    return Array(encrypt(bytes, key, iv: iv).suffix(blockByteCount))
  }

  /// The bytes 1, 3, … 15 of a MAC, which is what EV2 messages and their kind carry.
  static func odd(_ mac: [UInt8]) -> [UInt8] {
    guard mac.count == blockByteCount else { return [] }
    return stride(from: 1, to: blockByteCount, by: 2).map { mac[$0] }
  }

  /// Whether two MACs or random numbers are the same, in a time that does not depend on where they
  /// differ. Empty ones never are.
  static func isEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    guard left.count == right.count, !left.isEmpty else { return false }
    var difference: UInt8 = 0
    for index in left.indices { difference |= left[index] ^ right[index] }
    return difference == 0
  }

  /// The first byte at the end, as every challenge is answered.
  static func rotated(_ bytes: [UInt8]) -> [UInt8] { Array(bytes.dropFirst() + bytes.prefix(1)) }

  /// Multiplication by x in GF(2^128), SP 800-38B section 6.1.
  private static func double(_ block: [UInt8]) -> [UInt8] {
    var result = zeros
    var carry: UInt8 = 0
    for index in block.indices.reversed() {
      result[index] = block[index] << 1 | carry
      carry = block[index] >> 7
    }
    result[blockByteCount - 1] ^= carry == 0 ? 0x00 : 0x87
    return result
  }

  private static func run<Result: Sequence<UInt8>>(
    _ bytes: [UInt8],
    _ key: SymmetricKey,
    _ iv: [UInt8],
    _ cipher: ([UInt8], AES._CBC.IV) throws -> Result
  ) -> [UInt8] {
    guard key.bitCount == 128, !bytes.isEmpty, bytes.count % blockByteCount == 0 else { return [] }
    // The library throws for wrong sizes only, and those are ruled out.
    guard let vector = try? AES._CBC.IV(ivBytes: iv), let result = try? cipher(bytes, vector) else {
      return []
    }
    return Array(result)
  }
}
