internal import TapgateCore
internal import TapgateJSON
internal import TapgateModel

extension Switchboard {
  /// Handles what an input backend saw. The story of one tap begins here and ends in `deliver`.
  func take(_ report: InputReport) {
    switch report {
    case .device(let device): take(device)
    case .deviceLost(let id):
      guard let device = devices.lose(id) else { return }
      tellDevice(device)
    case .presented(let presentation): take(presentation)
    case .removed(let deviceID, let presence, let nanoseconds):
      takeRemoval(deviceID, presence: presence, nanoseconds: nanoseconds)
    case .refused(let input): take(input)
    case .scanned(let code): take(code)
    }
  }

  private func take(_ device: DeviceDescription) {
    guard devices.update(device) else { return }
    claims.deviceSeen(device.id, lane: device.lane)
    tellDevice(device)
  }

  /// Tells who subscribed that a device changed.
  private func tellDevice(_ device: DeviceDescription) {
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
    }
  }

  // MARK: Cards

  private func take(_ presentation: Presentation) {
    let lane = devices[presentation.deviceID]?.lane
    let credential = presentation.credential
    let tap = Tap(
      content: .credential(
        credential,
        technology: presentation.technology,
        assurance: presentation.assurance,
        presence: presentation.technology.hasPrefix("msr") ? nil : presentation.presence
      ),
      eventID: newID(),
      deviceID: presentation.deviceID,
      lane: lane,
      at: wallClock(),
      detectedNanoseconds: presentation.detectedNanoseconds,
      isSimulated: presentation.isSimulated
    )
    switch filter.presented(presentation, lane: lane, now: now) {
    case .tap:
      ports.feedback(.read, deviceID: tap.deviceID)
      deliver(tap)
    case .suppressed(let suppression):
      counters.suppressed += 1
      record(tap, .suppressed, reason: suppression.word, step: "filtered")
      if suppression == .alreadyPresent { tellStatus(tap, reason: "alreadyPresent", except: nil) }
    }
  }

  private func takeRemoval(_ deviceID: String, presence: UInt64, nanoseconds: UInt64) {
    filter.removed(deviceID: deviceID, presence: presence, now: now)
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
    tellCard(header, isPresent: false, reason: nil, except: recipient)
  }

  // MARK: Scans

  private func take(_ code: ScannedCode) {
    let content: Tap.Content
    if let credential = credential(in: code) {
      content = .credential(
        credential,
        technology: code.aim.map { "barcode.\($0)" } ?? "barcode",
        assurance: .a1,
        presence: nil
      )
    } else {
      content = .scan(symbology: code.aim, text: code.data, isPartial: code.isPartial)
    }
    deliver(
      Tap(
        content: content,
        eventID: newID(),
        deviceID: code.deviceID,
        lane: devices[code.deviceID]?.lane,
        at: wallClock(),
        detectedNanoseconds: code.detectedNanoseconds,
        isSimulated: code.isSimulated
      )
    )
  }

  /// The member's code that a scan is: by a pattern of the configuration, or because it is
  /// enrolled.
  private func credential(in code: ScannedCode) -> Credential? {
    // What cannot be a credential is goods: a gateway that takes the scanner must not swallow them.
    for pattern in configuration.patterns where pattern.matches(code.data) {
      if let credential = try? Credential(kind: pattern.kind, value: code.data) {
        return credential
      }
    }
    let isMatrix = code.aim?.hasPrefix("]Q") ?? false
    let kinds: [CredentialKind] = isMatrix ? [.staticQr, .barcode] : [.barcode, .staticQr]
    for kind in kinds {
      guard let credential = try? Credential(kind: kind, value: code.data) else { continue }
      if ports.directory.member(.credential(credential)) != nil { return credential }
    }
    return nil
  }

  // MARK: Refusals

  private func take(_ input: RefusedInput) {
    counters.refused += 1
    ports.feedback(.refused, deviceID: input.deviceID)
    let lane = devices[input.deviceID]?.lane
    let header = EventHeader(
      eventID: newID(),
      deviceID: input.deviceID,
      lane: lane,
      at: wallClock(),
      monotonicMicroseconds: Int64(clamping: input.detectedNanoseconds / 1000),
      isSimulated: input.isSimulated
    )
    let route = route(deviceID: input.deviceID, lane: lane)
    let recipient = route.recipient.flatMap { connections[$0] }
    trace.append(
      TapTrace.Entry(
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
    )
    // The hint is for the customer who stands there now: without a recipient it is not kept.
    recipient?.send(
      event: frame("credential.refused", header) { writer in
        writer.name("reason")
        writer.value(input.refusal.rawValue)
        writer.name("hint")
        writer.value(input.hint)
        writer.name("presence")
        writer.value(input.presence.map { Int64(clamping: $0) })
      }
    )
    tellCard(header, isPresent: true, reason: input.refusal.rawValue, except: recipient?.id)
  }

  // MARK: Status for everybody else

  /// Tells who subscribed that a card came or went, without a byte of it.
  func tellStatus(_ tap: Tap, reason: String?, except recipient: ClientID?) {
    var header = tap.header
    header.eventID = newID()
    tellCard(header, isPresent: true, reason: reason, except: recipient)
  }

  private func tellCard(
    _ header: EventHeader,
    isPresent: Bool,
    reason: String?,
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
    }
  }

  private static let cardKinds: Set<String> = [
    "device.status", "credential.presented", "credential.refused", "credential.removed",
    "member.resolved", "scan.data",
  ]
}
