import Foundation
import Testing

@testable import TapgateDevices

@Suite("The catalogue, its pages and udev's rules")
struct ScannerCatalogueTests {
  private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  private static func text(_ path: String) throws -> String {
    try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
  }

  @Test("every family has its page, and every page its family or driver")
  func pages() throws {
    for family in ScannerCatalogue.families {
      let page = try Self.text("firmware-notes/\(family.page).md")
      #expect(page.hasPrefix("# " + (family.name.split(separator: " ").first ?? "?")))
      for vendor in family.vendors { #expect(page.contains(DeviceFacts.hex(vendor))) }
    }
    let general = [
      "acr122u", "cards", "hce", "hid-pos-generic", "pcsc-generic", "serial-generic",
      "wedge-generic",
    ]
    let known = Set(ScannerCatalogue.families.map(\.page) + general)
    let folder = Self.root.appendingPathComponent("firmware-notes").path
    for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
      #expect(known.contains(name.replacing(".md", with: "")), "\(name)")
    }
  }

  /// The parts of a page by their headings, in their order.
  private static func sections(_ page: String) -> [(heading: String, body: String)] {
    page.components(separatedBy: "\n## ").dropFirst().map { part in
      let lines = part.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
      let body = lines.dropFirst().first ?? ""
      return (String(lines[0]), body.trimmingCharacters(in: .whitespacesAndNewlines))
    }
  }

  @Test("every page says how to set the device, its codes by value, its quirks, what was verified")
  func contents() throws {
    let folder = Self.root.appendingPathComponent("firmware-notes").path
    let families = Set(ScannerCatalogue.families.map { $0.page + ".md" })
    for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
      let sections = Self.sections(try Self.text("firmware-notes/" + name))
      let wanted = ["How to set", "Codes by value", "Quirks", "Verified"]
      let places = wanted.compactMap { heading in
        sections.firstIndex { $0.heading.hasPrefix(heading) }
      }
      #expect(places.count == wanted.count && places == places.sorted(), "\(name)")
      for section in sections { #expect(!section.body.isEmpty, "\(name): \(section.heading)") }
      let body = { (heading: String) in
        sections.filter { $0.heading.hasPrefix(heading) }.map(\.body).joined(separator: "\n")
      }
      #expect(body("Verified").lowercased().contains(/\brig/), "\(name)")
      guard families.contains(name) else { continue }
      // A value has its source beside it, and what has no value is said to have none.
      let codes = body("Codes by value")
      let rows = codes.split(separator: "\n").filter { $0.hasPrefix("|") }
      #expect(rows.count > 2 || codes.contains("None was found"), "\(name)")
      let hasGaps = codes.contains(/(not|None was|None were) found/)
      #expect(hasGaps, "\(name) says of nothing that it was not found")
      #expect(body("Verified").contains("document"), "\(name)")
    }
  }

  /// A record of a hardware data base, hwdb(7).
  private typealias Record = (matches: [String], properties: [String: String])

  private static func records(_ text: String) -> [Record] {
    var records: [Record] = []
    var isOpen = false
    for line in text.components(separatedBy: "\n") where !line.hasPrefix("#") {
      if line.isEmpty {
        isOpen = false
      } else if line.hasPrefix(" ") {
        let parts = line.dropFirst().split(separator: "=", maxSplits: 1).map(String.init)
        guard isOpen, parts.count == 2, !records.isEmpty else {
          Issue.record("\(line)")
          continue
        }
        records[records.count - 1].properties[parts[0]] = parts[1]
      } else {
        if !isOpen { records.append(([], [:])) }
        #expect(records[records.count - 1].properties.isEmpty, "\(line): an empty line is missing")
        records[records.count - 1].matches.append(line)
        isOpen = true
      }
    }
    return records
  }

  @Test("the data base names families that exist, modes that exist, and devices of those families")
  func dataBase() throws {
    let records = Self.records(try Self.text("udev/70-tapgate-scanners.hwdb"))
    let pages = Set(ScannerCatalogue.families.map(\.page))
    var families: Set<String> = []
    for record in records {
      if let family = record.properties["TAPGATE_FAMILY"] {
        #expect(pages.contains(family))
        families.insert(family)
      }
      if let mode = record.properties["ID_TAPGATE_MODE"] {
        #expect(ScannerMode(rawValue: mode) != nil)
        #expect(record.properties["TAPGATE"] == "1")
      }
      for match in record.matches {
        #expect(match.wholeMatch(of: /usb:v[0-9A-F]{4}(p[0-9A-F?]{4})?\*/) != nil, "\(match)")
        let vendor = try #require(UInt16(match.dropFirst(5).prefix(4), radix: 16))
        let product = UInt16(match.dropFirst(10).prefix(4).replacing("?", with: "1"), radix: 16)
        let facts = DeviceFacts(link: .usb(port: "1-1"), vendor: vendor, product: product ?? 0)
        #expect(ScannerCatalogue.family(of: facts) != nil, "\(match)")
      }
    }
    #expect(families == pages)
  }

  private static let compiler = "/usr/bin/systemd-hwdb"

