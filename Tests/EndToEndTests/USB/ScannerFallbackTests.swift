import Foundation
import TapgateAPI
import TapgateJSON
import TapgateRigs
import Testing

extension EndToEnd {
  /// What the gateway takes and what it leaves, and the ways beside libusb.
  @Suite(
    "Scanners: which and how",
    .enabled(if: USBRig.isAvailable, "no umockdev"),
    .timeLimit(.minutes(5))
  )
  struct ScannerFallbackTests {
    private static let keyboard: [String: String] = [
      "vid": "0x046d", "pid": "0xc31c", "manufacturer": "Logitech", "product": "Keyboard%20K120",
    ]

    @Test("a keyboard is shown and never touched without a line that names it")
    func keyboard() throws {
      let counter = try ScannerCounter(ScannerTests.wedge) { rig in
        try rig.make("kb", "wedge", Self.keyboard)
        try rig.make("k", "wedge", ["serial": "W1"])
        try rig.plug("kb")
        try rig.plug("k")
      }
      try counter.device(ScannerTests.wedgeID)
      let device = try counter.device("usb:1-1") { $0["verdict"] != "used" }
      #expect(device["verdict"] == "usable")
      #expect(device["reason"]?.string?.hasPrefix("keyboardMode: ") == true)
      #expect(device["name"] == "Logitech Keyboard K120")
      try counter.rig.tell("kb", "scan secret")
      try counter.rig.tell("k", "scan heard")
      #expect(try counter.scan() == "heard")
      let touched = try counter.rig.log("kb").filter { note in
        ["open", "claim", "node-open", "grab", "driver-detach"].contains(note.kind)
      }
      #expect(touched.isEmpty)
    }

