internal import Logging
internal import TapgateCore
internal import TapgateJSON
internal import TapgateModel

extension Switchboard {
  /// Handles a scan: a member's code is presented like a card, a means of payment is refused and
  /// forgotten, and everything else goes to the same single recipient as it is.
  func take(_ code: ScannedCode, at time: UInt64) {
    var code = code
    switch classifier.classify(code.data, aim: code.aim, isPartial: code.isPartial) {
    case .empty: return
    case .paymentCode(let service):
      Erasure.erase(&code.data)
      refuse(code, .paymentCode, detail: "a payment service's code", rule: service)
    case .paymentCard:
      Erasure.erase(&code.data)
      refuse(code, .paymentCard, detail: "a payment card's number", rule: nil)
    case .rotating(let token): take(token, of: code, at: time)
    case .member(let credential): judge(tap(code, credential), at: time)
    case .other:
      if let credential = enrolled(code) { return judge(tap(code, credential), at: time) }
      pass(code, at: time)
    }
  }

  /// The credential that a scan is because it is enrolled.
  private func enrolled(_ code: ScannedCode) -> Credential? {
    guard !code.isPartial else { return nil }
    let isMatrix = code.aim?.hasPrefix("]Q") ?? false
    let kinds: [CredentialKind] = isMatrix ? [.staticQr, .barcode] : [.barcode, .staticQr]
    for kind in kinds {
      guard let credential = try? Credential(kind: kind, value: code.data) else { continue }
      if ports.directory.member(.credential(credential)) != nil { return credential }
    }
    return nil
  }

  /// What is no member's code goes on, whole and unlogged.
  private func pass(_ code: ScannedCode, at time: UInt64) {
    let scan = ScannedText(
      text: code.data,
      symbology: code.symbology ?? code.aim,
      aim: code.aim,
      isPartial: code.isPartial
    )
    let tap = tap(code, .scan(scan))
    if filter.isRepeatedGoods(code.data, deviceID: code.deviceID, now: time) {
      counters.suppressed += 1
      record(tap, .suppressed, reason: "repeated", step: "filtered")
      trace.amend(tap.eventID) { $0.rule = InputFilter.Rule.repeated.rawValue }
      return
    }
    feedback(.read, code.deviceID)
    deliver(tap)
  }

  private func tap(_ code: ScannedCode, _ credential: Credential) -> Tap {
    // Whoever can photograph a printed code has it; a telephone number is only said.
    let isClaim = credential.kind == .phoneNumber
    let presented = PresentedCredential(
      credential: credential,
      technology: Self.technology(code),
      assurance: isClaim ? .a0 : .a1,
      reasons: [isClaim ? "claim" : "static"],
      medium: "unknown",
      symbology: code.symbology ?? code.aim
    )
    return tap(code, .credential(presented))
  }

  private func tap(_ code: ScannedCode, _ content: Tap.Content) -> Tap {
    Tap(
      content: content,
      eventID: newID(),
      deviceID: code.deviceID,
      lane: devices[code.deviceID]?.lane,
      at: wallClock(),
      detectedNanoseconds: code.detectedNanoseconds,
      isSimulated: code.isSimulated
    )
  }

  private static func technology(_ code: ScannedCode) -> String {
    code.aim.map { "barcode.\($0)" } ?? "barcode"
  }

  private func refuse(
    _ code: ScannedCode,
    _ refusal: InputRefusal,
    detail: String,
    rule: String?
  ) {
    let input = RefusedInput(
      deviceID: code.deviceID,
      presence: nil,
      refusal: refusal,
      hint: "",
      detail: detail,
      detectedNanoseconds: code.detectedNanoseconds,
      isSimulated: code.isSimulated
    )
    refuse(input, rule: rule)
  }

  // MARK: Rotating codes

  /// The time step now.
  var rotatingStep: UInt64 {
    UInt64(clamping: configuration.clock.now().seconds)
      / UInt64(max(configuration.inputs.stepSeconds, 1))
  }

  /// Handles a rotating code: its authentication code first, then its time, then whether it is new.
  private func take(_ token: RotatingToken?, of code: ScannedCode, at time: UInt64) {
    if let wait = badCodes.wait(code.deviceID, now: time) {
      let detail = "codes of this scanner wait \(wait / 1000 + 1) s"
      return refuse(code, .deviceBusy, detail: detail, rule: "badCodes")
    }
    guard let token, ports.codes?.isAuthentic(token) == true,
      let credential = try? Credential(kind: .rotatingQr, value: token.memberReference)
    else {
      let detail = token == nil ? "misshapen" : "the authentication code is wrong"
      refuse(code, .macInvalid, detail: detail, rule: nil)
      if badCodes.count(code.deviceID, now: time) { alarm(code) }
      return
    }
    let (now, tolerance) = (rotatingStep, Limits.rotatingStepToleranceMax)
    guard token.step &+ tolerance >= now else {
      let detail = "\(now - token.step) time steps old"
      return refuse(code, .tokenExpired, detail: detail, rule: nil)
    }
    guard token.step <= now &+ tolerance else {
      let detail = "\(token.step - now) time steps ahead of this clock"
      return refuse(code, .tokenFuture, detail: detail, rule: nil)
    }
    let presented = PresentedCredential(
      credential: credential,
      technology: Self.technology(code),
      assurance: .a3,
      reasons: ["oneTime"],
      medium: "screen",
      symbology: code.symbology ?? code.aim,
      freshness: .step(token.step)
    )
    judge(tap(code, .credential(presented)), at: time)
  }

  /// Too many wrong codes at one scanner: somebody guesses, or a telephone has another store's key.
  private func alarm(_ code: ScannedCode) {
    counters.alarms += 1
    logger.warning(
      "too many wrong authentication codes at a scanner; its codes wait",
      metadata: ["device": "\(code.deviceID)", "countMax": "\(badCodeCountMax)"]
    )
    let header = headerNow(
      deviceID: code.deviceID,
      lane: devices[code.deviceID]?.lane,
      isSimulated: code.isSimulated
    )
    broadcast("device.alarm", header) { writer in
      writer.name("reason")
      writer.value(InputRefusal.macInvalid.rawValue)
      writer.name("count")
      writer.value(badCodeCountMax)
      writer.name("windowMs")
      writer.value(60_000)
    }
  }

  private var badCodeCountMax: Int { configuration.inputs.badCodesPerMinuteMax }
}
