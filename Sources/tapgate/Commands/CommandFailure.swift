internal import TapgateAPI
internal import TapgateJSON

/// What went wrong, as a command tells it: an exit status, a sentence, a document.
struct CommandFailure: Error {
  var status: ExitStatus
  /// The sentence; further sentences, such as a hint, follow.
  var sentences: [String]
  /// `{"code":…,"message":…,"data":…}`, for `--json`.
  var document: JSON

  /// Names a failure that does not come from the gateway.
  init(_ status: ExitStatus, name: String, _ sentence: String) {
    self.status = status
    sentences = [sentence]
    document = Self.document(name: name, message: sentence)
  }

  /// Translates whatever a command threw; `nil` for what is none of its business.
  init?(_ error: any Error) {
    switch error {
    case let failure as CommandFailure: self = failure
    case let error as GatewayError: self.init(error)
    case let error as GatewayConnectionError: self.init(error)
    case let error as FileError:
      let words =
        error.call == "read"
        ? Words.cannotRead(error.path, error.words) : Words.cannotOpen(error.path, error.words)
      self.init(.unexamined, name: "file.unreadable", words)
    default: return nil
    }
  }

  /// Says it and answers the status.
  func report(on console: Console) -> ExitStatus {
    if console.isJSON { console.document(.object(["error": document])) }
    for (index, sentence) in sentences.enumerated() {
      if index == 0 { console.complainError(sentence) } else { console.complain(sentence) }
    }
    return status
  }

  private init(_ error: GatewayError) {
    status = Self.status(of: error)
    sentences = [error.message]
    if let field = error.field { sentences.append(Words.fieldAtFault(field)) }
    if let hint = error.hint { sentences.append(Words.hint(hint)) }
    document = error.json
  }

  private init(_ error: GatewayConnectionError) {
    switch error {
    case .notRunning(let paths):
      let tried = paths.joined(separator: ", ")
      self.init(.unexamined, name: "gateway.down", Words.gatewayDown(tried))
    case .system(_, let path, let number) where FileFacts.meansForbidden(number):
      let user = FileFacts.userName(ProcessFacts.userID)
      self.init(.unexamined, name: "socket.forbidden", Words.socketDenied(path, user))
    case .system(let call, let path, let number):
      let words = Words.systemRefused(call, path, FileFacts.words(number))
      self.init(.unexamined, name: "socket.refused", words)
    case .pathTooLong(let path):
      self.init(.unexamined, name: "socket.pathTooLong", Words.socketPathTooLong(path))
    case .closed: self.init(.fault, name: "gateway.closed", Words.connectionClosed())
    case .timedOut(let method):
      self.init(.fault, name: "gateway.timedOut", Words.noAnswer(method))
    case .malformed(let rule):
      self.init(.fault, name: "gateway.malformed", Words.malformedAnswer(rule))
    }
  }

  /// Refusals, and names of things that do not exist, are no faults: the gateway works as it
  /// should.
  private static func status(of error: GatewayError) -> ExitStatus {
    guard error.code == -32000 else { return .fault }
    switch error.name {
    case "E_FAILURE": return error.reason == nil ? .fault : .warning
    case "E_NOEXIST", "E_EXISTS", "E_ILLEGAL", "E_CLAIMED", "E_NOTCLAIMED", "E_DISABLED",
      "E_DEPRECATED":
      return .warning
    default: return .fault
    }
  }

  private static func document(name: String, message: String) -> JSON {
    .object([
      "code": .null, "message": .string(message), "data": .object(["name": .string(name)]),
    ])
  }
}
