extension Catalogue {
  /// Methods about operators and the daemon's configuration.
  static let operatorMethods: [MethodDescription] = [
    MethodDescription(
      "operator.list",
      role: .manager,
      "The operators of the configuration.",
      result: [
        .array(
          "operators",
          "operator, name, scope, needsPin, pinState (none, set, locked), permissions with verbs, "
            + "channels and limits"
        )
      ]
    ),
    MethodDescription(
      "operator.setPin",
      role: .manager,
      "Sets an operator's PIN and forgets wrong tries. Only a hash of it is kept.",
      parameters: [
        .required("operator", .text(1...64), "the operator's id in the configuration"),
        .required("pin", .printableASCII(4...12), "4 to 12 digits, and not such as 1234"),
      ],
      result: [.string("operator", "the operator"), .string("pinState", "set")],
      errors: ["E_NOEXIST", "E_BUSY"]
    ),
    MethodDescription(
      "daemon.reload",
      role: .technician,
      "Reads the configuration file anew. Nodes and operators are in force at once; what else "
        + "differs waits for a restart. A file with faults changes nothing.",
      result: [
        .array("applied", "what is in force now"),
        .array("pending", "what differs and waits for a restart"),
      ]
    ),
  ]
}
