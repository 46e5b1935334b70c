import TapgateAPI
import TapgateDevices
import TapgateJSON
import Testing

@testable import tapgate

@Suite("The doctor")
struct DoctorTests {
  /// A world in which all is well, to be spoiled by a test.
  static func probe() -> DoctorProbe {
    DoctorProbe(
      gateway: {
        .init(
          path: "/run/tapgate/tapgate.sock",
          status: .object(["version": .string("0.1.0")]),
          devices: []
        )
      },
      facts: { path in
        let isKey = path.hasSuffix("/identity.key")
        return .success(
          FileFacts(
            kind: isKey ? .file : .folder,
            mode: isKey ? 0o600 : 0o700,
            owner: 0,
            byteCount: 1
          )
        )
      },
      freeBytes: { _ in .success(50 << 30) },
      contents: { throw FileError(call: "open", path: $0, number: 2) },
      refusal: { _ in nil },
      environment: { _ in nil },
      scannerTroubles: { _, _ in [] }
    )
  }

  static func examine(_ probe: DoctorProbe, config: String? = nil) -> Diagnosis {
    Doctor(
      subject: .init(dataFolder: "/data", configurationFile: config),
      probe: probe,
      paths: GatewayPaths(userID: 0) { _ in nil }
    ).examine()
  }

  @Test("a healthy installation is called healthy")
  func healthy() {
    let diagnosis = Self.examine(Self.probe())
    #expect(diagnosis.findings.allSatisfy { $0.severity == .ok })
    #expect(diagnosis.status == .done)
    #expect(diagnosis.document["verdict"] == .string("healthy"))
  }

  @Test("a range of the shop's that bank cards have too is told, and no other")
  func paymentRanges() {
    var probe = Self.probe()
    func told(_ text: String) -> [String] {
      probe.contents = { _ in Array(text.utf8) }
      return Self.examine(probe, config: "/etc/tapgate.toml").findings
        .filter { $0.code == "configuration.paymentRange" }
        .map(\.sentence)
    }
    func pattern(_ prefix: String, _ length: Int?) -> String {
      let last = length.map { "length = \($0)\n" } ?? ""
      return "[[pattern]]\nkind = \"memberNumber\"\nprefix = \"\(prefix)\"\n" + last
    }
    for (prefix, length) in [("62", 16), ("6", 19), ("6222", 16), ("60", nil)] as [(String, Int?)] {
      let sentences = told(pattern(prefix, length))
      #expect(sentences.count == 1, "\(prefix) \(length ?? 0)")
      #expect(sentences.first?.contains(prefix) == true)
    }
    for (prefix, length) in [("88", 16), ("62", 12), ("62", 20), ("M62", 16)] {
      #expect(told(pattern(prefix, length)).isEmpty, "\(prefix) \(length)")
    }
    let swipes = { (cards: String) in
      """
      [[scanner]]
      id = "desk"
      match = { vendor = 1 }
      mode = "magstripe"
      ownCards = ["\(cards)"]

      """
    }
    #expect(told(swipes("622999:16")).count == 1)
    #expect(told(swipes("970012:16")).isEmpty)
    #expect(told(swipes("622999:11")).isEmpty)
  }

  @Test("the folder that is examined is that of the gateway that runs, unless one is named")
  func runningFolder() {
    var probe = Self.probe()
    probe.gateway = {
      .init(
        path: "/run/tapgate/tapgate.sock",
        status: .object(["version": .string("0.1.0"), "data": .string("/tmp/demo")]),
        devices: []
      )
    }
    func places(_ dataFolder: String?) -> [String] {
      Doctor(
        subject: .init(dataFolder: dataFolder, configurationFile: nil),
        probe: probe,
        paths: GatewayPaths(userID: 0) { _ in nil }
      ).examine().findings.filter { $0.code == "data.private" }.compactMap(\.evidence)
    }
    #expect(places(nil).first?.hasPrefix("/tmp/demo: ") == true)
    #expect(places("/data").first?.hasPrefix("/data: ") == true)
  }

