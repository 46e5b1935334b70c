import Foundation
import TapgateAPI
import TapgateJSON
import TapgateRigs
import Testing

extension EndToEnd {
  /// Numbers that come through real drivers: pcscd with a virtual card, libusb and termios with
  /// simulated devices.
  @Suite(
    "Secrecy through drivers",
    .enabled(if: USBRig.isAvailable && PcscdRig.isAvailable, "no umockdev, or no pcscd with vpcd"),
    .timeLimit(.minutes(5))
  )
  struct DriverSecrecyTests {
    /// Every kind of device, all open at one gateway.
    private final class Counter {
      static let devices = [
        "k": ScannerTests.wedgeID, "s": ScannerTests.posID, "m": ScannerTests.msrID,
        "n": "usb:0801:0002:B0A9999", "y": "usb:0801:0001:K1", "t": "usb:1eab:1306:EM30-0042",
      ]
      private static let settings =
        ScannerTests.wedge + """
          [[scanner]]
          id = "swipe"
          match = { vendor = 0x0801, product = 0x0001 }
          mode = "magstripe"
          [[scanner]]
          id = "line"
          match = { vendor = 0x1eab }
          mode = "serial"
          [[pattern]]
          kind = "phoneNumber"
          prefix = "139"
          length = 11
          [[pattern]]
          kind = "memberNumber"
          prefix = "88"
          length = 13

          """
      let cards: PcscdRig?
      let rig: USBRig
      let gateway: LiveGateway
      let till: GatewayClient

      init(cards: PcscdRig?) throws {
        self.cards = cards
        rig = try USBRig.launch()
        try rig.make("k", "wedge", ["serial": "W1"])
        try rig.make("s", "pos")
        try rig.make("m", "msr")
        try rig.make("n", "msr", ["serial": "B0A9999", "size": "8"])
        try rig.make("y", "wedge", ["vid": "0x0801", "pid": "0x0001", "serial": "K1"])
        try rig.make("t", "serial")
        for name in Self.devices.keys { try rig.plug(name) }
        gateway = try LiveGateway(
          hasCardReaders: cards != nil,
          usb: rig,
          scanners: Self.settings
        )
        try gateway.start()
        till = try gateway.client("till", lane: "1")
        let wanted = Set(Self.devices.values)
        let readers = Set(cards?.readers ?? [])
        _ = try till.wait("device.list") { list in
          let used = list["devices"]?.array?.filter { $0["verdict"] == "used" } ?? []
          return wanted.isSubset(of: used.compactMap { $0["deviceId"]?.string })
            && readers.isSubset(of: used.compactMap { $0["name"]?.string })
        }
      }

      deinit {
        gateway.kill()
        rig.close()
        cards?.close()
      }
    }

    private func expectNone(_ traces: [[UInt8]], in bytes: [UInt8], _ place: String) {
      #expect(Canary.found(traces, in: bytes).isEmpty, "in \(place)")
    }

    private static func bytes(_ hex: String) -> [UInt8] {
      stride(from: 0, to: hex.count, by: 2).compactMap {
        UInt8(hex.dropFirst($0).prefix(2), radix: 16)
      }
    }

    /// Lays cards on the reader: a member's, a stranger's and a bank's; the events.
    private func layCards(_ counter: Counter) throws -> [JSON] {
      guard let cards = counter.cards else { return [] }
      var events: [JSON] = []
      for uid in [Canary.uid, Canary.strangeUID] {
        let card = cards.card(.uid(Self.bytes(uid)))
        try card.insert()
        events.append(try counter.till.event("credential.presented"))
        events.append(try counter.till.event("member.resolved"))
        card.remove()
        events.append(try counter.till.event("credential.removed"))
      }
      let bank = cards.card(.payment(uid: Self.bytes(Canary.strangeUID)))
      try bank.insert()
      events.append(
        try counter.till.event("credential.refused") { $0["reason"] == "paymentCard" }
      )
      bank.remove()
      return events
    }

