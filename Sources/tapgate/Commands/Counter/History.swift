internal import TapgateAPI
internal import ArgumentParser
internal import TapgateJSON

/// `tapgate history KIND:VALUE`, or `ID`: a member's journal, newest first.
struct HistoryCommand: GatewayCommand {
  static let configuration = CommandConfiguration(
    commandName: "history",
    abstract: Words.aboutHistory()
  )

  @OptionGroup var gateway: GatewayOptions

  @Argument(help: ArgumentHelp(Words.helpMemberOrID(), valueName: "kind:value"))
  var member: String

  @Option(help: ArgumentHelp(Words.helpLimit(), valueName: "n"))
  var limit = 20

  @Option(help: ArgumentHelp(Words.helpBefore(), valueName: "sequence"))
  var before: Int?

  func validate() throws {
    _ = try Reference(member: member)
    guard (1...200).contains(limit) else {
      throw ValidationError(Words.outOfRange("--limit", "1", "200"))
    }
  }

  func perform(_ session: Session) throws -> ExitStatus {
    let reference = try Reference(member: member)
    var parameters = JSONObject()
    parameters.add("memberId", try session.memberID(of: reference))
    parameters.add("before", before)
    parameters.add("limit", limit)
    return try session.showList("member.history", parameters)
  }
}

extension Session {
  /// The id of the member whom `reference` names.
  func memberID(of reference: Reference) throws -> String {
    if reference.kind == "memberId" { return reference.value }
    let found = try client.call("member.lookup", .object(reference.parameters))
    guard let member = found["member"]?["id"]?.string else {
      throw CommandFailure(.warning, name: "member.unknown", Words.none())
    }
    return member
  }
}
