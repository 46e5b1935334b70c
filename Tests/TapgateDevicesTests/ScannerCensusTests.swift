import TapgateCodec
import TapgateCore
import TapgateModel
import Testing

@testable import TapgateDevices

/// A decoder that makes a scan of each byte that is not zero, and waits for its end.
private struct ByteDecoder: ReportDecoder {
  var deadline: UInt64?
  var counters = DecoderCounters()

  mutating func feed(_ report: [UInt8], at milliseconds: UInt64) -> [DecoderOutput] {
    deadline = milliseconds + 200
    return report.filter { $0 != 0 }.map { byte in
      .scan(
        DecodedScan(
          bytes: [byte],
          text: String(Unicode.Scalar(byte)),
          firstMilliseconds: milliseconds,
          completeMilliseconds: milliseconds
        )
      )
    }
  }

  mutating func tick(at milliseconds: UInt64) -> [DecoderOutput] {
    deadline = nil
    return []
  }

  mutating func reset() -> [DecoderOutput] {
    counters.abandoned += deadline == nil ? 0 : 1
    deadline = nil
    return []
  }
}

@Suite("The census of scanners")
struct ScannerCensusTests {
  private static let second: UInt64 = 1_000_000_000

  /// A census with a clock of its own, and what it asked for.
  private struct World {
    var census: ScannerCensus
    var now: UInt64 = 1_000_000_000_000
    var reports: [InputReport] = []
    var opened: [(session: UInt64, route: ScannerRoute)] = []
    var closed: [UInt64] = []

    init(_ entries: ScannerEntry...) {
      census = ScannerCensus(rules: ScannerRules(entries: entries, lane: "1"))
      take(census.begin(at: now))
    }

    mutating func take(_ effects: ScannerCensus.Effects) {
      for (_, effect) in effects {
        switch effect {
        case .report(let report): reports.append(report)
        case .open(let session, let route): opened.append((session, route))
        case .close(let session): closed.append(session)
        case .findHolder: break
        }
      }
    }

    mutating func plug(_ devices: DeviceFacts...) {
      take(census.arrived(devices, at: now))
      wait(0)
    }

    mutating func unplug(_ device: DeviceFacts) { take(census.left([device.link], at: now)) }

    /// Lets time pass, and everything that is due happen.
    mutating func wait(_ milliseconds: UInt64) {
      let end = now + milliseconds * 1_000_000
      repeat {
        take(census.tick(at: now))
        now = min(end, max(now + 1_000_000, census.due ?? end))
      } while now < end
      take(census.tick(at: now))
    }

    /// The last session that was asked for opens.
    mutating func open() {
      guard let session = opened.last?.session else { return }
      take(
        census.update(session) {
          $0.opened(session, decoder: ByteDecoder(), isExclusive: true, at: now)
        }
      )
    }

    mutating func fail(_ failure: RouteFailure) {
      guard let session = opened.last?.session else { return }
      take(census.update(session) { $0.failed(session, failure, at: now) })
    }

    mutating func feed(_ bytes: [UInt8]) {
      guard let session = opened.last?.session else { return }
      take(census.update(session) { $0.feed(bytes, at: now) })
    }

    /// What was told of a device, newest last: its verdict, or `gone`.
    func told(_ id: String) -> [String] {
      reports.compactMap { report in
        switch report {
        case .device(let device) where device.id == id: device.verdict.rawValue
        case .deviceLost(id): "gone"
        default: nil
        }
      }
    }

    var scans: [String] {
      reports.compactMap { if case .scanned(let code) = $0 { code.data } else { nil } }
    }

    func device(_ id: String) -> DeviceDescription? {
      census.stations[id]?.description(at: now)
    }
  }

  @Test("a scanner is told of once it is open, scans, and is told gone")
  func life() {
    var world = World()
    let scanner = ScannerFacts.scanner(serial: "A7")
    world.plug(scanner)
    let id = "usb:1234:0001:A7"
    #expect(world.told(id).isEmpty)
    #expect(world.opened.map(\.route) == [.usb(interface: 0)])
    world.open()
    #expect(world.told(id) == ["used"])
    world.feed([65, 66])
    #expect(world.scans == ["A", "B"])
    world.unplug(scanner)
    #expect(world.told(id) == ["used", "gone"])
    #expect(world.closed == [world.opened[0].session])
    #expect(world.census.stations[id]?.counters[.goodScans] == 2)
    #expect(world.census.stations[id]?.counters[.partial] == 1)
  }

