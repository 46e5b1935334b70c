internal import TapgateCore
internal import TapgateModel

extension Switchboard {
  /// Asks the ledger whether a tap's token is new. The tap goes on when that is on disk; what its
  /// device reports until then waits behind it.
  func decide(_ tap: Tap, _ freshness: Freshness, of credential: Credential) {
    let (number, inbox, deviceID) = (newNumber(), inbox, tap.deviceID)
    undecided[deviceID] = UndecidedTap(number: number, tap: tap)
    guard let guardian = ports.freshness else {
      return settle(deviceID, number, .undecided(hint: "nobody keeps counters here"))
    }
    guardian.accept(freshness, of: credential) { verdict in
      inbox.post(.freshness(deviceID: deviceID, number: number, verdict))
    }
  }

  /// Keeps a report until the device's last token is decided.
  ///
  /// Beyond `Limits.waitingReportCountMax` only the removals of cards that wait or were delivered
  /// are kept, one each, so that what waits has a bound. Everything else is dealt with at once: a
  /// tap or a scan is refused, and a scan's text is overwritten.
  func wait(_ report: InputReport, behind deviceID: String, at time: UInt64) {
    guard let question = undecided[deviceID] else { return }
    guard question.waiting.count >= Limits.waitingReportCountMax else {
      undecided[deviceID]?.waiting.append((report, time))
      return
    }
    switch report {
    case .presented(let presentation):
      refuseWaiting(deviceID, presentation.detectedNanoseconds, presentation.isSimulated)
    case .scanned(let code): refuseWaiting(code, at: time)
    case .refused(let input): refuse(input, rule: nil)
    case .removed(_, let presence, let nanoseconds):
      let isHeard = lastTaps[deviceID]?.presence == presence || lyingCards[deviceID] == presence
      if isHeard || question.awaits(presence) {
        guard !question.isRemoved(presence) else { return }
        undecided[deviceID]?.waiting.append((report, time))
      } else {
        takeRemoval(deviceID, presence: presence, nanoseconds: nanoseconds, at: time)
      }
    case .deviceLost:
      if case .deviceLost = question.waiting.last?.report { return }
      undecided[deviceID]?.waiting.append((report, time))
    case .device: break  // It never waits.
    }
  }

  /// Refuses a scan that cannot wait. A means of payment is refused as such: that needs no order.
  private func refuseWaiting(_ code: ScannedCode, at time: UInt64) {
    switch classifier.classify(code.data, aim: code.aim, isPartial: code.isPartial) {
    case .empty, .paymentCode, .paymentCard: take(code, at: time)
    case .rotating, .member, .other:
      var code = code
      Erasure.erase(&code.data)
      refuseWaiting(code.deviceID, code.detectedNanoseconds, code.isSimulated)
    }
  }

  private func refuseWaiting(_ deviceID: String, _ nanoseconds: UInt64, _ isSimulated: Bool) {
    let input = RefusedInput(
      deviceID: deviceID,
      presence: nil,
      refusal: .deviceBusy,
      hint: "",
      detail: "the ledger does not answer",
      detectedNanoseconds: nanoseconds,
      isSimulated: isSimulated
    )
    refuse(input, rule: InputFilter.Rule.freshness.rawValue)
  }

  /// The ledger has decided about a device's last token.
  func settle(_ deviceID: String, _ number: UInt64, _ verdict: FreshnessVerdict) {
    guard let question = undecided[deviceID], question.number == number else { return }
    undecided[deviceID] = nil
    let tap = question.tap
    switch verdict {
    case .fresh:
      let accepted = step("accepted", since: tap.detectedNanoseconds)
      deliver(tap)
      trace.amend(tap.eventID) { $0.steps.insert(accepted, at: 0) }
    case .replayed:
      let isCode = tap.presented?.credential.kind == .rotatingQr
      let refusal: InputRefusal = isCode ? .tokenReplayed : .counterReplay
      refuse(tap, refusal, detail: "it was shown before", rule: .freshness)
    case .undecided(let hint): refuse(tap, .deviceBusy, detail: hint, rule: .freshness)
    }
    // Where one of them brings a token itself, those behind it wait again.
    for item in question.waiting { take(item.report, at: item.at) }
  }
}
