internal import Crypto
internal import CryptoExtras

/// AES-128 as cards use it: CBC without padding, and CMAC (NIST SP 800-38B) that may start from the
/// last block of something else. Both are swift-crypto's.
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
    guard key.bitCount == 128, iv.count == blockByteCount else { return [] }
    guard iv != zeros else { return standard(message, key) }
    guard message.count <= blockByteCount else {
      return standard(sum(message, iv) + message.dropFirst(blockByteCount), key)
    }
    // One block: its argument, padded and with its subkey, is what the MAC deciphers to.
    return encrypt(sum(decrypt(standard(message, key), key), iv), key)
  }

  /// CMAC over `message`, padded to two blocks also where one would hold it: NXP's AN10922.
  static func macOfTwoBlocks(_ message: [UInt8], _ key: SymmetricKey) -> [UInt8] {
    guard message.count <= blockByteCount, key.bitCount == 128 else {
      return message.count <= 2 * blockByteCount ? mac(message, key) : []
    }
    // The empty message's MAC deciphers to a block of padding with its subkey: the second block,
    // but for the bit that begins the padding where that stands in the first one.
    var second = decrypt(standard([], key), key)
    guard second.count == blockByteCount else { return [] }
    var first = message
    if message.count < blockByteCount {
      second[0] ^= 0x80
      first.append(0x80)
      first += [UInt8](repeating: 0, count: blockByteCount - first.count)
    }
    return encrypt(sum(encrypt(first, key), second), key)
  }

  /// The library's CMAC.
  private static func standard(_ message: [UInt8], _ key: SymmetricKey) -> [UInt8] {
    // It throws for wrong keys only, and those are ruled out.
    guard var mac = try? AES.CMAC(key: key) else { return [] }
    mac.update(data: message)
    return Array(mac.finalize())
  }

  /// The first block of `bytes` with another added to it.
  private static func sum(_ bytes: [UInt8], _ block: [UInt8]) -> [UInt8] {
    zip(bytes, block).map { $0 ^ $1 }
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
