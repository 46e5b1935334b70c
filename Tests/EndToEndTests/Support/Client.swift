import TapgateAPI
public import TapgateJSON

/// Something that did not happen in time.
struct NotInTime: Error, CustomStringConvertible {
  var description: String
}

extension GatewayClient {
  /// The next event that `isWanted`, within `seconds`; others before it are dropped.
  func event(
    _ kind: String,
    seconds: Int = 30,
    where isWanted: (JSON) -> Bool = { _ in true }
  ) throws -> JSON {
    let deadline = ProcessFacts.monotonicMilliseconds() + Int64(seconds) * 1000
    while true {
      let rest = deadline - ProcessFacts.monotonicMilliseconds()
      guard rest > 0, let event = try nextEvent(timeoutMilliseconds: Int(rest)) else {
        throw NotInTime(description: "no \(kind) within \(seconds) s")
      }
      if event.kind == kind, isWanted(event.parameters) { return event.parameters }
    }
  }

  /// Every event that the gateway sent up to now: whatever it did before this call is in it.
  func eventsSoFar() throws -> [JSON] {
    _ = try call("device.list")
    var events: [JSON] = []
    while let event = try nextEvent(timeoutMilliseconds: 0) { events.append(event.parameters) }
    return events
  }

  /// Asks again and again until `isDone`; between two questions it listens for a moment.
  func wait(
    _ method: String,
    _ parameters: JSON = .object([:]),
    seconds: Int = 30,
    until isDone: (JSON) -> Bool
  ) throws -> JSON {
    let deadline = ProcessFacts.monotonicMilliseconds() + Int64(seconds) * 1000
    while true {
      let answer = try call(method, parameters)
      if isDone(answer) { return answer }
      guard ProcessFacts.monotonicMilliseconds() < deadline else {
        throw NotInTime(description: "\(method) did not come to it within \(seconds) s")
      }
      _ = try nextEvent(timeoutMilliseconds: 20)
    }
  }

  /// The error that `method` answers; `nil` where it answers a result.
  func refusal(_ method: String, _ parameters: JSON) throws -> GatewayError? {
    do {
      _ = try call(method, parameters)
      return nil
    } catch let error as GatewayError {
      return error
    }
  }

  /// Subscribes to every kind that anybody may hear.
  func subscribe(
    _ kinds: [String] = [
      "credential.presented", "member.resolved", "credential.refused", "credential.removed",
      "scan.data", "device.status", "printer.status", "print.job", "operation.committed",
    ]
  ) throws {
    _ = try call("events.subscribe", ["kinds": .array(kinds.map(JSON.string))])
  }

  /// Enrols a member with a card.
  ///
  /// - Returns: the member's id.
  @discardableResult
  func enrol(_ name: String, uid: String, phone: String? = nil) throws -> String {
    let answer = try call(
      "member.enrol",
      [
        "operationId": .string(OperationID.next()), "name": .string(name),
        "phone": phone.map(JSON.string) ?? .null, "credential": .uid(uid),
        "print": false,
      ]
    )
    return answer["member"]?["id"]?.string ?? ""
  }
}

extension JSON {
  /// A card as requests name it.
  static func uid(_ uid: String) -> JSON { ["kind": "cardUid", "value": .string(uid)] }

  /// An accrual of 28.00 for a member, under an id that is also the receipt's number.
  static func accrual(
    _ id: String,
    member: String,
    amount: Int64 = 2800,
    print: Bool = false
  ) -> JSON {
    [
      "operationId": .string(id), "memberId": .string(member), "receiptNo": .string(id),
      "amountMinor": .integer(amount), "print": .bool(print),
    ]
  }

  /// Its text on one line.
  var text: String { String(decoding: encoded(), as: UTF8.self) }

  /// The member at a path such as `points.available`.
  subscript(path path: String) -> JSON? {
    path.split(separator: ".").reduce(self as JSON?) { $0?[String($1)] }
  }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
  public init(stringLiteral value: String) { self = .string(value) }
  public init(integerLiteral value: Int64) { self = .integer(value) }
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  public init(arrayLiteral elements: JSON...) { self = .array(elements) }
  public init(dictionaryLiteral elements: (String, JSON)...) {
    self = .object(JSONObject(elements.map { JSONObject.Member(name: $0.0, value: $0.1) }))
  }
}
