import TapgateAPI
import TapgateJSON
import TapgateRigs
import Testing

extension EndToEnd {
  /// Scanners that libusb reads, from the packet to the till.
  @Suite(
    "USB scanners",
    .enabled(if: USBRig.isAvailable, "no umockdev"),
    .timeLimit(.minutes(5))
  )
  struct ScannerTests {
    static let wedgeID = "usb:05e0:1200:W1"
    static let posID = "usb:0c2e:0b87:20123B44AA"
    static let msrID = "usb:0801:0002:B0A1234"

    static let wedge = """
      [[scanner]]
      id = "desk"
      match = { vendor = 0x05e0, product = 0x1200 }
      mode = "wedge"

      """

    @Test("a HID POS scanner is taken by itself, and what it reads is at the till")
    func pos() throws {
      let counter = try ScannerCounter { rig in
        try rig.make("s", "pos")
        try rig.plug("s")
      }
      let device = try counter.device(Self.posID)
      #expect(device["class"] == "Scanner")
      #expect(device["identity"] == "serial")
      #expect(device["lane"] == "1")
      try counter.rig.tell("s", "scan ]E0 6901234567892")
      let scan = try counter.till.event("scan.data")
      #expect(scan["data"] == "6901234567892")
      #expect(scan["symbology"] == "SCAN_SDT_EAN13")
      #expect(scan["aim"] == "]E0")
      #expect(scan["deviceId"]?.string == Self.posID)
      #expect(scan["simulated"] == false)
      #expect(try counter.statistic("GoodScanCount", of: Self.posID) == 1)
      #expect(try counter.findings(Self.posID).contains("scanner.exclusive"))
      #expect(try counter.rig.count("claim", of: "s") == 1)
      #expect(try counter.rig.count("reset", of: "s") == 0)
    }

    @Test("a code in fragments is one scan; what breaks off is none, and is counted")
    func fragments() throws {
      let counter = try ScannerCounter { rig in
        try rig.make("s", "pos")
        try rig.plug("s")
      }
      try counter.device(Self.posID)
      let long = String((0..<130).map { Character(Unicode.Scalar(UInt8(65 + $0 % 26))) })
      try counter.rig.tell("s", "scan ]Q1 \(long)")
      #expect(try counter.scan() == long)
      try counter.rig.tell("s", "fragment ]Q1 BROKEN")
      try counter.rig.tell("s", "scan ]C0 whole")
      #expect(try counter.scan() == "whole")
      #expect(try counter.statistic("TapgatePartialCount", of: Self.posID) == 1)
    }

    @Test("a scanner that types is read below the keyboard's driver, with the host's layout out")
    func wedge() throws {
      let counter = try ScannerCounter(Self.wedge) { rig in
        try rig.make("k", "wedge", ["serial": "W1"])
        try rig.plug("k")
      }
      try counter.device(Self.wedgeID)
      #expect(try counter.rig.count("driver-detach", of: "k") == 1)
      for text in ["4006381333931", "Ab-1122 \\x1d(21)xYz", "!@#$%^&*()"] {
        try counter.rig.tell("k", "scan \(text)")
        #expect(try counter.scan() == text.replacing("\\x1d", with: "\u{1D}"))
      }
      // SET_PROTOCOL (0B) before SET_IDLE (0A), HID 1.11 §7.2.
      let requests = try counter.rig.log("k").filter { $0.kind == "ctl" }.map(\.text)
      #expect(requests.map { String($0.prefix(4)) } == ["210b", "210a"])
    }

