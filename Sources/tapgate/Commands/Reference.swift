internal import ArgumentParser
internal import TapgateJSON
internal import TapgateModel

/// A member or a card as the command line names it: `KIND:VALUE`.
///
/// The value may be a card's number: no error repeats it.
struct Reference: Hashable, Sendable {
  /// The kinds of credential of the API.
  static let credentialKinds = [
    "cardUid", "memberNumber", "appFile", "sunToken", "vasPass", "hceToken", "rotatingQr",
    "staticQr", "barcode", "magstripe", "phoneNumber",
  ]
  /// What names a member.
  static let memberKinds = credentialKinds + ["memberId", "eventId"]
  /// What names a card.
  static let cardKinds = credentialKinds + ["cardId", "eventId"]

  let kind: String
  let value: String

  /// Reads `KIND:VALUE`; the value may hold colons.
  ///
  /// - Throws: a `ValidationError` that lists `kinds`.
  init(_ text: String, kinds: [String]) throws {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, kinds.contains(String(parts[0])) else {
      throw ValidationError(Words.unknownKind(kinds.joined(separator: ", ")))
    }
    guard !parts[1].isEmpty else { throw ValidationError(Words.emptyValue(String(parts[0]))) }
    kind = String(parts[0])
    value = String(parts[1])
  }

  /// Reads a card: `KIND:VALUE`, or the card's id by itself, as look-ups show it.
  init(card text: String) throws {
    let isID = CardReference(cardID: text) != nil
    try self.init(isID ? "cardId:" + text : text, kinds: Self.cardKinds)
  }

  /// Reads a member: `KIND:VALUE`, or the member's id by itself. An id with a colon in it needs
  /// `memberId:` before it.
  init(member text: String) throws {
    try self.init(text.contains(":") ? text : "memberId:" + text, kinds: Self.memberKinds)
  }

  /// Adds it to a request: `memberId`, `cardId`, `eventId`, or `credential` under the name given.
  func add(to parameters: inout JSONObject, credentialName: String = "credential") {
    if Self.credentialKinds.contains(kind) {
      let credential = JSON.object(["kind": .string(kind), "value": .string(value)])
      parameters[credentialName] = credential
    } else {
      parameters[kind] = .string(value)
    }
  }

  /// A request that names it.
  var parameters: JSONObject {
    var parameters = JSONObject()
    add(to: &parameters)
    return parameters
  }
}
