import TapgateAPI
import TapgateJSON
import TapgateVirtual
import Testing

extension EndToEnd {
  @Suite("Receipts", .timeLimit(.minutes(3)))
  struct ReceiptTests {
    private static let uid = "04AABBCCDDEE06"

    private func accrue(_ client: GatewayClient, _ id: String) throws -> String {
      let request: JSON = [
        "operationId": .string(id), "credential": .uid(Self.uid), "receiptNo": .string(id),
        "amountMinor": 2800, "operator": "小李",
      ]
      return try #require(try client.call("points.accrue", request)["printJobId"]?.string)
    }

    private func wait(_ client: GatewayClient, for job: String, _ state: String) throws -> JSON {
      try client.wait("print.job", ["jobId": .string(job)]) { $0["state"]?.string == state }
    }

    @Test("the Chinese slip is on paper with the points, the tier and the operation's QR code")
    func slip() throws {
      let printer = VirtualPrinter()
      defer { printer.stop() }
      let gateway = try LiveGateway.started(printers: [("receipt", try printer.start())])
      let client = try gateway.client("till")
      try client.subscribe(["print.job"])
      try client.enrol("欧阳小明", uid: Self.uid, phone: "13912345678")
      let job = try accrue(client, "slip-1")
      let done = try client.event("print.job") { $0["state"] == "confirmed" }
      #expect(done["jobId"]?.string == job)
      #expect(done["evidence"]?.string != nil)
      #expect(printer.unknownCommands == [])
      let paper = printer.paper().joined()
      for text in [
        "会员积分", "消费金额", "28.00", "本次积分", "+28", "可用积分", "普通会员", "小李", "slip-1",
        "[qr slip-1]",
      ] {
        #expect(paper.contains(text), "\(text) is not on the paper:\n\(paper)")
      }
      #expect(!paper.contains("小明"))
      #expect(!paper.contains("13912345678"))
      #expect(!paper.contains(Self.uid))
    }

    @Test("a printer that never reads delays neither look-ups nor another printer")
    func deadPrinter() throws {
      let (dead, well) = (VirtualPrinter(), VirtualPrinter())
      defer {
        dead.stop()
        well.stop()
      }
      dead.set(.neverRead)
      let ports = (try dead.start(), try well.start())
      let gateway = try LiveGateway.started(printers: [("dead", ports.0), ("well", ports.1)])
      let client = try gateway.client("till")
      let member = try client.enrol("顾客", uid: Self.uid)
      let waiting = try (0..<20).map { try accrue(client, "dead-\($0)") }
      for number in 0..<200 {
        let found = try client.call("member.lookup", ["memberId": .string(member)])
        #expect(found[path: "points.available"] == 560, "look-up \(number)")
      }
      let page = try client.call(
        "print.submit",
        [
          "operationId": "page-1", "printer": "well",
          "document": [["type": "text", "text": "另一台打印机"], ["type": "cut"]],
        ]
      )
      _ = try wait(client, for: page["jobId"]?.string ?? "", "confirmed")
      #expect(well.paper().joined().contains("另一台打印机"))
      #expect(dead.paper().joined().isEmpty)
      for job in waiting {
        let state = try client.call("print.job", ["jobId": .string(job)])["state"]
        #expect(state != "confirmed" && state != "failed")
      }
      dead.set(.none)
      for job in waiting { _ = try wait(client, for: job, "confirmed") }
      for number in waiting.indices {
        #expect(dead.paper().count { $0.contains("[qr dead-\(number)]") } == 1)
      }
    }

    @Test("the receipt of a commit that no printer saw before kill -9 is printed once after it")
    func killBeforePrint() throws {
      let printer = VirtualPrinter()
      defer { printer.stop() }
      printer.set(.refuse)
      let gateway = try LiveGateway.started(printers: [("receipt", try printer.start())])
      let client = try gateway.client("till")
      try client.enrol("顾客", uid: Self.uid)
      let job = try accrue(client, "once-1")
      gateway.kill()
      printer.set(.none)
      try gateway.start()
      let later = try gateway.client("till")
      _ = try wait(later, for: job, "confirmed")
      gateway.kill()
      try gateway.start()
      let last = try gateway.client("till")
      #expect(try accrue(last, "once-1") == job)
      let next = try accrue(last, "once-2")
      _ = try wait(last, for: next, "confirmed")
      #expect(printer.paper().count { $0.contains("[qr once-1]") } == 1)
      #expect(printer.paper().count { $0.contains("[qr once-2]") } == 1)
    }

    @Test("a job that was being sent at kill -9 is in doubt until the operator says what he sees")
    func killWhilePrinting() throws {
      let printer = VirtualPrinter()
      defer { printer.stop() }
      let gateway = try LiveGateway.started(printers: [("receipt", try printer.start())])
      let client = try gateway.client("till")
      try client.enrol("顾客", uid: Self.uid)
      // A printer that has answered before is waited for when it falls silent.
      _ = try wait(client, for: try accrue(client, "doubt-0"), "confirmed")
      printer.set(.silentFence)
      let job = try accrue(client, "doubt-1")
      _ = try client.wait("print.job", ["jobId": .string(job)]) { $0["state"] == "sending" }
      gateway.kill()
      printer.set(.none)
      try gateway.start()
      let later = try gateway.client("till")
      let doubt = try wait(later, for: job, "indeterminate")
      #expect(doubt["reason"]?.string != nil)
      let next = try accrue(later, "doubt-2")
      _ = try wait(later, for: next, "confirmed")
      #expect(printer.paper().count { $0.contains("[qr doubt-1]") } <= 1)
      let word: JSON = ["jobId": .string(job), "outcome": "printed"]
      let resolved = try later.call("print.resolve", word)
      #expect(resolved["state"] == "confirmed")
      #expect(resolved["evidence"] == "operator")
    }

    @Test("an empty paper roll holds the queue up, and is told; paper ends it")
    func paperOut() throws {
      let printer = VirtualPrinter()
      defer { printer.stop() }
      let gateway = try LiveGateway.started(printers: [("receipt", try printer.start())])
      let client = try gateway.client("till")
      try client.subscribe(["printer.status"])
      try client.enrol("顾客", uid: Self.uid)
      printer.set(.paperOut(afterLines: 0))
      let job = try accrue(client, "paper-1")
      let told = try client.event("printer.status") { $0.text.contains("EPTR_REC_EMPTY") }
      #expect(told[path: "device.deviceId"] == "receipt")
      #expect(try client.call("print.job", ["jobId": .string(job)])["state"] == "queued")
      printer.set(.none)
      _ = try wait(client, for: job, "confirmed")
      #expect(printer.paper().count { $0.contains("[qr paper-1]") } == 1)
    }
  }
}