    /// Types, scans and swipes every number at every device; the events.
    private func readNumbers(_ counter: Counter) throws -> [JSON] {
      var events: [JSON] = []
      // Each at another device: the same at two of them within a second is one presentation.
      for (name, command) in [
        ("s", "scan ]C0 \(Canary.phone)"), ("k", "scan \(Canary.strangePhone)"),
        ("t", "scan \(Canary.memberNumber)\\r"), ("m", "swipe - ;\(Canary.phone)=2512? -"),
        ("n", "swipe - ;\(Canary.strangePhone)=2512? -"),
        ("y", "scan ;\(Canary.memberNumber)=2512?"),
      ] {
        try counter.rig.tell(name, command)
        events.append(try counter.till.event("credential.presented"))
      }
      for (name, command) in [("s", "scan ]Q1 "), ("k", "scan "), ("t", "scan ")] {
        try counter.rig.tell(name, command + Canary.paymentCode + (name == "t" ? "\\r" : ""))
        events.append(
          try counter.till.event("credential.refused") { $0["reason"] == "paymentCode" }
        )
      }
      for number in Canary.payments { events += try pay(counter, number) }
      return events
    }

    /// Brings one payment card's number through every device that can read one.
    private func pay(_ counter: Counter, _ number: String) throws -> [JSON] {
      let tracks = ("%B\(number)^DOE/JANE^25121010000?", ";\(number)=25121010000?")
      return try [
        ("s", "scan ]C0 \(number)"), ("s", "scan ]Q1 \(tracks.0)"), ("k", "scan \(number)"),
        ("k", "scan \(tracks.1)"), ("m", "swipe \(tracks.0) \(tracks.1) -"),
        ("n", "swipe - \(tracks.1) -"), ("y", "scan \(tracks.0)\(tracks.1)"),
        ("t", "scan \(number)\\r"),
      ].map { name, command in
        try counter.rig.tell(name, command)
        return try counter.till.event("credential.refused") { $0["reason"] == "paymentCard" }
      }
    }

    /// What a technician asks when something is wrong.
    private func everyQuestion(_ counter: Counter) throws -> [UInt8] {
      var said: [UInt8] = []
      let till = counter.till
      said += try till.call("trace.last", ["limit": 200]).encoded()
      said += try till.call("daemon.status").encoded()
      let list = try till.call("device.list")
      said += list.encoded()
      for device in list["devices"]?.array ?? [] {
        let id: JSON = ["deviceId": device["deviceId"] ?? .null]
        said += try till.call("device.statistics", id).encoded()
        said += try till.call("device.checkHealth", id).encoded()
      }
      said += try till.call("operation.feed", ["after": 0, "limit": 200]).encoded()
      let bundle = counter.gateway.folder.path + "/bundle.zip"
      let data = ["--data", counter.gateway.dataPath]
      let config = ["--config", counter.gateway.configurationPath]
      for arguments in [
        ["trace", "--limit", "200"], ["trace", "--limit", "200", "--json"], ["devices"],
        ["devices", "--json"], ["status"], ["doctor", "--json"] + data + config,
        ["bundle", bundle] + data + config, ["verify"] + data,
      ] {
        let run = try counter.gateway.command(arguments)
        #expect([0, 1, 2].contains(run.status), "\(arguments): \(run.errors)")
        said += Array((run.output + run.errors).utf8)
      }
      // Compressed, an archive would hide what is in it.
      let archive = try #require(FileManager.default.contents(atPath: bundle))
      said += try Unpacked.contents(of: archive, in: counter.gateway.folder)
      return said
    }

