internal import Crypto

/// Mutual authentication in three passes: the card's random number, both random numbers back, and
/// the terminal's own returned.
///
/// DESFire EV1 chains its cryptograms, the later cards start each one anew; otherwise all of NXP's
/// AES cards do the same.
struct ThreePass: Sendable {
  private let key: SymmetricKey
  private let isChained: Bool
  /// RndA, the terminal's.
  let challenge: [UInt8]
  /// RndB, the card's.
  let answer: [UInt8]
  /// The 32 bytes for the second pass.
  let response: [UInt8]

  /// Answers the card's first message; `nil` where that is no block. `challenge` must be random and
  /// never used before.
  init?(_ first: [UInt8], key: SymmetricKey, challenge: [UInt8], isChained: Bool) {
    guard first.count == 16, challenge.count == 16 else { return nil }
    self.key = key
    self.isChained = isChained
    self.challenge = challenge
    answer = BlockCipher.decrypt(first, key)
    guard answer.count == 16 else { return nil }
    let both = challenge + BlockCipher.rotated(answer)
    response = BlockCipher.encrypt(both, key, iv: isChained ? first : BlockCipher.zeros)
    guard response.count == 32 else { return nil }
  }

  /// Whether the card's last message is the challenge, rotated: only who has the key can say it.
  func isProof(_ last: [UInt8]) -> Bool { BlockCipher.isEqual(plain(last), rotatedChallenge) }

  /// The card's last message of AuthenticateEV2First; the transaction's identifier where the
  /// challenge is right, else `nil`.
  func transaction(_ last: [UInt8]) -> [UInt8]? {
    let plain = plain(last)
    guard plain.count == 32 else { return nil }
    let isRight = BlockCipher.isEqual(Array(plain[4..<20]), rotatedChallenge)
    return isRight ? Array(plain[0..<4]) : nil
  }

  private var rotatedChallenge: [UInt8] { BlockCipher.rotated(challenge) }

  private func plain(_ last: [UInt8]) -> [UInt8] {
    BlockCipher.decrypt(last, key, iv: isChained ? Array(response.suffix(16)) : BlockCipher.zeros)
  }
}
