import Foundation
import TapgateCodec
import TapgateCore
import Testing

@testable import TapgateDevices

@Suite("What /sys tells of devices")
struct DeviceTreeTests {
  private static let device = "/sys/bus/usb/devices/1-2.3"
  private static let interface = "/sys/bus/usb/devices/1-2.3:1.0"

  private func keyboardFacts() -> DeviceFacts {
    var facts = DeviceFacts(link: .usb(port: "1-2.3"), vendor: 0x05E0, product: 0x1200)
    facts.interfaces = [
      USBInterfaceFacts(number: 0, interfaceClass: 3, subclass: 1, protocolNumber: 1)
    ]
    return facts
  }

  @Test("texts, marks, driver, descriptor and device files are found")
  func keyboard() throws {
    let root = FakeRoot()
    try root.write(Self.device + "/manufacturer", "Symbol\n")
    try root.write(Self.device + "/product", "Symbol Bar Code Scanner  \n")
    try root.write(Self.device + "/serial", " S1 \n")
    try root.write(Self.device + "/bConfigurationValue", "1\n")
    try root.write(Self.device + "/dev", "189:4\n")
    try root.write(Self.device + "/uevent", "DEVTYPE=usb_device\n")
    try root.write("/run/udev/data/c189:4", "I:12\nE:TAPGATE=1\nE:ID_TAPGATE_MODE=wedge\nG:x\n")
    try root.link(Self.interface + "/driver", to: "../../../../bus/usb/drivers/usbhid")
    let hid = Self.interface + "/0003:05E0:1200.0001"
    try root.write(hid + "/report_descriptor", ScannerFacts.keyboard)
    try root.write(hid + "/hidraw/hidraw3/dev", "245:3\n")
    try root.write(hid + "/input/input7/capabilities/key", "7 0\n")
    try root.write(hid + "/input/input7/event5/dev", "13:69\n")
    try root.write(hid + "/input/input8/capabilities/key", "ffff febeffdfffefffff fffe\n")
    try root.write(hid + "/input/input8/event6/dev", "13:70\n")
    var facts = keyboardFacts()
    root.tree.describe(&facts, port: "1-2.3", bus: 1, address: 5)
    #expect(facts.title == "Symbol Bar Code Scanner")
    #expect(facts.serial == "S1")
    #expect(facts.nodePath == "/dev/bus/usb/001/005")
    #expect(facts.marks.isMarked && facts.marks.mode == .wedge)
    let binding = try #require(facts.bindings[0])
    #expect(binding.driver == "usbhid")
    #expect(binding.reportDescriptor == ScannerFacts.keyboard)
    #expect(binding.hidrawPath == "/dev/hidraw3")
    #expect(binding.eventPath == "/dev/input/event6")
  }

  @Test("serial lines are found under both kinds of drivers")
  func serial() throws {
    let root = FakeRoot()
    try root.write(Self.device + "/bConfigurationValue", "2\n")
    try root.write("/sys/bus/usb/devices/1-2.3:2.0/tty/ttyACM1/dev", "166:1\n")
    try root.write("/sys/bus/usb/devices/1-2.3:2.1/ttyUSB4/tty/ttyUSB4/dev", "188:4\n")
    let interfaces = [UInt8(0), 1].map {
      USBInterfaceFacts(number: $0, interfaceClass: 2, subclass: 2, protocolNumber: 1)
    }
    let bindings = root.tree.bindings(port: "1-2.3", interfaces: interfaces)
    #expect(bindings[0]?.serialPath == "/dev/ttyACM1")
    #expect(bindings[1]?.serialPath == "/dev/ttyUSB4")
  }

  @Test("nothing there is nothing found")
  func empty() {
    let tree = FakeRoot().tree
    var facts = keyboardFacts()
    tree.describe(&facts, port: "1-2.3", bus: 1, address: 5)
    #expect(facts.title == "05e0:1200")
    #expect(facts.bindings[0] == DeviceBinding())
    #expect(tree.bluetoothDevices().isEmpty)
  }

