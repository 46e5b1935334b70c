internal import Crypto
internal import TapgateModel

extension KeyRing {
  /// What settles draw `number` of a lottery, the first being 1: HMAC-SHA-256 under a key of its
  /// own. Its hash can be published before anybody draws, and itself after: the shop cannot choose
  /// it, nor the customer know it.
  func drawReveal(_ draw: String, number: Int64) -> [UInt8] {
    let text = "\(draw)\u{1F}\(number)"
    return Array(
      HMAC<SHA256>.authenticationCode(for: Array(text.utf8), using: drawKey)
    )
  }

  /// What is published before draw `number`.
  func drawCommitment(_ draw: String, number: Int64) -> [UInt8] {
    Self.hash(drawReveal(draw, number: number))
  }
}
