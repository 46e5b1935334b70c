internal import TapgateCore
internal import TapgateJSON
internal import TapgateModel

/// The parameters of a request that were held against the table: what is there has its right type.
struct Parameters: Sendable {
  let object: JSONObject

  /// Wraps an object.
  init(_ object: JSONObject) { self.object = object }

  /// The value called `name`; `nil` where it is left out or `null`.
  subscript(name: String) -> JSON? {
    guard let value = object[name], !value.isNull else { return nil }
    return value
  }

  /// The text called `name`.
  func text(_ name: String) -> String? { self[name]?.string }

  /// The text called `name`, which the table demands.
  func requiredText(_ name: String) throws(Failure) -> String {
    guard let text = text(name) else {
      throw .faulty(-32602, .missingField(field: name), field: name)
    }
    return text
  }

  /// The number called `name`.
  func integer(_ name: String) -> Int64? { self[name]?.integer }

  /// The number called `name`, which the table demands.
  func requiredInteger(_ name: String) throws(Failure) -> Int64 {
    guard let value = integer(name) else {
      throw .faulty(-32602, .missingField(field: name), field: name)
    }
    return value
  }

  /// The truth value called `name`.
  func flag(_ name: String) -> Bool? { self[name]?.bool }

  /// The credential in the object called `name`, in its canonical form.
  func credential(_ name: String) throws(Failure) -> Credential? {
    guard let value = self[name] else { return nil }
    guard let word = value["kind"]?.string, let text = value["value"]?.string else {
      throw .faulty(-32602, .wrongType(field: name), field: name)
    }
    guard let kind = CredentialKind(rawValue: word) else {
      let field = "\(name).kind"
      throw .result(.illegal, .impossibleValue(field: field), field: field)
    }
    return try Self.credential(kind, text, field: "\(name).value")
  }

  /// Brings a credential to its canonical form, or says what is wrong without repeating it.
  static func credential(
    _ kind: CredentialKind,
    _ text: String,
    field: String
  ) throws(Failure) -> Credential {
    do {
      return try Credential(kind: kind, value: text)
    } catch {
      switch error {
      case .malformed:
        throw .result(
          .illegal,
          .impossibleValue(field: field),
          field: field,
          hint: "not the form of a \(kind.rawValue)"
        )
      case .unusableUID(let refusal):
        throw .result(
          .illegal,
          .credentialUnusable,
          field: field,
          hint: "this UID names no card: \(refusal.rawValue)"
        )
      case .paymentCard:
        var text = text
        Erasure.erase(&text)
        throw .result(.illegal, .paymentCard, field: field)
      }
    }
  }
}

extension Call {
  /// Whether the request is a look-up by a credential and nothing else: the one shape that the fast
  /// path need not hold against the table, because reading it checks the same things.
  var isPlainLookup: Bool {
    guard method == "member.lookup", parameters.object.members.count == 1,
      let member = parameters.object.members.first, member.name == "credential",
      case .object(let credential) = member.value, credential.members.count == 2,
      credential.members[0].name == "kind", case .string = credential.members[0].value,
      credential.members[1].name == "value",
      case .string(let text) = credential.members[1].value
    else { return false }
    return (1...512).contains(text.utf8.count)
  }
}