  @Test("a scanner on Bluetooth is a device with its address as its name")
  func bluetooth() throws {
    let root = FakeRoot()
    let folder = "/sys/bus/hid/devices/0005:05E0:1200.0002"
    try root.write(
      folder + "/uevent",
      "HID_ID=0005:000005E0:00001200\nHID_NAME=CS4070\nHID_UNIQ=AC:3F:A4:00:11:22\n"
    )
    try root.write(folder + "/report_descriptor", ScannerFacts.keyboard)
    try root.write(folder + "/input/input9/event9/dev", "13:73\n")
    try root.write("/sys/bus/hid/devices/0003:046D:C31C.0001/uevent", "HID_ID=0003:0:0\n")
    let devices = root.tree.bluetoothDevices()
    #expect(devices.map(\.link) == [.bluetooth(address: "ac:3f:a4:00:11:22")])
    let facts = try #require(devices.first)
    #expect(facts.vendor == 0x05E0 && facts.product == 0x1200)
    let rules = ScannerFacts.rules(ScannerFacts.entry(vendor: 0x05E0))
    guard case .taken(let functions) = rules.judge(facts, isSettled: true) else {
      Issue.record("not taken")
      return
    }
    #expect(functions.map(\.routes) == [[.evdev("/dev/input/event9")]])
  }

  @Test("the machine's serial lines are those with hardware, and the console is told as such")
  func lines() throws {
    let root = FakeRoot()
    for (name, type) in [
      ("ttyS0", "4"), ("ttyS1", "0"), ("ttyS2", "4"), ("ttyAMA0", "32"), ("tty1", "1"),
      ("ttySOS", "4"),
    ] { try root.write("/sys/class/tty/\(name)/type", type + "\n") }
    try root.write("/sys/class/tty/console/active", "tty0 ttyS2\n")
    let lines = root.tree.serialLines()
    #expect(
      lines.map(\.link) == ["ttyAMA0", "ttyS0", "ttyS2"].map { .path("/dev/" + $0) }
    )
    let judge = { (facts: DeviceFacts, rules: ScannerRules) -> (DeviceVerdict, String)? in
      guard case .left(let verdict, let reason) = rules.judge(facts, isSettled: true) else {
        return nil
      }
      return (verdict, reason)
    }
    let free = try #require(judge(lines[1], ScannerFacts.rules()))
    #expect(free.0 == .usable)
    #expect(free.1.contains("match = { port = \"/dev/ttyS0\" }") && free.1.contains("serial"))
    let console = try #require(judge(lines[2], ScannerFacts.rules()))
    #expect(console.0 == .unknown && console.1.hasPrefix("console: "))
    #expect(lines[1].canBeInput && !lines[2].canBeInput)
    // An entry that names it shows it already.
    let named = ScannerFacts.rules(ScannerFacts.entry(port: "/dev/ttyS0", mode: .serial))
    #expect(named.judge(lines[1], isSettled: true) == .ignored)
    #expect(judge(lines[0], named)?.0 == .usable)
  }

  @Test(
    "a keyboard at a PS/2 port is shown by its port and left alone; a mouse there types nothing"
  )
  func serio() throws {
    let root = FakeRoot()
    let keyboard = "/sys/bus/serio/devices/serio0/input/input3"
    try root.write(keyboard + "/name", "AT Translated Set 2 keyboard\n")
    try root.write(keyboard + "/id/vendor", "0001\n")
    try root.write(keyboard + "/id/product", "0001\n")
    try root.write(
      keyboard + "/capabilities/key",
      "402000000 3803078f800d001 feffffdfffefffff fffffffffffffffe\n"
    )
    try root.write(keyboard + "/event3/dev", "13:67\n")
    try root.link("/sys/bus/serio/devices/serio0/driver", to: "../../../../bus/serio/drivers/atkbd")
    let mouse = "/sys/bus/serio/devices/serio1/input/input4"
    try root.write(mouse + "/name", "PS/2 Generic Mouse\n")
    try root.write(mouse + "/capabilities/key", "70000 0 0 0 0\n")
    let devices = root.tree.serioKeyboards()
    try #require(devices.map(\.link) == [.serio(port: "serio0")])
    #expect(devices[0].title == "AT Translated Set 2 keyboard")
    guard
      case .left(let verdict, let reason) = ScannerFacts.rules().judge(devices[0], isSettled: true)
    else {
      Issue.record("not left alone")
      return
    }
    #expect(verdict == .usable)
    #expect(reason.hasPrefix("keyboardMode: ") && reason.contains("/dev/input/event3"))
    let named = ScannerFacts.rules(ScannerFacts.entry(port: "/dev/input/event3"))
    #expect(named.judge(devices[0], isSettled: true) == .ignored)
  }

  @Test(
    "the port in a path of /sys is found",
    arguments: [
      ("/devices/pci0000:00/usb1/1-2/1-2:1.0/0003:05E0:1200.0001/hidraw/hidraw0", "1-2"),
      ("/devices/pci0000:00/0000:00:14.0/usb1/1-2/1-2.3/1-2.3:1.1/tty/ttyACM0", "1-2.3"),
      ("/devices/platform/soc/usb2/2-1/2-1.4/2-1.4.1", "2-1.4.1"),
      ("/devices/pci0000:00/0000:00:14.0/usb1", nil),
      ("/devices/virtual/misc/uhid/0005:05E0:1200.0002/input/input9", nil),
      ("/devices/x-y/1-/-2/1-2.a", nil),
      ("", nil),
    ] as [(String, String?)]
  )
  func ports(path: String, port: String?) {
    #expect(DeviceTree.port(inPath: path) == port)
  }
}