    @Test("2,000 characters at a millisecond a report come whole, and two scans on their heels")
    func longScan() throws {
      // A pause of the rig on a busy machine is no end of the scan.
      let counter = try ScannerCounter(Self.wedge + "idleMs = 1500\n") { rig in
        try rig.make("k", "wedge", ["serial": "W1", "key_ms": "1"])
        try rig.plug("k")
      }
      try counter.device(Self.wedgeID)
      let text = String((0..<2000).map { Character(Unicode.Scalar(UInt8(97 + $0 * 7 % 26))) })
      try counter.rig.tell("k", "scan \(text)")
      let scan = try counter.till.event("scan.data")
      #expect(scan["partial"] == false)
      #expect(scan["data"]?.string == text)
      try counter.rig.make("q", "wedge", ["serial": "W2"])
      try counter.rig.plug("q")
      try counter.device("usb:05e0:1200:W2")
      for number in 0..<20 { try counter.rig.tell("q", "scan N\(number)") }
      for number in 0..<20 { #expect(try counter.scan() == "N\(number)") }
    }

    @Test("two alike without serial numbers at the same time: not a character crosses over")
    func twins() throws {
      let counter = try ScannerCounter(Self.wedge) { rig in
        try rig.make("a", "wedge", ["key_ms": "2", "port": "3"])
        try rig.make("b", "wedge", ["key_ms": "2", "port": "7"])
        try rig.plug("a")
        try rig.plug("b")
      }
      #expect(try counter.device("usb:1-3")["identity"] == "port")
      try counter.device("usb:1-7")
      for round in 0..<5 {
        try counter.rig.tell("a", "scan aaaaaaaaaaaaaaaaaaaa\(round)")
        try counter.rig.tell("b", "scan BBBBBBBBBBBBBBBBBBBB\(round)")
        var seen: [String: String] = [:]
        for _ in 0..<2 {
          let scan = try counter.till.event("scan.data")
          seen[scan["deviceId"]?.string ?? ""] = scan["data"]?.string
        }
        #expect(seen["usb:1-3"] == String(repeating: "a", count: 20) + "\(round)")
        #expect(seen["usb:1-7"] == String(repeating: "B", count: 20) + "\(round)")
      }
    }

    @Test("a scan whose terminator does not come is told as what there is")
    func partial() throws {
      let counter = try ScannerCounter(Self.wedge) { rig in
        try rig.make("k", "wedge", ["serial": "W1", "suffix": ""])
        try rig.plug("k")
      }
      try counter.device(Self.wedgeID)
      try counter.rig.tell("k", "scan 12345")
      let scan = try counter.till.event("scan.data")
      #expect(scan["data"] == "12345")
      #expect(scan["partial"] == true)
    }

    @Test("a halted endpoint is cleared once and goes on")
    func stall() throws {
      let counter = try ScannerCounter { rig in
        try rig.make("s", "pos")
        try rig.plug("s")
      }
      try counter.device(Self.posID)
      try counter.rig.tell("s", "fragment ]Q1 LOST")
      try counter.rig.tell("s", "halt 81")
      _ = try counter.till.wait(
        "device.statistics",
        ["deviceId": .string(Self.posID)]
      ) { $0[path: "statistics.TapgateStallCount"]?.integer ?? 0 > 0 }
      try counter.rig.tell("s", "scan ]C0 after")
      #expect(try counter.scan() == "after")
      #expect(try counter.rig.count("clear_halt", of: "s") == 1)
      #expect(try counter.statistic("TapgatePartialCount", of: Self.posID) == 1)
    }

    @Test("a scanner that types and is halted before the gateway starts is listed and heard")
    func halted() throws {
      let counter = try ScannerCounter(Self.wedge) { rig in
        try rig.make("k", "wedge", ["serial": "W1"])
        try rig.plug("k")
        try rig.tell("k", "halt 81")
      }
      try counter.device(Self.wedgeID)
      try counter.waitForNotes(of: "k") { $0.contains { $0.kind == "clear_halt" } }
      try counter.rig.tell("k", "scan after")
      #expect(try counter.scan() == "after")
      #expect(try counter.statistic("TapgateStallCount", of: Self.wedgeID) == 1)
    }

    @Test("a packet that is too long drops the message it is in, and nothing after it")
    func overflow() throws {
      let counter = try ScannerCounter { rig in
        try rig.make("s", "pos")
        try rig.plug("s")
      }
      try counter.device(Self.posID)
      try counter.rig.tell("s", "fragment ]Q1 LOST")
      try counter.rig.tell("s", "raw 81 " + String(repeating: "02", count: 80))
      try counter.rig.tell("s", "scan ]C0 after")
      #expect(try counter.scan() == "after")
      #expect(try counter.statistic("TapgateOverflowCount", of: Self.posID) == 1)
    }

    @Test("pulled out in the middle of a scan: gone, half a scan is none, and back it works")
    func unplug() throws {
      let counter = try ScannerCounter(Self.wedge) { rig in
        try rig.make("k", "wedge", ["serial": "W1", "key_ms": "5"])
        try rig.plug("k")
      }
      try counter.device(Self.wedgeID)
      try counter.rig.tell("k", "scan ABCDEFGHIJKLMNOPQRSTUVWXYZ")
      _ = try counter.till.wait(
        "device.statistics",
        ["deviceId": .string(Self.wedgeID)]
      ) { $0[path: "statistics.TapgateReportCount"]?.integer ?? 0 > 10 }
      try counter.rig.unplug("k")
      try counter.gone(Self.wedgeID)
      try counter.rig.plug("k")
      try counter.device(Self.wedgeID)
      try counter.rig.tell("k", "scan again")
      #expect(try counter.scan() == "again")
      #expect(try counter.statistic("TapgatePartialCount", of: Self.wedgeID) == 1)
    }

    @Test("a card's number from a swipe is a credential; a bank card is refused and told nowhere")
    func swipes() throws {
      let counter = try ScannerCounter { rig in
        try rig.make("m", "msr")
        try rig.plug("m")
      }
      let device = try counter.device(Self.msrID)
      #expect(device["class"] == "MSR")
      try counter.rig.tell("m", "swipe - ;9900112233=2512? -")
      let presented = try counter.till.event("credential.presented")
      #expect(presented[path: "credential.kind"] == "magstripe")
      #expect(presented["technology"] == "msr.t2")
      _ = try counter.till.event("member.resolved")
      // An example number of ISO/IEC 7812 with a right check digit, no card that was issued.
      let number = "4000001234567899"
      try counter.rig.tell("m", "swipe %B\(number)^DOE/J^2512101? ;\(number)=2512101123? -")
      let refused = try counter.till.event("credential.refused")
      #expect(refused["reason"] == "paymentCard")
      let trace = try counter.till.call("trace.last", ["limit": 20])
      #expect(!trace.text.contains("1234567899"))
      #expect(!counter.gateway.log.contains("1234567899"))
      #expect(try counter.statistic("GoodReadCount", of: Self.msrID) == 1)
    }
  }
}