    @Test("a card's number, a telephone's and a payment's, read by drivers, are nowhere afterwards")
    func canaries() async throws {
      let counter = try Counter(cards: try await PcscdRig.launch(pairs: 1))
      let watcher = try counter.gateway.client("watcher")
      try watcher.subscribe()
      try counter.till.enrol("顾客", uid: Canary.uid, phone: Canary.phone)
      var events = try layCards(counter)
      events += try readNumbers(counter)
      events += try watcher.eventsSoFar()
      // A scan that nobody knows would be told to its one recipient as data: there was none.
      #expect(!events.contains { $0["kind"] == "scan.data" })
      expectNone(Canary.traces, in: events.flatMap { $0.encoded() + [0x0A] }, "events")
      expectNone(Canary.traces, in: try everyQuestion(counter), "answers")
      counter.gateway.kill()
      try expectNoneInFiles(counter.gateway, hasLog: true)
      // What the log of the data base held is in its file now.
      try counter.gateway.start()
      #expect(counter.gateway.stop() == 0)
      try expectNoneInFiles(counter.gateway, hasLog: false)
    }

    /// Looks at every byte of the data folder and of what was written to standard error.
    private func expectNoneInFiles(_ gateway: LiveGateway, hasLog: Bool) throws {
      var names: [String] = []
      for name in try FileManager.default.subpathsOfDirectory(atPath: gateway.dataPath) {
        let path = gateway.dataPath + "/" + name
        guard let data = FileManager.default.contents(atPath: path) else { continue }
        #expect(Canary.found(Canary.traces, in: data).isEmpty, "in \(name)")
        names.append(name)
      }
      #expect(names.contains { $0.hasSuffix(".sqlite") || $0.hasSuffix(".db") }, "\(names)")
      #expect(!hasLog || names.contains { $0.hasSuffix("-wal") }, "\(names)")
      expectNone(Canary.traces, in: Array(gateway.log.utf8), "the log")
    }

    @Test(
      "not even a core has a digit of a means of payment that drivers have read",
      .enabled(if: CoreTests.canDump, "needs gcore, root, room for a core, and no sanitizer")
    )
    func core() throws {
      let counter = try Counter(cards: nil)
      // Another number at every entrance, so that no later one covers what an earlier one left.
      var numbers = CoreTests.numbers.makeIterator()
      for (name, form) in [
        ("s", "scan ]C0 #"), ("s", "scan ]Q1 %B#^DOE/J^25121010000?"), ("k", "scan #"),
        ("k", "scan ;#=25121010000?"), ("m", "swipe %B#^DOE/J^25121010000? ;#=25121010000? -"),
        ("n", "swipe - ;#=25121010000? -"), ("y", "scan %B#^DOE/J^25121010000?"),
        ("y", "scan ;#=25121010000?"), ("t", "scan #\\r"),
      ] {
        for _ in CoreTests.beginnings {
          guard let number = numbers.next() else { throw NotInTime(description: "no number") }
          try counter.rig.tell(name, form.replacing("#", with: number))
          _ = try counter.till.event("credential.refused") { $0["reason"] == "paymentCard" }
        }
      }
      try counter.rig.tell("s", "scan ]Q1 \(Canary.paymentCode)")
      _ = try counter.till.event("credential.refused") { $0["reason"] == "paymentCode" }
      try counter.rig.tell("k", "scan \(Canary.paymentCode)")
      _ = try counter.till.event("credential.refused") { $0["reason"] == "paymentCode" }
      // The thread that read it may be a step behind the event.
      _ = try counter.till.eventsSoFar()
      let traces = (CoreTests.beginnings.map(\.digits) + [Canary.paymentCode])
        .flatMap(Canary.forms(ofDigits:))
      var found: [Int] = []
      for _ in 0..<3 {
        let core = try CoreTests.core(of: counter.gateway)
        #expect(System.contains(Array(counter.gateway.socketPath.utf8), in: core))
        found = Canary.found(traces, in: core)
        if found.isEmpty { break }
      }
      #expect(found.isEmpty, "forms \(found) of a means of payment")
      #expect(counter.gateway.stop() == 0)
    }
  }
}
