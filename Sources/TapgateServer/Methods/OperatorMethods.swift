internal import TapgateAPI
internal import TapgateCore
internal import TapgateJSON
internal import TapgateModel

/// Operators, their PINs, and reading the configuration anew.
extension Switchboard {
  /// Methods of operators and of the daemon's configuration.
  static let operatorHandlers: [(String, Handler)] = [
    ("operator.list", { board, call throws(Failure) in try board.listOperators(call) }),
    ("operator.setPin", { board, call throws(Failure) in try board.setOperatorPIN(call) }),
    ("daemon.reload", { board, call throws(Failure) in try board.reload(call) }),
  ]

  /// Hands an operation to the ledger with what is known of its operator's PIN.
  func submit(
    _ operation: Operation,
    pin: String?,
    _ ticket: Ticket,
    _ completion: @escaping @Sendable (OperationOutcome) -> Void
  ) throws(Failure) {
    let isTaken = Self.hand(operation, pin: pin, ports.operators, ports.ledger, completion)
    guard isTaken else {
      _ = redeem(ticket)
      throw .busy(after: 500, .busy, hint: Self.pinsWait)
    }
  }

  static let pinsWait = "too many operators' PINs wait to be checked"

  /// The same on any thread; `false` where too many PINs wait to be checked.
  static func hand(
    _ operation: Operation,
    pin: String?,
    _ operators: (any OperatorDesk)?,
    _ ledger: any Ledger,
    _ completion: @escaping @Sendable (OperationOutcome) -> Void
  ) -> Bool {
    guard let operators else {
      ledger.submit(operation, completion: completion)
      return true
    }
    return operators.prove(operation.operatorName, pin: pin) { proof in
      var operation = operation
      operation.operatorProof = proof
      ledger.submit(operation, completion: completion)
    }
  }

  /// `operator.list`.
  func listOperators(_ call: Call) throws(Failure) {
    guard let desk = ports.operators else { throw .faulty(-32601, .methodUnknown) }
    let list = desk.operators()
    reply(call.connection, call.id) { $0.value(list) }
  }

  /// `operator.setPin`.
  func setOperatorPIN(_ call: Call) throws(Failure) {
    guard let desk = ports.operators else { throw .faulty(-32601, .methodUnknown) }
    let name = try call.parameters.requiredText("operator")
    let pin = try call.parameters.requiredText("pin")
    try inBackOffice(call) {
      do throws(OperatorPINFailure) {
        try await desk.setPIN(pin, of: name)
        return .object(["operator": .string(name), "pinState": .string("set")])
      } catch {
        throw Failure(error)
      }
    }
  }

  /// `daemon.reload`.
  func reload(_ call: Call) throws(Failure) {
    guard let reload = ports.reload else {
      let hint = "this gateway was started without a configuration file"
      throw .result(.illegal, .notAllowedHere, hint: hint)
    }
    try inBackOffice(call) {
      do throws(ReloadFailure) {
        let report = try await reload()
        return .object([
          "applied": .array(report.applied.map(JSON.string)),
          "pending": .array(report.pending.map(JSON.string)),
        ])
      } catch {
        throw Failure.result(.illegal, .configurationFaulty, hint: error.problem)
      }
    }
  }
}

extension Failure {
  /// Why an operator's PIN was not set.
  fileprivate init(_ failure: OperatorPINFailure) {
    switch failure {
    case .unknown: self = .result(.noExist, .unknown, field: "operator")
    case .malformed:
      let hint = "a PIN has 4 to 12 digits"
      self = .result(.illegal, .impossibleValue(field: "pin"), field: "pin", hint: hint)
    case .trivial:
      let hint = "one digit again and again, or digits that only count up or down, is guessed first"
      self = .result(.illegal, .impossibleValue(field: "pin"), field: "pin", hint: hint)
    case .notWritten(let words): self = .result(.failure, .broken, hint: words)
    }
  }
}
