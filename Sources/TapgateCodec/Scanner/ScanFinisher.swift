/// What the messages of a device that types, or sends text over a line, hold.
public enum ScanContent: Hashable, Sendable {
  case codes
  /// Tracks of magnetic cards, `%…?;…?+…?`.
  case swipes(SwipePolicy)
}

/// The last step of every scanner decoder: the bytes of a message to a scan or a swipe.
struct ScanFinisher: Sendable {
  /// What the bytes mean, where the code does not say it itself.
  var charset: ScanCharset = .utf8
  var content: ScanContent = .codes
  /// An AIM identifier may stand before the data; one that is none stays data.
  var hasAimIdentifier = false
  /// Identifiers of what is no scan but the scanner talking of itself.
  var messages: Set<AimIdentifier> = []

  /// A message's times, and whether its end is missing.
  struct Circumstances: Sendable {
    var isPartial = false
    var firstMilliseconds: UInt64
    var completeMilliseconds: UInt64
  }

  /// What a message without affixes is: a scan, a swipe, a refusal, or nothing where it is empty.
  /// `aim` came beside it. The bytes are zeroed.
  func outputs(
    of bytes: inout [UInt8],
    aim: AimIdentifier? = nil,
    _ circumstances: Circumstances
  ) -> [DecoderOutput] {
    defer { bytes.wipe() }
    if case .swipes(let policy) = content {
      guard !bytes.isEmpty else { return [] }
      guard var reading = TypedSwipe.reading(of: bytes) else {
        return [Self.refused(.notAScan, "text that is no swipe", circumstances)]
      }
      return [
        policy.output(
          of: &reading,
          firstMilliseconds: circumstances.firstMilliseconds,
          completeMilliseconds: circumstances.completeMilliseconds
        )
      ]
    }
    var aim = aim
    if aim == nil, hasAimIdentifier, let leading = AimIdentifier(prefixOf: bytes) {
      aim = leading
      bytes.removeFirst(3)
    }
    if let aim, messages.contains(aim) {
      return [Self.refused(.notAScan, "the scanner's own message, \(aim.text)", circumstances)]
    }
    guard !bytes.isEmpty else { return [] }
    if TypedSwipe.isPaymentCard(bytes) {
      return [Self.refused(.paymentCard, "the tracks of a payment card", circumstances)]
    }
    do {
      let interpreted = try Interpretation.text(of: bytes, aim: aim, charset: charset)
      let scan = DecodedScan(
        bytes: Array(bytes[...]),
        text: interpreted.text,
        aim: aim,
        interpretations: interpreted.designators,
        isPartial: circumstances.isPartial,
        firstMilliseconds: circumstances.firstMilliseconds,
        completeMilliseconds: circumstances.completeMilliseconds
      )
      return [.scan(scan)]
    } catch {
      let detail = "a byte that is not \(error.charset), position \(error.offset + 1)"
      return [Self.refused(.charset, detail, circumstances)]
    }
  }

  static func refused(
    _ refusal: DecoderRefusal,
    _ detail: String,
    _ circumstances: Circumstances
  ) -> DecoderOutput {
    .refused(
      DecodedRefusal(
        refusal,
        detail: detail,
        firstMilliseconds: circumstances.firstMilliseconds,
        completeMilliseconds: circumstances.completeMilliseconds
      )
    )
  }
}
