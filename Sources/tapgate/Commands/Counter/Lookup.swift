internal import ArgumentParser

/// `tapgate lookup KIND:VALUE`: whose card or code it is.
struct LookupCommand: GatewayCommand {
  static let configuration = CommandConfiguration(
    commandName: "lookup",
    abstract: Words.aboutLookup()
  )

  @OptionGroup var gateway: GatewayOptions

  @Argument(help: ArgumentHelp(Words.helpMember(), valueName: "kind:value"))
  var member: String

  func validate() throws { _ = try Reference(member, kinds: Reference.memberKinds) }

  func perform(_ session: Session) throws -> ExitStatus {
    let reference = try Reference(member, kinds: Reference.memberKinds)
    return try session.show("member.lookup", reference.parameters)
  }
}