@Suite("Sounds of devices")
struct FeedbackTests {
  private func descriptor(_ bytes: [UInt8]) throws -> HIDReportDescriptor {
    try HIDReportDescriptor.parse(bytes).get()
  }

  @Test("a HID POS scanner is told by its own descriptor's report")
  func beeps() throws {
    let scanner = try descriptor(ScannerFacts.scanner)
    #expect(USBFeedbackReport(.read, scanner) == nil)
    let good = try #require(USBFeedbackReport(.resolved, scanner))
    #expect(good.bytes == [4, 0b010])
    #expect(good.reportID == 4 && !good.isFeature)
    #expect(USBFeedbackReport(.refused, scanner)?.bytes == [4, 0b100])
    #expect(USBFeedbackReport(.resolved, try descriptor(ScannerFacts.keyboard)) == nil)
  }

  @Test("where there is no tone for an unknown code, the error tone is one; arrays count from 1")
  func arrays() throws {
    // Feature report without identifiers: an array that names one of the two usages.
    let bytes = ScannerFacts.hex(
      "058c 0902 a101 1501 2502 7508 9501 0985 0986 b100 1500 26ff00 9502 09fe 820201 c0"
    )
    let scanner = try descriptor(bytes)
    let refused = try #require(USBFeedbackReport(.refused, scanner))
    #expect(refused.isFeature && refused.bytes == [1])
    #expect(USBFeedbackReport(.resolved, scanner)?.bytes == [2])
  }

  @Test("an ACR122U gets its own command, and nothing where it has sounded by itself")
  func acr122u() throws {
    #expect(ACR122UFeedback.command(.read) == nil)
    for feedback in [Feedback.resolved, .refused] {
      let command = try #require(ACR122UFeedback.command(feedback))
      #expect(command.prefix(3) == [0xFF, 0x00, 0x40])
      #expect(command[4] == 4 && command.count == 9)
      // On for 100 ms, once.
      #expect(command[5] == 1 && command[6] == 0 && command[7] == 1)
    }
  }
}