  @Test("the second way is tried at once, all of them again later, and later still")
  func routes() {
    var world = World()
    world.plug(ScannerFacts.scanner())
    world.fail(.busy("held"))
    #expect(world.opened.map(\.route) == [.usb(interface: 0), .hidraw("/dev/hidraw0")])
    world.fail(.absent("no file"))
    #expect(world.told("usb:1-2") == ["heldBy"])
    let count = world.opened.count
    world.wait(200)
    #expect(world.opened.count == count)
    world.wait(100)
    #expect(world.opened.count == count + 1)
    world.fail(.busy("held"))
    world.fail(.absent("no file"))
    world.wait(400)
    #expect(world.opened.count == count + 2)
    world.wait(200)
    #expect(world.opened.count == count + 3)
    world.open()
    #expect(world.told("usb:1-2") == ["heldBy", "used"])
  }

  @Test("a missing right goes before a held device in what is told")
  func permission() {
    var world = World()
    world.plug(ScannerFacts.scanner())
    world.fail(.denied("/dev/bus/usb/001/002 (0:0 0664) may not be opened"))
    world.fail(.busy("held"))
    #expect(world.told("usb:1-2") == ["noPermission"])
    #expect(world.device("usb:1-2")?.reason?.hasPrefix("noPermission: /dev/bus") == true)
  }

  @Test("a device that fails while it is open is opened anew")
  func broken() {
    var world = World()
    world.plug(ScannerFacts.scanner())
    world.open()
    world.fail(.broken("no answer"))
    #expect(world.told("usb:1-2") == ["used", "unknown"])
    world.wait(300)
    world.open()
    world.wait(1000)
    #expect(world.told("usb:1-2").last == "used")
    #expect(world.census.stations["usb:1-2"]?.counters[.communicationErrors] == 1)
  }

  @Test("a way that takes long is shown as being tried, and given up after 5 s")
  func stuck() {
    var world = World()
    world.plug(ScannerFacts.scanner())
    world.wait(900)
    #expect(world.told("usb:1-2").isEmpty)
    world.wait(200)
    #expect(world.told("usb:1-2") == ["usable"])
    #expect(world.closed.isEmpty)
    world.wait(4000)
    #expect(world.closed == [world.opened[0].session])
    #expect(world.opened.map(\.route) == [.usb(interface: 0), .hidraw("/dev/hidraw0")])
    world.fail(.absent("no file"))
    #expect(world.told("usb:1-2") == ["usable", "unknown"])
    world.wait(300)
    world.open()
    world.wait(10_000)
    #expect(world.told("usb:1-2") == ["usable", "unknown", "used"])
  }

  @Test("what a session says that is over is not heard")
  func stale() {
    var world = World()
    let scanner = ScannerFacts.scanner()
    world.plug(scanner)
    world.open()
    let old = world.opened[0].session
    world.unplug(scanner)
    world.wait(2000)
    world.plug(scanner)
    world.open()
    world.take(world.census.update(old) { $0.feed([65], at: 0) })
    world.take(world.census.update(old) { $0.failed(old, .broken("late"), at: 0) })
    #expect(world.scans.isEmpty)
    #expect(world.device("usb:1-2")?.verdict == .used)
  }

  @Test("fifty unplugs a second are two statements a second, with how often")
  func flapping() throws {
    var world = World()
    let scanner = ScannerFacts.scanner()
    for _ in 0..<200 {
      world.plug(scanner)
      world.wait(10)
      world.unplug(scanner)
      world.wait(10)
    }
    #expect(world.told("usb:1-2").count <= 10)
    world.plug(scanner)
    world.wait(600)
    world.open()
    world.wait(1000)
    let device = try #require(world.device("usb:1-2"))
    #expect(device.verdict == .used)
    #expect(device.flapCount == 200)
    #expect(world.told("usb:1-2").last == "used")
    world.wait(61_000)
    #expect(world.device("usb:1-2")?.flapCount == 0)
    let last = world.reports.last
    guard case .device(let calm) = last else {
      Issue.record("nothing told")
      return
    }
    #expect(calm.flapCount == 0)
  }

  @Test("a device that does not settle is judged by what there is")
  func settling() {
    var world = World()
    var facts = ScannerFacts.scanner()
    facts.bindings[0] = DeviceBinding()
    world.plug(facts)
    #expect(world.told("usb:1-2").isEmpty)
    world.wait(800)
    #expect(world.told("usb:1-2") == ["unknown"])
    world.take(
      world.census.rebound(
        facts.link,
        ScannerFacts.scanner().bindings,
        at: world.now
      )
    )
    world.wait(0)
    world.open()
    #expect(world.told("usb:1-2") == ["unknown", "used"])
  }

  @Test("while an interface is ours its descriptor is remembered")
  func remembered() {
    var world = World()
    let scanner = ScannerFacts.scanner()
    world.plug(scanner)
    world.open()
    let ours: [UInt8: DeviceBinding] = [0: DeviceBinding(driver: "usbfs")]
    world.take(world.census.rebound(scanner.link, ours, at: world.now))
    #expect(world.census.facts(scanner.link)?.bindings[0]?.reportDescriptor != nil)
    #expect(world.device("usb:1-2")?.verdict == .used)
  }

