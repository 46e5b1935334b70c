internal import TapgateJSON
internal import TapgateReports

/// An event as one line for people: when, in which lane, at which device, and what happened.
enum EventLine {
  /// The line of `event`. `tap` is the trace of the tap that it tells of, `member` whom that named.
  static func text(_ event: JSON, tap: JSON? = nil, member: JSON? = nil) -> String {
    let time = event["at"]?.string.map { String($0.dropFirst(11).prefix(12)) }
    let lane = (event["lane"]?.string ?? event["device"]?["lane"]?.string).map {
      Words.eventLane($0)
    }
    var parts = [time, lane, event["deviceId"]?.string].compactMap { $0 }
    parts += what(event, tap, member)
    if let count = event["flapCount"]?.integer, count > 0 {
      parts.append(Words.eventLeftOut(String(count)))
    }
    if event["simulated"] == .bool(true) { parts.append(Words.simulated()) }
    return DisplayWidth.printable(parts.filter { !$0.isEmpty }.joined(separator: "  "))
  }

  private static func what(_ event: JSON, _ tap: JSON?, _ member: JSON?) -> [String] {
    switch event["kind"]?.string {
    case "credential.presented":
      [credential(event["credential"]), grade(event["assurance"])].compactMap { $0 }
    case "member.resolved": person(event)
    case "credential.refused": [refusal(event)]
    case "credential.removed": [Words.eventCardAway()]
    case "scan.data":
      [Words.eventScan(text(event["data"])), text(event["symbology"])]
    case "device.status" where !(event["status"] ?? .null).isNull: card(event, tap, member)
    case "device.status", "printer.status": device(event["device"] ?? .null)
    case "device.alarm":
      [
        Words.eventAlarm(
          text(event["count"]),
          String((event["windowMs"]?.integer ?? 0) / 1000)
        )
      ]
    case "print.job":
      [
        Words.eventJob(text(event["jobId"]), Words.value(text(event["state"]), of: "state")),
        text(event["evidence"]), text(event["reason"]),
      ]
    case "operation.committed":
      [
        Words.eventCommitted(
          Words.value(text(event["operation"]), of: "operation"),
          text(event["sequence"])
        ), text(event["memberId"]), text(event["operationId"]),
      ]
    default: claim(event)
    }
  }

  private static func claim(_ event: JSON) -> [String] {
    let id = text(event["claimId"])
    let other = text(event["by"]?["name"])
    switch event["kind"]?.string {
    case "claim.requested":
      return [Words.eventClaimRequested(other, id, text(event["graceMs"]))]
    case "claim.lost": return [Words.eventClaimLost(id, other)]
    case "claim.granted": return [Words.eventClaimGranted(id), text(event["devices"])]
    case "events.lost":
      return [Words.eventsLost(text(event["count"]), reason(event["reason"]))]
    default: return [text(event["kind"])] + members(event)
    }
  }

  /// A kind of a newer gateway: its members as they are.
  private static func members(_ event: JSON) -> [String] {
    let common = [
      "seq", "eventId", "bootId", "kind", "deviceId", "lane", "at", "monotonicUs", "simulated",
    ]
    return (event.object?.members ?? [])
      .filter { !common.contains($0.name) && !$0.value.isNull && $0.value != .array([]) }
      .map { "\(Words.field($0.name))=\(Details.text($0.value, name: $0.name))" }
  }

  private static func card(_ event: JSON, _ tap: JSON?, _ member: JSON?) -> [String] {
    guard event["status"]?["name"]?.string == "SC_SUE_CARD_PRESENT" else {
      return [Words.eventCardAway(), reason(event["reason"])]
    }
    var parts = [Words.eventCard(), credential(tap?["credential"]) ?? ""]
    if let recipient = tap?["deliveredTo"]?.string { parts.append(Words.eventDelivered(recipient)) }
    parts.append(reason(event["reason"]))
    let steps = tap?["steps"]?.array ?? []
    if let member {
      parts += person(member)
    } else if steps.contains(where: { $0["detail"]?.string == "unknown" }) {
      parts.append(Words.eventNobody())
    }
    return parts
  }

  /// Name, id, tier and points of what a look-up answers.
  private static func person(_ found: JSON) -> [String] {
    guard let member = found["member"], !member.isNull else { return [Words.eventNobody()] }
    let status = text(member["status"])
    return [
      Words.eventMember(text(member["displayName"]), text(member["id"])),
      text(member["tier"]?["name"]),
      (found["points"]?["available"]?.integer).map { Words.eventPoints(String($0)) } ?? "",
      status == "active" ? "" : Words.value(status, of: "status"),
    ]
  }

  private static func device(_ device: JSON) -> [String] {
    let verdict = text(device["verdict"])
    return [
      Words.eventDevice(
        text(device["name"]),
        text(device["state"]?["name"]),
        text(device["power"]?["name"])
      ),
      verdict == "used" ? "" : Words.value(verdict, of: "verdict"), text(device["reason"]),
    ]
  }

  private static func credential(_ credential: JSON?) -> String? {
    guard let kind = credential?["kind"]?.string else { return nil }
    return Words.eventCredential(Words.value(kind, of: "kind"), text(credential?["masked"]))
  }

  private static func grade(_ assurance: JSON?) -> String? {
    assurance?.string.map { Words.eventAssurance($0) }
  }

  private static func refusal(_ event: JSON) -> String {
    let hint = text(event["hint"])
    return Words.eventRefused(hint.isEmpty ? text(event["reason"]) : hint)
  }

  private static func reason(_ reason: JSON?) -> String {
    let text = text(reason)
    return Words.reasons[text]?() ?? text
  }

  private static func text(_ json: JSON?) -> String { Details.text(json ?? .null, name: "") }
}
