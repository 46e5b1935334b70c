internal import TapgateAPI
internal import TapgateCore
internal import TapgateJSON
internal import TapgateModel

/// UnifiedPOS result codes, by the wire's names.
enum ResultCode: String, Sendable, CaseIterable {
  case closed = "E_CLOSED"
  case claimed = "E_CLAIMED"
  case notClaimed = "E_NOTCLAIMED"
  case noService = "E_NOSERVICE"
  case disabled = "E_DISABLED"
  case illegal = "E_ILLEGAL"
  case noHardware = "E_NOHARDWARE"
  case offline = "E_OFFLINE"
  case noExist = "E_NOEXIST"
  case exists = "E_EXISTS"
  case failure = "E_FAILURE"
  case timeout = "E_TIMEOUT"
  case busy = "E_BUSY"
  case extended = "E_EXTENDED"
  case deprecated = "E_DEPRECATED"

  /// The constant's value.
  var number: Int {
    switch self {
    case .closed: 101
    case .claimed: 102
    case .notClaimed: 103
    case .noService: 104
    case .disabled: 105
    case .illegal: 106
    case .noHardware: 107
    case .offline: 108
    case .noExist: 109
    case .exists: 110
    case .failure: 111
    case .timeout: 112
    case .busy: 113
    case .extended: 114
    case .deprecated: 115
    }
  }
}

/// Who holds a device, as others may see it.
struct Holder: Hashable, Sendable {
  var pid: Int32
  var name: String
  /// RFC 3339.
  var since: String

  func write(into writer: inout JSONWriter) {
    writer.beginObject()
    writer.name("pid")
    writer.value(Int64(pid))
    writer.name("name")
    writer.value(name)
    writer.name("since")
    writer.value(since)
    writer.endObject()
  }
}

/// An answer that is an error.
package struct Failure: Error, Sendable {
  /// -32000 with a result code, or one of JSON-RPC 2.0 section 5.1.
  var code: Int64
  var result: ResultCode?
  var sentence: Sentence
  var field: String?
  var reason: RefusalReason?
  var holder: Holder?
  var deviceID: String?
  var deviceClass: DeviceClass?
  var retryAfterMilliseconds: Int64?
  var outcome: String?
  /// English, for whoever wrote the client or keeps the till; never holds what was sent.
  var hint: String?

  private init(code: Int64, result: ResultCode?, _ sentence: Sentence) {
    self.code = code
    self.result = result
    self.sentence = sentence
  }

  /// A fault of the protocol.
  static func faulty(
    _ code: Int64,
    _ sentence: Sentence,
    field: String? = nil,
    hint: String? = nil
  ) -> Failure {
    var failure = Failure(code: code, result: nil, sentence)
    failure.field = field
    failure.hint = hint
    return failure
  }

  /// An error by UnifiedPOS name.
  static func result(
    _ result: ResultCode,
    _ sentence: Sentence,
    field: String? = nil,
    hint: String? = nil
  ) -> Failure {
    var failure = Failure(code: -32000, result: result, sentence)
    failure.field = field
    failure.hint = hint
    return failure
  }

  /// E_BUSY.
  static func busy(after milliseconds: Int64, _ sentence: Sentence, hint: String) -> Failure {
    var failure = Failure(code: -32000, result: .busy, sentence)
    failure.retryAfterMilliseconds = milliseconds
    failure.outcome = "notStarted"
    failure.hint = hint
    return failure
  }

  /// A refusal by a rule of the business.
  init(_ refusal: Refusal) {
    let denial = refusal.detail.flatMap { OperatorDenial(code: $0) }
    let sentence = denial.map { Sentence.denied($0) } ?? .refused(refusal.reason)
    self.init(code: -32000, result: .failure, sentence)
    reason = refusal.reason
    hint = refusal.detail
  }

  /// What a table of parameters found.
  init(_ problem: ParameterProblem) {
    switch problem.kind {
    case .impossible:
      self.init(code: -32000, result: .illegal, .impossibleValue(field: problem.field))
    case .wrongType: self.init(code: -32602, result: nil, .wrongType(field: problem.field))
    case .missing: self.init(code: -32602, result: nil, .missingField(field: problem.field))
    case .unknown: self.init(code: -32602, result: nil, .unknownField(field: problem.field))
    case .conflict: self.init(code: -32602, result: nil, .conflictingField(field: problem.field))
    }
    field = problem.field
    hint = "expected: \(problem.expected)"
  }

  /// Why the ledger or the back office did not decide.
  init(_ failure: OperationFailure) {
    switch failure {
    case .exists:
      self.init(code: -32000, result: .exists, .operationExists)
      field = "operationId"
    case .unknown(let name):
      self.init(code: -32000, result: .noExist, .unknown)
      field = name
    case .illegal(let name, let problem):
      self.init(code: -32000, result: .illegal, .impossibleValue(field: name))
      field = name
      hint = problem
    case .busy(let milliseconds, let words):
      self = .busy(after: Int64(milliseconds), .busy, hint: words)
    case .closing:
      self.init(code: -32000, result: .closed, .closing)
      outcome = "notStarted"
    case .broken(let words):
      self.init(code: -32000, result: .failure, .broken)
      hint = words
    }
  }

  /// Whether the same request may succeed later.
  private var isRetryable: Bool {
    switch result {
    case .busy, .claimed, .closed, .noService, .offline, .noHardware, .timeout: true
    default: false
    }
  }

  /// Writes the error object.
  func write(into writer: inout JSONWriter, language: Language, traceID: String) {
    writer.beginObject()
    writer.name("code")
    writer.value(code)
    writer.name("message")
    writer.value(sentence.text(in: language))
    writer.name("data")
    writer.beginObject()
    writer.name("upos")
    writer.value(result.map { Int64($0.number) })
    writer.name("name")
    writer.value(result?.rawValue)
    writer.name("class")
    writer.value(deviceClass?.rawValue)
    writer.name("extended")
    writer.value(0)
    writer.name("deviceId")
    writer.value(deviceID)
    writer.name("holder")
    if let holder { holder.write(into: &writer) } else { writer.null() }
    writer.name("reason")
    writer.value(reason?.rawValue)
    writer.name("field")
    writer.value(field)
    writer.name("retryable")
    writer.value(isRetryable)
    writer.name("retryAfterMs")
    writer.value(retryAfterMilliseconds)
    writer.name("outcome")
    writer.value(outcome)
    writer.name("hint")
    writer.value(hint)
    writer.name("traceId")
    writer.value(traceID)
    writer.endObject()
    writer.endObject()
  }
}
