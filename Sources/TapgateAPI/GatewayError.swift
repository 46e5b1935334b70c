public import TapgateJSON

/// What the gateway answered instead of a result: the `error` object of JSON-RPC 2.0, section 5.1.
public struct GatewayError: Error, Hashable, Sendable, CustomStringConvertible {
  /// -32000 for the gateway's own errors, -326xx for faults of the protocol.
  public var code: Int64
  /// One sentence that a cashier's screen may show.
  public var message: String
  /// The error's members; `null` where there are none.
  public var data: JSON

  /// Creates an error.
  public init(code: Int64, message: String, data: JSON = .null) {
    self.code = code
    self.message = message
    self.data = data
  }

  /// Reads an `error` object; what is missing or of another type is left at its default.
  init(_ json: JSON) {
    code = json["code"]?.integer ?? -32603
    message = json["message"]?.string ?? "the gateway gave no reason"
    data = json["data"] ?? .null
  }

  /// The UnifiedPOS name, such as `E_CLAIMED`; `nil` for faults of the protocol.
  public var name: String? { data["name"]?.string }
  /// The business rule that refused, from the closed list of the API; `nil` where none did.
  public var reason: String? { data["reason"]?.string }
  /// What to do about it, where the gateway knows.
  public var hint: String? { data["hint"]?.string }
  /// The parameter that is wrong, as a path such as `lines[2].sku`.
  public var field: String? { data["field"]?.string }

  /// The message only: `data` may hold what a log must not.
  public var description: String { message }

  /// The object as it stood on the wire.
  public var json: JSON {
    .object(["code": .integer(code), "message": .string(message), "data": data])
  }
}

/// Why there was no answer at all.
public enum GatewayConnectionError: Error, Hashable, Sendable {
  /// Nothing listens at any of these paths.
  case notRunning(tried: [String])
  /// The system refused; the C function and `errno`.
  case system(call: String, path: String, errorNumber: Int32)
  /// `sun_path` of unix(7) holds 107 bytes and a NUL.
  case pathTooLong(String)
  /// The gateway closed the connection. What was under way may or may not have happened.
  case closed
  /// No answer in time. What was asked for may or may not have happened.
  case timedOut(method: String)
  /// What came is no answer of this protocol; which rule it breaks.
  case malformed(String)
}

/// A notification of the gateway.
public struct GatewayEvent: Hashable, Sendable {
  /// The event's parameters: `seq`, `eventId`, `kind`, … as the API lists them.
  public var parameters: JSON
  /// The event's kind, such as `member.resolved`; empty where the gateway named none.
  public var kind: String { parameters["kind"]?.string ?? "" }

  /// Creates an event.
  public init(parameters: JSON) { self.parameters = parameters }
}
