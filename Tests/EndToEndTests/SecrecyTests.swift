import Foundation
import TapgateAPI
import TapgateJSON
import TapgateVirtual
import Testing

extension EndToEnd {
  @Suite("Secrecy", .timeLimit(.minutes(3)))
  struct SecrecyTests {
    @Test("no number of a card, phone or account is in a log, a trace, the files or on paper")
    func canaries() throws {
      let printer = VirtualPrinter()
      defer { printer.stop() }
      let gateway = try LiveGateway.started(printers: [("receipt", try printer.start())])
      let till = try gateway.client("till", lane: "1")
      let watcher = try gateway.client("watcher")
      try watcher.subscribe()
      var said = try everyMethod(till)
      said += try everyCommand(gateway)
      said += try everyInput(till)
      for event in try watcher.eventsSoFar() { said += event.encoded() + [0x0A] }
      said += try till.call("trace.last", ["limit": 200]).encoded()
      for method in ["daemon.status", "device.list"] { said += try till.call(method).encoded() }
      for device in ["sim:reader", "sim:scanner", "sim:msr"] {
        said += try till.call("device.statistics", ["deviceId": .string(device)]).encoded()
      }
      said += try till.call("operation.feed", ["after": 0, "limit": 200]).encoded()
      said += Array(printer.paper().joined().utf8)
      #expect(printer.paper().joined().contains("会员积分"))
      expectNone(in: said, "what it said or printed")
      try expectNoneInCopies(gateway)
      gateway.kill()
      expectNone(in: Array(gateway.log.utf8), "the log")
      try gateway.start()
      _ = try gateway.client("again").call("member.lookup", ["credential": .uid(Canary.uid)])
      #expect(gateway.stop() == 0)
      expectNone(in: Array(gateway.log.utf8), "the log")
      for name in try FileManager.default.subpathsOfDirectory(atPath: gateway.dataPath) {
        let path = gateway.dataPath + "/" + name
        expectNone(in: [UInt8](FileManager.default.contents(atPath: path) ?? Data()), name)
      }
    }

    @Test("the search for such numbers finds them in every form")
    func control() {
      let uid = [UInt8]([0x04, 0xCA, 0x7A, 0x21, 0xEB, 0x5E, 0xC7])
      #expect(Canary.traces.contains(uid))
      #expect(Canary.traces.contains(uid.reversed()))
      for form in ["04CA7A21EB5EC7", "04ca7a21eb5ec7", "04 CA 7A 21 EB 5E C7"] {
        #expect(Canary.traces.contains(Array(form.utf8)))
      }
      #expect(traces(in: Array("a log with \(Canary.phone) in it".utf8)) == [0])
      for number in Canary.payments {
        for place in 0..<3 {
          let text = Data((String(repeating: "x", count: place) + number + "yz").utf8)
          #expect(!traces(in: Array(text.base64EncodedData())).isEmpty)
        }
        let wide = Canary.wide(Array("=\(number)=".utf8))
        // Little endian, and the digits' other half of big endian.
        #expect(!traces(in: wide).isEmpty)
        #expect(!traces(in: Array("=\(number)=".utf8.reversed())).isEmpty)
      }
      #expect(!traces(in: [0x41, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11]).isEmpty)
      #expect(!traces(in: [0x03, 0x78, 0x28, 0x22, 0x46, 0x31, 0x00, 0x05]).isEmpty)
      #expect(!traces(in: Array("card 4111 1111 1111 1111".utf8)).isEmpty)
      #expect(traces(in: [0xFF] + uid + [0xFF]).count == 1)
      #expect(traces(in: Array("a log without".utf8)).isEmpty)
    }

    /// Which of the traces are in `bytes`.
    private func traces(in bytes: [UInt8]) -> [Int] { Canary.found(Canary.traces, in: bytes) }

    private func expectNone(in bytes: [UInt8], _ place: String) {
      #expect(traces(in: bytes).isEmpty, "in \(place)")
    }

    /// Looks into a backup and into an export.
    private func expectNoneInCopies(_ gateway: LiveGateway) throws {
      let backup = gateway.folder.path + "/backup"
      let export = gateway.folder.path + "/export.csv"
      let run = try gateway.command(["backup", backup, "--data", gateway.dataPath])
      #expect(run.status == 0, "\(run.errors)")
      let sheet = try gateway.command(["member", "export", "--output", export])
      #expect(sheet.status == 0, "\(sheet.errors)")
      for (path, traces) in [(backup, Canary.traces), (export, Canary.cardTraces)] {
        let data = try #require(FileManager.default.contents(atPath: path))
        #expect(!data.isEmpty)
        #expect(Canary.found(traces, in: data).isEmpty, "in \(path)")
      }
      expectNone(in: Array((run.output + run.errors + sheet.output + sheet.errors).utf8), "copying")
    }

