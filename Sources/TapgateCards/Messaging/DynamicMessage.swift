internal import Crypto

/// A secure unique message of an NTAG 424 DNA: what the tag mirrored into its NDEF file, verified.
///
/// NXP's NT4H2421Gx data sheet section 9.3 and AN12196 section 3; vectors: AN12196 tables 1 to 5.
struct DynamicMessage: Sendable {
  /// The tag's identifier, or `nil` where the tag does not say it.
  var uid: [UInt8]?
  /// SDMReadCtr as it is mirrored: three bytes, least significant first.
  private var counterBytes: [UInt8]?

  /// SDMReadCtr, 0 to 2²⁴ − 1; `nil` where the tag does not say it: then the same message can be
  /// shown again.
  var counter: UInt64? {
    counterBytes.map { $0.reversed().reduce(0) { $0 << 8 | UInt64($1) } }
  }

  /// Takes what a tag mirrors in plain; `counter` has three bytes, most significant first.
  init(uid: [UInt8]?, counter: [UInt8]?) {
    self.uid = uid
    counterBytes = counter.map { $0.reversed() }
  }

  /// Deciphers PICCENCData with SDMMetaReadKey; `nil` where the result is no PICCData.
  init?(enciphered: [UInt8], metaKey: SymmetricKey) {
    let plain = BlockCipher.decrypt(enciphered, metaKey)
    guard plain.count == 16 else { return nil }
    // PICCDataTag: identifier mirrored, counter mirrored, reserved, length of the identifier.
    let tag = plain[0]
    guard tag & 0x30 == 0 else { return nil }
    var position = 1
    if tag & 0x80 != 0 {
      guard tag & 0x0F == 7 else { return nil }
      uid = Array(plain[1..<8])
      position = 8
    }
    if tag & 0x40 != 0 { counterBytes = Array(plain[position..<position + 3]) }
  }

  /// Whether `mac` is the tag's over `input`.
  func isAuthentic(_ mac: [UInt8], over input: [UInt8], fileKey: SymmetricKey) -> Bool {
    let session = sessionKey([0x3C, 0xC3], fileKey)
    let expected = BlockCipher.odd(BlockCipher.mac(input, session))
    return BlockCipher.isEqual(expected, mac)
  }

  /// Deciphers SDMENCFileData; empty where there is no counter to decipher it with.
  func content(_ enciphered: [UInt8], fileKey: SymmetricKey) -> [UInt8] {
    guard let counterBytes else { return [] }
    let session = sessionKey([0xC3, 0x3C], fileKey)
    let start = counterBytes + [UInt8](repeating: 0, count: 13)
    return BlockCipher.decrypt(enciphered, session, iv: BlockCipher.encrypt(start, session))
  }

  /// CMAC over the session vector: label, 0001 0080, what is mirrored, zeros up to a block.
  private func sessionKey(_ label: [UInt8], _ key: SymmetricKey) -> SymmetricKey {
    var vector = label + [0x00, 0x01, 0x00, 0x80] + (uid ?? []) + (counterBytes ?? [])
    vector += [UInt8](repeating: 0, count: max(0, 16 - vector.count))
    var bytes = BlockCipher.mac(vector, key)
    defer { SecretBytes.wipe(&bytes) }
    return SymmetricKey(data: bytes)
  }
}
