import TapgateLock
import TapgateCore
import TapgateJSON
import TapgateModel
import TapgateServer
import Testing

@Suite("Reads, imports, printing and simulation", .timeLimit(.minutes(1)))
struct BackOfficeTests {
  private func object(_ members: KeyValuePairs<String, JSON>) -> JSON { .object(members) }

  @Test("reads answer what the back office says, or its failure")
  func reads() async throws {
    try await World.run { world in
      world.backOffice.answers.withLock { answers in
        answers.found = [.example("m1")]
        answers.history = .array([.integer(1)])
        answers.feed = .object(["operations": .array([]), "next": .integer(9)])
        answers.export = .object(["rows": .array([]), "next": .null])
      }
      let client = try await world.client()
      let found = try await client.ask("member.search", object(["text": .string("m")]))
      let first = found["result"]?["candidates"]?.array?.first
      #expect(first?["member"]?["id"]?.string == "m1")
      let history = try await client.ask("member.history", object(["memberId": .string("m1")]))
      #expect(history["result"]?["entries"] == .array([.integer(1)]))
      let feed = try await client.ask("operation.feed", object(["after": .integer(0)]))
      #expect(feed["result"]?["next"] == .integer(9))
      // Every page is noted in the journal before it is shown.
      world.ledger.decideAtOnce { .example($0) }
      #expect(try await client.ask("member.export")["result"]?["rows"] == .array([]))
      #expect(world.ledger.submitted.map(\.body) == [.assets(.exportProfiles(after: 0))])
      let status = try await client.ask("daemon.status")["result"]
      #expect(status?["ledger"]?["members"] == .integer(1))
      #expect(status?["clients"]?.array?.count == 1)

      world.backOffice.answers.withLock {
        $0.failure = .busy(retryAfterMilliseconds: 70, hint: "disk")
      }
      let busy = try await client.ask("operation.feed", object(["after": .integer(0)]))
      #expect(busy.errorName == "E_BUSY")
      // The gateway's own state is told even where the store does not answer.
      #expect(try await client.ask("daemon.status")["result"]?["ledger"] == .null)
    }
  }

  @Test("the status of an operation is what was answered then")
  func operationStatus() async throws {
    try await World.run { world in
      let client = try await world.client()
      let ask = object(["operationId": .string("o1")])
      #expect(try await client.ask("operation.status", ask).errorName == "E_NOEXIST")
      world.backOffice.answers.withLock {
        $0.status = .committed(result: Array(#"{"earned":28}"#.utf8), isReplay: true, sequence: 4)
      }
      let committed = try await client.ask("operation.status", ask)["result"]
      #expect(committed?["state"]?.string == "committed")
      #expect(committed?["result"]?["earned"] == .integer(28))
      world.backOffice.answers.withLock {
        $0.status = .refused(Refusal(.cardLost), isReplay: true)
      }
      let refused = try await client.ask("operation.status", ask)["result"]
      #expect(refused?["state"]?.string == "refused")
      #expect(refused?["error"]?["data"]?["reason"]?.string == "cardLost")
    }
  }

  @Test("what is wrong with a row is told in the client's language, of short chunks and long ones")
  func importLanguage() async throws {
    try await World.run { world in
      for (language, words) in [("zh", "缺少该值"), ("en", "is missing")] {
        let client = try await world.client(language: language)
        let begun = try await client.ask("member.importBegin", object(["dryRun": .bool(true)]))
        let id = try #require(begun["result"]?["importId"])
        for count in [0, 1000] {
          let rows = (0...count).map { number in
            object([
              "line": .integer(Int64(number + 1)),
              "fields": object(number == 0 ? [:] : ["memberId": .string("m\(number)")]),
            ])
          }
          let chunk = object(["importId": id, "rows": .array(rows)])
          let answer = try await client.ask("member.importChunk", chunk)
          let problem = answer["result"]?["problems"]?.array?.first
          #expect(problem?["problem"] == .string(words))
        }
        _ = try await client.ask("member.importCancel", object(["importId": id]))
      }
    }
  }

  @Test("an import's chunks keep their order, its progress is told to its owner only")
  func importing() async throws {
    try await World.run { world in
      let client = try await world.client()
      let begun = try await client.ask("member.importBegin", object(["dryRun": .bool(true)]))
      let id = try #require(begun["result"]?["importId"])
      for number in 1...20 as ClosedRange<Int64> {
        let row = object([
          "line": .integer(number), "fields": object(["memberId": .string("m\(number)")]),
        ])
        try client.request(
          "member.importChunk",
          object(["importId": id, "rows": .array([row])]),
          id: number
        )
      }
      for number in 1...20 as ClosedRange<Int64> {
        #expect(try await client.answer(to: number)["result"]?["problems"] == .array([]))
      }
      let bad = object(["line": .integer(21), "fields": object([:])])
      let answer = try await client.ask(
        "member.importChunk",
        object(["importId": id, "rows": .array([bad])])
      )
      let problem = try #require(answer["result"]?["problems"]?.array?.first)
      #expect(problem["line"] == .integer(21))
      #expect(problem["problem"] == .string("is missing"))
      // A long chunk is read beside the loop: its rows, its order and its faults are the same.
      let long = (22...1021 as ClosedRange<Int64>).map { number in
        object([
          "line": .integer(number),
          "fields": object(["memberId": .string("m\(number)"), "name": .string("王小明")]),
        ])
      }
      let chunk = object(["importId": id, "rows": .array(long)])
      #expect(
        try await client.ask("member.importChunk", chunk)["result"]?["problems"] == .array([])
      )
      let faulty = object(["importId": id, "rows": .array(long + [.integer(1)])])
      #expect(try await client.ask("member.importChunk", faulty).errorField == "rows[1000]")
      let other = try await world.client()
      #expect(try await other.ask("member.importChunk", chunk).errorField == "importId")
      let stolen = try await other.ask("member.importCommit", object(["importId": id]))
      #expect(stolen.errorName == "E_NOEXIST")
      try client.request("member.importCommit", object(["importId": id]), id: 50)
      let progress = try await client.event()
      #expect(progress.kind == "import.progress")
      #expect(progress["thousandths"] == .integer(500))
      #expect(try await client.answer(to: 50)["result"]?["members"] == .integer(1021))
      let rows = world.backOffice.imports.withLock { $0[0].rows.withLock { $0.map(\.line) } }
      #expect(rows == Array(1...1021))
      #expect(world.backOffice.imports.withLock { $0[0].isDryRun })
      #expect(
        try await client.ask("member.importCommit", object(["importId": id])).errorField
          == "importId"
      )
    }
  }

