import Foundation
import TapgateAPI
import TapgateJSON
import TapgateRigs
import Testing

extension EndToEnd {
  /// What scanners sound, and what of a scan must not stay.
  @Suite(
    "Scanners: what comes of a scan",
    .enabled(if: USBRig.isAvailable, "no umockdev"),
    .timeLimit(.minutes(5))
  )
  struct ScannerAnswerTests {
    @Test("a scanner that can sound does so for a member and for a refusal, not for goods")
    func sounds() throws {
      let counter = try ScannerCounter { rig in
        try rig.make("s", "pos")
        try rig.plug("s")
      }
      try counter.device(ScannerTests.posID)
      _ = try counter.till.call(
        "member.enrol",
        [
          "operationId": .string(OperationID.next()), "name": "顾客",
          "credential": ["kind": "barcode", "value": "MEMBER-0042"],
        ]
      )
      try counter.rig.tell("s", "scan ]E0 6901234567892")
      #expect(try counter.scan() == "6901234567892")
      try counter.rig.tell("s", "scan ]C0 MEMBER-0042")
      _ = try counter.till.event("member.resolved")
      try counter.waitForNotes(of: "s") { $0.contains { $0.text.hasPrefix("2109") } }
      // A code of a payment service.
      try counter.rig.tell("s", "scan ]C0 134567890123456789")
      #expect(try counter.till.event("credential.refused")["reason"] == "paymentCode")
      try counter.waitForNotes(of: "s") { $0.count { $0.text.hasPrefix("2109") } == 2 }
      // SET_REPORT of output report 4 (HID 1.11 §7.2.2): good read beep, not on file beep.
      let reports = try counter.rig.log("s").map(\.text).filter { $0.hasPrefix("2109") }
      #expect(reports == ["21090402000002000402", "21090402000002000404"])
      try counter.rig.tell("s", "scan ]C0 next")
      #expect(try counter.scan() == "next")
    }

    /// An example number of ISO/IEC 7812 with a right check digit, no card that was issued.
    private static let number = "4000001234567899"
    /// The form of a payment service's code.
    private static let code = Canary.paymentCode
    private static let swipe = "swipe %B\(number)^DOE/J^2512101? ;\(number)=2512101123? -"

    @Test(
      "a means of payment is nowhere once it was refused: memory, log and trace",
      arguments: [
        ("m", swipe), ("n", swipe), ("s", "scan ]C0 \(number)"),
        ("s", "scan ]Q1 %B\(number)^DOE/J^2512101?"), ("k", "scan \(number)"),
        ("k", "scan ;\(number)=2512101123?"), ("t", "scan \(number)\\r"),
        ("s", "scan ]Q1 \(code)"), ("k", "scan \(code)"), ("t", "scan \(code)\\r"),
      ]
    )
    func payment(device: String, command: String) throws {
      let line = """
        [[scanner]]
        id = "line"
        match = { vendor = 0x1eab }
        mode = "serial"

        """
      let counter = try ScannerCounter(ScannerTests.wedge + line) { rig in
        try rig.make("k", "wedge", ["serial": "W1"])
        try rig.make("m", "msr")
        try rig.make("n", "msr", ["serial": "B0A9999", "size": "8"])
        try rig.make("s", "pos")
        try rig.make("t", "serial")
        try rig.plug(device)
      }
      let ids = [
        "k": ScannerTests.wedgeID, "m": ScannerTests.msrID, "n": "usb:0801:0002:B0A9999",
        "s": ScannerTests.posID, "t": "usb:1eab:1306:EM30-0042",
      ]
      try counter.device(ids[device] ?? "")
      try counter.rig.tell(device, command)
      let refused = try counter.till.event("credential.refused")
      let isCode = command.contains(Self.code)
      #expect(refused["reason"]?.string == (isCode ? "paymentCode" : "paymentCard"))
      let digits = isCode ? Self.code : Self.number
      let trace = try counter.till.call("trace.last", ["limit": 50]).text
      #expect(!trace.contains(digits.suffix(10)))
      #expect(!counter.gateway.log.contains(digits.suffix(10)))
      // The thread that read it may be a step behind the event.
      var left = try ProcessMemory.count(of: digits, in: counter.gateway.processID)
      let deadline = System.monotonicMicroseconds + 10_000_000
      while left > 0, System.monotonicMicroseconds < deadline {
        _ = try counter.till.nextEvent(timeoutMilliseconds: 100)
        left = try ProcessMemory.count(of: digits, in: counter.gateway.processID)
      }
      #expect(left == 0)
      // The search finds what is there.
      let known = counter.gateway.dataPath
      #expect(try ProcessMemory.count(of: known, in: counter.gateway.processID) > 0)
    }

    @Test("a serial line by its path is raw; data come as they are, in pieces, until it hangs up")
    func serialPath() throws {
      let line = try PseudoTerminal()
      let entry = """
        [[scanner]]
        id = "till"
        match = { port = "\(line.path)" }
        mode = "serial"
        suffix = "cr"
        baud = 115200

        """
      let counter = try ScannerCounter(entry)
      let device = try counter.device("scanner:till")
      #expect(device["name"]?.string == line.path)
      #expect(line.isRaw)
      try line.write("ABC\n def \r")
      #expect(try counter.scan() == "ABC\n def ")
      try line.write("40063813")
      try line.write("33931\rnext\r")
      #expect(try counter.scan() == "4006381333931")
      #expect(try counter.scan() == "next")
      line.hangUp()
      try counter.gone("scanner:till")
      #expect(try counter.findings("scanner:till").contains("scanner.absent"))
    }
  }
}