  @Test("each fault has its own code, evidence and remedy")
  func faults() throws {
    var probe = Self.probe()
    probe.gateway = { throw GatewayConnectionError.notRunning(tried: ["/run/x.sock"]) }
    probe.refusal = { .notRunning(tried: [$0]) }
    probe.freeBytes = { _ in .success(1 << 20) }
    probe.facts = { path in
      .success(
        FileFacts(
          kind: path.hasSuffix("/identity.key") ? .file : .folder,
          mode: path.hasSuffix("/identity.key") ? 0o644 : 0o755,
          owner: 0,
          byteCount: 1
        )
      )
    }
    let diagnosis = Self.examine(probe)
    let faults = diagnosis.findings.filter { $0.severity == .fault }
    #expect(
      Set(faults.map(\.code)) == [
        "gateway.down", "pcsc.service_down", "data.spaceLow", "data.modeTooWide", "key.modeWrong",
      ]
    )
    #expect(faults.allSatisfy { $0.evidence != nil })
    #expect(faults.first { $0.code == "key.modeWrong" }?.fix == "chmod 600 /data/identity.key")
    #expect(diagnosis.status == .fault)
  }

  @Test("a gateway with virtual devices does without pcscd: that is a warning")
  func simulation() {
    for isSimulation in [true, false] {
      var probe = Self.probe()
      probe.refusal = { .notRunning(tried: [$0]) }
      probe.gateway = {
        .init(
          path: "/run/tapgate/tapgate.sock",
          status: .object(["version": .string("0.1.0"), "simulation": .bool(isSimulation)]),
          devices: []
        )
      }
      let diagnosis = Self.examine(probe)
      #expect(diagnosis.status == (isSimulation ? .warning : .fault))
      #expect(diagnosis.findings.contains { $0.code == "pcsc.service_down" })
    }
  }

  @Test("what may not be looked at is not called healthy")
  func unexamined() {
    var probe = Self.probe()
    probe.facts = { .failure(FileError(call: "stat", path: $0, number: 13)) }
    let diagnosis = Self.examine(probe)
    #expect(diagnosis.status == .unexamined)
    #expect(diagnosis.document["verdict"] == .string("couldNotExamine"))
  }

  @Test("a device that is not used shows with its verdict and reason")
  func devices() throws {
    var probe = Self.probe()
    probe.gateway = {
      .init(
        path: "/s",
        status: .object([:]),
        devices: [
          .object(["name": .string("ACR122U"), "verdict": .string("used")]),
          .object([
            "name": .string("Desk"), "verdict": .string("noPermission"),
            "reason": .string("/dev/hidraw0: no udev rule"),
          ]),
        ]
      )
    }
    let found = Self.examine(probe).findings.filter { $0.code.hasPrefix("device.") }
    #expect(found.map(\.code) == ["device.noPermission"])
    #expect(found.first?.evidence == "/dev/hidraw0: no udev rule")
  }

  @Test("scanners: what is doubtful is a warning, what is no scanner is nothing")
  func scanners() throws {
    let device = { (verdict: String, reason: String) in
      JSON.object([
        "name": .string("D"), "verdict": .string(verdict), "reason": .string(reason),
      ])
    }
    var probe = Self.probe()
    probe.gateway = {
      .init(
        path: "/s",
        status: .object([:]),
        devices: [
          device("used", "deviceNotExclusive: others may hear it."),
          device("used", "moved: from port 1-2 to port 1-3."),
          device("usable", "keyboardMode: a keyboard, or a scanner."),
          device("wrongMode", "keyboardMode: a scanner that types."),
          device("unknown", "otherInput: a mouse."),
        ]
      )
    }
    let found = Self.examine(probe).findings.filter { $0.code.hasPrefix("device.") }
    #expect(found.map(\.code) == ["device.deviceNotExclusive", "device.wrongMode"])
    #expect(found.allSatisfy { $0.severity == .warning })
  }

  @Test("what the system says of scanners is told with its remedy, and asks for root where needed")
  func scannerTroubles() throws {
    var probe = Self.probe()
    probe.scannerTroubles = { entries, user in
      #expect(user == 0)
      return ScannerTrouble.Kind.allCases.map { kind in
        ScannerTrouble(kind: kind, subject: "S", evidence: "\(entries.count)", fix: "f")
      }
    }
    let found = Self.examine(probe).findings.filter { $0.code.hasPrefix("scanner.") }
    #expect(found.map(\.code) == ScannerTrouble.Kind.allCases.map { "scanner.\($0.rawValue)" })
    #expect(found.first?.severity == .fault)
    #expect(found.first?.needsRoot == true)
    #expect(found.last?.needsRoot == false)
  }

  @Test("the kernel's own NFC drivers are found among its modules, and nothing else is")
  func kernelDriver() {
    var probe = Self.probe()
    func told(_ modules: String) -> Finding? {
      probe.contents = { path in
        guard path == "/proc/modules" else {
          throw FileError(call: "open", path: path, number: 2)
        }
        return Array(modules.utf8)
      }
      return Self.examine(probe).findings.first { $0.code == "pcsc.kernelDriver" }
    }
    let both = told("nfc 1 1 pn533, Live 0\npn533 1 1 pn533_usb, Live 0\npn533_usb 1 0 - Live 0\n")
    #expect(both?.severity == .warning)
    #expect(both?.needsRoot == true)
    #expect(both?.fix?.hasSuffix("&& rmmod pn533_usb pn533") == true)
    #expect(both?.fix?.contains(#"blacklist pn533_usb\nblacklist pn533\nblacklist nfc\n"#) == true)
    #expect(told("pn533 1 0 - Live 0x0\n")?.fix?.hasSuffix("rmmod pn533") == true)
    #expect(told("usbhid 1 0 pn533_usb_not, Live 0x0\nnfc 1 0 - Live 0x0\n") == nil)
  }

  @Test("a service's user without polkit's rule is told, where pcscd asks polkit")
  func polkit() {
    func told(owner: UInt32, asks: Bool, ruleError: Int32?) -> Finding? {
      var probe = Self.probe()
      probe.facts = { path in
        let number: Int32? =
          switch path {
          case Doctor.polkitActions: asks ? nil : 2
          case Doctor.polkitRule: ruleError
          default: nil
          }
        if let number { return .failure(FileError(call: "stat", path: path, number: number)) }
        return .success(FileFacts(kind: .folder, mode: 0o700, owner: owner, byteCount: 1))
      }
      return Self.examine(probe).findings.first { $0.code == "pcsc.polkit" }
    }
    #expect(told(owner: 998, asks: true, ruleError: 2)?.fix?.contains("50-tapgate.rules") == true)
    #expect(told(owner: 998, asks: true, ruleError: nil) == nil)
    #expect(told(owner: 998, asks: true, ruleError: 13) == nil)
    #expect(told(owner: 998, asks: false, ruleError: 2) == nil)
    #expect(told(owner: 0, asks: true, ruleError: 2) == nil)
    #expect(told(owner: 1000, asks: true, ruleError: 2) == nil)
  }

  @Test("a wrong configuration is told with its place, and the rest is still examined")
  func configuration() {
    var probe = Self.probe()
    probe.contents = { _ in Array("[gateway]\nlan = 1\n".utf8) }
    let diagnosis = Self.examine(probe, config: "/etc/t.toml")
    let finding = diagnosis.findings.first { $0.code == "config.invalid" }
    #expect(finding?.evidence?.hasPrefix("/etc/t.toml:2:1:") == true)
    #expect(diagnosis.findings.contains { $0.code == "data.private" })
  }

  @Test("card readers that are switched off are not missed")
  func switchedOff() {
    var probe = Self.probe()
    probe.contents = { _ in Array("[pcsc]\nenabled = false\n".utf8) }
    probe.refusal = { .notRunning(tried: [$0]) }
    #expect(Self.examine(probe, config: "/etc/t.toml").status == .done)
  }

  @Test("a programme's file that is none is a fault")
  func programme() {
    var probe = Self.probe()
    probe.contents = { path in
      Array((path.hasSuffix(".json") ? "{}" : "gateway.programme = \"p.json\"").utf8)
    }
    let diagnosis = Self.examine(probe, config: "/etc/t.toml")
    #expect(diagnosis.findings.contains { $0.code == "programme.invalid" })
  }
}
