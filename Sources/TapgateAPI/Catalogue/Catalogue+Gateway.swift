extension Catalogue {
  /// Methods about the connection and the gateway itself.
  static let gatewayMethods: [MethodDescription] = [
    MethodDescription(
      "hello",
      role: .observe,
      "Opens the conversation; comes first, once.",
      parameters: [
        .required(
          "client",
          .record([
            .required("name", .text(1...64), "the program's name"),
            .optional("version", .text(1...64), "the program's version"),
            .optional("lane", .text(1...32), "the lane whose taps it hears where nobody claimed"),
            .optional("language", .text(2...35), "zh or en (BCP 47); default: the gateway's"),
          ]),
          "who is there"
        ),
        .optional("apiMin", .integer(1...1_000_000), "lowest api number understood; default 1"),
        .optional("apiMax", .integer(1...1_000_000), "highest api number understood; default 1"),
      ],
      result: [
        .integer("api", "the number both understand"), .string("serverVersion", "version"),
        .string("bootId", "changes with every start"), .string("role", "what the client may do"),
        .array("capabilities", "groups of methods"), .object("limits", "bounds of requests"),
      ]
    ),
    MethodDescription(
      "rpc.discover",
      role: .observe,
      "Answers this document.",
      result: [.string("openrpc", "1.3.2"), .array("methods", "every method")]
    ),
    MethodDescription(
      "daemon.status",
      role: .observe,
      "How the gateway is.",
      result: [
        .string("version", "version"), .string("bootId", "changes with every start"),
        .integer("pid", "process"), .string("startedAt", "RFC 3339"),
        .integer("uptimeMs", "since then"), .boolean("simulation", "whether simulate.* exists"),
        .string("data", "the folder of the ledger", orNull: true),
        .array("clients", "who is connected"), .array("claims", "who holds what"),
        .integer("recordings", "clients that record inputs"),
        .array("troubles", "code, healthy, text, hint: why whole kinds of devices do not work"),
        .object("counters", "since the start"), .object("ledger", "figures", orNull: true),
      ]
    ),
    MethodDescription(
      "trace.last",
      role: .technician,
      "Why the last taps did what they did, the newest first.",
      parameters: [.optional("limit", .integer(1...200), "default 20")],
      result: [.array("taps", "each with its steps, masked and timed")]
    ),
    MethodDescription(
      "events.subscribe",
      role: .observe,
      "Sets the kinds of events this client hears beside its own.",
      parameters: [
        .required("kinds", .list(.choice(events.map(\.kind)), 0...32), "replaces what was set")
      ],
      result: [.array("kinds", "what is set now")]
    ),
    MethodDescription(
      "events.ack",
      role: .observe,
      "Says that an event was used; the trace shows it.",
      parameters: [.required("eventId", identifier, "the event")],
      result: [.boolean("acknowledged", "whether the gateway still knew it")]
    ),
  ]

  /// Every kind of event.
  public static let events: [EventDescription] = [
    EventDescription(
      kind: "credential.presented",
      summary: "A card, code or swipe that counts. One recipient.",
      fields: [
        .object("credential", "kind, masked"), .string("technology", "of the medium"),
        .string("assurance", "A0 to A4"), .array("reasons", "why that grade"),
        .string("medium", "card, phone, fob, paper, screen or unknown"),
        .string("symbology", "of a bar code", orNull: true),
        .integer("presence", "of the card", orNull: true),
        .integer("heldMs", "how long it waited for a recipient", orNull: true),
      ]
    ),
    EventDescription(
      kind: "member.resolved",
      summary: "Whom the credential names; repeats the tap's eventId. One recipient.",
      fields: memberResult
    ),
    EventDescription(
      kind: "credential.refused",
      summary: "An input that led to no credential. One recipient.",
      fields: [
        .string("reason", "closed vocabulary"), .string("hint", "for the cashier's screen"),
        .integer("presence", "of the card", orNull: true),
      ]
    ),
    EventDescription(
      kind: "credential.removed",
      summary: "The card of an earlier event left. To that event's recipient.",
      fields: [.integer("presence", "of the card")]
    ),
    EventDescription(
      kind: "scan.data",
      summary: "A scan that is no member's code. One recipient, unlogged.",
      fields: [
        .string("symbology", "UnifiedPOS name, else AIM identifier", orNull: true),
        .string("data", "what was scanned"), .string("aim", "AIM identifier", orNull: true),
        .boolean("partial", "whether the scanner stopped before the code's end"),
        .integer("heldMs", "how long it waited for a recipient", orNull: true),
      ]
    ),
    EventDescription(
      kind: "device.status",
      summary: "A device changed, or a card came or went at a device others hear.",
      fields: [
        .object("device", "as in device.list", orNull: true),
        .object("status", "UnifiedPOS status, name and number", orNull: true),
        .string("reason", "such as alreadyPresent", orNull: true),
        .integer("flapCount", "changes left out before this one: two a second are told"),
      ]
    ),
    EventDescription(
      kind: "device.alarm",
      summary: "A device shows what it should not: too many wrong authentication codes.",
      fields: [
        .string("reason", "macInvalid"), .integer("count", "how many"),
        .integer("windowMs", "within which time; until it is over, codes are refused"),
      ]
    ),
    EventDescription(
      kind: "session.input",
      summary: "An input, masked; to who called session.record.",
      fields: [
        .integer("us", "microseconds since the recording began"),
        .object("line", "what simulate.replay takes"),
      ]
    ),
    EventDescription(
      kind: "printer.status",
      summary: "A printer changed.",
      fields: [.object("device", "as in device.list")]
    ),
    EventDescription(
      kind: "print.job",
      summary: "A print job reached a new state.",
      fields: printJobResult
    ),
    EventDescription(
      kind: "operation.committed",
      summary: "An operation is on disk.",
      fields: [
        .integer("sequence", "its place in the journal"), .string("operationId", "its id"),
        .string("operation", "the method"), .string("memberId", "whom", orNull: true),
        .string("businessDate", "YYYY-MM-DD"),
      ]
    ),
    EventDescription(
      kind: "programme.changed",
      summary: "Another programme is in force from now on.",
      fields: [.object("programme", "as in programme.show")]
    ),
    EventDescription(
      kind: "claim.requested",
      summary: "Another client wants the claim; without device.retain it ends.",
      fields: [
        .string("claimId", "the claim"), .object("by", "pid, name"),
        .integer("graceMs", "time left to retain"),
      ]
    ),
    EventDescription(
      kind: "claim.lost",
      summary: "The claim went to another client.",
      fields: [.string("claimId", "the claim"), .object("by", "pid, name")]
    ),
    EventDescription(
      kind: "claim.granted",
      summary: "A claim that was waited for is granted.",
      fields: [.string("claimId", "the claim"), .array("devices", "ids of devices covered")]
    ),
    EventDescription(
      kind: "events.lost",
      summary: "Events that this client does not get.",
      fields: [
        .integer("count", "how many"),
        .string("reason", "queueOverflow, or laneAmbiguous: two clients named one lane"),
        .string("hint", "what to do", orNull: true),
      ]
    ),
    EventDescription(
      kind: "import.progress",
      summary: "How far the client's own import is.",
      fields: [.string("importId", "the import"), .integer("thousandths", "of the whole")]
    ),
  ]
}
