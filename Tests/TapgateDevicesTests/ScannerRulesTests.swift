import TapgateCore
import Testing

@testable import TapgateDevices

@Suite("Which devices are taken")
struct ScannerRulesTests {
  private func judge(
    _ facts: DeviceFacts,
    _ rules: ScannerRules = ScannerFacts.rules(),
    isSettled: Bool = true
  ) -> ScannerJudgement {
    rules.judge(facts, isSettled: isSettled)
  }

  private func functions(_ judgement: ScannerJudgement) -> [ScannerFunction] {
    if case .taken(let functions) = judgement { functions } else { [] }
  }

  private func reason(_ judgement: ScannerJudgement) -> (DeviceVerdict, String)? {
    if case .left(let verdict, let reason) = judgement { (verdict, reason) } else { nil }
  }

  @Test("a keyboard is left alone, whatever maker it says it is from")
  func keyboard() throws {
    let (verdict, text) = try #require(reason(judge(ScannerFacts.keyboard())))
    #expect(verdict == .usable)
    #expect(text.hasPrefix("keyboardMode: "))
    #expect(text.contains("vendor = 0x1234"))
    let known = try #require(reason(judge(ScannerFacts.keyboard(vendor: 0x0C2E))))
    #expect(known.0 == .wrongMode)
    #expect(known.1.contains("firmware-notes/honeywell.md"))
  }

  @Test("no keyboard is taken by itself", arguments: KeyboardCorpus.all)
  func keyboards(_ sample: KeyboardCorpus) {
    for vendor in [0x1234, 0x05E0, 0x0C2E, 0x05F9, 0x1EAB, 0x0801] as [UInt16] {
      let facts = ScannerFacts.device(vendor: vendor, descriptor: sample.bytes, isBoot: true)
      #expect(functions(judge(facts)).isEmpty, "\(sample.name)")
      // Nor by a line that asks for something else.
      for mode in [ScannerMode.hidPos, .serial] {
        let rules = ScannerFacts.rules(ScannerFacts.entry(vendor: vendor, mode: mode))
        #expect(functions(judge(facts, rules)).isEmpty, "\(sample.name), \(mode)")
      }
      // A mark that says no is obeyed as well.
      var marked = facts
      marked.marks = DeviceMarks(["TAPGATE": "0"])
      #expect(functions(judge(marked)).isEmpty, "\(sample.name)")
    }
  }

  @Test("a boot keyboard without a readable descriptor counts as a keyboard")
  func unreadKeyboard() {
    let facts = ScannerFacts.device(descriptor: nil, isBoot: true)
    #expect(reason(judge(facts))?.1.hasPrefix("keyboardMode: ") == true)
    // One byte of a maker's own is no keyboard, whatever the interface says.
    let vendor = ScannerFacts.hex("0600ff 0901 a101 1500 26ff00 7508 9501 0901 8102 c0")
    let liar = ScannerFacts.device(descriptor: vendor, isBoot: true)
    #expect(reason(judge(liar))?.0 == .unknown)
  }

  @Test("a line of the configuration takes a typing device by USB, then by evdev")
  func named() throws {
    let rules = ScannerFacts.rules(ScannerFacts.entry(vendor: 0x1234))
    let function = try #require(functions(judge(ScannerFacts.keyboard(), rules)).first)
    #expect(function.routes == [.usb(interface: 0), .evdev("/dev/input/event0")])
    #expect(function.isTyped)
    #expect(!function.isPinned)
    #expect(function.lane == "1")
  }

  @Test("page 8C is taken by itself, by USB and then by hidraw")
  func posScanner() throws {
    let function = try #require(functions(judge(ScannerFacts.scanner())).first)
    #expect(function.mode == .hidPos)
    #expect(function.routes == [.usb(interface: 0), .hidraw("/dev/hidraw0")])
  }

  @Test("of a composite device the interface that does what is asked is taken")
  func composite() throws {
    var facts = ScannerFacts.keyboard()
    facts.interfaces.append(
      USBInterfaceFacts(
        number: 1,
        interfaceClass: 3,
        subclass: 0,
        protocolNumber: 0,
        input: USBEndpointFacts(address: 0x82, packetByteCount: 64)
      )
    )
    facts.bindings[1] = DeviceBinding(
      driver: "usbhid",
      reportDescriptor: ScannerFacts.scanner,
      hidrawPath: "/dev/hidraw1"
    )
    #expect(functions(judge(facts)).map(\.interface) == [1])
    let wedge = ScannerFacts.rules(ScannerFacts.entry(vendor: 0x1234))
    #expect(functions(judge(facts, wedge)).map(\.interface) == [0])
  }

