internal import Crypto

/// Reaching into keys and getting rid of them: the one place of this module that is not safe by
/// construction.
enum SecretBytes {
  /// The bytes of a key that a card or a reader is sent in clear: MIFARE Classic's and NTAG's.
  static func of(_ key: SymmetricKey) -> [UInt8] {
    // Safety: the buffer is the key's own for the time of the closure, and only copied there.
    unsafe key.withUnsafeBytes { unsafe Array($0) }
  }

  /// Overwrites bytes that were a key, or led to one.
  @inline(never)
  static func wipe(_ bytes: inout [UInt8]) {
    for index in bytes.indices { bytes[index] = 0 }
  }
}
