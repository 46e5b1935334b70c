internal import Crypto

/// Session keys of NXP's newer cards, from the two random numbers of an authentication.
///
/// NIST SP 800-108 in counter mode with CMAC, as MF2DLHX0 (DESFire Light) section 9.1.7, NT4H2421Gx
/// (NTAG 424 DNA) section 9.1.7 and MF0AES(H)20 (Ultralight AES) section 8.8.2 have it.
enum SessionKeyDerivation {
  /// The key for enciphering: label A55A.
  static func encryption(_ key: SymmetricKey, _ a: [UInt8], _ b: [UInt8]) -> SymmetricKey {
    derive([0xA5, 0x5A], key, a, b)
  }

  /// The key for MACs: label 5AA5.
  static func authentication(_ key: SymmetricKey, _ a: [UInt8], _ b: [UInt8]) -> SymmetricKey {
    derive([0x5A, 0xA5], key, a, b)
  }

  private static func derive(
    _ label: [UInt8],
    _ key: SymmetricKey,
    _ a: [UInt8],
    _ b: [UInt8]
  ) -> SymmetricKey {
    guard a.count == 16, b.count == 16 else { return SymmetricKey(data: BlockCipher.zeros) }
    let mixed = (0..<6).map { a[$0 + 2] ^ b[$0] }
    let input = label + [0x00, 0x01, 0x00, 0x80] + a[0..<2] + mixed + b[6...] + a[8...]
    var bytes = BlockCipher.mac(input, key)
    defer { SecretBytes.wipe(&bytes) }
    return SymmetricKey(data: bytes)
  }
}

/// What a card and a terminal share after AuthenticateEV2First (71): two session keys, the
/// transaction's identifier, and a counter of commands.
///
/// NT4H2421Gx section 9.1, MF2DLHX0 section 9.1; vectors: NXP AN12196 tables 7, 14, 23 and 28.
struct EV2Session: Sendable {
  private var encryption: SymmetricKey
  private var authentication: SymmetricKey
  private let transaction: [UInt8]
  /// CmdCtr.
  private(set) var counter: UInt16

  /// Bytes of a MAC in a message.
  static let macByteCount = 8

  /// Creates a session after AuthenticateEV2First.
  init(key: SymmetricKey, challenge: [UInt8], answer: [UInt8], transaction: [UInt8]) {
    encryption = SessionKeyDerivation.encryption(key, challenge, answer)
    authentication = SessionKeyDerivation.authentication(key, challenge, answer)
    self.transaction = transaction
    counter = 0
  }

  /// Creates a session from its parts, for known answers.
  init(
    encryption: SymmetricKey,
    authentication: SymmetricKey,
    transaction: [UInt8],
    counter: UInt16
  ) {
    self.encryption = encryption
    self.authentication = authentication
    self.transaction = transaction
    self.counter = counter
  }

  /// Takes new keys after AuthenticateEV2NonFirst; identifier and counter stay.
  mutating func renew(key: SymmetricKey, challenge: [UInt8], answer: [UInt8]) {
    encryption = SessionKeyDerivation.encryption(key, challenge, answer)
    authentication = SessionKeyDerivation.authentication(key, challenge, answer)
  }

  /// The MAC that goes behind a command's data.
  func mac(_ instruction: UInt8, _ data: [UInt8]) -> [UInt8] {
    let message = [instruction] + count(counter) + transaction + data
    return BlockCipher.odd(BlockCipher.mac(message, authentication))
  }

  /// A command was answered: both sides count it.
  mutating func countUp() { counter &+= 1 }

  /// The data of an answer that ends in its MAC; `nil` where the MAC is wrong.
  mutating func verified(_ answer: [UInt8]) -> [UInt8]? {
    guard answer.count >= Self.macByteCount else { return nil }
    countUp()
    let data = Array(answer.dropLast(Self.macByteCount))
    let message = [0x00] + count(counter) + transaction + data
    let expected = BlockCipher.odd(BlockCipher.mac(message, authentication))
    return BlockCipher.isEqual(expected, Array(answer.suffix(Self.macByteCount))) ? data : nil
  }

  /// The data of an enciphered answer that ends in its MAC; `nil` where MAC or padding are wrong.
  mutating func decrypted(_ answer: [UInt8]) -> [UInt8]? {
    guard let cryptogram = verified(answer) else { return nil }
    let start = [0x5A, 0xA5] + transaction + count(counter) + [UInt8](repeating: 0, count: 8)
    let vector = BlockCipher.encrypt(start, encryption)
    guard vector.count == BlockCipher.blockByteCount else { return nil }
    var plain = BlockCipher.decrypt(cryptogram, encryption, iv: vector)
    // ISO/IEC 9797-1 padding method 2.
    while plain.last == 0x00 { plain.removeLast() }
    return plain.popLast() == 0x80 ? plain : nil
  }

  private func count(_ value: UInt16) -> [UInt8] { [UInt8(value & 0xFF), UInt8(value >> 8)] }
}
