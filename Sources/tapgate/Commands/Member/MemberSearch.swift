internal import ArgumentParser
internal import TapgateJSON

/// `tapgate member search TEXT`: members whose name, phone's end or id fit.
struct MemberSearch: GatewayCommand {
  static let configuration = CommandConfiguration(
    commandName: "search",
    abstract: Words.aboutMemberSearch()
  )

  @OptionGroup var gateway: GatewayOptions

  @Argument(help: ArgumentHelp(Words.helpSearchText()))
  var text: String

  @Option(help: ArgumentHelp(Words.helpLimit(), valueName: "n"))
  var limit = 20

  func validate() throws {
    guard (1...20).contains(limit) else {
      throw ValidationError(Words.outOfRange("--limit", "1", "20"))
    }
  }

  func perform(_ session: Session) throws -> ExitStatus {
    try session.showList(
      "member.search",
      JSONObject(literals: ["text": .string(text), "limit": .integer(Int64(limit))]),
      columns: [
        "member.id", "member.displayName", "member.status", "member.tier.name", "card.status",
        "points.available",
      ]
    )
  }
}