    /// Asks everything that takes a number of a card, known, unknown and wrong; the answers.
    private func everyMethod(_ client: GatewayClient) throws -> [UInt8] {
      var said: [UInt8] = []
      func ask(_ method: String, _ parameters: JSON) throws {
        let answer: JSON
        do {
          answer = try client.call(method, parameters)
        } catch let error as GatewayError {
          answer = error.json
        }
        said += answer.encoded() + [0x0A]
      }
      let known = JSON.uid(Canary.uid)
      let strange = JSON.uid(Canary.strangeUID)
      let phone: JSON = ["kind": "phoneNumber", "value": .string(Canary.phone)]
      let number: JSON = ["kind": "memberNumber", "value": .string(Canary.memberNumber)]
      let account: JSON = ["kind": "magstripe", "value": .string(Canary.account)]
      try ask(
        "member.enrol",
        [
          "operationId": "c-1", "name": "顾客", "phone": .string(Canary.phone), "credential": known,
        ]
      )
      try ask("card.bind", ["operationId": "c-2", "credential": number, "memberId": "M1"])
      for credential in [known, strange, phone, number, account] {
        try ask("member.lookup", ["credential": credential])
        try ask("card.issue", ["operationId": "c-3", "credential": credential, "memberId": "M1"])
        try ask(
          "points.accrue",
          [
            "operationId": .string("c-\(credential.text.count)"), "credential": credential,
            "receiptNo": .string("C\(credential.text.count)"), "amountMinor": 2800,
          ]
        )
        try ask("card.freeze", ["operationId": "c-5", "credential": credential, "reason": "x"])
        try ask("card.unfreeze", ["operationId": "c-6", "credential": credential, "reason": "x"])
      }
      let strangePhone: JSON = ["kind": "phoneNumber", "value": .string(Canary.strangePhone)]
      try ask("member.lookup", ["credential": strangePhone])
      try ask(
        "member.lookup",
        ["credential": ["kind": "cardUid", "value": .string(Canary.account)]]
      )
      try ask("member.search", ["text": .string(String(Canary.phone.suffix(4)))])
      try ask("member.search", ["text": .string(Canary.phone)])
      try ask("member.history", ["memberId": "M1", "limit": 50])
      return said
    }

    /// Runs the commands that take such a number, and imports it; what they wrote.
    private func everyCommand(_ gateway: LiveGateway) throws -> [UInt8] {
      let sheet = """
        memberId,phone,cardKind,cardValue
        A1,\(Canary.strangePhone),cardUid,\(Canary.strangeUID)
        A2,x\(Canary.phone),cardUid,ZZ\(Canary.uid)
        A3,,magstripe,\(Canary.account)

        """
      let file = try gateway.folder.write(sheet, to: "members.csv")
      var said = ""
      for arguments in [
        ["lookup", "cardUid:\(Canary.uid)"], ["lookup", "cardUid:\(Canary.strangeUID)"],
        ["lookup", "cardUid:ZZ\(Canary.strangeUID)"], ["lookup", "uid:\(Canary.uid)"],
        ["lookup", "phoneNumber:\(Canary.phone)"], ["lookup", "magstripe:\(Canary.account)"],
        ["accrue", "cardUid:\(Canary.uid)", "--amount", "x", "--receipt", "9"],
        ["card", "report-lost", "cardUid:\(Canary.strangeUID)"],
        ["member", "import", file], ["member", "import", file, "--json"],
        ["history", "phoneNumber:\(Canary.phone)"], ["trace", "--limit", "200"], ["status"],
      ] {
        let run = try gateway.command(arguments)
        said += run.output + run.errors
      }
      return Array(said.utf8)
    }

    /// Lays, scans and swipes it; the events, but for scans that go to their one recipient.
    private func everyInput(_ client: GatewayClient) throws -> [UInt8] {
      for uid in [Canary.uid, Canary.strangeUID] {
        _ = try client.call("simulate.tap", ["uid": .string(uid)])
        _ = try client.call("simulate.remove")
      }
      let number = Canary.memberNumber
      _ = try client.call("simulate.swipe", ["track2": .string(";\(number)=2512?")])
      for text in [number, Canary.phone] {
        _ = try client.call("simulate.scan", ["data": .string(text), "aim": "]C0"])
      }
      for account in Canary.payments {
        let texts = [
          account, "card \(account), thanks", "%B\(account)^DOE/JANE^25121010000?",
          ";\(account)=25121010000?",
        ]
        for text in texts {
          _ = try client.call("simulate.scan", ["data": .string(text), "aim": "]C0"])
          _ = try client.event("credential.refused") { $0["reason"] == "paymentCard" }
        }
        for (name, track) in [("track1", texts[2]), ("track2", texts[3]), ("track2", account)] {
          _ = try client.call("simulate.swipe", [name: .string(track)])
          _ = try client.event("credential.refused") { $0["reason"] == "paymentCard" }
        }
      }
      _ = try client.call("simulate.scan", ["data": .string(Canary.paymentCode), "aim": "]Q1"])
      _ = try client.event("credential.refused") { $0["reason"] == "paymentCode" }
      return try client.eventsSoFar().filter { $0["kind"] != "scan.data" }
        .flatMap { $0.encoded() + [0x0A] }
    }
  }
}
