import TapgateCore
import TapgateJSON
import TapgateLock
import TapgateModel
@testable import TapgateServer
import Testing

@Suite("Scans and rotating codes, at the hub", .timeLimit(.minutes(1)))
struct ScanTests {
  private let reference = "ABCDEFGH23456722"

  private func lastTap(_ client: RawClient) async throws -> JSON {
    let limit = JSON.object(["limit": .integer(1)])
    let taps = try await client.ask("trace.last", limit)["result"]?["taps"]?.array
    return try #require(taps?.first)
  }

  @Test("a rotating code of the step before, of now and of the next is a member's, once each")
  func steps() async throws {
    let clock = TestClock()
    try await World.run({ $0.clock = clock.clock }) { world in
      try world.directory.add("m1", .rotatingQr, reference)
      world.plug("scanner")
      world.plug("second")
      let client = try await world.client(lane: "1")
      for offset in [1, 0, -1] as [Int64] {
        let step = UInt64(Int64(clock.step) + offset)
        let text = world.codes.token(of: reference, step: step).text
        world.scan(text)
        let presented = try await client.event()
        #expect(presented.kind == "credential.presented")
        #expect(
          presented["credential"]
            == .object(["kind": .string("rotatingQr"), "masked": .string("****")])
        )
        #expect(presented["assurance"]?.string == "A3")
        #expect(presented["medium"]?.string == "screen")
        #expect(presented["symbology"]?.string == "]Q1")
        #expect(try await client.event()["member"]?["id"]?.string == "m1")
        // The same code at another scanner is a replay at once, however soon.
        world.scan(text, scanner: "second")
        let replayed = try await client.event()
        #expect(replayed["reason"]?.string == "tokenReplayed")
        #expect(replayed["hint"]?.string?.contains("used already") == true)
        #expect(try await lastTap(client)["rule"]?.string == "R6")
        clock.pass(milliseconds: 2100)
        world.scan(text)
        #expect(try await client.event()["reason"]?.string == "tokenReplayed")
      }
      for (offset, reason) in [(-2, "tokenExpired"), (2, "tokenFuture")] as [(Int64, String)] {
        let step = UInt64(Int64(clock.step) + offset)
        world.scan(world.codes.token(of: reference, step: step).text)
        #expect(try await client.event()["reason"]?.string == reason)
      }
    }
  }

  @Test("twenty wrong codes in a minute raise an alarm and make that scanner's codes wait")
  func alarm() async throws {
    let clock = TestClock()
    try await World.run({ $0.clock = clock.clock }) { world in
      world.plug("scanner")
      world.plug("second")
      let client = try await world.client(lane: "1")
      let watcher = try await world.client("watcher")
      let kinds = JSON.array([.string("device.alarm")])
      _ = try await watcher.ask("events.subscribe", .object(["kinds": kinds]))
      let good = world.codes.token(of: reference, step: clock.step)
      for number in 0..<20 {
        // A wrong code, and one that is misshapen.
        let text = good.text.dropLast(2) + (number % 2 == 0 ? "AA" : "!!")
        world.scan(String(text))
        #expect(try await client.event()["reason"]?.string == "macInvalid")
      }
      let alarm = try await watcher.event()
      #expect(alarm.kind == "device.alarm")
      #expect(alarm["deviceId"]?.string == "scanner")
      #expect(alarm["count"] == .integer(20))
      world.scan(good.text)
      #expect(try await client.event()["reason"]?.string == "deviceBusy")
      #expect(try await lastTap(client)["rule"]?.string == "badCodes")
      // Goods are scanned on, and the other scanner's codes too.
      world.scan("4006381333931", aim: "]E0")
      #expect(try await client.event().kind == "scan.data")
      world.scan(good.text, scanner: "second")
      #expect(try await client.event().kind == "credential.presented")
      #expect(try await client.event().kind == "member.resolved")
      clock.pass(milliseconds: 60_000)
      world.scan(world.codes.token(of: reference, step: clock.step).text)
      #expect(try await client.event().kind == "credential.presented")
      #expect(try await watcher.eventsSoFar().isEmpty)
    }
  }

  @Test("a means of payment is refused, counted and nowhere to be found, held or not")
  func payments() async throws {
    let secrets = ["134567890123456789", "2856789012345678", "4111111111111111"]
    try await World.run { world in
      world.plug("scanner")
      let client = try await world.client(lane: "1")
      let observer = try await world.client("observer")
      let kinds = JSON.array(["credential.refused", "device.status", "scan.data"].map(JSON.string))
      _ = try await observer.ask("events.subscribe", .object(["kinds": kinds]))
      var said: [JSON] = []
      for (text, reason) in zip(secrets, ["paymentCode", "paymentCode", "paymentCard"]) {
        world.scan(text, aim: "]C0")
        let event = try await client.event()
        #expect(event.kind == "credential.refused")
        #expect(event["reason"]?.string == reason)
        said.append(event)
      }
      said.append(try await client.ask("trace.last"))
      let status = try await client.ask("daemon.status")
      #expect(status["result"]?["counters"]?["paymentCodes"] == .integer(2))
      #expect(status["result"]?["counters"]?["paymentCards"] == .integer(1))
      said.append(status)
      said += try await observer.eventsSoFar()
      let rules = said[3]["result"]?["taps"]?.array?.map { $0["rule"]?.string }
      #expect(rules == [nil, "alipay", "wechat"])
      for line in said {
        let text = String(decoding: line.encoded(), as: UTF8.self)
        for secret in secrets {
          // Eight digits: four stand in some clock or other often enough.
          #expect(!text.contains(secret) && !text.contains(secret.suffix(8)))
        }
      }
    }
  }

  @Test("a code lying before a scanner is one event in 2 s, and again after 2.1 s")
  func repeated() async throws {
    let clock = TestClock()
    let pattern = ScanPattern(kind: .memberNumber, prefix: "88", length: 12)
    let configure = { (configuration: inout ServerConfiguration) in
      configuration.clock = clock.clock
      configuration.patterns = [pattern]
    }
    try await World.run(configure) { world in
      world.plug("scanner")
      let client = try await world.client(lane: "1")
      world.scan("880000000002", aim: "]C0")
      let first = try await client.event()
      _ = try await client.event()
      clock.pass(milliseconds: 1999)
      world.scan("880000000002", aim: "]C0")
      #expect(try await client.eventsSoFar().isEmpty)
      let entry = try await lastTap(client)
      #expect(entry["reason"]?.string == "repeated")
      #expect(entry["rule"]?.string == "R3")
      #expect(entry["duplicateOf"] == first["eventId"])
      clock.pass(milliseconds: 101)
      world.scan("880000000002", aim: "]C0")
      #expect(try await client.event().kind == "credential.presented")
      _ = try await client.event()
      // The terminator's own scan is nothing, and two bottles are two.
      world.scan("")
      for _ in 0..<2 { world.scan("4006381333931", aim: "]E0") }
      for _ in 0..<2 { #expect(try await client.event()["data"]?.string == "4006381333931") }
      #expect(try await client.eventsSoFar().isEmpty)
    }
  }

  @Test("what is no member's code goes on whole, with its symbology and whether it is")
  func goods() async throws {
    try await World.run { world in
      try world.directory.add("m1", .barcode, "A-100")
      world.plug("scanner")
      let client = try await world.client(lane: "1")
      world.scan("A-100", aim: "]C0") { code in
        code.symbology = "SCAN_SDT_Code128"
        code.isPartial = true
      }
      let part = try await client.event()
      #expect(part.kind == "scan.data")
      #expect(part["symbology"]?.string == "SCAN_SDT_Code128")
      #expect(part["aim"]?.string == "]C0")
      #expect(part["partial"] == .bool(true))
      world.scan("A-100", aim: "]C0") { $0.symbology = "SCAN_SDT_Code128" }
      let whole = try await client.event()
      #expect(whole["symbology"]?.string == "SCAN_SDT_Code128")
      #expect(whole["reasons"] == .array([.string("static")]))
      #expect(try await client.event()["member"]?["id"]?.string == "m1")
    }
  }

  @Test("a telephone number is a member's code only where the shop says so, and then a claim")
  func phones() async throws {
    let pattern = ScanPattern(kind: .phoneNumber, prefix: "1", length: 11)
    for patterns in [[], [pattern]] {
      try await World.run({ $0.patterns = patterns }) { world in
        try world.directory.add("m1", .phoneNumber, "13900000001")
        world.ledger.decideAtOnce { .example($0) }
        world.plug("scanner")
        let client = try await world.client(lane: "1")
        world.scan("13900000001")
        let event = try await client.event()
        guard !patterns.isEmpty else {
          #expect(event["data"]?.string == "13900000001")
          return
        }
        #expect(event["assurance"]?.string == "A0")
        let params = JSON.object([
          "operationId": .string("o1"), "eventId": try #require(event["eventId"]),
          "receiptNo": .string("r"), "amountMinor": .integer(1),
        ])
        _ = try await client.ask("points.accrue", params)
        #expect(world.ledger.submitted.first?.evidence.assurance == .a0)
      }
    }
  }

  @Test("what devices show: read at once, then resolved or refused")
  func feedback() async throws {
    try await World.run { world in
      try world.directory.add("m1", .cardUid, "04A1B2C3D4E5F6")
      try world.directory.add("m2", .cardUid, "04A1B2C3D4E5F7", assurance: .a4)
      world.plug()
      world.plug("scanner")
      let client = try await world.client(lane: "1")
      try world.tap("04A1B2C3D4E5F6", presence: 1)
      world.scan("4006381333931", aim: "]E0")
      world.scan("134567890123456789")
      try world.tap("04A1B2C3D4E5F7", presence: 2)
      try world.tap("04A1B2C3D4E5F8", presence: 3)
      _ = try await client.eventsSoFar()
      #expect(
        world.backend.shown.withLock { $0 } == [
          "reader read", "reader resolved", "scanner read", "scanner refused", "reader read",
          "reader refused", "reader read",
        ]
      )
    }
  }

  @Test("a number of a means of payment is overwritten wherever it lies, the program's own is not")
  func erasure() {
    let parts = ["4111", "1111", "1111", "1111"]
    var text = parts.joined()
    let alias = text
    Erasure.erase(&text)
    #expect(text.isEmpty)
    #expect(alias.utf8.count == 16)
    #expect(alias.utf8.allSatisfy { $0 == 0 })
    var constant = "134567890123456789"
    Erasure.erase(&constant)
    #expect(constant.isEmpty)
    let other = "134567890123456789"
    #expect(other.utf8.first == 0x31)
    var short = ["13", "45"].joined()
    Erasure.erase(&short)
    #expect(short.isEmpty)
  }
}
