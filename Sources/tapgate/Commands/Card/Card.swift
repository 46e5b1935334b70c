internal import ArgumentParser
internal import TapgateJSON

/// `tapgate card …`.
struct CardCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "card",
    abstract: Words.aboutCard(),
    subcommands: [
      CardIssue.self, CardBind.self, CardUnbind.self, CardReportLost.self, CardCancelLost.self,
      CardFreeze.self, CardUnfreeze.self, CardReplace.self, CardClose.self,
    ]
  )
}

/// Which card, and why.
struct CardTarget: ParsableArguments {
  @Argument(help: ArgumentHelp(Words.helpCard(), valueName: "kind:value"))
  var card: String

  @Option(help: ArgumentHelp(Words.helpReason()))
  var reason: String?

  func validate() throws { _ = try Reference(card, kinds: Reference.cardKinds) }

  /// The request that names the card and the reason.
  func parameters() throws -> JSONObject {
    var parameters = try Reference(card, kinds: Reference.cardKinds).parameters
    parameters.add("reason", reason)
    return parameters
  }
}
