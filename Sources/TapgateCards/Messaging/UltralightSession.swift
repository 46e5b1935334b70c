internal import Crypto

/// What a MIFARE Ultralight AES card and a terminal share after an authentication: a key for MACs
/// and a counter that commands and answers take turns with.
///
/// NXP's MF0AES(H)20 data sheet section 8.8; vectors: AN13452.
struct UltralightSession: Sendable {
  private let key: SymmetricKey
  private var counter: UInt16 = 0

  /// Bytes of a MAC in a message.
  static let macByteCount = 8

  /// Creates a session.
  init(key: SymmetricKey, challenge: [UInt8], answer: [UInt8]) {
    self.key = SessionKeyDerivation.authentication(key, challenge, answer)
  }

  /// Creates a session with a known key, for known answers.
  init(authentication: SymmetricKey) { key = authentication }

  /// A command with its MAC.
  mutating func protected(_ command: [UInt8]) -> [UInt8] {
    defer { counter &+= 1 }
    return command + mac(command)
  }

  /// The data of an answer that ends in its MAC; `nil` where the MAC is wrong.
  mutating func verified(_ answer: [UInt8]) -> [UInt8]? {
    guard answer.count >= Self.macByteCount else { return nil }
    let data = Array(answer.dropLast(Self.macByteCount))
    let expected = mac(data)
    counter &+= 1
    return BlockCipher.isEqual(expected, Array(answer.suffix(Self.macByteCount))) ? data : nil
  }

  private func mac(_ bytes: [UInt8]) -> [UInt8] {
    let message = [UInt8(counter & 0xFF), UInt8(counter >> 8)] + bytes
    return BlockCipher.odd(BlockCipher.mac(message, key))
  }
}
