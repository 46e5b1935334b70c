extension Catalogue {
  private static let claimKey: [Parameter] = [
    .optional("claimId", identifier, "the claim"),
    .optional("deviceId", identifier, "or the device it is for"),
    .optional("lane", .text(1...32), "or the lane it is for"),
  ]

  private static let claimResult: [ResultField] = [
    .string("claimId", "the claim"), .array("devices", "ids of devices covered now"),
  ]

  /// Methods about devices.
  static let deviceMethods: [MethodDescription] = [
    MethodDescription(
      "device.list",
      role: .observe,
      "Every device seen, used or not.",
      result: [
        .array("devices", "descriptions"),
        .array("troubles", "code, healthy, text, hint: why whole kinds of devices do not work"),
      ]
    ),
    MethodDescription(
      "device.get",
      role: .observe,
      "One device.",
      parameters: [.required("deviceId", identifier, "the device")],
      result: [
        .string("deviceId", "stable id"), .string("class", "UnifiedPOS class"),
        .string("name", "as the system gives it"), .object("state", "name, number"),
        .object("power", "name, number"), .string("verdict", "what the gateway makes of it"),
        .string("reason", "why", orNull: true), .string("identity", "what the id rests on"),
        .string("lane", "its lane", orNull: true),
        .integer("flapCount", "how often it came and went lately"),
        .object("holder", "pid, name", orNull: true),
      ],
      errors: ["E_NOEXIST"]
    ),
    MethodDescription(
      "device.claim",
      role: .pos,
      "Asks to be the only one who hears a device or a lane.",
      parameters: [
        .optional("deviceId", identifier, "the device"),
        .optional("lane", .text(1...32), "or a lane: its input devices, present and to come"),
        .optional("waitMs", .integer(0...600_000), "how long to stand in line; default 0"),
        .optional("contest", .flag, "whether to ask the holder to let go; default false"),
      ],
      alternatives: [.exactlyOne(["deviceId", "lane"])],
      result: claimResult,
      errors: ["E_CLAIMED", "E_NOEXIST", "E_BUSY"]
    ),
    MethodDescription(
      "device.release",
      role: .pos,
      "Lets go.",
      parameters: claimKey,
      alternatives: [.exactlyOne(["claimId", "deviceId", "lane"])],
      errors: ["E_NOTCLAIMED"]
    ),
    MethodDescription(
      "device.retain",
      role: .pos,
      "Keeps a claim that another client contests; within a second of claim.requested.",
      parameters: claimKey,
      alternatives: [.exactlyOne(["claimId", "deviceId", "lane"])],
      result: claimResult,
      errors: ["E_NOTCLAIMED"]
    ),
    MethodDescription(
      "device.checkHealth",
      role: .technician,
      "Looks at a device without disturbing it (level 1).",
      parameters: [
        .required("deviceId", identifier, "the device"),
        .optional("level", .integer(1...3), "CH_INTERNAL 1, CH_EXTERNAL 2, CH_INTERACTIVE 3"),
      ],
      result: [
        .string("deviceId", "the device"), .object("level", "name, number"),
        .string("CheckHealthText", "UnifiedPOS text"),
        .array("findings", "code, healthy, text, hint"),
      ],
      errors: ["E_NOEXIST"]
    ),
    MethodDescription(
      "device.statistics",
      role: .technician,
      "UnifiedPOS counters of a device since the start.",
      parameters: [.required("deviceId", identifier, "the device")],
      result: [.string("deviceId", "the device"), .object("statistics", "counters by name")],
      errors: ["E_NOEXIST"]
    ),
  ]

  static let printJobResult: [ResultField] = [
    .string("jobId", "the job"), .string("printer", "its printer"),
    .string("state", "queued, sending, sent, confirmed, stalled, indeterminate, failed, …"),
    .string("evidence", "what confirmed it", orNull: true),
    .string("reason", "why it is there", orNull: true),
  ]

  /// Methods about printing.
  static let printMethods: [MethodDescription] = [
    MethodDescription(
      "print.submit",
      role: .pos,
      "Prints a document of JSON blocks.",
      parameters: [
        .required("document", .document, "an array of blocks, each with its type"),
        .optional("printer", identifier, "default: the first configured"),
      ] + operationFields(isIDRequired: true),
      result: [.string("jobId", "the job"), .string("state", "queued")] + receiptOfCommit,
      errors: ["E_EXISTS", "E_NOEXIST", "E_NOHARDWARE"]
    ),
    MethodDescription(
      "print.job",
      role: .pos,
      "Where a job stands.",
      parameters: [.required("jobId", identifier, "the job")],
      result: printJobResult,
      errors: ["E_NOEXIST"]
    ),
    MethodDescription(
      "print.jobs",
      role: .pos,
      "The last jobs of all printers, the newest first.",
      parameters: [.optional("limit", .integer(1...200), "default 20")],
      result: [.array("jobs", "each as print.job answers")]
    ),
    MethodDescription(
      "print.resolve",
      role: .pos,
      "A person's word for what became of a job.",
      parameters: [
        .required("jobId", identifier, "the job"),
        .required("outcome", .choice(["printed", "notPrinted"]), "what lies on the counter"),
      ],
      result: printJobResult,
      errors: ["E_NOEXIST", "E_ILLEGAL"]
    ),
  ]

  /// Methods that only a gateway started with `--simulate` has.
  static let simulationMethods: [MethodDescription] = [
    MethodDescription(
      "simulate.tap",
      role: .technician,
      "Lays a card on a virtual reader. Only with --simulate.",
      parameters: [
        .optional("deviceId", identifier, "default: the first virtual reader"),
        .required("uid", .text(1...512), "hexadecimal; the credential's text for another kind"),
        .optional("kind", .choice(credentialKinds), "default: cardUid"),
        .optional("assurance", .choice(assurances), "what the driver could prove; default A1"),
        .optional("counter", .integer(0...Int64.max), "the card's counter, accepted once"),
      ],
      result: [.string("deviceId", "the device")],
      errors: ["E_NOEXIST"]
    ),
    MethodDescription(
      "simulate.remove",
      role: .technician,
      "Takes the card away. Only with --simulate.",
      parameters: [.optional("deviceId", identifier, "default: the first virtual reader")],
      result: [.string("deviceId", "the device")],
      errors: ["E_NOEXIST"]
    ),
    MethodDescription(
      "simulate.scan",
      role: .technician,
      "Scans a code. Only with --simulate.",
      parameters: [
        .required("data", .text(1...4096), "what is scanned"),
        .optional("aim", .printableASCII(1...8), "AIM symbology identifier, such as ]E0"),
      ],
      result: [.string("deviceId", "the device")]
    ),
    MethodDescription(
      "simulate.swipe",
      role: .technician,
      "Swipes a card. Only with --simulate.",
      parameters: [
        .optional("track1", .text(0...256), "track 1 with its sentinels"),
        .optional("track2", .text(0...256), "track 2 with its sentinels"),
      ],
      result: [.string("deviceId", "the device")]
    ),
    MethodDescription(
      "simulate.printer",
      role: .technician,
      "Makes the virtual printer fail. Only with --simulate.",
      parameters: [.required("fault", .text(1...64), "such as paperOut; none ends it")],
      result: [.string("deviceId", "the device")]
    ),
    MethodDescription(
      "simulate.replay",
      role: .technician,
      "Reports inputs of a recorded session, now and in order. Only with --simulate.",
      parameters: [
        .required("inputs", .list(.document, 1...100), "lines of session.input")
      ],
      result: [.integer("replayed", "how many")]
    ),
  ]

  /// Methods that record what comes in.
  static let sessionMethods: [MethodDescription] = [
    MethodDescription(
      "session.record",
      role: .technician,
      "Tells this client every input, with all credentials replaced by stand-ins.",
      result: [.string("startedAt", "RFC 3339"), .string("version", "the gateway's")],
      errors: ["E_BUSY"]
    ),
    MethodDescription(
      "session.stop",
      role: .technician,
      "Ends that.",
      result: [.boolean("stopped", "whether anything was recorded")]
    ),
  ]
}
