internal import TapgateAPI
internal import TapgateCore
internal import TapgateJSON
internal import TapgateModel

extension Switchboard {
  /// `member.lookup`: the fast path, answered on the loop from memory.
  func lookup(_ call: Call) throws(Failure) {
    counters.lookups &+= 1
    let (key, field) = try memberKey(call)
    let isGuarded = key.isGuessable
    if isGuarded { try refuseGuessing(call.connection) }
    guard let member = ports.directory.member(key) else {
      if isGuarded { misses.count(call.connection.guesser, now: now) }
      let sentence: Sentence = key == .forgottenEvent ? .eventUnknown : .memberUnknown
      throw .result(.noExist, sentence, field: field)
    }
    if member.status == .erased { throw Failure(Refusal(.memberErased)) }
    reply(call) { member.writeMembers(into: &$0) }
  }

  /// Counts an operation on a guessed phone or member number as the miss that it is.
  func refuseGuessing(_ connection: Connection, subject: MemberKey?) throws(Failure) {
    guard let subject, subject.isGuessable else { return }
    try refuseGuessing(connection)
    if ports.directory.member(subject) == nil { misses.count(connection.guesser, now: now) }
  }

  private func refuseGuessing(_ connection: Connection) throws(Failure) {
    guard let wait = misses.wait(connection.guesser, now: now) else { return }
    let hint = "\(Limits.missesPerMinuteMax) misses and searches a minute are allowed"
    throw .busy(after: wait, .tooManyMisses, hint: hint)
  }

  /// How a request names its member, with the name of the parameter that does.
  func memberKey(_ call: Call) throws(Failure) -> (key: MemberKey, field: String) {
    if let credential = try call.parameters.credential("credential") {
      return (.credential(credential), "credential")
    }
    if let id = call.parameters.text("memberId") { return (.memberID(id), "memberId") }
    if let key = eventKey(call) { return (key, "eventId") }
    throw .faulty(-32602, .missingField(field: "credential"), field: "credential")
  }

  /// What the event id of a request stands for on this connection.
  private func eventKey(_ call: Call) -> MemberKey? {
    guard let id = call.parameters.text("eventId") else { return nil }
    let credential = call.connection.remembered.credential(of: id, now: now)
    return credential.map { .credential($0) } ?? .forgottenEvent
  }

  /// How a request names a card.
  func cardKey(_ call: Call, credential name: String = "credential") throws(Failure)
    -> MemberKey?
  {
    if let credential = try call.parameters.credential(name) { return .credential(credential) }
    if let key = eventKey(call) { return key }
    return call.parameters.text("cardId").map { .cardID($0) }
  }

  /// `member.search`.
  func search(_ call: Call) throws(Failure) {
    try refuseGuessing(call.connection)
    misses.count(call.connection.guesser, now: now)
    let text = try call.parameters.requiredText("text")
    let limit = Int(clamping: call.parameters.integer("limit") ?? 20)
    let backOffice = ports.backOffice
    try inBackOffice(call) {
      let found = try await backOffice.search(text: text, limit: limit)
      return .object(["candidates": .array(try found.map { try $0.asJSON() })])
    }
  }

  /// `member.history`.
  func history(_ call: Call) throws(Failure) {
    let id = try call.parameters.requiredText("memberId")
    let before = call.parameters.integer("before")
    let limit = Int(clamping: call.parameters.integer("limit") ?? 50)
    let backOffice = ports.backOffice
    try inBackOffice(call) {
      guard let entries = try await backOffice.history(memberID: id, before: before, limit: limit)
      else { throw Failure.result(.noExist, .memberUnknown, field: "memberId") }
      return entries.object == nil ? .object(["entries": entries]) : entries
    }
  }

  /// `member.enrol`.
  func enrol(_ call: Call) throws(Failure) {
    let body = OperationBody.enrol(
      profile: try profile(call),
      credential: try cardKey(call),
      cardType: call.parameters.text("cardType")
    )
    try submit(call, subject: nil, body)
  }

