internal import TapgateCards
internal import TapgateCodec
internal import TapgateCore
internal import TapgateModel

/// What becomes of a presence, and what is told about it.
extension ReaderStation {
  /// What the cashier's screen may say.
  static func hint(_ refusal: InputRefusal) -> String {
    switch refusal {
    case .randomUid: "This phone or card hides its number. Please open the app or show the code."
    case .paymentCard: "This is a bank card. Please use the membership card."
    case .transitCardNotEnabled: "This is a transit card. Please use the membership card."
    case .tornTap: "The card left too soon. Please hold it on the reader again."
    case .deviceBusy: "Another program uses the reader. Please wait a moment."
    case .unsupportedTechnology: "This kind of card does not work here."
    case .authFailed, .macInvalid: "This card is not valid here. Please ask at the counter."
    default: "The card could not be read. Please take it away and hold it on again."
    }
  }

  /// The reader as `device.list` shows it.
  var description: DeviceDescription {
    var state = DeviceState.idle
    var power = PowerState.online
    var verdict = DeviceVerdict.used
    var reason: String?
    switch trouble {
    case .none: break
    case .held(let why): (state, verdict, reason) = (.busy, .heldBy, withHolder(why))
    case .denied(let why): (state, verdict, reason) = (.error, .noPermission, why)
    case .stuck(let why): (state, verdict, reason) = (.error, .heldBy, withHolder(why))
    }
    if let offlineReason {
      (state, power, verdict, reason) = (.error, .offline, .unknown, offlineReason)
    }
    return DeviceDescription(
      id: id,
      deviceClass: title.deviceClass,
      name: name,
      state: state,
      power: power,
      verdict: verdict,
      reason: reason,
      identity: title.hasSerial ? "serial" : "name",
      lane: lane
    )
  }

  /// The card left. One that is being read stays until the reading is over: its outcome comes
  /// first.
  mutating func leave(at now: UInt64) -> [Effect] {
    guard var visit = current else { return [] }
    current = nil
    if reading?.visit == visit.number {
      leaving = (visit, now)
      return []
    }
    clearTrouble()
    var effects: [Effect] = []
    if visit.stage != .settled, !visit.isTold {
      effects += refuse(&visit, .tornTap, detail: "gone before it could be read")
    }
    return effects + removal(of: visit, at: now)
  }

  /// Tells that the card left whose reading is over by now.
  mutating func leaveFinally() -> [Effect] {
    guard let (visit, at) = leaving, reading?.visit != visit.number else { return [] }
    leaving = nil
    clearTrouble()
    return removal(of: visit, at: at)
  }

  /// Gives the current presence its outcome.
  mutating func settle(_ outcome: ReadOutcome, at now: UInt64) -> [Effect] {
    guard let visit = current else { return [] }
    return settle(outcome, visit: visit.number, at: now)
  }

  /// Gives a presence its outcome, whether its card still lies there or not.
  mutating func settle(_ outcome: ReadOutcome, visit number: UInt64, at now: UInt64) -> [Effect] {
    if var visit = current, visit.number == number {
      let effects = settle(outcome, &visit, hasLeft: false, at: now)
      current = visit
      return effects
    }
    guard var visit = leaving?.visit, let at = leaving?.at, visit.number == number else {
      return []
    }
    let effects = settle(outcome, &visit, hasLeft: true, at: now)
    leaving = (visit, at)
    return effects
  }

  /// Tells once that another program holds the card.
  mutating func settleBusy(reason: String, detail: String) -> [Effect] {
    if trouble == .none { trouble = .held(reason) }
    guard var visit = current, !visit.isBusyTold else { return [.findHolder] }
    visit.isBusyTold = true
    defer { current = visit }
    counters.add(.busy)
    return refuse(&visit, .deviceBusy, detail: detail) + [.findHolder]
  }

  /// The soft deadline: the card is not ours yet, or it does not answer.
  mutating func late(_ reading: Reading, at now: UInt64) -> [Effect] {
    self.reading?.isLate = true
    guard reading.isConnected else {
      return settleBusy(reason: "SCardConnect waits.", detail: "SCardConnect takes too long")
    }
    counters.add(.unreadable)
    if var visit = leaving?.visit, let at = leaving?.at {
      defer { leaving = (visit, at) }
      return refuse(&visit, .unreadable, detail: "readTimeout")
    }
    guard var visit = current else { return [] }
    defer { current = visit }
    return refuse(&visit, .unreadable, detail: "readTimeout")
  }

