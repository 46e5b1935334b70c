internal import Crypto

/// A key of a card, or of a kind of card. It never shows itself; its memory is overwritten when the
/// last copy is gone.
public struct CardKey: Sendable {
  let key: SymmetricKey

  /// Bytes that keys have: 4 and 6 (NTAG's password alone and with its answer), 6 (MIFARE Classic),
  /// 16 (AES), up to 64 (HMAC).
  public static let byteCounts = 4...64

  /// Takes the bytes of a key; `nil` for a number of them that no key has. The caller's own copy is
  /// the caller's to overwrite.
  public init?(_ bytes: [UInt8]) {
    guard Self.byteCounts.contains(bytes.count) else { return nil }
    key = SymmetricKey(data: bytes)
  }

  /// The key's length.
  public var byteCount: Int { key.bitCount / 8 }
}

extension CardKey: CustomStringConvertible, CustomReflectable {
  public var description: String { "key of \(byteCount) bytes" }
  public var customMirror: Mirror { Mirror(self, children: ["count": byteCount]) }
}

extension CardKey: Equatable {
  /// Compares in a time that does not depend on the bytes.
  public static func == (left: CardKey, right: CardKey) -> Bool { left.key == right.key }
}

extension CardKey {
  /// A key that was derived from another one.
  init(_ key: SymmetricKey) { self.key = key }
}
