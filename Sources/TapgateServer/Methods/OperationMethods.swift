internal import TapgateAPI
internal import TapgateCore
internal import TapgateJSON
internal import TapgateModel

extension Switchboard {
  /// Hands an operation to the ledger; its outcome is the answer.
  func submit(
    _ call: Call,
    subject: MemberKey?,
    _ body: OperationBody,
    evidence: Evidence? = nil,
    answering: (@Sendable (OperationOutcome) -> OperationOutcome)? = nil,
    completing: (@Sendable (OperationOutcome) async -> OperationOutcome)? = nil
  ) throws(Failure) {
    let operation = try operation(call, subject: subject, body, evidence: evidence)
    let ticket = postpone(call)
    let inbox = inbox
    try submit(operation, pin: call.parameters.text("operatorPin"), ticket) { outcome in
      guard let completing else {
        return inbox.post(.outcome(ticket, answering.map { $0(outcome) } ?? outcome))
      }
      Task { inbox.post(.outcome(ticket, await completing(outcome))) }
    }
  }

  /// The operation that a request asks for.
  func operation(
    _ call: Call,
    subject: MemberKey?,
    _ body: OperationBody,
    evidence: Evidence? = nil
  ) throws(Failure) -> Operation {
    let parameters = call.parameters
    let businessTime = try parameters.businessTime()
    try refuseGuessing(call.connection, subject: subject)
    counters.operations &+= 1
    let origin = parameters.text("eventId").flatMap(call.connection.remembered.origin)
    var operation = Operation(
      id: parameters.text("operationId") ?? newID(),
      method: call.method,
      content: call.content,
      subject: subject,
      body: body,
      store: parameters.text("store") ?? configuration.store,
      counter: parameters.text("counter") ?? configuration.counter,
      operatorName: parameters.text("operator"),
      businessTime: businessTime,
      isSimulated: origin?.isSimulated ?? false,
      evidence: evidence ?? origin?.evidence ?? subject?.evidence ?? .word,
      pin: try parameters.pin(call.method == "card.setPin" ? "currentPin" : "pin")
    )
    operation.wantsSlip = parameters.flag("print") ?? true
    return operation
  }

  /// `points.accrue`.
  func accrue(_ call: Call) throws(Failure) {
    let parameters = call.parameters
    let (key, _) = try memberKey(call)
    let accrual = Accrual(
      receiptNo: try parameters.requiredText("receiptNo"),
      amountMinor: parameters.integer("amountMinor"),
      lines: try lines(parameters),
      tenders: parameters.tenders ?? [],
      wantsPrint: parameters.flag("print") ?? true,
      currency: parameters.text("currency"),
      quantities: parameters.counts("quantities")
    )
    try submit(call, subject: key, .accrue(accrual))
  }

  /// The basket, whose sum must be an amount that a shop can have.
  func lines(_ parameters: Parameters) throws(Failure) -> [BasketLine]? {
    guard let values = parameters["lines"]?.array else { return nil }
    var lines: [BasketLine] = []
    lines.reserveCapacity(values.count)
    var sum: Int64 = 0
    for (index, value) in values.enumerated() {
      let line = BasketLine(value)
      guard line.quantity > 0 || line.amountMinor != nil else {
        let field = "lines[\(index)].quantity"
        let hint = "0 pieces need an amountMinor, as weighed goods have"
        throw .result(.illegal, .impossibleValue(field: field), field: field, hint: hint)
      }
      let (product, isOver) = line.quantity.multipliedReportingOverflow(by: line.unitPriceMinor)
      let amount = line.amountMinor ?? (isOver ? Int64.max : product)
      sum = sum.addingReportingOverflow(amount).overflow ? Int64.max : sum + amount
      guard amount <= Catalogue.amountMax, sum <= Catalogue.amountMax else {
        let field = "lines[\(index)]"
        let hint = "quantity × price, or the sum so far, exceeds \(Catalogue.amountMax)"
        throw .result(.illegal, .impossibleValue(field: field), field: field, hint: hint)
      }
      lines.append(line)
    }
    return lines
  }

  /// `operation.reverse`.
  func reverse(_ call: Call) throws(Failure) {
    let body = OperationBody.reverse(
      operationID: try call.parameters.requiredText("reverses"),
      reason: try call.parameters.requiredText("reason")
    )
    try submit(call, subject: nil, body)
  }

  /// `operation.status`.
  func operationStatus(_ call: Call) throws(Failure) {
    let id = try call.parameters.requiredText("operationId")
    let backOffice = ports.backOffice
    let language = call.connection.language
    let traceID = "\(bootID.suffix(12))-\(newNumber())"
    try inBackOffice(call) {
      switch try await backOffice.status(operationID: id) {
      case .committed(let result, _, _)?:
        let result = try JSONParser.parse(result)
        return .object(["state": .string("committed"), "result": result, "error": .null])
      case .refused(let refusal, _)?:
        var writer = JSONWriter()
        Failure(refusal).write(into: &writer, language: language, traceID: traceID)
        let error = try JSONParser.parse(writer.bytes)
        return .object(["state": .string("refused"), "result": .null, "error": error])
      case .failed(let failure)?: throw failure
      case nil: throw Failure.result(.noExist, .unknown, field: "operationId")
      }
    }
  }

  /// `operation.feed`.
  func feed(_ call: Call) throws(Failure) {
    let after = call.parameters.integer("after") ?? 0
    let limit = Int(clamping: call.parameters.integer("limit") ?? 100)
    let backOffice = ports.backOffice
    try inBackOffice(call) {
      let rows = try await backOffice.feed(after: after, limit: limit)
      return rows.object == nil ? .object(["operations": rows]) : rows
    }
  }

