internal import TapgateCodec
internal import TapgateCore
internal import TapgateModel

/// What becomes of scans and swipes.
extension ScannerStation {
  /// Turns what the decoder made of bytes into reports.
  mutating func taken(_ outputs: [DecoderOutput], at now: UInt64) -> [Effect] {
    outputs.flatMap { output in
      switch output {
      case .scan(let scan):
        // The text goes on; if it may not be known, the hub overwrites it.
        defer { scan.bytes.erase() }
        guard let format = function?.settings.typedUID else {
          let count = scan.text.count
          guard count >= function?.settings.lengthMin ?? 0 else {
            return [refused(.tooShort, detail: "\(count) characters", at: now)]
          }
          return [scanned(scan, at: now)]
        }
        return tapped(format.uid(of: scan.text), at: now)
      case .swipe(let swipe): return [swiped(swipe, at: now)]
      case .refused(let refusal):
        return [refused(Self.refusal(refusal.refusal), detail: refusal.detail, at: now)]
      }
    }
  }

  private mutating func scanned(_ scan: DecodedScan, at now: UInt64) -> Effect {
    counters.add(.goodScans)
    if scan.isPartial { counters.add(.partial) }
    let code = ScannedCode(
      deviceID: id,
      data: scan.text,
      aim: scan.aim?.text,
      symbology: scan.aim?.symbology(dataByteCount: scan.bytes.count).scanDataType.name,
      isPartial: scan.isPartial,
      detectedNanoseconds: now
    )
    return .report(.scanned(code))
  }

  /// A card's identifier from a reader that tells of no removal: the card comes and is gone.
  private mutating func tapped(
    _ verdict: Result<CardUID, CardUID.Refusal>,
    at now: UInt64
  ) -> [Effect] {
    guard case .success(let uid) = verdict,
      let credential = try? Credential(kind: .cardUid, value: uid.hexadecimal)
    else {
      let refusal: InputRefusal =
        switch verdict {
        case .failure(.random): .randomUid
        case .failure(.tooShort): .tooShort
        default: .unreadable
        }
      return [refused(refusal, detail: "no identifier of a card", at: now)]
    }
    counters.add(.goodReads)
    swipes += 1
    let presentation = Presentation(
      deviceID: id,
      presence: swipes,
      credential: credential,
      technology: "wedge.unknown",
      assurance: .a1,
      detectedNanoseconds: now
    )
    let removal = InputReport.removed(deviceID: id, presence: swipes, detectedNanoseconds: now)
    return [.report(.presented(presentation)), .report(removal)]
  }

  private mutating func swiped(_ swipe: DecodedSwipe, at now: UInt64) -> Effect {
    do {
      let credential = try Credential(kind: .magstripe, value: swipe.value)
      counters.add(.goodReads)
      swipes += 1
      let presentation = Presentation(
        deviceID: id,
        presence: swipes,
        credential: credential,
        technology: swipe.technology,
        assurance: .a1,
        detectedNanoseconds: now
      )
      return .report(.presented(presentation))
    } catch {
      let isPayment = error == .paymentCard
      return refused(isPayment ? .paymentCard : .unreadable, detail: "not a number", at: now)
    }
  }

  private mutating func refused(
    _ refusal: InputRefusal,
    detail: String,
    at now: UInt64
  ) -> Effect {
    switch refusal {
    case .parity, .badLRC, .noEndSentinel, .unreadable:
      counters.add(.failedReads)
      counters.add(.unreadableCards)
    case .charset, .tooLong, .tooShort: counters.add(.failedReads)
    default: break
    }
    counters.add(.refused)
    let input = RefusedInput(
      deviceID: id,
      presence: nil,
      refusal: refusal,
      hint: Self.hint(refusal),
      detail: detail,
      detectedNanoseconds: now
    )
    return .report(.refused(input))
  }

  /// The decoders' word in the wire's vocabulary.
  private static func refusal(_ refusal: DecoderRefusal) -> InputRefusal {
    switch refusal {
    case .paymentCard: .paymentCard
    case .encryptedSwipe: .encryptedSwipe
    case .maskedSwipe: .maskedSwipe
    case .badLRC: .badLRC
    case .parity: .parity
    case .noEndSentinel: .noEndSentinel
    case .unreadable: .unreadable
    case .notAScan: .notAScan
    case .tooShort: .tooShort
    case .tooLong: .tooLong
    case .charset: .charset
    }
  }

  private static func hint(_ refusal: InputRefusal) -> String {
    switch refusal {
    case .paymentCard, .paymentCode: "use a member card"
    case .parity, .badLRC, .noEndSentinel, .unreadable, .tooShort: "swipe or scan again"
    case .randomUid: "open the shop's app, or show the code"
    case .encryptedSwipe, .maskedSwipe: "this reader encrypts; use another way"
    case .charset: "the scanner's country setting does not fit; use another way"
    default: "scan again"
    }
  }
}
