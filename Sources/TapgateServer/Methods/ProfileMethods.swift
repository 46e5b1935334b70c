internal import TapgateAPI
internal import TapgateCore
internal import TapgateJSON
internal import TapgateModel

/// Members' profiles: masked for whoever is at the till, in clear for a manager who says why.
extension Switchboard {
  static let profileHandlers: [(String, Handler)] = [
    ("member.profile", { board, call throws(Failure) in try board.showProfile(call) })
  ]

  /// `member.profile`.
  func showProfile(_ call: Call) throws(Failure) {
    guard let profiles = ports.profiles else {
      throw .result(.illegal, .notAllowedHere, hint: "this gateway keeps no profiles")
    }
    let id = try call.parameters.requiredText("memberId")
    if call.parameters.flag("raw") ?? false { return try readProfile(call, id, profiles) }
    let attributes = configuration.attributes
    try inBackOffice(call) {
      guard let profile = await profiles.profile(memberID: id) else {
        throw Failure.result(.noExist, .memberUnknown, field: "memberId")
      }
      return .object([
        "memberId": .string(id), "raw": .bool(false),
        "profile": profile.shown(attributes, isMasked: true),
      ])
    }
  }

  /// In clear: the journal has the row that says so before anything is shown. A repeated request
  /// would be another reading; it is told that the row is there and shown nothing.
  private func readProfile(
    _ call: Call,
    _ id: String,
    _ profiles: any ProfileReading
  ) throws(Failure) {
    guard (call.connection.role ?? .observe) >= .manager else {
      throw .result(
        .illegal,
        .roleTooLow,
        hint: "\(call.method) with `raw` needs the role \(Role.manager.rawValue)"
      )
    }
    guard let reason = call.parameters.text("reason"), !reason.isEmpty else {
      throw .faulty(-32602, .missingField(field: "reason"), field: "reason")
    }
    let attributes = configuration.attributes
    try submit(
      call,
      subject: .memberID(id),
      .assets(.readProfile(reason: reason)),
      completing: { outcome in
        guard case .committed(let result, isReplay: false, let sequence) = outcome,
          let profile = await profiles.profile(memberID: id),
          let parsed = try? JSONParser.parse(result),  // The ledger's own answer.
          case .object(var object) = parsed
        else { return outcome }
        object["raw"] = .bool(true)
        object["profile"] = profile.shown(attributes, isMasked: false)
        let whole = JSON.object(object).encoded()
        return .committed(result: whole, isReplay: false, sequence: sequence)
      }
    )
  }

  /// The attributes that a request gives, each of them declared.
  func attributes(_ call: Call) throws(Failure) -> [String: String] {
    var found: [String: String] = [:]
    for member in call.parameters["attributes"]?.object?.members ?? [] {
      let field = "attributes.\(member.name)"
      guard configuration.attributes.contains(where: { $0.id == member.name }) else {
        let hint = "no [[attribute]] of the configuration has this id"
        throw .result(.illegal, .impossibleValue(field: field), field: field, hint: hint)
      }
      let text = member.value.string ?? ""
      guard text.utf8.count <= ProfileAttribute.valueByteCountMax else {
        let hint = "\(ProfileAttribute.valueByteCountMax) bytes at most"
        throw .result(.illegal, .impossibleValue(field: field), field: field, hint: hint)
      }
      found[member.name] = text
    }
    return found
  }
}

extension MemberProfile {
  /// The profile as `member.profile` shows it: `null` where nothing is known.
  fileprivate func shown(_ declared: [ProfileAttribute], isMasked: Bool) -> JSON {
    let seen = isMasked ? masked(declared) : self
    let day = birthday.map { isMasked ? "*" : $0.description }
    var names = declared.map(\.id)
    names += seen.attributes.keys.filter { !names.contains($0) }.sorted()
    let rows = names.map { name in
      let attribute = declared.first { $0.id == name }
      return JSON.object([
        "id": .string(name), "name": .string(attribute?.name ?? name),
        "class": .string((attribute?.sensitivity ?? .sensitive).rawValue),
        "value": .optional(seen.attributes[name]),
      ])
    }
    return .object([
      "name": .optional(seen.name), "phone": .optional(seen.phone), "birthday": .optional(day),
      "gender": .optional(seen.gender), "note": .optional(seen.note), "attributes": .array(rows),
    ])
  }
}