  // MARK: Printing

  /// `print.submit`.
  func submitPrint(_ call: Call) throws(Failure) {
    guard let desk = ports.printing,
      let fallback = configuration.defaultPrinter ?? desk.printers().first?.id
    else { throw .result(.noHardware, .noPrinter, hint: "add a [[printer]] to the configuration") }
    let printer = call.parameters.text("printer") ?? fallback
    guard desk.printers().contains(where: { $0.id == printer }) else {
      throw .result(.noExist, .unknown, field: "printer")
    }
    let given = call.parameters["document"] ?? .null
    let document =
      given.array.map { JSON.object(["v": .integer(1), "blocks": .array($0)]) } ?? given
    do {
      try desk.check(document, printer: printer)
    } catch {
      let field = error.field.isEmpty ? "document" : "document.\(error.field)"
      throw .result(.illegal, .documentRefused, field: field, hint: error.problem)
    }
    let bytes = document.encoded(isSorted: true)
    try submit(call, subject: nil, .print(document: bytes, printer: printer))
  }

  /// `print.job`: as the spooler has it, else as the journal has it.
  func printJob(_ call: Call) throws(Failure) {
    let id = try call.parameters.requiredText("jobId")
    if let job = ports.printing?.job(id: id) {
      return reply(call.connection, call.id) { $0.value(job.json) }
    }
    let backOffice = ports.backOffice
    try inBackOffice(call) {
      guard let job = try await backOffice.printJob(id: id) else {
        throw Failure.result(.noExist, .unknown, field: "jobId")
      }
      return job.json
    }
  }

  /// `print.jobs`: which there are is the journal's to say, where they stand the spooler's.
  func lastPrintJobs(_ call: Call) throws(Failure) {
    let limit = Int(clamping: call.parameters.integer("limit") ?? 20)
    let (backOffice, desk) = (ports.backOffice, ports.printing)
    try inBackOffice(call) {
      let jobs = try await backOffice.recentJobs(limit: limit)
      return .object(["jobs": .array(jobs.map { (desk?.job(id: $0.id) ?? $0).json })])
    }
  }

  /// `print.resolve`.
  func resolvePrint(_ call: Call) throws(Failure) {
    let id = try call.parameters.requiredText("jobId")
    let isPrinted = call.parameters.text("outcome") == "printed"
    guard let desk = ports.printing else {
      throw .result(.noExist, .unknown, field: "jobId", hint: "no printer is configured")
    }
    try inBackOffice(call) {
      do throws(PrintResolveFailure) {
        return try await desk.resolve(jobID: id, isPrinted: isPrinted).json
      } catch {
        switch error {
        case .unknown: throw Failure.result(.noExist, .unknown, field: "jobId")
        case .notOpen(let state):
          throw Failure.result(.illegal, .jobNotOpen, field: "jobId", hint: state.rawValue)
        case .notRecorded(let words): throw OperationFailure.broken(hint: words)
        }
      }
    }
  }
}

extension Call {
  /// Method and parameters in canonical form: what must be repeated under one operation id. A
  /// parameter that is `null` counts as left out, unless it clears a field. PINs prove who asks
  /// and are no part of what is asked: not even a hash of them is kept here.
  fileprivate var content: [UInt8] {
    let clearable = Catalogue.clearableFields(of: method)
    let given = parameters.object.members.filter {
      !Parameters.secrets.contains($0.name) && (!$0.value.isNull || clearable.contains($0.name))
    }
    return Array(method.utf8) + JSON.object(JSONObject(given)).encoded(isSorted: true)
  }
}

extension Parameters {
  /// Parameters that hold PINs.
  fileprivate static let secrets: Set<String> = ["pin", "currentPin", "operatorPin"]

  /// The PIN called `name`.
  func pin(_ name: String) throws(Failure) -> PIN? {
    guard let text = text(name) else { return nil }
    guard let pin = PIN(text) else {
      let counts = PIN.digitCounts
      let hint = "a PIN is \(counts.lowerBound) to \(counts.upperBound) digits"
      throw .result(.illegal, .impossibleValue(field: name), field: name, hint: hint)
    }
    return pin
  }

  /// When it happened, where the request says so.
  func businessTime() throws(Failure) -> Timestamp? {
    guard let text = text("businessTime") else { return nil }
    guard let instant = Timestamp(rfc3339: text) else {
      let field = "businessTime"
      let hint = "an RFC 3339 date-time with an offset"
      throw .result(.illegal, .impossibleValue(field: field), field: field, hint: hint)
    }
    return instant
  }

  /// The numbers in the object called `name`.
  func counts(_ name: String) -> [String: Int64] {
    var counts: [String: Int64] = [:]
    for member in self[name]?.object?.members ?? [] { counts[member.name] = member.value.integer }
    return counts
  }

  /// The tenders, `nil` where none are named.
  var tenders: [Tender]? { self["tenders"]?.array?.map(Tender.init) }
}

extension BasketLine {
  /// Reads a line that was held against the table.
  fileprivate init(_ value: JSON) {
    self.init(
      sku: value["sku"]?.string ?? "",
      category: value["category"]?.string ?? "",
      quantity: value["quantity"]?.integer ?? 0,
      unitPriceMinor: value["unitPriceMinor"]?.integer ?? 0,
      amountMinor: value["amountMinor"]?.integer
    )
  }
}

extension Tender {
  /// Reads a tender that was held against the table.
  fileprivate init(_ value: JSON) {
    self.init(
      kind: value["kind"]?.string ?? "",
      amountMinor: value["amountMinor"]?.integer ?? 0,
      reference: value["reference"]?.string
    )
  }
}
