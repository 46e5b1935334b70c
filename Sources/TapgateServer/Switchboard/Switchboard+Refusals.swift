internal import TapgateCore
internal import TapgateJSON
internal import TapgateModel

extension Switchboard {
  /// Tells the one recipient that an input led to no credential, and why. `rule` is what in the hub
  /// decided so, if it did.
  func refuse(_ input: RefusedInput, rule: String?, eventID: String? = nil) {
    counters.refused += 1
    // Whichever way they came: tapped, swiped, typed or scanned.
    if input.refusal == .paymentCard { counters.paymentCards += 1 }
    if input.refusal == .paymentCode { counters.paymentCodes += 1 }
    let lane = devices[input.deviceID]?.lane
    let header = EventHeader(
      eventID: eventID ?? newID(),
      deviceID: input.deviceID,
      lane: lane,
      at: wallClock(),
      monotonicMicroseconds: Int64(clamping: input.detectedNanoseconds / 1000),
      isSimulated: input.isSimulated
    )
    let route = route(deviceID: input.deviceID, lane: lane)
    let recipient = route.recipient.flatMap { connections[$0] }
    var entry = TapTrace.Entry(
      eventID: header.eventID,
      at: header.at,
      deviceID: input.deviceID,
      lane: lane,
      presence: input.presence,
      outcome: .refused,
      deliveredTo: recipient?.title,
      reason: input.refusal.rawValue,
      isSimulated: input.isSimulated,
      steps: [step("refused", since: input.detectedNanoseconds, detail: input.detail)]
    )
    entry.rule = rule
    trace.append(entry)
    feedback(.refused, input.deviceID)
    // The hint is for the customer who stands there now: without a recipient it is not kept.
    if let recipient {
      send(input.refusal, presence: input.presence, header, to: recipient)
    }
    tellCard(header, isPresent: true, reason: input.refusal.rawValue, except: recipient?.id)
  }

  private func send(
    _ refusal: InputRefusal,
    presence: UInt64?,
    _ header: EventHeader,
    to recipient: Connection
  ) {
    recipient.send(
      event: frame("credential.refused", header) { writer in
        writer.name("reason")
        writer.value(refusal.rawValue)
        writer.name("hint")
        writer.value(refusal.hint(in: recipient.language))
        writer.name("presence")
        writer.value(presence.map { Int64(clamping: $0) })
      }
    )
  }

  /// Refuses a tap that counted as far as the filter knew.
  func refuse(_ tap: Tap, _ refusal: InputRefusal, detail: String, rule: InputFilter.Rule) {
    filter.retract(tap.eventID)
    refuse(tap, refusal, detail: detail, word: rule.rawValue)
  }

  private func refuse(_ tap: Tap, _ refusal: InputRefusal, detail: String, word: String?) {
    let input = RefusedInput(
      deviceID: tap.deviceID,
      presence: tap.presented?.presence,
      refusal: refusal,
      hint: "",
      detail: detail,
      detectedNanoseconds: tap.detectedNanoseconds,
      isSimulated: tap.isSimulated
    )
    refuse(input, rule: word, eventID: tap.eventID)
    trace.amend(tap.eventID) { entry in
      entry.technology = tap.presented?.technology
      entry.credentialKind = tap.presented?.credential.kind.rawValue
      entry.masked = tap.presented?.credential.masked
    }
  }

  /// Whether a card has an identifier that other cards may have too, and nobody here holds it: it
  /// could be anybody's. Only the shop's own directory makes such a card the shop's.
  func isStrangersSharedUID(_ presented: PresentedCredential) -> Bool {
    presented.credential.isPossiblyShared && presented.assurance <= .a1
      && !configuration.inputs.allowsSharedUID
      && ports.directory.member(.credential(presented.credential)) == nil
  }

  /// Refuses a card for its shared identifier; once somebody holds it, it counts at once.
  func refuseSharedUID(_ tap: Tap) {
    filter.retract(tap.eventID, keepsVisit: true)
    let detail = "a NUID that nobody holds; input.allowNuid is off"
    refuse(tap, .nonUniqueUidNotEnrolled, detail: detail, word: nil)
  }

  /// Several cards lie on a reader: the input is refused, and those that had counted are taken
  /// back, so that nothing can be done by their event ids.
  func refuseCrowd(_ tap: Tap, _ withdrawn: [String]) {
    for eventID in withdrawn { withdraw(eventID, of: tap) }
    refuse(tap, .multipleCards, detail: "cards take turns in the field", rule: .crowd)
  }

  private func withdraw(_ eventID: String, of tap: Tap) {
    _ = delivery.withdraw { $0.eventID == eventID }
    for connection in connections.values where connection.remembered.forget(eventID) {
      // Whoever was given the card learns that it is not to be used; its event id repeats.
      var header = headerNow(
        deviceID: tap.deviceID,
        lane: tap.lane,
        isSimulated: tap.isSimulated
      )
      header.eventID = eventID
      send(.multipleCards, presence: nil, header, to: connection)
    }
    trace.amend(eventID) { entry in
      entry.outcome = .refused
      entry.reason = InputRefusal.multipleCards.rawValue
      entry.rule = InputFilter.Rule.crowd.rawValue
    }
  }
}
