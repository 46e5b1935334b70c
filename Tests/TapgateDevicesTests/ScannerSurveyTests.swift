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

  @Test("a file of a group that the gateway's user is not in, by the files and by its process")
  func groups() throws {
    let root = try root()
    let node = root.path + "/dev/bus/usb/001/007"
    // Root's tests have another group to give; others have their own, which is not root's.
    if geteuid() == 0 { #expect(chown(node, 0, 46) == 0) }
    #expect(chmod(node, 0o660) == 0)
    let group = try #require(root.tree.files.access("/dev/bus/usb/001/007")).group
    try root.write("/etc/passwd", "root:x:0:0::/:/bin/sh\ntapgate:x:990:991::/:/bin/false\n")
    try root.write("/etc/group", "tapgate:x:991:\ndialout:x:\(group):alice,bob\n")
    let trouble = ScannerSurvey(entries: [], gatewayUser: 990, root: root.path).troubles().first
    #expect(trouble?.kind == .notInGroup)
    #expect(trouble?.fix == "usermod -aG dialout tapgate, then restart the gateway")
    #expect(kinds(root, user: 4242).isEmpty)
    try root.write("/etc/group", "tapgate:x:991:\ndialout:x:\(group):alice,tapgate\n")
    #expect(kinds(root).isEmpty)
    // SupplementaryGroups= of a unit stands in no file, and the service tells what it really has.
    let status = "Name:\ttapgate\nUid:\t990\t990\t990\t990\nGid:\t991\t991\t991\t991\n"
    try root.write("/proc/77/comm", "tapgate\n")
    try root.write("/proc/77/status", status + "Groups:\t\(group) 991 \n")
    try root.write("/etc/group", "tapgate:x:991:\n")
    #expect(kinds(root).isEmpty)
    try root.write("/proc/77/status", status + "Groups:\t991 \n")
    #expect(kinds(root) == [.notInGroup])
  }

  @Test("what counts is the file by which the device is opened")
  func routes() throws {
    let root = try root()
    try root.write("/dev/ttyACM0", "")
    #expect(chmod(root.path + "/dev/bus/usb/001/007", 0o600) == 0)
    #expect(chmod(root.path + "/dev/ttyACM0", 0o666) == 0)
    let entry = ScannerFacts.entry("line", vendor: 0x1EAB, mode: .serial)
    #expect(kinds(root, entries: [entry]).isEmpty)
    #expect(chmod(root.path + "/dev/ttyACM0", 0o600) == 0)
    #expect(kinds(root, entries: [entry]) == (geteuid() == 990 ? [] : [.nodeClosed]))
    let path = ScannerFacts.entry("path", port: "/dev/ttyACM0", mode: .serial)
    #expect(kinds(root, entries: [path]).contains(.nodeClosed))
  }

  @Test("the sentence for a refused file names the group where there is one")
  func denials() throws {
    let root = try root()
    let files = SystemFiles(root: root.path)
    let node = "/dev/bus/usb/001/007"
    #expect(chmod(root.path + node, 0o600) == 0)
    let rules = NodeSession.denial(of: node, "open: Permission denied", files: files)
    #expect(rules.contains("udev/70-tapgate-scanners.rules"))
    if geteuid() == 0 { #expect(chown(root.path + node, 0, 46) == 0) }
    #expect(chmod(root.path + node, 0o660) == 0)
    let group = try #require(files.access(node)).group
    try root.write("/etc/group", "dialout:x:\(group):\n")
    #expect(NodeSession.denial(of: node, "", files: files).contains("group dialout"))
  }

  @Test("who holds a device is found by its open file")
  func holders() throws {
    let root = FakeRoot()
    let node = "/dev/bus/usb/001/007"
    try root.write("/proc/812/comm", "cups-browsed\n")
    try root.link("/proc/812/fd/3", to: "/dev/null")
    try root.link("/proc/812/fd/9", to: node)
    let files = SystemFiles(root: root.path)
    #expect(
      DeviceHolders.sentence(node, files: files)
        == "Another program holds the device: cups-browsed (pid 812)."
    )
    let unknown = DeviceHolders.sentence("/dev/bus/usb/001/008", files: files)
    #expect(unknown.hasSuffix("/proc does not tell which."))
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
