internal import TapgateCore
internal import TapgateJSON
internal import TapgateModel

extension Switchboard {
  /// Handles what an input backend saw. The story of one tap begins here and ends in `deliver`.
  func take(_ report: InputReport) {
    recordInput(report)
    take(report, at: now)
  }

  /// Handles a report that came at `time`, monotonic milliseconds. Reports of a device whose last
  /// token is not decided wait behind it.
  func take(_ report: InputReport, at time: UInt64) {
    if let deviceID = report.deviceInOrder, undecided[deviceID] != nil {
      return wait(report, behind: deviceID, at: time)
    }
    switch report {
    case .device(let device): take(device)
    case .deviceLost(let id): lose(id, at: time)
    case .presented(let presentation): take(presentation, at: time)
    case .removed(let deviceID, let presence, let nanoseconds):
      takeRemoval(deviceID, presence: presence, nanoseconds: nanoseconds, at: time)
    case .refused(let input): refuse(input, rule: nil)
    case .scanned(let code): take(code, at: time)
    }
  }

  private func take(_ device: DeviceDescription) {
    guard devices.update(device) else { return }
    claims.deviceSeen(device.id, lane: device.lane)
    tellDevice(device)
  }

  private func lose(_ id: String, at time: UInt64) {
    guard let device = devices.lose(id) else { return }
    filter.lost(deviceID: id, now: time)
    tellDevice(device)
    // A replay's device never was one.
    if id.hasPrefix(InputReplay.deviceID("")) { devices.forget(id) }
  }

  /// Tells who subscribed that a device changed, now or as soon as it may be told.
  private func tellDevice(_ device: DeviceDescription) {
    tell(.device(device), about: device.id)
  }

  private func tell(_ notice: DeviceNotice, about key: String) {
    if let told = statuses.offer(notice, about: key, now: now) { tell(told) }
  }

  /// Tells of the changes that had to wait.
  func tellDueStatuses() { for told in statuses.due(now: now) { tell(told) } }

  private func tell(_ told: StatusThrottle<DeviceNotice>.Told) {
    switch told.notice {
    case .device(let device):
      let header = headerNow(
        deviceID: device.id,
        lane: device.lane,
        isSimulated: device.isSimulated
      )
      broadcast("device.status", header) { writer in
        writer.name("device")
        device.write(into: &writer, holder: holder(of: device))
        writer.name("status")
        writer.null()
        writer.name("reason")
        writer.value(device.reason)
        writer.name("flapCount")
        writer.value(told.leftOutCount)
      }
    case .card(let header, let isPresent, let reason):
      tellCard(
        header,
        isPresent: isPresent,
        reason: reason,
        flapCount: told.leftOutCount,
        except: nil
      )
    }
  }

  // MARK: Cards

  private func take(_ presentation: Presentation, at time: UInt64) {
    let isLasting = !presentation.technology.hasPrefix("msr")
    let tap = Tap(
      content: .credential(
        PresentedCredential(
          credential: presentation.credential,
          technology: presentation.technology,
          assurance: presentation.assurance,
          reasons: presentation.reasons,
          medium: presentation.medium,
          presence: isLasting ? presentation.presence : nil,
          freshness: presentation.freshness
        )
      ),
      eventID: newID(),
      deviceID: presentation.deviceID,
      lane: devices[presentation.deviceID]?.lane,
      at: wallClock(),
      detectedNanoseconds: presentation.detectedNanoseconds,
      isSimulated: presentation.isSimulated
    )
    judge(tap, isAlreadyPresent: presentation.isAlreadyPresent, at: time)
  }

