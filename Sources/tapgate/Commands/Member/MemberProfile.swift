internal import ArgumentParser
internal import TapgateJSON

/// `tapgate member profile ID`: masked; with `--raw` in clear, which the journal notes.
struct MemberProfileCommand: GatewayCommand {
  static let configuration = CommandConfiguration(
    commandName: "profile",
    abstract: Words.aboutMemberProfile()
  )

  @OptionGroup var gateway: GatewayOptions
  @OptionGroup var operation: OperationOptions

  @Argument(help: ArgumentHelp(Words.helpMemberID(), valueName: "id"))
  var memberID: String

  @Flag(help: ArgumentHelp(Words.helpRawProfile()))
  var raw = false

  @Option(help: ArgumentHelp(Words.helpReason()))
  var reason: String?

  func perform(_ session: Session) throws -> ExitStatus {
    var parameters = JSONObject(literals: ["memberId": .string(memberID)])
    guard raw else { return try session.show("member.profile", parameters) }
    parameters["raw"] = .bool(true)
    parameters.add("reason", reason)
    return try session.operate("member.profile", parameters, operation)
  }
}

/// `tapgate member update ID`: changes what is named and leaves the rest.
struct MemberUpdate: GatewayCommand {
  static let configuration = CommandConfiguration(
    commandName: "update",
    abstract: Words.aboutMemberUpdate()
  )

  @OptionGroup var gateway: GatewayOptions
  @OptionGroup var operation: OperationOptions

  @Argument(help: ArgumentHelp(Words.helpMemberID(), valueName: "id"))
  var memberID: String

  @Option(help: ArgumentHelp(Words.helpName()))
  var name: String?

  @Option(help: ArgumentHelp(Words.helpPhone()))
  var phone: String?

  @Option(help: ArgumentHelp(Words.helpBirthday(), valueName: "yyyy-mm-dd"))
  var birthday: String?

  @Option(help: ArgumentHelp(Words.helpAttribute(), valueName: "id=value"))
  var attribute: [String] = []

  func validate() throws { _ = try AttributeOption.values(attribute) }

  func perform(_ session: Session) throws -> ExitStatus {
    var parameters = JSONObject(literals: ["memberId": .string(memberID)])
    parameters.add("name", name)
    parameters.add("phone", phone)
    parameters.add("birthday", birthday)
    try AttributeOption.add(attribute, to: &parameters)
    return try session.operate("member.update", parameters, operation)
  }
}

/// `--attribute ID=VALUE`, as often as there are attributes.
enum AttributeOption {
  static func values(_ texts: [String]) throws -> JSONObject {
    var values = JSONObject()
    for text in texts {
      guard let equals = text.firstIndex(of: "="), equals > text.startIndex else {
        throw ValidationError(Words.attributeForm())
      }
      values[String(text[..<equals])] = .string(String(text[text.index(after: equals)...]))
    }
    return values
  }

  static func add(_ texts: [String], to parameters: inout JSONObject) throws {
    guard !texts.isEmpty else { return }
    parameters["attributes"] = .object(try values(texts))
  }
}
