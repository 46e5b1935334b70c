internal import Crypto
internal import CryptoExtras
internal import Foundation
public import TapgateModel

/// What can check a PIN and cannot show it: scrypt (RFC 7914) under a salt of its own, as a line
/// `$scrypt$ln=15,r=8,p=1$salt$hash` (the PHC string format, base64 without padding).
///
/// Four to six digits are found by trying them all, however slow the hash is. So what is hashed is
/// the PIN under a secret that does not lie beside the hashes (`pepper`): of a stolen database
/// alone nothing can be tried.
///
/// Making and checking one takes 32 MiB and about a tenth of a second of a core: not on an event
/// loop and not on the ledger's thread.
public struct PINHash: Hashable, Sendable {
  /// The cost of new hashes: 2^15 rounds of blocks of 1 KiB.
  static let cost = Cost(logRounds: 15, blockSize: 8, parallelism: 1)
  private static let saltByteCount = 16
  private static let hashByteCount = 32

  /// What scrypt is to cost (RFC 7914, section 2): N as its power of two, r and p.
  struct Cost: Hashable, Sendable {
    var logRounds: Int
    var blockSize: Int
    var parallelism: Int

    /// Whether it is worth something, and takes no more than 128 MiB.
    var isUsable: Bool {
      (10...17).contains(logRounds) && (1...8).contains(blockSize) && (1...4).contains(parallelism)
    }
  }

  let cost: Cost
  private let salt: [UInt8]
  private let hash: [UInt8]

  /// Hashes `pin` under a new random salt and `pepper`: a secret of 16 bytes or more that is kept
  /// apart from the hashes and is needed to check them; empty for none. Slow: see above.
  ///
  /// - Throws: What BoringSSL says where there is not the memory.
  public init(of pin: PIN, pepper: [UInt8]) throws {
    try self.init(of: pin, pepper: pepper, cost: Self.cost)
  }

  init(of pin: PIN, pepper: [UInt8], cost: Cost) throws {
    var generator = SystemRandomNumberGenerator()
    let salt = (0..<Self.saltByteCount).map { _ in
      UInt8.random(in: 0...UInt8.max, using: &generator)
    }
    self.cost = cost
    self.salt = salt
    hash = try Self.derive(pin, pepper, salt, cost, byteCount: Self.hashByteCount)
  }

  /// Reads a hash's line; `nil` where it is none, or would cost more than this gateway spends.
  public init?(_ line: String) {
    let parts = line.split(separator: "$", omittingEmptySubsequences: false)
    guard parts.count == 5, parts[0].isEmpty, parts[1] == "scrypt",
      let cost = Self.cost(of: parts[2]), cost.isUsable,
      let salt = Self.bytes(parts[3]), (8...64).contains(salt.count),
      let hash = Self.bytes(parts[4]), (16...64).contains(hash.count)
    else { return nil }
    self.cost = cost
    self.salt = salt
    self.hash = hash
  }

  /// Reads what `bytes` gave.
  public init?(_ bytes: [UInt8]) { self.init(String(decoding: bytes, as: UTF8.self)) }

  /// The hash as a line of text, to be stored.
  public var line: String {
    let cost = "ln=\(cost.logRounds),r=\(cost.blockSize),p=\(cost.parallelism)"
    return "$scrypt$\(cost)$\(Self.text(salt))$\(Self.text(hash))"
  }

  /// The line's bytes.
  public var bytes: [UInt8] { Array(line.utf8) }

  /// Whether `pin` is the one that was hashed. Slow: see above; takes as long for a wrong one.
  public func matches(_ pin: PIN, pepper: [UInt8]) throws -> Bool {
    let entered = try Self.derive(pin, pepper, salt, cost, byteCount: hash.count)
    var difference: UInt8 = 0
    for (one, other) in zip(entered, hash) { difference |= one ^ other }
    return difference == 0
  }

  private static func derive(
    _ pin: PIN,
    _ pepper: [UInt8],
    _ salt: [UInt8],
    _ cost: Cost,
    byteCount: Int
  ) throws -> [UInt8] {
    var secret = pin.reveal()
    if !pepper.isEmpty {
      let key = SymmetricKey(data: pepper)
      secret = Array(HMAC<SHA256>.authenticationCode(for: secret, using: key))
    }
    return try KDF.Scrypt.deriveKey(
      from: secret,
      salt: salt,
      outputByteCount: byteCount,
      rounds: 1 << cost.logRounds,
      blockSize: cost.blockSize,
      parallelism: cost.parallelism
    ).withUnsafeBytes { Array($0) }
  }

  private static func cost(of text: Substring) -> Cost? {
    var numbers: [Substring: Int] = [:]
    for part in text.split(separator: ",") {
      let pair = part.split(separator: "=")
      guard pair.count == 2, let number = Int(pair[1]), numbers[pair[0]] == nil else { return nil }
      numbers[pair[0]] = number
    }
    guard numbers.count == 3, let logRounds = numbers["ln"], let blockSize = numbers["r"],
      let parallelism = numbers["p"]
    else { return nil }
    return Cost(logRounds: logRounds, blockSize: blockSize, parallelism: parallelism)
  }

  private static func text(_ bytes: [UInt8]) -> String {
    Data(bytes).base64EncodedString().replacing("=", with: "")
  }

  private static func bytes(_ text: Substring) -> [UInt8]? {
    let padding = String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
    return Data(base64Encoded: text + padding).map { Array($0) }
  }
}

extension PINHash: CustomStringConvertible, CustomReflectable {
  public var description: String { "a PIN's hash" }
  public var customMirror: Mirror { Mirror(self, children: []) }
}
