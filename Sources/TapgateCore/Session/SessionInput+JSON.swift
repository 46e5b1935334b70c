public import TapgateJSON
internal import TapgateModel

/// What is wrong with a line of a session; never holds what stood there.
public struct SessionProblem: Error, Hashable, Sendable {
  /// The member's name, such as `credential.value`.
  public var field: String
  public var expected: String

  /// Creates a problem.
  public init(field: String, expected: String) {
    self.field = field
    self.expected = expected
  }
}

extension SessionInput {
  /// The input as a line of a session holds it.
  public var json: JSON {
    switch self {
    case .device(let id, let deviceClass, let name, let lane):
      .object([
        "input": .string("device"), "device": .string(id),
        "class": .string(deviceClass.rawValue), "name": .string(name), "lane": .optional(lane),
      ])
    case .deviceLost(let id): .object(["input": .string("deviceLost"), "device": .string(id)])
    case .presented(let presentation): presentation.json
    case .removed(let deviceID, let presence):
      .object([
        "input": .string("removed"), "device": .string(deviceID),
        "presence": .integer(Int64(clamping: presence)),
      ])
    case .refused(let deviceID, let presence, let refusal, let detail):
      .object([
        "input": .string("refused"), "device": .string(deviceID),
        "presence": .optional(presence.map { Int64(clamping: $0) }),
        "reason": .string(refusal.rawValue), "detail": .string(detail),
      ])
    case .scanned(let scan): scan.json
    }
  }

  /// Reads a line of a session; names that are not known are errors.
  public init(_ json: JSON) throws(SessionProblem) {
    let line = SessionLine(json)
    let word = try line.text("input")
    switch word {
    case "device":
      try line.allow(["input", "device", "class", "name", "lane"])
      self = .device(
        id: try line.text("device"),
        deviceClass: try line.word("class"),
        name: try line.text("name"),
        lane: try line.optionalText("lane")
      )
    case "deviceLost":
      try line.allow(["input", "device"])
      self = .deviceLost(id: try line.text("device"))
    case "presented": self = .presented(try SessionPresentation(line))
    case "removed":
      try line.allow(["input", "device", "presence"])
      self = .removed(deviceID: try line.text("device"), presence: try line.number("presence"))
    case "refused":
      try line.allow(["input", "device", "presence", "reason", "detail"])
      self = .refused(
        deviceID: try line.text("device"),
        presence: try line.optionalNumber("presence"),
        try line.word("reason"),
        detail: try line.optionalText("detail") ?? ""
      )
    case "scanned": self = .scanned(try SessionScan(line))
    default:
      let known = "device, deviceLost, presented, removed, refused or scanned"
      throw SessionProblem(field: "input", expected: known)
    }
  }
}

extension SessionPresentation {
  fileprivate var json: JSON {
    var token = JSON.null
    switch freshness {
    case .counter(let value): token = .object(["counter": .integer(Int64(clamping: value))])
    case .stepOffset(let offset): token = .object(["stepOffset": .integer(offset)])
    case nil: break
    }
    return .object([
      "input": .string("presented"), "device": .string(deviceID),
      "presence": .integer(Int64(clamping: presence)),
      "credential": .object([
        "kind": .string(credential.kind.rawValue), "value": .string(credential.reveal()),
      ]),
      "technology": .string(technology), "assurance": .string(assurance.rawValue),
      "reasons": .array(reasons.map(JSON.string)), "medium": .string(medium),
      "freshness": token, "alreadyPresent": .bool(isAlreadyPresent),
    ])
  }

  fileprivate init(_ line: SessionLine) throws(SessionProblem) {
    try line.allow([
      "input", "device", "presence", "credential", "technology", "assurance", "reasons",
      "medium", "freshness", "alreadyPresent",
    ])
    let named = try line.record("credential")
    try named.allow(["kind", "value"])
    let kind: CredentialKind = try named.word("kind")
    // What is wrong with it is not told: it may be somebody's real card, typed into a file.
    guard let credential = try? Credential(kind: kind, value: try named.text("value")) else {
      throw SessionProblem(field: "credential.value", expected: "the form of its kind")
    }
    var freshness: SessionFreshness?
    if line.json["freshness"]?.isNull == false {
      let token = try line.record("freshness")
      try token.allow(["counter", "stepOffset"])
      if let offset = token.json["stepOffset"]?.integer {
        freshness = .stepOffset(offset)
      } else {
        freshness = .counter(try token.number("counter"))
      }
    }
    self.init(
      deviceID: try line.text("device"),
      presence: try line.number("presence"),
      credential: credential,
      technology: try line.text("technology"),
      assurance: try line.word("assurance"),
      reasons: line.json["reasons"]?.array?.compactMap(\.string) ?? [],
      medium: try line.optionalText("medium") ?? "card",
      freshness: freshness,
      isAlreadyPresent: line.json["alreadyPresent"]?.bool ?? false
    )
  }
}

