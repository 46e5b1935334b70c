internal import Crypto
internal import TapgateModel

extension KeyRing {
  /// What the code of an invitation begins with.
  static let invitePrefix = "TGR."
  private static let checkByteCount = 6

  /// The code by which member `number` invites others: 16 letters and digits after the prefix, made
  /// of the number of the member's row and 48 bits of HMAC-SHA-256, so that none can be guessed. It
  /// says nothing about the member and is the same for ever.
  func inviteCode(of number: UInt32) -> String {
    let name = bytes(number)
    return Self.invitePrefix + Base32.encode(name + check(of: name))
  }

  /// The row's number of a code; `nil` for a text that is none of this gateway's codes.
  func inviter(of code: String) -> UInt32? {
    let text = code.uppercased()
    guard text.hasPrefix(Self.invitePrefix),
      let bytes = Base32.decode(text.dropFirst(Self.invitePrefix.count)),
      bytes.count == 4 + Self.checkByteCount
    else { return nil }
    let name = Array(bytes.prefix(4))
    guard check(of: name) == Array(bytes.dropFirst(4)) else { return nil }
    return name.reduce(0) { $0 << 8 | UInt32($1) }
  }

  private func bytes(_ number: UInt32) -> [UInt8] {
    stride(from: 24, through: 0, by: -8).map { UInt8(truncatingIfNeeded: number >> UInt32($0)) }
  }

  private func check(of name: [UInt8]) -> [UInt8] {
    Array(HMAC<SHA256>.authenticationCode(for: name, using: inviteKey).prefix(Self.checkByteCount))
  }
}
