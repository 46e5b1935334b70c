import TapgateAPI
import TapgateJSON
import TapgateRigs
import Testing

extension EndToEnd {
  /// What devices type that are set to another country than the USA, or are swipe readers.
  @Suite(
    "Scanners: what is typed",
    .enabled(if: USBRig.isAvailable, "no umockdev"),
    .timeLimit(.minutes(5))
  )
  struct TypedInputTests {
    /// Key strokes by the markings of the country's keyboard: modifiers (2 Shift, 40 AltGr) and the
    /// key's usage (HID Usage Tables, page 07), and what they give. Written from the keyboards, not
    /// from the gateway's tables.
    private static let countries: [(layout: String, keys: String, text: String)] = [
      (
        // Größe, dead acute and circumflex with e, AltGr, z and y, - / ? where Germany has them.
        "de",
        "02:0a 00:15 00:33 00:2d 00:08 00:2c 00:2e 00:08 00:35 00:08 00:35 00:2c 40:14 40:2d 40:24"
          + " 40:64 40:08 00:1c 00:1d 00:38 02:24 02:2d",
        "Größe éê^@\\{|€zy-/?"
      ),
      (
        // AZERTY; digits with Shift; dead circumflex, diaeresis and, with AltGr, tilde.
        "fr",
        "00:14 00:04 00:33 00:10 02:1e 00:1e 40:27 40:25 00:1f 00:2f 00:08 02:2f 00:08 40:20 40:08"
          + " 40:1f 00:11 00:23 00:25 02:14",
        "aqm,1&@\\éêë#€ñ-_A"
      ),
    ]

    private static func wedge(_ settings: String) -> String {
      """
      [[scanner]]
      id = "desk"
      match = { vendor = 0x05e0, product = 0x1200 }
      mode = "wedge"
      \(settings)

      """
    }

    private static func counter(_ settings: String) throws -> ScannerCounter {
      let counter = try ScannerCounter(wedge(settings)) { rig in
        try rig.make("k", "wedge", ["serial": "W1"])
        try rig.plug("k")
      }
      try counter.device(ScannerTests.wedgeID)
      return counter
    }

    @Test("German and French keyboards, with dead keys and AltGr", arguments: countries)
    func layouts(layout: String, keys: String, text: String) throws {
      let counter = try Self.counter("layout = \"\(layout)\"")
      try counter.rig.tell("k", "keys \(keys) 00:28")
      #expect(try counter.scan() == text)
    }

    @Test("GB18030 by ALT codes, as one number for a character and as one for each byte")
    func chinese() throws {
      let counter = try Self.counter("altCodes = \"bytes\"\ncharset = \"gb18030\"")
      // 中文 is D6D0 CEC4, 会员 is BBE1 D4B1 (GB 18030-2005, two-byte area).
      try counter.rig.tell("k", "alt 54992 52932")
      #expect(try counter.scan() == "中文")
      try counter.rig.tell("k", "alt 187 225 0212 177")
      #expect(try counter.scan() == "会员")
      try counter.rig.tell("k", "alt 214")
      let refused = try counter.till.event("credential.refused")
      #expect(refused["reason"] == "charset")
    }

    /// A reader that types, as MagTek's 0801:0001 does.
    private static func swipeReader(layout: String) throws -> ScannerCounter {
      let entry = """
        [[scanner]]
        id = "swipe"
        match = { vendor = 0x0801, product = 0x0001 }
        mode = "magstripe"
        layout = "\(layout)"

        """
      let counter = try ScannerCounter(entry) { rig in
        try rig.make(
          "m",
          "wedge",
          [
            "vid": "0x0801", "pid": "0x0001", "serial": "K1", "manufacturer": "Mag-Tek",
            "product": "USB%20Swipe%20Reader",
          ]
        )
        try rig.plug("m")
      }
      #expect(try counter.device(readerID)["class"] == "MSR")
      return counter
    }

    private static let readerID = "usb:0801:0001:K1"

    @Test("a swipe that is typed is a credential; a faulty track and a bank card are refused")
    func swipes() throws {
      let counter = try Self.swipeReader(layout: "us")
      let member = try Self.enrol("9900112233", counter)
      try counter.rig.tell("m", "scan ;9900112233=2512?")
      let presented = try counter.till.event("credential.presented")
      #expect(presented["technology"] == "msr.t2")
      #expect(presented["deviceId"]?.string == Self.readerID)
      let resolved = try counter.till.event("member.resolved")
      #expect(resolved[path: "member.id"]?.string == member)
      // All three tracks, Enter behind the last.
      try counter.rig.tell("m", "scan %M99001122445^CLUB? ;9900112244=2512? +0012345?")
      #expect(try counter.till.event("credential.presented")["technology"] == "msr.t2")
      try counter.rig.tell("m", "scan %E?;9900112255=2512?")
      #expect(try counter.till.event("credential.refused")["reason"] == "unreadable")
      try counter.rig.tell("m", "scan ;9900112255=2512")
      #expect(try counter.till.event("credential.refused")["reason"] == "noEndSentinel")
      // An example number of ISO/IEC 7812 with a right check digit, no card that was issued.
      let number = "4000001234567899"
      try counter.rig.tell("m", "scan %B\(number)^DOE/J^2512101?;\(number)=2512101123?")
      #expect(try counter.till.event("credential.refused")["reason"] == "paymentCard")
      #expect(try counter.statistic("GoodReadCount", of: Self.readerID) == 2)
    }

    @Test("a swipe typed for a German keyboard has its sentinels where Germany has them")
    func germanSwipe() throws {
      let counter = try Self.swipeReader(layout: "de")
      let member = try Self.enrol("990011", counter)
      // ; = ? are Shift with comma, 0 and ß.
      try counter.rig.tell(
        "m",
        "keys 02:36 00:26 00:26 00:27 00:27 00:1e 00:1e 02:27 00:1f 00:22 00:1e 00:1f 02:2d 00:28"
      )
      #expect(try counter.till.event("credential.presented")["technology"] == "msr.t2")
      let resolved = try counter.till.event("member.resolved")
      #expect(resolved[path: "member.id"]?.string == member)
    }

    /// Enrols a member whose card has `number` on its stripe; the member's id.
    private static func enrol(_ number: String, _ counter: ScannerCounter) throws -> String? {
      let answer = try counter.till.call(
        "member.enrol",
        [
          "operationId": .string(OperationID.next()), "name": "顾客",
          "credential": ["kind": "magstripe", "value": .string(number)],
        ]
      )
      return answer[path: "member.id"]?.string
    }
  }
}