  /// `member.update`.
  func update(_ call: Call) throws(Failure) {
    let id = try call.parameters.requiredText("memberId")
    try submit(call, subject: .memberID(id), .update(try profile(call)))
  }

  /// The fields of a profile. An empty text empties the field, and so does `null` where the method
  /// says so.
  private func profile(_ call: Call) throws(Failure) -> ProfileChange {
    let parameters = call.parameters
    let clearable = Catalogue.clearableFields(of: call.method)
    var profile = ProfileChange()
    for field in ProfileField.allCases {
      guard let value = parameters.object[field.rawValue] else { continue }
      let isCleared = value.isNull ? clearable.contains(field.rawValue) : value.string == ""
      if isCleared { profile.cleared.insert(field) }
    }
    func given(_ field: ProfileField) -> String? {
      profile.cleared.contains(field) ? nil : parameters.text(field.rawValue)
    }
    profile.name = given(.name)
    profile.gender = given(.gender)
    profile.note = given(.note)
    if let phone = given(.phone) {
      profile.phone = try Parameters.credential(.phoneNumber, phone, field: "phone")
    }
    if let text = given(.birthday) {
      guard let date = BusinessDate(text) else {
        let field = "birthday"
        throw .result(
          .illegal,
          .impossibleValue(field: field),
          field: field,
          hint: "a day of the calendar as YYYY-MM-DD"
        )
      }
      profile.birthday = date
    }
    profile.attributes = try attributes(call)
    return profile
  }

  /// `card.issue` and `card.bind`.
  func bindCard(_ call: Call) throws(Failure) {
    let id = try call.parameters.requiredText("memberId")
    guard let card = try cardKey(call) else {
      throw .faulty(-32602, .missingField(field: "credential"), field: "credential")
    }
    let body = OperationBody.bindCard(
      card,
      cardType: call.parameters.text("cardType"),
      isIssue: call.method == "card.issue",
      parent: call.parameters.text("parent")
    )
    try submit(call, subject: .memberID(id), body)
  }

  /// `card.unbind`, `.reportLost`, `.cancelLost`, `.freeze`, `.unfreeze`, `.close`.
  func changeCard(_ call: Call, _ action: CardAction) throws(Failure) {
    guard let card = try cardKey(call) else {
      throw .faulty(-32602, .missingField(field: "credential"), field: "credential")
    }
    let reason = call.parameters.text("reason")
    if action == .close, let tender = call.parameters.text("refundTender") {
      let request = LedgerRequest.closeCard(tender: tender, reason: reason)
      return try submit(call, subject: card, .assets(request))
    }
    try submit(call, subject: card, .changeCard(action, reason: reason))
  }

  /// `card.replace`.
  func replaceCard(_ call: Call) throws(Failure) {
    let old = try call.parameters.requiredText("cardId")
    let new: MemberKey
    if let credential = try call.parameters.credential("newCredential") {
      new = .credential(credential)
    } else if let key = eventKey(call) {
      new = key
    } else {
      throw .faulty(-32602, .missingField(field: "newCredential"), field: "newCredential")
    }
    let reason = call.parameters.text("reason")
    try submit(call, subject: .cardID(old), .replaceCard(new: new, reason: reason))
  }
}

extension MemberKey {
  /// What is known of a credential that no event brought.
  var evidence: Evidence {
    if case .credential(let credential) = self { .typed(credential.kind) } else { .word }
  }

  /// Whether the credential is a number that can be counted through.
  fileprivate var isGuessable: Bool {
    guard case .credential(let credential) = self else { return false }
    return credential.kind == .phoneNumber || credential.kind == .memberNumber
  }
}

extension MemberView {
  /// The view as a value, for answers that hold several.
  func asJSON() throws -> JSON {
    var writer = JSONWriter()
    writer.beginObject()
    writeMembers(into: &writer)
    writer.endObject()
    return try JSONParser.parse(writer.bytes)
  }
}