  @Test("a mode that the device is not in is told with what it is in")
  func mismatch() throws {
    let rules = ScannerFacts.rules(ScannerFacts.entry(vendor: 0x1234, mode: .hidPos))
    let (verdict, text) = try #require(reason(judge(ScannerFacts.keyboard(), rules)))
    #expect(verdict == .wrongMode)
    #expect(text.hasPrefix("keyboardMode: ") && text.contains("hidPos"))
    let serial = ScannerFacts.rules(ScannerFacts.entry(vendor: 0x1234, mode: .serial))
    #expect(reason(judge(ScannerFacts.scanner(), serial))?.1.hasPrefix("hidPosMode: ") == true)
  }

  @Test("other input devices, hubs and disks are shown as what they are")
  func others() {
    let mouse = judge(ScannerFacts.device(descriptor: ScannerFacts.mouse))
    #expect(reason(mouse)?.0 == .unknown)
    #expect(reason(mouse)?.1.hasPrefix("otherInput: ") == true)
    var hub = ScannerFacts.scanner()
    hub.deviceClass = 9
    #expect(reason(judge(hub))?.1.hasPrefix("hub: ") == true)
    let named = ScannerFacts.rules(ScannerFacts.entry(vendor: 0x1234, mode: .hidPos))
    #expect(reason(judge(hub, named))?.0 == .unknown)
    #expect(!hub.canBeInput)
    var disk = ScannerFacts.device(descriptor: nil)
    disk.interfaces[0].interfaceClass = 8
    let (verdict, text) = reason(judge(disk)) ?? (.used, "")
    #expect(verdict == .unknown)
    #expect(text.hasPrefix("otherDevice: a disk") && text.contains("USB class 08"))
    #expect(!disk.canBeInput)
    disk.vendor = 0x05E0
    #expect(reason(judge(disk))?.1.hasPrefix("vendorMode: ") == true)
  }

  @Test("a device whose driver is not bound yet is looked at again")
  func unsettled() {
    var facts = ScannerFacts.scanner()
    facts.bindings[0] = DeviceBinding()
    #expect(judge(facts, isSettled: false) == .unsettled)
    facts.bindings[0] = DeviceBinding(driver: "usbhid")
    #expect(judge(facts, isSettled: false) == .unsettled)
    #expect(judge(ScannerFacts.scanner(), isSettled: false) != .unsettled)
  }

  @Test("an unbound interface may be asked once a line says what it is")
  func unread() throws {
    var facts = ScannerFacts.scanner()
    facts.bindings[0] = DeviceBinding()
    #expect(reason(judge(facts))?.0 == .unknown)
    #expect(reason(judge(facts))?.1.hasPrefix("unread: ") == true)
    let rules = ScannerFacts.rules(ScannerFacts.entry(vendor: 0x1234, mode: .hidPos))
    #expect(functions(judge(facts, rules)).first?.routes == [.usb(interface: 0)])
  }

  @Test("udev's marks take a device, with the mode and the lane that they name")
  func marks() throws {
    var facts = ScannerFacts.keyboard()
    facts.marks = DeviceMarks(["TAPGATE": "1", "ID_TAPGATE_MODE": "wedge", "ID_TAPGATE_LANE": "3"])
    let function = try #require(functions(judge(facts)).first)
    #expect(function.mode == .wedge)
    #expect(function.lane == "3")
    facts.marks = DeviceMarks(["TAPGATE": "0", "ID_TAPGATE_MODE": "wedge"])
    #expect(functions(judge(facts)).isEmpty)
  }

  @Test("an entry for one device goes before an entry for its kind")
  func order() throws {
    let rules = ScannerFacts.rules(
      ScannerFacts.entry("kind", vendor: 0x1234),
      ScannerFacts.entry("one", port: "1-2")
    )
    let function = try #require(functions(judge(ScannerFacts.keyboard(), rules)).first)
    #expect(function.entryID == "one")
    #expect(function.isPinned)
    #expect(functions(judge(ScannerFacts.keyboard(port: "1-3"), rules)).first?.entryID == "kind")
  }

  @Test(
    "a path says how it is read",
    arguments: [
      ("/dev/ttyS0", ScannerMode.serial, ScannerRoute.serial("/dev/ttyS0")),
      ("/dev/input/by-id/x", .wedge, .evdev("/dev/input/by-id/x")),
      ("/dev/input/by-id/x", .magstripe, .evdev("/dev/input/by-id/x")),
      ("/dev/hidraw3", .magstripe, .hidraw("/dev/hidraw3")),
      ("/dev/hidraw3", .hidPos, .hidraw("/dev/hidraw3")),
    ]
  )
  func paths(path: String, mode: ScannerMode, route: ScannerRoute) {
    let entry = ScannerFacts.entry(port: path, mode: mode)
    #expect(ScannerRules.function(ofPath: entry, lane: nil)?.routes == [route])
  }
}