  /// The hard deadline: the reader stands aside until the call comes back or another card comes.
  mutating func abandon(_ reading: Reading, at now: UInt64) -> [Effect] {
    self.reading = nil
    strays.append(reading)
    counters.add(.abandonedThreads)
    let what = reading.isConnected ? "SCardTransmit" : "SCardConnect"
    trouble = .stuck("\(what) does not come back.")
    if current?.number == reading.visit { current?.stage = .stuck }
    var effects: [Effect] = [.abandon(reading.number)]
    if var visit = leaving?.visit, let at = leaving?.at, visit.number == reading.visit {
      if !visit.isTold { effects += refuse(&visit, .tornTap, detail: "\(what) hangs") }
      leaving = (visit, at)
    }
    return effects + leaveFinally() + [.findHolder]
  }

  private func withHolder(_ reason: String) -> String {
    holder.map { "\(reason) \($0)" } ?? reason
  }

  private mutating func settle(
    _ outcome: ReadOutcome,
    _ visit: inout Visit,
    hasLeft: Bool,
    at now: UInt64
  ) -> [Effect] {
    switch outcome {
    case .identified(let identity): return present(identity, &visit)
    case .refused(let refusal, let detail):
      trouble = .none
      visit.stage = .settled
      return refuse(&visit, count(refusal), detail: detail)
    case .busy(let error) where !hasLeft, .denied(let error) where !hasLeft:
      return retry(error, &visit, at: now)
    case .busy(let error), .denied(let error), .gone(let error):
      if case .gone = outcome { counters.add(.communicationErrors) }
      visit.stage = .settled
      return refuse(&visit, .tornTap, detail: error.description)
    }
  }

  private mutating func present(
    _ identity: CardIdentity,
    _ visit: inout Visit
  ) -> [Effect] {
    trouble = .none
    visit.stage = .settled
    counters.add(.goodReads)
    visit.isTold = true
    var presentation = Presentation(
      deviceID: id,
      presence: visit.number,
      credential: identity.credential,
      technology: identity.technology,
      assurance: Assurance(rawValue: identity.grade.rawValue) ?? .a0,
      isAlreadyPresent: visit.isAlreadyPresent,
      detectedNanoseconds: visit.detected
    )
    presentation.reasons = identity.reasons.map(\.rawValue)
    presentation.medium = identity.medium.rawValue
    presentation.freshness = identity.counter.map { .counter($0) }
    return [.report(.presented(presentation))]
  }

  /// Another program holds the card, or the system forbids it: again later, told once.
  private mutating func retry(
    _ error: PCSCError,
    _ visit: inout Visit,
    at now: UInt64
  ) -> [Effect] {
    let wait = visit.backOff.nextMilliseconds(jitterPercent: 0)
    visit.stage = .retrying(at: now + UInt64(wait) * 1_000_000)
    guard !visit.isBusyTold else { return [] }
    visit.isBusyTold = true
    counters.add(.busy)
    if error.meaning == .denied {
      trouble = .denied("\(error). The system forbids PC/SC to this user (polkit).")
    } else {
      trouble = .held("\(error).")
    }
    return refuse(&visit, .deviceBusy, detail: error.description) + [.findHolder]
  }

  /// Tells why there is no credential. A card that lay there before anybody looked makes no event.
  private func refuse(
    _ visit: inout Visit,
    _ refusal: InputRefusal,
    detail: String
  ) -> [Effect] {
    guard !visit.isAlreadyPresent else { return [] }
    visit.isTold = true
    let input = RefusedInput(
      deviceID: id,
      presence: visit.number,
      refusal: refusal,
      hint: Self.hint(refusal),
      detail: detail,
      detectedNanoseconds: visit.detected
    )
    return [.report(.refused(input))]
  }

  private mutating func count(_ refusal: CardRefusal) -> InputRefusal {
    switch refusal {
    case .randomUID:
      counters.add(.failedReads)
      return .randomUid
    case .paymentCard:
      counters.add(.failedReads)
      return .paymentCard
    case .unsupportedTechnology:
      counters.add(.failedReads)
      return .unsupportedTechnology
    case .transitCard:
      counters.add(.failedReads)
      return .transitCardNotEnabled
    case .unreadable:
      counters.add(.unreadable)
      return .unreadable
    case .tooShort:
      counters.add(.unreadable)
      return .tooShort
    case .torn:
      counters.add(.tornTaps)
      return .tornTap
    case .authFailed:
      counters.add(.failedAuthentications)
      return .authFailed
    case .forged:
      counters.add(.failedAuthentications)
      counters.add(.cloneAlarms)
      return .authFailed
    case .macInvalid:
      counters.add(.cloneAlarms)
      return .macInvalid
    }
  }

  private func removal(of visit: Visit, at now: UInt64) -> [Effect] {
    guard visit.isTold else { return [] }
    return [
      .report(.removed(deviceID: id, presence: visit.number, detectedNanoseconds: now))
    ]
  }

  /// With the card the reason to wait for it goes, unless a thread still hangs.
  private mutating func clearTrouble() {
    if strays.isEmpty, reading == nil { trouble = .none }
  }
}