  @Test("an entry for one device is shown from the start and has one device only")
  func pinned() {
    var world = World(ScannerFacts.entry("desk", serial: "X1"))
    #expect(world.told("scanner:desk") == ["unknown"])
    #expect(world.device("scanner:desk")?.power == .offOffline)
    world.plug(ScannerFacts.keyboard(port: "1-2", serial: "X1"))
    world.open()
    world.plug(ScannerFacts.keyboard(port: "1-3", serial: "X1"))
    #expect(world.device("scanner:desk")?.verdict == .used)
    #expect(world.device("scanner:desk")?.identity == "configuration")
    #expect(world.device("usb:1-3")?.verdict == .usable)
    #expect(world.device("usb:1-3")?.reason?.hasPrefix("duplicateSerial: ") == true)
  }

  @Test("a device of another kind at a place that nobody told had become free is a new device")
  func replaced() {
    var world = World()
    world.plug(ScannerFacts.scanner(serial: "A"))
    world.open()
    var next = ScannerFacts.scanner(serial: "B")
    next.nodePath = "/dev/bus/usb/001/003"
    world.plug(next)
    #expect(world.told("usb:1234:0001:A") == ["used", "gone"])
    world.open()
    #expect(world.told("usb:1234:0001:B") == ["used"])
  }

  @Test("a reader that types identifiers makes taps, the same card's reference whichever way round")
  func typedIdentifiers() throws {
    var entry = ScannerFacts.entry(vendor: 0x1234)
    entry.settings.uidFormat = .hexLE
    var world = World(entry)
    world.plug(ScannerFacts.keyboard())
    world.open()
    #expect(world.device("usb:1-2")?.deviceClass == .rfidScanner)
    let session = world.opened[0].session
    for text in ["80E5D4C3B2A104", "0A040308", "x", "0A04"] {
      let scan = DecodedScan(
        bytes: [],
        text: text,
        firstMilliseconds: 0,
        completeMilliseconds: 0
      )
      world.take(world.census.update(session) { $0.taken([.scan(scan)], at: 0) })
    }
    let presentations = world.reports.compactMap { report in
      if case .presented(let presentation) = report { presentation } else { nil }
    }
    #expect(presentations.map(\.credential.kind) == [.cardUid])
    #expect(presentations.first?.credential.reveal() == "04A1B2C3D4E580")
    let refusals = world.reports.compactMap { report in
      if case .refused(let input) = report { input.refusal } else { nil }
    }
    #expect(refusals == [.randomUid, .unreadable, .tooShort])
    #expect(world.scans.isEmpty)
  }

  @Test("a code that is shorter than the shop's are is refused, and what is as long goes on")
  func tooShort() {
    var entry = ScannerFacts.entry(vendor: 0x1234)
    entry.settings.lengthMin = 6
    var world = World(entry)
    world.plug(ScannerFacts.keyboard())
    world.open()
    let session = world.opened[0].session
    for text in ["12345", "123456"] {
      let scan = DecodedScan(
        bytes: Array(text.utf8),
        text: text,
        firstMilliseconds: 0,
        completeMilliseconds: 0
      )
      world.take(world.census.update(session) { $0.taken([.scan(scan)], at: 0) })
      #expect(scan.bytes.allSatisfy { $0 == 0 })
    }
    let refused = world.reports.compactMap { report in
      if case .refused(let input) = report { input } else { nil }
    }
    #expect(refused.map(\.refusal) == [.tooShort])
    #expect(refused.first?.detail == "5 characters")
    #expect(world.scans.count == 1)
  }

  @Test("a scan goes to the hub whole, with its identifier and UnifiedPOS's name for it")
  func symbology() throws {
    var world = World()
    world.plug(ScannerFacts.scanner())
    world.open()
    let session = world.opened[0].session
    let scan = DecodedScan(
      bytes: Array("6901234567892".utf8),
      text: "6901234567892",
      aim: AimIdentifier("]E0"),
      isPartial: true,
      firstMilliseconds: 0,
      completeMilliseconds: 0
    )
    world.take(world.census.update(session) { $0.taken([.scan(scan)], at: 77) })
    guard case .scanned(let code) = world.reports.last else {
      Issue.record("no scan")
      return
    }
    #expect(code.data == "6901234567892")
    #expect(code.aim == "]E0")
    #expect(code.symbology == "SCAN_SDT_EAN13")
    #expect(code.isPartial)
    #expect(code.detectedNanoseconds == 77)
    // What the decoder had made is overwritten: a payment card's number must not stay.
    #expect(scan.bytes.allSatisfy { $0 == 0 })
  }
}
