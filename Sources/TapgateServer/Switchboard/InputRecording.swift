internal import TapgateCore
internal import TapgateModel

/// A session that a client records: what is told of it, with every credential replaced.
struct InputRecording {
  /// CLOCK_MONOTONIC when it began, in nanoseconds.
  let startedNanoseconds: UInt64
  private let mask: SessionMask
  private let classifier: ScanClassifier

  /// Begins a session; `session` is drawn at random.
  init(session: UInt64, classifier: ScanClassifier, startedNanoseconds: UInt64) {
    mask = SessionMask(session: session, classifier: classifier)
    self.classifier = classifier
    self.startedNanoseconds = startedNanoseconds
  }

  /// What a report becomes; `nil` for what cannot be told without the credential itself.
  func masked(
    _ report: InputReport,
    rotatingStep step: UInt64,
    codes: (any RotatingCodes)?
  ) -> SessionInput? {
    switch report {
    case .device(let device):
      return .device(
        id: device.id,
        deviceClass: device.deviceClass,
        name: device.name,
        lane: device.lane
      )
    case .deviceLost(let id): return .deviceLost(id: id)
    case .presented(let presentation):
      return masked(presentation, step).map { .presented($0) }
    case .removed(let deviceID, let presence, _):
      return .removed(deviceID: deviceID, presence: presence)
    case .refused(let input):
      return .refused(
        deviceID: input.deviceID,
        presence: input.presence,
        input.refusal,
        detail: input.detail
      )
    case .scanned(let code):
      return masked(code, step, codes).map { .scanned($0) }
    }
  }

  private func masked(_ presentation: Presentation, _ step: UInt64) -> SessionPresentation? {
    guard let credential = mask.standIn(for: presentation.credential) else { return nil }
    let freshness: SessionFreshness? =
      switch presentation.freshness {
      case .counter(let value): .counter(value)
      case .step(let value): .stepOffset(Self.distance(value, from: step))
      case nil: nil
      }
    return SessionPresentation(
      deviceID: presentation.deviceID,
      presence: presentation.presence,
      credential: credential,
      technology: presentation.technology,
      assurance: presentation.assurance,
      reasons: presentation.reasons,
      medium: presentation.medium,
      freshness: freshness,
      isAlreadyPresent: presentation.isAlreadyPresent
    )
  }

  private func masked(
    _ code: ScannedCode,
    _ step: UInt64,
    _ codes: (any RotatingCodes)?
  ) -> SessionScan? {
    let form: SessionScan.Form
    switch classifier.classify(code.data, aim: code.aim, isPartial: code.isPartial) {
    case .empty: return nil
    case .paymentCode(let service):
      // Without what the scanner sent around it.
      let count = code.data.utf8.count { $0 >= 0x30 && $0 <= 0x39 }
      form = .paymentCode(service: service, length: count)
    case .paymentCard: form = .paymentCard(length: min(code.data.utf8.count, 19))
    case .rotating(let token?):
      form = .rotating(
        reference: mask.reference(token.memberReference),
        stepOffset: Self.distance(token.step, from: step),
        isAuthentic: codes?.isAuthentic(token) ?? false
      )
    case .rotating(nil):
      form = .rotating(reference: mask.reference(code.data), stepOffset: 0, isAuthentic: false)
    case .member, .other: form = .text(mask.scan(code.data, aim: code.aim))
    }
    return SessionScan(
      deviceID: code.deviceID,
      form: form,
      aim: code.aim,
      symbology: code.symbology,
      isPartial: code.isPartial
    )
  }

  private static func distance(_ step: UInt64, from now: UInt64) -> Int64 {
    Int64(clamping: step).subtractingReportingOverflow(Int64(clamping: now)).partialValue
  }
}

/// Makes reports of a session's inputs again, for this gateway's own rules and keys.
struct InputReplay {
  let paymentCodes: [PaymentCodeRange]
  let codes: (any RotatingCodes)?
  let rotatingStep: UInt64
  /// CLOCK_MONOTONIC now.
  let nanoseconds: UInt64
  /// Added to every presence.
  let presenceBase: UInt64