    @Test("a memory stick and a hub are shown as what they are, belong to no lane, and stay shut")
    func strangers() throws {
      let counter = try ScannerCounter { rig in
        try rig.make("d", "disk")
        try rig.make("h", "hub", ["port": "5"])
        try rig.make("s", "pos")
        for name in ["d", "h", "s"] { try rig.plug(name) }
      }
      try counter.device(ScannerTests.posID)
      for (id, word) in [("usb:1209:0008:D1", "otherDevice: a disk"), ("usb:1-5", "hub: ")] {
        let device = try counter.device(id) { $0["verdict"] == "unknown" }
        #expect(device["reason"]?.string?.hasPrefix(word) == true)
        #expect(device["class"] == "Other" && device["lane"] == .null)
        let claim = try counter.till.refusal("device.claim", ["deviceId": .string(id)])
        #expect(claim?.name == "E_ILLEGAL")
      }
      let claimed = try counter.till.call("device.claim", ["lane": "1"])
      #expect(!claimed.text.contains("1209") && claimed.text.contains(ScannerTests.posID))
      for name in ["d", "h"] { #expect(try counter.rig.count("open", of: name) == 0) }
    }

    @Test("a scanner in keyboard mode that nobody named is shown with both remedies")
    func wrongMode() throws {
      let counter = try ScannerCounter { rig in
        try rig.make("k", "wedge", ["serial": "W1"])
        try rig.plug("k")
      }
      let device = try counter.device(ScannerTests.wedgeID) { $0["verdict"] == "wrongMode" }
      let reason = device["reason"]?.string ?? ""
      #expect(reason.hasPrefix("keyboardMode: "))
      #expect(reason.contains("HID POS") && reason.contains("[[scanner]]"))
      #expect(reason.contains("firmware-notes/zebra.md"))
      #expect(try counter.rig.count("claim", of: "k") == 0)
    }

    @Test("what udev's rules mark is taken without a configuration")
    func marked() throws {
      let counter = try ScannerCounter { rig in
        let marks = "TAPGATE=1,ID_TAPGATE_MODE=wedge,ID_TAPGATE_LANE=7"
        try rig.make("k", "wedge", ["serial": "W1", "udev": marks])
        try rig.plug("k")
      }
      #expect(try counter.device(ScannerTests.wedgeID)["lane"] == "7")
    }

    @Test("where the interface is held, a typing scanner is grabbed by evdev")
    func evdev() throws {
      let counter = try ScannerCounter(ScannerTests.wedge) { rig in
        try rig.make("k", "wedge", ["serial": "W1"])
        try rig.tell("k", "busy 1")
        try rig.plug("k")
      }
      try counter.device(ScannerTests.wedgeID)
      #expect(try counter.rig.count("grab", of: "k") == 1)
      #expect(try counter.findings(ScannerTests.wedgeID).contains("scanner.exclusive"))
      try counter.rig.tell("k", "scan Abc-123")
      #expect(try counter.scan() == "Abc-123")
      try counter.rig.unplug("k")
      try counter.gone(ScannerTests.wedgeID)
      try counter.rig.plug("k")
      try counter.device(ScannerTests.wedgeID)
      #expect(try counter.rig.count("grab", of: "k") == 2)
    }

    @Test("a key that is down keeps evdev from being grabbed until it is up")
    func heldKey() throws {
      let counter = try ScannerCounter(ScannerTests.wedge) { rig in
        try rig.make("k", "wedge", ["serial": "W1"])
        try rig.tell("k", "busy 1")
        try rig.plug("k")
        try rig.tell("k", "press a")
      }
      let device = try counter.device(ScannerTests.wedgeID)
      #expect(device["reason"]?.string?.hasPrefix("deviceNotExclusive: ") == true)
      #expect(try counter.rig.count("grab", of: "k") == 0)
      #expect(try counter.findings(ScannerTests.wedgeID).contains("scanner.not_exclusive"))
      try counter.rig.tell("k", "release")
      try counter.device(ScannerTests.wedgeID) { $0["reason"] == .null }
      #expect(try counter.rig.count("grab", of: "k") == 1)
    }

    @Test("where the interface is held, a HID POS scanner is read by hidraw, and that is told")
    func hidraw() throws {
      let counter = try ScannerCounter { rig in
        try rig.make("s", "pos")
        try rig.tell("s", "busy 1")
        try rig.plug("s")
      }
      let device = try counter.device(ScannerTests.posID)
      #expect(device["reason"]?.string?.hasPrefix("deviceNotExclusive: ") == true)
      try counter.rig.tell("s", "scan ]C1 011234")
      #expect(try counter.scan() == "011234")
    }

    @Test("a device that another program has is shown so, and taken when it lets go")
    func held() throws {
      let rig = try USBRig.launch(views: 2)
      defer { rig.close() }
      try rig.make("k", "wedge", ["serial": "W1"])
      try rig.plug("k")
      let first = try LiveGateway(usb: rig, scanners: ScannerTests.wedge)
      try first.start()
      let one = try first.client("one")
      let isUsed = { (list: JSON) in
        list["devices"]?.array?.contains {
          $0["deviceId"]?.string == ScannerTests.wedgeID && $0["verdict"] == "used"
        } ?? false
      }
      _ = try one.wait("device.list", until: isUsed)
      let second = try LiveGateway(usb: rig, view: 1, scanners: ScannerTests.wedge)
      try second.start()
      let two = try second.client("two", lane: "1")
      _ = try two.wait("device.list") { list in
        list["devices"]?.array?.contains { $0["verdict"] == "heldBy" } ?? false
      }
      first.stop()
      _ = try two.wait("device.list", until: isUsed)
      try rig.tell("k", "scan mine")
      #expect(try two.event("scan.data")["data"] == "mine")
      second.stop()
      // What was taken is given back: the kernel's driver is there again.
      #expect(try rig.log("k").last { $0.kind.hasPrefix("driver") }?.kind == "driver-attach")
      #expect(try rig.count("close", of: "k") >= 2)
    }

    @Test("a gateway that is killed holds nothing: the next has the scanner", arguments: [0, 1])
    func killed(busy: Int) throws {
      let rig = try USBRig.launch(views: 2)
      defer { rig.close() }
      try rig.make("k", "wedge", ["serial": "W1"])
      try rig.tell("k", "busy \(busy)")
      try rig.plug("k")
      let isUsed = { (list: JSON) in
        list["devices"]?.array?.contains {
          $0["deviceId"]?.string == ScannerTests.wedgeID && $0["verdict"] == "used"
            && $0["reason"] == .null
        } ?? false
      }
      for view in 0..<2 {
        let gateway = try LiveGateway(usb: rig, view: view, scanners: ScannerTests.wedge)
        try gateway.start()
        let till = try gateway.client("till", lane: "1")
        _ = try till.wait("device.list", until: isUsed)
        try rig.tell("k", "scan to \(view)")
        #expect(try till.event("scan.data")["data"]?.string == "to \(view)")
        gateway.kill()
      }
      #expect(try rig.count(busy == 1 ? "grab" : "claim", of: "k") == 2)
    }

    @Test("where nobody can be asked for the kernel's driver, the interface is claimed as it is")
    func bare() throws {
      let counter = try ScannerCounter(ScannerTests.wedge) { rig in
        try rig.make("k", "wedge", ["serial": "W1", "bare": "1"])
        try rig.plug("k")
      }
      try counter.device(ScannerTests.wedgeID)
      try counter.rig.tell("k", "scan Plain-7")
      #expect(try counter.scan() == "Plain-7")
      #expect(try counter.rig.count("claim", of: "k") == 1)
      #expect(try counter.rig.count("report-descriptor", of: "k") == 1)
    }

    @Test("two devices with one serial number are told, and neither takes the other's name")
    func doubles() throws {
      let counter = try ScannerCounter { rig in
        try rig.make("a", "pos", ["port": "3"])
        try rig.make("b", "pos", ["port": "5"])
        try rig.plug("a")
        try rig.plug("b")
      }
      for port in ["usb:1-3", "usb:1-5"] {
        let device = try counter.device(port)
        #expect(device["reason"]?.string?.hasPrefix("duplicateSerial: ") == true)
        #expect(device["identity"] == "port")
        #expect(try counter.findings(port).contains("scanner.duplicate_serial"))
      }
      try counter.rig.tell("b", "scan ]C0 five")
      #expect(try counter.till.event("scan.data")["deviceId"] == "usb:1-5")
    }

    @Test("a device with a serial number that moves keeps its name, and the move is told")
    func moved() throws {
      let counter = try ScannerCounter { rig in
        try rig.make("a", "pos", ["port": "3"])
        try rig.make("b", "pos", ["port": "5"])
        try rig.plug("a")
      }
      try counter.device(ScannerTests.posID)
      try counter.rig.unplug("a")
      try counter.gone(ScannerTests.posID)
      try counter.rig.plug("b")
      let reason = try counter.device(ScannerTests.posID)["reason"]?.string
      #expect(reason == "moved: from port 1-3 to port 1-5.")
    }

    @Test("an entry for one port is shown while nothing is there, and its name stays")
    func pinned() throws {
      let entry = """
        [[scanner]]
        id = "desk"
        match = { port = "1-4" }
        mode = "wedge"
        lane = "9"

        """
      let counter = try ScannerCounter(entry)
      let absent = try counter.device("scanner:desk") { _ in true }
      #expect(absent[path: "power.name"] == "PS_OFF_OFFLINE")
      #expect(absent["reason"]?.string?.hasPrefix("notPlugged: ") == true)
      try counter.rig.make("k", "wedge", ["port": "4"])
      try counter.rig.plug("k")
      let device = try counter.device("scanner:desk")
      #expect(device["lane"] == "9")
      #expect(device["identity"] == "configuration")
    }

    @Test("a serial line is raw, and what comes is framed; where it ends it is opened anew")
    func serial() throws {
      let entry = """
        [[scanner]]
        id = "line"
        match = { vendor = 0x1eab, product = 0x1306 }
        mode = "serial"

        """
      let id = "usb:1eab:1306:EM30-0042"
      let counter = try ScannerCounter(entry) { rig in
        try rig.make("t", "serial")
        try rig.plug("t")
      }
      try counter.device(id)
      try counter.rig.tell("t", "scan 4006381333931\\r")
      #expect(try counter.scan() == "4006381333931")
      try counter.rig.unplug("t")
      try counter.gone(id)
      try counter.rig.plug("t")
      try counter.device(id)
      try counter.rig.tell("t", "scan two\\r\\nlines\\r\\n")
      #expect(try counter.scan() == "two")
      #expect(try counter.scan() == "lines")
    }

    @Test("a serial scanner that nobody named is not opened")
    func unnamedSerial() throws {
      let counter = try ScannerCounter { rig in
        try rig.make("t", "serial")
        try rig.plug("t")
      }
      let device = try counter.device("usb:1eab:1306:EM30-0042") { $0["verdict"] == "usable" }
      #expect(device["reason"]?.string?.hasPrefix("serialMode: ") == true)
    }
  }
}
