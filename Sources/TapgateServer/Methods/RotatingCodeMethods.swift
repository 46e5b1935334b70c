internal import TapgateAPI
internal import TapgateCore
internal import TapgateJSON
internal import TapgateModel

extension Switchboard {
  /// `member.qrKey`: gives a member a rotating code for a telephone.
  ///
  /// The code is a card like any other: it can be reported lost, frozen and closed. Its secret
  /// stands in the answer only, never in the journal: a repeated request computes it anew.
  func issueCode(_ call: Call) throws(Failure) {
    guard let codes = ports.codes else { throw noCodes }
    let id = try call.parameters.requiredText("memberId")
    let reference = codes.newReference()
    guard let credential = try? Credential(kind: .rotatingQr, value: reference) else {
      throw noCodes
    }
    let body = OperationBody.bindCard(
      .credential(credential),
      cardType: call.parameters.text("cardType"),
      isIssue: true
    )
    let stepSeconds = configuration.inputs.stepSeconds
    let evidence = Evidence(.a3, technology: "screen.qr")
    try submit(
      call,
      subject: .memberID(id),
      body,
      evidence: evidence,
      answering: { outcome in
        guard case .committed(let result, let isReplay, let sequence) = outcome else {
          return outcome
        }
        let whole = Self.withSecret(result, codes, stepSeconds: stepSeconds)
        return .committed(result: whole, isReplay: isReplay, sequence: sequence)
      }
    )
  }

  /// A result with the secret of the code that it names.
  private static func withSecret(
    _ result: [UInt8],
    _ codes: any RotatingCodes,
    stepSeconds: Int
  ) -> [UInt8] {
    // The result is this process's own, or one that it wrote into the journal.
    guard let parsed = try? JSONParser.parse(result), case .object(var object) = parsed,
      let reference = object["qr"]?["memberRef"]?.string
    else { return result }
    let secret = codes.secret(of: reference)
    object["qr"] = .object([
      "kid": .string(secret.keyID), "memberRef": .string(reference),
      "secret": .string(Base32.encode(secret.bytes)),
      "stepSeconds": .integer(Int64(stepSeconds)), "algorithm": .string("HMAC-SHA-256"),
      "format": .string("TG1.<kid>.<memberRef>.<step>.<mac>"),
    ])
    return JSON.object(object).encoded()
  }

  /// `member.qr`: the code that a member's telephone shows now.
  func showCode(_ call: Call) throws(Failure) {
    guard let codes = ports.codes else { throw noCodes }
    let id = try call.parameters.requiredText("memberId")
    guard ports.directory.member(.memberID(id)) != nil else {
      throw .result(.noExist, .memberUnknown, field: "memberId")
    }
    let held = codes.codes(ofMember: id)
    let wanted = call.parameters.text("cardId")
    guard let code = wanted == nil ? held.last : held.first(where: { $0.cardID == wanted }) else {
      let field = wanted == nil ? "memberId" : "cardId"
      throw .result(.noExist, .unknown, field: field, hint: "member.qrKey gives a member a code")
    }
    let step = rotatingStep
    let seconds = Int64(configuration.inputs.stepSeconds)
    let end = Timestamp(microseconds: (Int64(clamping: step) + 1) * seconds * 1_000_000)
    reply(call) { writer in
      writer.name("token")
      writer.value(codes.token(of: code.reference, step: step).text)
      writer.name("cardId")
      writer.value(code.cardID)
      writer.name("step")
      writer.value(Int64(clamping: step))
      writer.name("stepSeconds")
      writer.value(seconds)
      writer.name("until")
      writer.value(text(of: end))
    }
  }

  private var noCodes: Failure {
    .result(.noExist, .unknown, hint: "this gateway keeps no keys for rotating codes")
  }
}
