internal import TapgateAPI
internal import TapgateCore
internal import TapgateJSON
internal import TapgateModel

/// Programmes, the date, invitations.
extension Switchboard {
  static let stewardshipHandlers: [(String, Handler)] = [
    ("programme.show", { board, call throws(Failure) in try board.showProgrammes(call) }),
    ("programme.activate", { board, call throws(Failure) in try board.activate(call) }),
    ("daemon.confirmDate", { board, call throws(Failure) in try board.confirmDate(call) }),
    ("member.inviteCode", { board, call throws(Failure) in try board.showInviteCode(call) }),
    ("member.invite", { board, call throws(Failure) in try board.invite(call) }),
  ]

  private func stewardship() throws(Failure) -> any Stewardship {
    guard let port = ports.stewardship else {
      throw .result(.illegal, .notAllowedHere, hint: "this gateway has no ledger of its own")
    }
    return port
  }

  /// `programme.show`.
  func showProgrammes(_ call: Call) throws(Failure) {
    let port = try stewardship()
    try inBackOffice(call) { try await port.programmes() }
  }

  /// `programme.activate`.
  func activate(_ call: Call) throws(Failure) {
    let file = call.parameters["programme"] ?? .null
    let from = try date(call, "from")
    try submit(call, subject: nil, .assets(.activate(programme: file.encoded(), from: from)))
  }

  /// `daemon.confirmDate`.
  func confirmDate(_ call: Call) throws(Failure) {
    let port = try stewardship()
    guard let date = try date(call, "date") else {
      throw .faulty(-32602, .missingField(field: "date"), field: "date")
    }
    try inBackOffice(call) {
      if let other = await port.confirm(date) {
        let hint = "the machine's clock says \(other): set the clock first"
        throw Failure.result(.illegal, .impossibleValue(field: "date"), field: "date", hint: hint)
      }
      return .object(["today": .string(date.description)])
    }
  }

  /// `member.inviteCode`.
  func showInviteCode(_ call: Call) throws(Failure) {
    let port = try stewardship()
    let id = try call.parameters.requiredText("memberId")
    try refuseGuessing(call.connection, subject: .memberID(id))
    try inBackOffice(call) {
      guard let code = await port.inviteCode(memberID: id) else {
        throw Failure.result(.noExist, .unknown, field: "memberId")
      }
      return .object(["memberId": .string(id), "code": .string(code)])
    }
  }

  /// `member.invite`.
  func invite(_ call: Call) throws(Failure) {
    let code = try call.parameters.requiredText("code")
    let (key, _) = try memberKey(call)
    try submit(call, subject: key, .assets(.invite(code: code)))
  }

  private func date(_ call: Call, _ field: String) throws(Failure) -> BusinessDate? {
    guard let text = call.parameters.text(field) else { return nil }
    guard let date = BusinessDate(text) else {
      throw .result(.illegal, .impossibleValue(field: field), field: field, hint: "YYYY-MM-DD")
    }
    return date
  }

  /// Another programme has come into force.
  func tellProgramme(_ programme: JSON) {
    broadcast("programme.changed", headerNow(deviceID: nil)) { writer in
      writer.name("programme")
      writer.value(programme)
    }
  }
}