  /// The id of a session's device here: beside the real devices, never in their place.
  static func deviceID(_ id: String) -> String { "replay:" + id }

  /// The report that a driver would make of an input.
  func report(_ input: SessionInput) throws(SessionProblem) -> InputReport {
    switch input {
    case .device(let id, let deviceClass, let name, let lane):
      .device(
        DeviceDescription(
          id: Self.deviceID(id),
          deviceClass: deviceClass,
          name: name,
          state: .idle,
          power: .online,
          verdict: .used,
          identity: "configuration",
          lane: lane,
          isSimulated: true
        )
      )
    case .deviceLost(let id): .deviceLost(id: Self.deviceID(id))
    case .presented(let presentation): .presented(report(presentation))
    case .removed(let deviceID, let presence):
      .removed(
        deviceID: Self.deviceID(deviceID),
        presence: presence &+ presenceBase,
        detectedNanoseconds: nanoseconds
      )
    case .refused(let deviceID, let presence, let refusal, let detail):
      .refused(
        RefusedInput(
          deviceID: Self.deviceID(deviceID),
          presence: presence.map { $0 &+ presenceBase },
          refusal: refusal,
          hint: "",
          detail: detail,
          detectedNanoseconds: nanoseconds,
          isSimulated: true
        )
      )
    case .scanned(let scan): .scanned(try report(scan))
    }
  }

  private func report(_ presentation: SessionPresentation) -> Presentation {
    var report = Presentation(
      deviceID: Self.deviceID(presentation.deviceID),
      presence: presentation.presence &+ presenceBase,
      credential: presentation.credential,
      technology: presentation.technology,
      assurance: presentation.assurance,
      isAlreadyPresent: presentation.isAlreadyPresent,
      detectedNanoseconds: nanoseconds,
      isSimulated: true
    )
    report.reasons = presentation.reasons
    report.medium = presentation.medium
    switch presentation.freshness {
    case .counter(let value): report.freshness = .counter(value)
    case .stepOffset(let offset): report.freshness = .step(step(offset))
    case nil: break
    }
    return report
  }

  private func report(_ scan: SessionScan) throws(SessionProblem) -> ScannedCode {
    var code = ScannedCode(
      deviceID: Self.deviceID(scan.deviceID),
      data: try text(scan.form),
      aim: scan.aim,
      detectedNanoseconds: nanoseconds,
      isSimulated: true
    )
    code.symbology = scan.symbology
    code.isPartial = scan.isPartial
    return code
  }

  private func text(_ form: SessionScan.Form) throws(SessionProblem) -> String {
    switch form {
    case .text(let text): return text
    case .rotating(let reference, let offset, let isAuthentic):
      guard let codes else {
        throw SessionProblem(field: "scan.form", expected: "a gateway with rotating codes")
      }
      let token = codes.token(of: reference, step: step(offset))
      guard !isAuthentic else { return token.text }
      return RotatingToken(
        keyID: token.keyID,
        memberReference: token.memberReference,
        step: token.step,
        code: token.code.map { ~$0 }
      ).text
    case .paymentCode(let service, let length):
      guard let range = paymentCodes.first(where: { $0.name == service }),
        range.lengths.contains(length), let prefix = range.prefixes.first
      else {
        throw SessionProblem(field: "scan.service", expected: "a [[paymentCode]] of this gateway")
      }
      return prefix + String(repeating: "0", count: length - prefix.count)
    case .paymentCard(let length): return Self.paymentCard(length)
    }
  }

  private func step(_ offset: Int64) -> UInt64 {
    let (sum, isOver) = Int64(clamping: rotatingStep).addingReportingOverflow(offset)
    return isOver ? 0 : UInt64(max(sum, 0))
  }

  /// A number that is recognised as a payment card's, and is nobody's: 4, zeros, the check digit.
  private static func paymentCard(_ length: Int) -> String {
    let length = min(max(length, 15), 19)
    // The 4 is doubled where the number's length is even (ISO/IEC 7812-1 annex B).
    let check = length % 2 == 0 ? 2 : 6
    return "4" + String(repeating: "0", count: length - 2) + "\(check)"
  }
}