  /// Decides whether a credential's input counts, and sends it on its way if it does.
  func judge(_ tap: Tap, isAlreadyPresent: Bool = false, at time: UInt64) {
    guard let presented = tap.presented else { return deliver(tap) }
    let sighting = Sighting(
      eventID: tap.eventID,
      deviceID: tap.deviceID,
      lane: tap.lane,
      credential: presented.credential,
      presence: presented.presence,
      freshness: presented.freshness,
      isAlreadyPresent: isAlreadyPresent
    )
    switch filter.judge(sighting, now: time) {
    case .counts:
      if isStrangersSharedUID(presented) { return refuseSharedUID(tap) }
      feedback(.read, tap.deviceID)
      if let freshness = presented.freshness {
        decide(tap, freshness, of: presented.credential)
      } else {
        deliver(tap)
      }
    case .suppressed(let suppression, let original):
      counters.suppressed += 1
      record(tap, .suppressed, reason: suppression.word, step: "filtered")
      trace.amend(tap.eventID) { entry in
        entry.rule = suppression.rule.rawValue
        entry.duplicateOf = original
      }
      if suppression == .alreadyPresent { tellLying(tap) }
    case .multipleCards(let withdrawn): refuseCrowd(tap, withdrawn)
    }
  }

  /// Handles that a card was taken away.
  func takeRemoval(
    _ deviceID: String,
    presence: UInt64,
    nanoseconds: UInt64,
    at time: UInt64
  ) {
    filter.removed(deviceID: deviceID, presence: presence, now: time)
    let device = devices[deviceID]
    var header = headerNow(
      deviceID: deviceID,
      lane: device?.lane,
      isSimulated: device?.isSimulated ?? false
    )
    header.monotonicMicroseconds = Int64(clamping: nanoseconds / 1000)
    var recipient: ClientID?
    if let last = lastTaps[deviceID], last.presence == presence {
      lastTaps[deviceID] = nil
      recipient = last.recipient
      connections[last.recipient]?.send(
        event: frame("credential.removed", header) { writer in
          writer.name("presence")
          writer.value(Int64(clamping: presence))
        }
      )
    }
    guard lyingCards[deviceID] == presence else {
      return tellCard(header, isPresent: false, reason: nil, except: recipient)
    }
    lyingCards[deviceID] = nil
    tell(.card(header, isPresent: false, reason: nil), about: Self.cardKey(deviceID))
  }

  /// Has a device show or sound what became of an input. Never blocks.
  func feedback(_ feedback: Feedback, _ deviceID: String) {
    for backend in ports.backends { backend.feedback(feedback, deviceID: deviceID) }
  }

  /// Tells who subscribed that a card lies on a reader without having been tapped.
  private func tellLying(_ tap: Tap) {
    lyingCards[tap.deviceID] = tap.presented?.presence
    var header = tap.header
    header.eventID = newID()
    let word = InputFilter.Suppression.alreadyPresent.word
    let notice = DeviceNotice.card(header, isPresent: true, reason: word)
    tell(notice, about: Self.cardKey(tap.deviceID))
  }

  /// What a device's resting card is called to the throttle, beside the device itself.
  private static func cardKey(_ deviceID: String) -> String { "card on \(deviceID)" }

  // MARK: Status for everybody else

  /// Tells who subscribed that a card came or went, without a byte of it.
  func tellStatus(_ tap: Tap, reason: String?, except recipient: ClientID?) {
    var header = tap.header
    header.eventID = newID()
    tellCard(header, isPresent: true, reason: reason, except: recipient)
  }

  /// The same under a header of its own.
  func tellCard(
    _ header: EventHeader,
    isPresent: Bool,
    reason: String?,
    flapCount: Int = 0,
    except recipient: ClientID?
  ) {
    let isMeant = { (connection: Connection) in
      connection.id != recipient
        && connection.subscriptions.contains { Self.cardKinds.contains($0) }
    }
    broadcast("device.status", header, to: isMeant) { writer in
      writer.name("device")
      writer.null()
      writer.name("status")
      // UnifiedPOS, Smart Card Reader/Writer: SC_SUE_NO_CARD 1, SC_SUE_CARD_PRESENT 2.
      if isPresent {
        writer.constant("SC_SUE_CARD_PRESENT", 2)
      } else {
        writer.constant("SC_SUE_NO_CARD", 1)
      }
      writer.name("reason")
      writer.value(reason)
      writer.name("flapCount")
      writer.value(flapCount)
    }
  }

  private static let cardKinds: Set<String> = [
    "device.status", "credential.presented", "credential.refused", "credential.removed",
    "member.resolved", "scan.data",
  ]
}
