internal import Crypto
internal import Foundation
internal import TapgateModel

/// A quote as its token carries it, sealed by the gateway that gave it.
struct SealedQuote: Hashable, Sendable {
  /// How long the evidence of a quote holds, in microseconds: 30 minutes, as an event's id does.
  private static let evidenceMicroseconds: Int64 = 30 * 60 * 1_000_000

  var issued: Timestamp
  /// How the credential that named the member came to the gateway.
  var assurance: Assurance
  /// The card that was shown.
  var card: CardReference?
  var content: QuoteToken

  /// Whom the quote was for; `nil` for nobody.
  var subject: MemberKey? {
    if let card { return .cardID(card.cardID) }
    return content.member.isEmpty ? nil : .memberID(content.member)
  }

  /// What the quote proves at `now` of how the member was named.
  func evidence(at now: Timestamp) -> Evidence {
    let age = now.microseconds &- issued.microseconds
    guard (0...Self.evidenceMicroseconds).contains(age) else { return .word }
    return Evidence(assurance)
  }
}

extension KeyRing {
  private static let quoteVersion: UInt8 = 1
  private static let quoteCodeByteCount = 16

  /// The token of a quote: its bytes and 128 bits of HMAC-SHA-256 over them, base64url without
  /// padding (RFC 4648, section 5). It can be read by anybody, and made by nobody else.
  func seal(_ quote: SealedQuote) -> String {
    var bytes = [Self.quoteVersion, quote.assurance.rank]
    bytes += Self.bytes(UInt64(bitPattern: quote.issued.microseconds))
    bytes.append(quote.card == nil ? 0 : 1)
    if let card = quote.card { bytes += Self.bytes(card.high) + Self.bytes(card.low) }
    bytes += quote.content.packed()
    bytes += quoteCode(of: bytes)
    return Data(bytes).base64EncodedString()
      .replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
  }

  /// Reads a token; `nil` where this gateway did not give it. A wrong code takes as long as a right
  /// one.
  func openQuote(_ text: String) -> SealedQuote? {
    var text = text.replacing("-", with: "+").replacing("_", with: "/")
    while text.utf8.count % 4 != 0 { text.append("=") }
    guard let data = Data(base64Encoded: text) else { return nil }
    let bytes = Array(data)
    let end = bytes.count - Self.quoteCodeByteCount
    guard end > 11 else { return nil }
    var difference: UInt8 = 0
    for (one, other) in zip(bytes[end...], quoteCode(of: Array(bytes[..<end]))) {
      difference |= one ^ other
    }
    guard difference == 0, bytes[0] == Self.quoteVersion, bytes[10] <= 1,
      let assurance = Assurance(rank: bytes[1])
    else { return nil }
    var card: CardReference?
    var start = 11
    if bytes[10] == 1 {
      guard end >= 27 else { return nil }
      card = CardReference(high: Self.number(bytes[11..<19]), low: Self.number(bytes[19..<27]))
      start = 27
    }
    // What this gateway packed, it reads; a later version's bytes it may not.
    guard let content = try? QuoteToken(packed: Array(bytes[start..<end])) else { return nil }
    return SealedQuote(
      issued: Timestamp(microseconds: Int64(bitPattern: Self.number(bytes[2..<10]))),
      assurance: assurance,
      card: card,
      content: content
    )
  }

  private func quoteCode(of bytes: [UInt8]) -> [UInt8] {
    let code = HMAC<SHA256>.authenticationCode(for: bytes, using: quoteKey)
    return Array(Array(code).prefix(Self.quoteCodeByteCount))
  }

  private static func bytes(_ number: UInt64) -> [UInt8] {
    (0..<8).map { UInt8(truncatingIfNeeded: number >> (56 - 8 * UInt64($0))) }
  }

  private static func number(_ bytes: ArraySlice<UInt8>) -> UInt64 {
    bytes.reduce(0) { $0 << 8 | UInt64($1) }
  }
}
