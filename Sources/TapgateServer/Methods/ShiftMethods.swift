internal import TapgateAPI
internal import TapgateCore
internal import TapgateJSON
internal import TapgateModel

/// The close of a counter's shift (交班).
extension Switchboard {
  /// Methods of shifts.
  static let shiftHandlers: [(String, Handler)] = [
    ("shift.show", { board, call throws(Failure) in try board.showShift(call) }),
    ("shift.close", { board, call throws(Failure) in try board.closeShift(call) }),
  ]

  /// Store, counter and, unless everybody's is asked for, operator of a request.
  private func shiftKey(
    _ parameters: Parameters
  ) -> (store: String, counter: String, operatorName: String?) {
    (
      parameters.text("store") ?? configuration.store,
      parameters.text("counter") ?? configuration.counter,
      parameters.flag("wholeCounter") ?? false ? nil : parameters.text("operator")
    )
  }

  /// `shift.show`.
  func showShift(_ call: Call) throws(Failure) {
    guard let desk = ports.shifts else { throw .faulty(-32601, .methodUnknown) }
    let key = shiftKey(call.parameters)
    try inBackOffice(call) {
      let shift = try await desk.shift(
        store: key.store,
        counter: key.counter,
        operatorName: key.operatorName
      )
      return .object(shift.counted.members(of: shift))
    }
  }

  /// `shift.close`: counted beside the loop, then decided by the ledger, which counts what came
  /// since.
  func closeShift(_ call: Call) throws(Failure) {
    guard let desk = ports.shifts else { throw .faulty(-32601, .methodUnknown) }
    let key = shiftKey(call.parameters)
    let operation = try operation(call, subject: nil, .closeShift(nil))
    let ticket = postpone(call)
    let inbox = inbox
    let (ledger, operators) = (ports.ledger, ports.operators)
    let pin = call.parameters.text("operatorPin")
    let isTaken = reads.submit {
      do {
        let shift = try await desk.shift(
          store: key.store,
          counter: key.counter,
          operatorName: key.operatorName
        )
        var operation = operation
        operation.body = .closeShift(shift)
        let isTaken = Self.hand(operation, pin: pin, operators, ledger) { outcome in
          inbox.post(.outcome(ticket, outcome))
        }
        guard !isTaken else { return }
        let failure = OperationFailure.busy(retryAfterMilliseconds: 500, hint: Self.pinsWait)
        inbox.post(.outcome(ticket, .failed(failure)))
      } catch {
        inbox.post(.answer(ticket, .failure(Failure(anyError: error))))
      }
    }
    guard isTaken else {
      _ = redeem(ticket)
      throw .busy(after: 500, .busy, hint: "too many reads wait for the disk")
    }
  }
}