  private static func run(_ program: String, _ arguments: [String]) throws -> (Int32, String) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let said = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: said, as: UTF8.self))
  }

  @Test(
    "systemd takes the data base, and answers as it should",
    .enabled(if: FileManager.default.isExecutableFile(atPath: compiler), "no systemd-hwdb")
  )
  func compiled() throws {
    let root = FakeRoot()
    try root.write(
      "/etc/udev/hwdb.d/70-tapgate-scanners.hwdb",
      try Self.text("udev/70-tapgate-scanners.hwdb")
    )
    let (status, said) = try Self.run(Self.compiler, ["--root=\(root.path)", "update", "--strict"])
    #expect(status == 0 && said.isEmpty, "\(said)")
    let query = { (alias: String) in
      let answer = try Self.run(Self.compiler, ["--root=\(root.path)", "query", alias])
      return Set(answer.1.split(separator: "\n").map(String.init))
    }
    #expect(
      try query("usb:v05E0p1200d0100dc00dsc00dp00ic03isc01ip01in00")
        == ["TAPGATE_FAMILY=zebra", "TAPGATE=1", "ID_TAPGATE_MODE=wedge"]
    )
    #expect(try query("usb:v1EABp1310:EM30") == ["TAPGATE_FAMILY=newland"])
    #expect(try query("usb:v046DpC31C:Keyboard").isEmpty)
  }

  private static let keys: Set<String> = [
    "ACTION", "SUBSYSTEM", "SUBSYSTEMS", "KERNEL", "ENV", "ATTR", "TEST", "PROGRAM", "IMPORT",
    "GROUP", "MODE", "SYMLINK", "GOTO", "LABEL",
  ]

  @Test(
    "the rules are made of what udev knows, and their jumps arrive",
    arguments: ["70-tapgate-scanners.rules", "71-tapgate-readers.rules", "93-tapgate-power.rules"]
  )
  func rules(file: String) throws {
    // KEY{attribute}OPERATOR"value", udev(7).
    let pattern = /(?<key>[A-Z_]+)(\{[^}]+\})?(==|!=|=|\+=|:=)"(?<value>[^"]*)"/
    var labels: Set<String> = []
    var jumps: Set<String> = []
    for line in try Self.text("udev/" + file).components(separatedBy: "\n") {
      guard !line.isEmpty, !line.hasPrefix("#") else { continue }
      for part in line.components(separatedBy: ", ") {
        let token = try #require(try pattern.wholeMatch(in: part), "\(part)")
        #expect(Self.keys.contains(String(token.key)), "\(part)")
        if token.key == "LABEL" { labels.insert(String(token.value)) }
        if token.key == "GOTO" { jumps.insert(String(token.value)) }
      }
    }
    #expect(jumps.isSubset(of: labels))
  }

  @Test("polkit's rule allows both of pcscd's actions, to the service's user")
  func polkit() throws {
    let rule = try Self.text("udev/50-tapgate.rules")
    for part in ["access_pcsc\"", "access_card\"", "subject.user == \"tapgate\""] {
      #expect(rule.contains(part))
    }
    #expect(try Self.text("udev/tapgate.service").contains("\nUser=tapgate\n"))
    #expect(try Self.text("udev/README.md").contains("50-tapgate.rules"))
  }

  private static let analyser = "/usr/bin/systemd-analyze"

  @Test(
    "systemd knows every line of the service, and its devices are those of the rules",
    .enabled(if: FileManager.default.isExecutableFile(atPath: analyser), "no systemd-analyze")
  )
  func service() throws {
    let text = try Self.text("udev/tapgate.service")
    let root = FakeRoot()
    // What is verified has to exist here.
    let here = text.replacing("/usr/local/bin/tapgate", with: "/bin/true")
    try root.write("/tapgate.service", here)
    let path = root.path + "/tapgate.service"
    let (status, said) = try Self.run(Self.analyser, ["verify", path])
    #expect(status == 0 && said.isEmpty, "\(said)")
    for device in ["usb_device", "hidraw", "input", "ttyACM", "ttyUSB", "ttyS"] {
      #expect(text.contains("DeviceAllow=char-\(device) rw\n"))
    }
    // Without these nothing is plugged in, or a number reaches a disk.
    for line in ["AF_UNIX AF_INET AF_INET6 AF_NETLINK", "LimitCORE=0", "MemorySwapMax=0"] {
      #expect(text.contains(line))
    }
    #expect(!text.contains("\nPrivateDevices="))
    #expect(try Self.text("udev/README.md").contains("tapgate.service"))
  }

  private static let inspector = "/usr/bin/udevadm"

  /// `verify` came with systemd 254.
  private static var canVerify: Bool {
    FileManager.default.isExecutableFile(atPath: inspector)
      && (try? run(inspector, ["verify", "--help"]))?.0 == 0
  }

  @Test(
    "udevadm finds nothing wrong with the rules",
    .enabled(if: canVerify, "udevadm has no `verify` before systemd 254")
  )
  func verified() throws {
    let folder = Self.root.appendingPathComponent("udev").path
    let files = try FileManager.default.contentsOfDirectory(atPath: folder)
      .filter { $0.hasSuffix(".rules") }.map { folder + "/" + $0 }
    let (status, said) = try Self.run(Self.inspector, ["verify", "--resolve-names=never"] + files)
    #expect(status == 0, "\(said)")
  }
}