  @Test("an import ends with its client's connection")
  func importAbandoned() async throws {
    try await World.run { world in
      let client = try await world.client()
      _ = try await client.ask("member.importBegin")
      let opened = try #require(world.backOffice.imports.withLock { $0.first })
      client.shutdown()
      #expect(await opened.ended() == "cancelled")
    }
  }

  @Test("a document is checked before anything is written down, and its job is told of")
  func printing() async throws {
    try await World.run { world in
      world.ledger.decideAtOnce { .example($0) }
      let client = try await world.client()
      _ = try await client.ask(
        "events.subscribe",
        object(["kinds": .array([.string("print.job")])])
      )
      let blocks = JSON.array([object(["type": .string("cut")])])
      let submit = object(["operationId": .string("p1"), "document": blocks])
      #expect(try await client.ask("print.submit", submit)["result"] != nil)
      let document = Array(#"{"blocks":[{"type":"cut"}],"v":1}"#.utf8)
      #expect(world.ledger.submitted.last?.body == .print(document: document, printer: "receipt"))
      let elsewhere = object([
        "operationId": .string("p2"), "document": blocks, "printer": .string("kitchen"),
      ])
      #expect(try await client.ask("print.submit", elsewhere).errorField == "printer")

      let job = PrintJob(id: "J1", printer: "receipt", document: .null, state: .indeterminate)
      world.ledger.tell(
        CommittedOperation(
          sequence: 1,
          operationID: "p1",
          method: "print.submit",
          memberID: nil,
          businessDate: BusinessDate(day: 20_000),
          job: job,
          isSimulated: false
        )
      )
      #expect(world.desk.jobs.withLock { $0 } == [job])
      world.server.printJobChanged(job)
      #expect(try await client.event()["state"]?.string == "indeterminate")
      let ask = object(["jobId": .string("J1")])
      #expect(try await client.ask("print.job", ask)["result"]?["state"]?.string == "indeterminate")
      let resolve = object(["jobId": .string("J1"), "outcome": .string("printed")])
      let resolved = try await client.ask("print.resolve", resolve)
      #expect(resolved["result"]?["evidence"]?.string == "operator")
      let unknown = object(["jobId": .string("J9"), "outcome": .string("printed")])
      #expect(try await client.ask("print.resolve", unknown).errorName == "E_NOEXIST")
      #expect(
        try await client.ask("print.job", object(["jobId": .string("J9")])).errorName == "E_NOEXIST"
      )
    }
  }

  @Test("virtual devices are driven only where the gateway simulates")
  func simulation() async throws {
    try await World.run { world in
      let client = try await world.client()
      let tap = try await client.ask("simulate.tap", object(["uid": .string("04A1B2C3D4E5F6")]))
      #expect(tap["result"]?["deviceId"]?.string == "virtual:reader")
      _ = try await client.ask(
        "simulate.scan",
        object(["data": .string("6901"), "aim": .string("]E0")])
      )
      #expect(
        world.simulator.asked.withLock { $0 }
          == [.tap(deviceID: nil, uid: "04A1B2C3D4E5F6"), .scan(data: "6901", aim: "]E0")]
      )
      let nowhere = object(["deviceId": .string("nowhere"), "uid": .string("04")])
      #expect(try await client.ask("simulate.tap", nowhere).errorName == "E_NOEXIST")
      #expect(try await client.ask("simulate.remove").errorName == "E_ILLEGAL")
    }
    try await World.run({ $0.isSimulation = false }) { world in
      let client = try await world.client()
      let reply = try await client.ask("simulate.tap", object(["uid": .string("04A1B2C3D4E5F6")]))
      #expect(reply.errorCode == -32601)
    }
  }

  @Test("a device's health and counters are asked of whoever has it")
  func health() async throws {
    try await World.run { world in
      let client = try await world.client()
      let receipt = JSON.string("receipt")
      let health = try await client.ask("device.checkHealth", object(["deviceId": receipt]))
      #expect(health["result"]?["CheckHealthText"]?.string == "Internal HCheck: Successful")
      let level = object(["deviceId": receipt, "level": .integer(2)])
      #expect(try await client.ask("device.checkHealth", level).errorName == "E_ILLEGAL")
      let counts = try await client.ask("device.statistics", object(["deviceId": receipt]))
      #expect(counts["result"]?["statistics"]?["ReceiptLinePrintedCount"] == .integer(3))
      let none = object(["deviceId": .string("none")])
      #expect(try await client.ask("device.get", none).errorName == "E_NOEXIST")
      let claim = try await client.ask("device.claim", object(["deviceId": receipt]))
      #expect(claim.errorName == "E_ILLEGAL")
      #expect(claim["error"]?["data"]?["class"]?.string == "POSPrinter")
    }
  }
}
