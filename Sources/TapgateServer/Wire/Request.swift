internal import TapgateCore
internal import TapgateJSON

/// A well-formed request: JSON-RPC 2.0 section 4, but for three things. A batch and a notification
/// are refused: the one has no clear order, and nobody would learn that the other failed. An
/// unknown member of the envelope is refused too, because it is a typing error.
package struct Request: Sendable {
  let method: String
  let parameters: Parameters

  /// Reads a line. `id` is set as soon as it is known, for the answer of a request that is not.
  package init(_ line: [UInt8], id: inout RequestID) throws(Failure) {
    let json: JSON
    do {
      json = try JSONParser.parse(line, depthMax: Limits.depthMax)
    } catch {
      throw Self.failure(line, error, id: &id)
    }
    guard case .object(let envelope) = json else {
      throw .faulty(-32600, json.array != nil ? .batch : .notRequest)
    }
    try self.init(envelope, id: &id)
  }

  private init(_ envelope: JSONObject, id: inout RequestID) throws(Failure) {
    var method: String?
    var parameters = JSONObject()
    var version: JSON?
    var idValue: JSON?
    var unknownName: String?
    var hasObject = true
    for member in envelope.members {
      switch member.name {
      case "jsonrpc": version = member.value
      case "id": idValue = member.value
      case "method": method = member.value.string
      case "params":
        if case .object(let object) = member.value {
          parameters = object
        } else {
          hasObject = false
        }
      default: unknownName = member.name
      }
    }
    guard let idValue else { throw .faulty(-32600, .notification, field: "id") }
    guard let known = RequestID(idValue) else { throw .faulty(-32600, .idIllegal, field: "id") }
    id = known
    guard version == .string("2.0") else {
      throw .faulty(-32600, .notRequest, field: "jsonrpc", hint: "jsonrpc must be \"2.0\"")
    }
    guard let method else {
      throw .faulty(-32600, .notRequest, field: "method", hint: "method must be a string")
    }
    if let unknownName {
      throw .faulty(-32600, .unknownField(field: unknownName), field: unknownName)
    }
    guard hasObject else {
      throw .faulty(-32602, .wrongType(field: "params"), field: "params", hint: "an object")
    }
    self.method = method
    self.parameters = Parameters(parameters)
  }

  private static func failure(
    _ line: [UInt8],
    _ error: JSONError,
    id: inout RequestID
  ) -> Failure {
    switch error.problem {
    case .duplicateName:
      let peek = RequestPeek(line, pathAt: error.offset)
      id = peek.id ?? .unknown
      let field = peek.parameterField ?? error.name ?? ""
      let code: Int64 = peek.parameterField == nil ? -32600 : -32602
      return .faulty(code, .duplicateField(field: field), field: field)
    case .tooDeep:
      id = RequestPeek(line).id ?? .unknown
      return .faulty(-32600, .tooDeep, hint: "at most \(Limits.depthMax) levels")
    default:
      let place = "line \(error.line), column \(error.column)"
      return .faulty(-32700, .notJSON, hint: "\(error.problem.rawValue) at \(place)")
    }
  }
}
