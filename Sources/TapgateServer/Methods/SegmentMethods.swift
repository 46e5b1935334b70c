internal import TapgateAPI
internal import TapgateCore
internal import TapgateJSON
internal import TapgateModel

/// Coupons for everybody in a segment.
extension Switchboard {
  /// `coupon.issue` with a `segment`: found beside everything that a till waits for, issued by a
  /// row for each member. With `dryRun` it is only found.
  func issueToSegment(_ call: Call) throws(Failure) {
    guard let desk = ports.batches else { throw .faulty(-32601, .methodUnknown) }
    guard let role = call.connection.role, role >= .manager else {
      throw .result(.illegal, .roleTooLow, hint: "a segment needs the role manager")
    }
    let template = try call.parameters.requiredText("template")
    let count = call.parameters.integer("count") ?? 1
    let segment = Segment(call.parameters["segment"] ?? .null)
    if call.parameters.flag("dryRun") ?? false {
      return try inBackOffice(call, lane: reports) {
        let members = try await desk.members(of: segment)
        return .object([
          "template": .string(template), "matched": .integer(Int64(members.count)),
          "dryRun": .bool(true),
        ])
      }
    }
    let operation = try operation(call, subject: nil, .print(document: [], printer: ""))
    let pin = call.parameters.text("operatorPin")
    let operators = ports.operators
    let ticket = postpone(call)
    let inbox = inbox
    let isTaken = reports.submit {
      do {
        let members = try await desk.members(of: segment)
        guard let proof = await Self.proof(operation.operatorName, pin, operators) else {
          throw Failure.busy(after: 500, .busy, hint: Self.pinsWait)
        }
        var operation = operation
        operation.operatorProof = proof
        operation.body = .assets(
          .issueBatch(CouponBatch(template: template, count: count, members: members))
        )
        inbox.post(.outcome(ticket, await desk.issue(operation)))
      } catch {
        inbox.post(.answer(ticket, .failure(Failure(anyError: error))))
      }
    }
    guard isTaken else {
      _ = redeem(ticket)
      throw .busy(after: 500, .busy, hint: "too many reports wait")
    }
  }

  /// What is known of an operator's PIN; `nil` where too many wait.
  private static func proof(
    _ name: String?,
    _ pin: String?,
    _ operators: (any OperatorDesk)?
  ) async -> OperatorProof? {
    guard let operators else { return .missing }
    return await withCheckedContinuation { continuation in
      let isTaken = operators.prove(name, pin: pin) { continuation.resume(returning: $0) }
      if !isTaken { continuation.resume(returning: nil) }
    }
  }
}

extension Segment {
  /// Reads a segment that was held against the table.
  fileprivate init(_ json: JSON) {
    self.init()
    func texts(_ name: String) -> Set<String> {
      Set((json[name]?.array ?? []).compactMap(\.string))
    }
    tiers = texts("tiers")
    paidLevels = texts("paidLevels")
    cardTypes = texts("cardTypes")
    classes = texts("classes")
    absentDays = json["absentDays"]?.integer
    birthdayMonth = json["birthdayMonth"]?.integer
    spentMinor = json["spentMinor"]?.integer ?? 0
    scoresMin = Scores(
      recency: json["rMin"]?.integer ?? 1,
      frequency: json["fMin"]?.integer ?? 1,
      monetary: json["mMin"]?.integer ?? 1
    )
    scoresMax = Scores(
      recency: json["rMax"]?.integer ?? 5,
      frequency: json["fMax"]?.integer ?? 5,
      monetary: json["mMax"]?.integer ?? 5
    )
  }
}
