internal import ArgumentParser
internal import TapgateJSON

/// What every operation may carry: who stands where, and under which id it is asked for.
struct OperationOptions: ParsableArguments {
  @Option(help: ArgumentHelp(Words.helpOperationID(), valueName: "id"))
  var operationId: String?

  @Option(help: ArgumentHelp(Words.helpStore(), valueName: "id"))
  var store: String?

  @Option(help: ArgumentHelp(Words.helpCounter(), valueName: "id"))
  var counter: String?

  @Option(name: .customLong("operator"), help: ArgumentHelp(Words.helpOperator()))
  var operatorName: String?

  @Flag(help: ArgumentHelp(Words.helpOperatorPin()))
  var operatorPin = false

  @Option(help: ArgumentHelp(Words.helpBusinessTime(), valueName: "rfc3339"))
  var businessTime: String?

  func validate() throws {
    guard let operationId else { return }
    let isPrintable = operationId.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
    guard isPrintable, (1...64).contains(operationId.utf8.count) else {
      throw ValidationError(Words.operationIDMalformed())
    }
  }

  /// Adds what was given, but for the id.
  func add(to parameters: inout JSONObject) {
    parameters.add("store", store)
    parameters.add("counter", counter)
    parameters.add("operator", operatorName)
    parameters.add("businessTime", businessTime)
  }
}

extension JSONObject {
  /// Builds an object from literals, in the order given.
  init(literals members: KeyValuePairs<String, JSON>) {
    self.init(members.map { Member(name: $0.key, value: $0.value) })
  }

  /// Adds a member where there is a value.
  mutating func add(_ name: String, _ value: String?) {
    if let value { self[name] = .string(value) }
  }

  /// Adds a member where there is a value.
  mutating func add(_ name: String, _ value: Int?) {
    if let value { self[name] = .integer(Int64(value)) }
  }
}