extension SessionScan {
  fileprivate var json: JSON {
    let form: JSON =
      switch self.form {
      case .text(let text): .object(["form": .string("text"), "text": .string(text)])
      case .rotating(let reference, let offset, let isAuthentic):
        .object([
          "form": .string("rotating"), "reference": .string(reference),
          "stepOffset": .integer(offset), "authentic": .bool(isAuthentic),
        ])
      case .paymentCode(let service, let length):
        .object([
          "form": .string("paymentCode"), "service": .string(service),
          "length": .integer(Int64(length)),
        ])
      case .paymentCard(let length):
        .object(["form": .string("paymentCard"), "length": .integer(Int64(length))])
      }
    return .object([
      "input": .string("scanned"), "device": .string(deviceID), "scan": form,
      "aim": .optional(aim), "symbology": .optional(symbology), "partial": .bool(isPartial),
    ])
  }

  fileprivate init(_ line: SessionLine) throws(SessionProblem) {
    try line.allow(["input", "device", "scan", "aim", "symbology", "partial"])
    let scan = try line.record("scan")
    let form: Form
    switch try scan.text("form") {
    case "text": form = .text(try scan.text("text", countMax: 8192))
    case "rotating":
      form = .rotating(
        reference: try scan.text("reference"),
        stepOffset: scan.json["stepOffset"]?.integer ?? 0,
        isAuthentic: scan.json["authentic"]?.bool ?? false
      )
    case "paymentCode":
      form = .paymentCode(service: try scan.text("service"), length: try scan.length())
    case "paymentCard": form = .paymentCard(length: try scan.length())
    default:
      throw SessionProblem(
        field: "scan.form",
        expected: "text, rotating, paymentCode or paymentCard"
      )
    }
    self.init(
      deviceID: try line.text("device"),
      form: form,
      aim: try line.optionalText("aim"),
      symbology: try line.optionalText("symbology"),
      isPartial: line.json["partial"]?.bool ?? false
    )
  }
}

/// An object of a session's line with its typed members.
private struct SessionLine {
  let json: JSON
  var path = ""

  init(_ json: JSON, path: String = "") {
    self.json = json
    self.path = path
  }

  func allow(_ names: [String]) throws(SessionProblem) {
    for member in json.object?.members ?? [] where !names.contains(member.name) {
      throw SessionProblem(field: path + member.name, expected: "no such field")
    }
  }

  func record(_ name: String) throws(SessionProblem) -> SessionLine {
    guard let value = json[name], value.object != nil else {
      throw SessionProblem(field: path + name, expected: "an object")
    }
    return SessionLine(value, path: path + name + ".")
  }

  func text(_ name: String, countMax: Int = 512) throws(SessionProblem) -> String {
    guard let text = json[name]?.string, (1...countMax).contains(text.utf8.count) else {
      throw SessionProblem(field: path + name, expected: "a string of 1 to \(countMax) bytes")
    }
    return text
  }

  func optionalText(_ name: String) throws(SessionProblem) -> String? {
    guard let value = json[name], !value.isNull else { return nil }
    guard let text = value.string, text.utf8.count <= 512 else {
      throw SessionProblem(field: path + name, expected: "a string of at most 512 bytes")
    }
    return text
  }

  func number(_ name: String) throws(SessionProblem) -> UInt64 {
    guard let number = json[name]?.integer, number >= 0 else {
      throw SessionProblem(field: path + name, expected: "a number from 0")
    }
    return UInt64(number)
  }

  func optionalNumber(_ name: String) throws(SessionProblem) -> UInt64? {
    guard let value = json[name], !value.isNull else { return nil }
    return try number(name)
  }

  /// Digits of a number that stands for another.
  func length() throws(SessionProblem) -> Int {
    let length = try number("length")
    guard (1...64).contains(length) else {
      throw SessionProblem(field: path + "length", expected: "a number from 1 to 64")
    }
    return Int(length)
  }

  func word<Word: RawRepresentable>(_ name: String) throws(SessionProblem) -> Word
  where Word.RawValue == String {
    guard let word = Word(rawValue: try text(name)) else {
      throw SessionProblem(field: path + name, expected: "a word of the API's vocabulary")
    }
    return word
  }
}
