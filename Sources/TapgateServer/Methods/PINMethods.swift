internal import TapgateAPI
internal import TapgateCore
internal import TapgateModel

extension Switchboard {
  /// `card.setPin`. Who does not know the PIN there is must be a manager and say why.
  func setPIN(_ call: Call) throws(Failure) {
    guard let card = try cardKey(call) else {
      throw .faulty(-32602, .missingField(field: "credential"), field: "credential")
    }
    let pin = try call.parameters.pin("pin")
    let isRemoval = call.parameters.flag("remove") ?? false
    guard (pin == nil) == isRemoval else {
      let sentence: Sentence =
        isRemoval ? .conflictingField(field: "remove") : .missingField(field: "pin")
      throw .faulty(-32602, sentence, field: isRemoval ? "remove" : "pin")
    }
    if let pin, let problem = configuration.pins.problem(of: pin) {
      throw .result(.illegal, .impossibleValue(field: "pin"), field: "pin", hint: problem)
    }
    let reason = call.parameters.text("reason") ?? ""
    let isManager = (call.connection.role ?? .observe) >= .manager
    let change = PINChange(
      pin: pin,
      isByManager: isManager && call.parameters.text("currentPin") == nil && !reason.isEmpty,
      reason: reason.isEmpty ? nil : reason
    )
    try submit(call, subject: card, .assets(.setPin(change)))
  }
}
