import Foundation
import Glibc
import Testing

@testable import TapgateDevices

@Suite("What stands in the way of scanners")
struct ScannerSurveyTests {
  /// A Newland scanner in CDC mode at port 1-2, all well unless the test spoils it.
  private func root(serial: String = "S1", ports: [String] = ["1-2"]) throws -> FakeRoot {
    let root = FakeRoot()
    for (index, port) in ports.enumerated() {
      let folder = "/sys/bus/usb/devices/" + port
      let texts = [
        "idVendor": "1eab", "idProduct": "1306", "bDeviceClass": "02", "product": "EM30xx",
        "serial": serial, "bConfigurationValue": "1", "busnum": "1", "devnum": "\(index + 7)",
        "dev": "189:\(index + 6)", "power/control": "on",
      ]
      for (name, text) in texts { try root.write("\(folder)/\(name)", text + "\n") }
      let interface = "/sys/bus/usb/devices/\(port):1.0"
      try root.write(interface + "/bInterfaceClass", "02\n")
      try root.write(interface + "/tty/ttyACM\(index)/dev", "166:\(index)\n")
      try root.write("/run/udev/data/c189:\(index + 6)", "E:ID_MM_DEVICE_IGNORE=1\n")
      try root.write("/dev/bus/usb/001/00\(index + 7)", "")
      #expect(chmod(root.path + "/dev/bus/usb/001/00\(index + 7)", 0o666) == 0)
    }
    return root
  }

  private func kinds(
    _ root: FakeRoot,
    entries: [ScannerEntry] = [],
    user: UInt32? = 990
  ) -> [ScannerTrouble.Kind] {
    ScannerSurvey(entries: entries, gatewayUser: user, root: root.path).troubles().map(\.kind)
  }

  @Test("where all is well nothing is found")
  func well() throws {
    #expect(kinds(try root()).isEmpty)
  }

  @Test("a device file that the gateway's user may not open, unless that is root")
  func closed() throws {
    let root = try root()
    #expect(chmod(root.path + "/dev/bus/usb/001/007", 0o664) == 0)
    let isRoot = geteuid() == 0  // The file's group is root's then, which is nobody's.
    #expect(kinds(root) == (isRoot ? [.nodeClosed] : []))
    #expect(kinds(root, user: 0).isEmpty)
  }

  @Test("ModemManager matters for lines that it was not told to leave alone")
  func modemManager() throws {
    let root = try root()
    try root.write("/proc/812/comm", "ModemManager\n")
    #expect(kinds(root).isEmpty)
    try root.write("/run/udev/data/c189:6", "E:ID_MODEL=x\n")
    #expect(kinds(root) == [.modemManager])
  }

  @Test("a device that may sleep, and two with one serial number")
  func sleepAndDoubles() throws {
    let root = try root(ports: ["1-2", "1-3"])
    try root.write("/sys/bus/usb/devices/1-2/power/control", "auto\n")
    #expect(kinds(root) == [.autosuspend, .duplicateSerial])
    #expect(kinds(try self.root(serial: "00000000", ports: ["1-2", "1-3"])).isEmpty)
  }

  @Test("braille software matters for the converters that it takes")
  func brltty() throws {
    let root = try root()
    try root.write("/proc/90/comm", "brltty\n")
    #expect(kinds(root).isEmpty)
    try root.write("/sys/bus/usb/devices/1-2/idVendor", "1a86\n")
    try root.write("/sys/bus/usb/devices/1-2/idProduct", "7523\n")
    #expect(kinds(root) == [.brltty])
  }

  @Test("an entry that fits nothing is told by its id")
  func absent() throws {
    let root = try root()
    let entries = [
      ScannerFacts.entry("here", vendor: 0x1EAB, mode: .serial),
      ScannerFacts.entry("there", port: "1-9"),
      ScannerFacts.entry("line", port: "/dev/ttyS9", mode: .serial),
    ]
    let troubles = ScannerSurvey(entries: entries, gatewayUser: 990, root: root.path).troubles()
    #expect(troubles.map(\.subject) == ["there", "line"])
    #expect(troubles.allSatisfy { $0.kind == .absent })
  }
}
