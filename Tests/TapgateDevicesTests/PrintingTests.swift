import Foundation
import TapgateCodec
import TapgateCore
import TapgateDevices
import TapgateJSON
import TapgateVirtual
import Testing

@Suite("Printing", .timeLimit(.minutes(2)))
struct PrintingTests {
  @Test("a Chinese receipt reaches the paper as its preview shows it")
  func receipt() async throws {
    let world = try PrintingWorld()
    let spooler = world.spooler()
    spooler.start()
    let text = """
      {"v":1,"blocks":[
       {"type":"text","text":"会员积分小票","align":"center","bold":true,"width":2,"height":2},
       {"type":"row","columns":[{"text":"会员 张*","flex":1},
        {"text":"镕·—…","width":12,"align":"right"}]},
       {"type":"text","text":"实付 ￥28.00，获得积分 28。English words wrap at spaces, 汉字可以在任何地方换行。"},
       {"type":"rule"},{"type":"barcode","symbology":"code128","data":"202607010001"},
       {"type":"qr","data":"https://例子.cn/r/1","size":4},{"type":"space","lines":2},
       {"type":"cut"}]}
      """
    let json = try JSONParser.parse(Array(text.utf8))
    let job = PrintJob(id: "J1", printer: "p", document: json)
    world.journal.add(job)
    spooler.enqueue(job)
    let done = await world.watch.job("J1")
    #expect(done.state == .confirmed)
    #expect(done.evidence == "gsR")
    let paper = try #require(world.printer.paper().first)
    #expect(world.printer.unknownCommands == [])
    let preview = try PrintDocument(json: json)
      .layout(for: world.configuration.profile, characterSet: world.configuration.characterSet)
      .previewText()
    // Symbols and the cut are shown in words of their own.
    let isText: (Substring) -> Bool = { !$0.contains("[") && !$0.contains("✂") }
    #expect(
      paper.split(separator: "\n", omittingEmptySubsequences: false).filter(isText)
        == preview.split(separator: "\n", omittingEmptySubsequences: false).filter(isText)
    )
    #expect(paper.contains("[barcode 73 202607010001]"))
    #expect(paper.contains("[qr https://例子.cn/r/1]"))
    #expect(world.journal.log == ["J1 sending", "J1 confirmed"])
    await spooler.stop()
  }

  @Test("jobs are printed one after the other, in the order of arrival")
  func order() async throws {
    let world = try PrintingWorld()
    let spooler = world.spooler()
    let ids = (10..<40).map { "J\($0)" }
    for id in ids.prefix(10) { _ = world.receipt(id) }
    spooler.start()
    for id in ids.dropFirst(10) { spooler.enqueue(world.receipt(id)) }
    _ = await world.watch.job("J39")
    let confirmed = world.watch.history.filter { $0.state == .confirmed }.map(\.id)
    #expect(confirmed == ids)
    let printed = world.printer.paper().map { paper in ids.filter { paper.contains("单号\($0)#") } }
    #expect(printed == ids.map { [$0] })
    await spooler.stop()
  }

  @Test("a refused connection keeps the job queued with the reason, and it is printed once later")
  func refused() async throws {
    let world = try PrintingWorld()
    await world.refuseConnections()
    // Nobody else can take the port, and be connected to in the printer's place.
    #expect(!LoopbackPort.canBind(world.port))
    let spooler = world.spooler()
    spooler.start()
    spooler.enqueue(world.receipt("J1"))
    let waiting = await world.watch.job("J1") { $0.reason?.contains("connect") == true }
    #expect(waiting.state == .queued)
    let printer = await world.watch.printer { $0.state == .error }
    #expect(printer.power == .offOffline)
    #expect(spooler.checkHealth().text == "Internal HCheck: Not Responding")
    world.printer.set(.none)
    #expect(await world.watch.job("J1").state == .confirmed)
    #expect(world.copies(of: "J1") == 1)
    await spooler.stop()
  }

  @Test("a printer without paper says so by name, and prints once it has some")
  func noPaper() async throws {
    let world = try PrintingWorld(profile: .generic80)
    world.printer.set(.paperOut(afterLines: 0))
    let spooler = world.spooler()
    spooler.start()
    spooler.enqueue(world.receipt("J1"))
    let waiting = await world.watch.job("J1") { $0.reason != nil }
    #expect(waiting.state == .queued)
    #expect(waiting.reason?.hasPrefix("EPTR_REC_EMPTY") == true)
    let printer = await world.watch.printer { $0.state == .error }
    #expect(printer.reason?.hasPrefix("EPTR_REC_EMPTY") == true)
    world.printer.set(.none)
    #expect(await world.watch.job("J1").state == .confirmed)
    #expect(world.copies(of: "J1") == 1)
    await spooler.stop()
  }

  @Test("paper that ends inside a receipt stalls it; put in late, it is confirmed and not repeated")
  func paperEndsInside() async throws {
    var timing = PrintingWorld.quick
    timing.stallMilliseconds = 30
    timing.doubtMilliseconds = 30
    let world = try PrintingWorld(timing: timing)
    world.printer.set(.paperOut(afterLines: 2))
    let spooler = world.spooler()
    spooler.start()
    spooler.enqueue(world.receipt("J1"))
    spooler.enqueue(world.receipt("J2"))
    #expect(await world.watch.job("J1").state == .indeterminate)
    #expect(world.journal.log == ["J1 sending", "J1 stalled", "J1 indeterminate"])
    world.printer.set(.none)
    _ = await world.watch.job("J1") { $0.state == .confirmed }
    _ = await world.watch.job("J2") { $0.state == .confirmed }
    #expect(world.copies(of: "J1") == 1)
    #expect(world.copies(of: "J2") == 1)
    await spooler.stop()
  }

  @Test("an unanswered fence ends in doubt, is never sent again, and the operator settles it")
  func operatorSettles() async throws {
    var timing = PrintingWorld.quick
    timing.stallMilliseconds = 20
    timing.doubtMilliseconds = 20
    let world = try PrintingWorld(timing: timing)
    world.printer.set(.silentFence)
    let spooler = world.spooler()
    spooler.start()
    spooler.enqueue(world.receipt("J1"))
    let doubtful = await world.watch.job("J1")
    #expect(doubtful.state == .indeterminate)
    #expect(spooler.checkHealth().findings.contains { $0.code == "printer.indeterminate" })
    world.printer.set(.none)
    spooler.enqueue(world.receipt("J2"))
    let settled = try await spooler.resolve(doubtful, printed: true)
    #expect(settled.state == .confirmed)
    #expect(settled.evidence == "operator")
    #expect(await world.watch.job("J2").state == .confirmed)
    #expect(world.copies(of: "J1") == 1)
    await #expect(throws: PrintResolveError.notInDoubt) {
      try await spooler.resolve(doubtful, printed: false)
    }
    await spooler.stop()
    await #expect(throws: PrintResolveError.stopped) {
      try await spooler.resolve(doubtful, printed: false)
    }
  }

  @Test(
    "the evidence is what the printer can give",
    arguments: [
      (PrinterProfile.epsonTM80, VirtualPrinter.Fault.none, PrintState.confirmed, "processId"),
      (.generic80, .none, .confirmed, "gsR"), (.generic58, .none, .confirmed, "gsR"),
      (.generic80, .silentFence, .sent, nil), (.oneWay80, .none, .sent, nil),
    ] as [(PrinterProfile, VirtualPrinter.Fault, PrintState, String?)]
  )
  func evidence(
    profile: PrinterProfile,
    fault: VirtualPrinter.Fault,
    state: PrintState,
    evidence: String?
  ) async throws {
    let world = try PrintingWorld(profile: profile)
    world.printer.set(fault)
    let spooler = world.spooler()
    spooler.start()
    spooler.enqueue(world.receipt("J1"))
    spooler.enqueue(world.receipt("J2"))
    let done = await world.watch.job("J2")
    #expect(done.state == state)
    #expect(done.evidence == evidence)
    for await paper in world.printer.papers() where paper.joined().contains("单号J2#") { break }
    #expect(world.copies(of: "J1") == 1)
    await spooler.stop()
  }

  @Test("a job that no attempt could print fails with the place that is wrong")
  func unprintable() async throws {
    let world = try PrintingWorld()
    let spooler = world.spooler()
    spooler.start()
    let job = PrintJob(id: "J1", printer: "p", document: .object(["v": .integer(1)]))
    world.journal.add(job)
    spooler.enqueue(job)
    spooler.enqueue(world.receipt("J2"))
    let done = await world.watch.job("J1")
    #expect(done.state == .failed)
    #expect(done.reason == "blocks: is missing")
    #expect(await world.watch.job("J2").state == .confirmed)
    await spooler.stop()
  }

  @Test("an idle connection is given up, so that other programs can print, and opened again")
  func idle() async throws {
    var timing = PrintingWorld.quick
    timing.idleMilliseconds = 10
    let world = try PrintingWorld(timing: timing)
    let spooler = world.spooler()
    spooler.start()
    spooler.enqueue(world.receipt("J1"))
    _ = await world.watch.job("J1")
    // The virtual printer serves one client at a time: a second spooler prints once the first one
    // let go.
    let second = PrintSpooler(
      configuration: world.configuration,
      journal: MemoryJournal(),
      observer: world.watch
    )
    second.start()
    second.enqueue(PrintJob(id: "K1", printer: "p", document: PrintingWorld.document(marker: "K1")))
    #expect(await world.watch.job("K1").state == .confirmed)
    spooler.enqueue(world.receipt("J2"))
    #expect(await world.watch.job("J2").state == .confirmed)
    #expect(world.printer.connectionCount == 3)
    await spooler.stop()
    await second.stop()
  }

  @Test("a printer that never reads delays neither the caller nor another printer")
  func deadPrinter() async throws {
    let dead = try PrintingWorld()
    let alive = try PrintingWorld()
    dead.printer.set(.neverRead)
    let (stuck, working) = (dead.spooler(), alive.spooler())
    stuck.start()
    working.start()
    let line = JSON.object([
      "type": .string("text"), "text": .string(String(repeating: "会", count: 4000)),
    ])
    let long = JSON.object(["v": .integer(1), "blocks": .array(Array(repeating: line, count: 8))])
    let job = PrintJob(id: "J1", printer: "p", document: long)
    dead.journal.add(job)
    stuck.enqueue(job)
    _ = await dead.watch.job("J1") { $0.state == .sending }
    for number in 10..<30 { working.enqueue(alive.receipt("J\(number)")) }
    #expect(await alive.watch.job("J29").state == .confirmed)
    #expect(dead.journal.job("J1")?.state == .sending)
    _ = await dead.watch.printer { $0.state == .busy }
    await working.stop()
    await stuck.stop()
  }

  @Test("a printer that takes part of a job and no more leaves it in doubt")
  func partlyTaken() async throws {
    var timing = PrintingWorld.quick
    timing.stallMilliseconds = 20
    timing.doubtMilliseconds = 20
    let world = try PrintingWorld(timing: timing)
    world.printer.set(.neverRead)
    let spooler = world.spooler()
    spooler.start()
    let line = JSON.object([
      "type": .string("text"), "text": .string(String(repeating: "会", count: 4000)),
    ])
    let long = JSON.object(["v": .integer(1), "blocks": .array(Array(repeating: line, count: 8))])
    let job = PrintJob(id: "J1", printer: "p", document: long)
    world.journal.add(job)
    spooler.enqueue(job)
    let done = await world.watch.job("J1")
    #expect(done.state == .indeterminate)
    #expect(done.reason == "the printer took only part of the job")
    await spooler.stop()
  }

  @Test("a device file gets the bytes, and the job ends as sent")
  func deviceFile() async throws {
    let path = NSTemporaryDirectory() + "tapgate-printer-\(UUID().uuidString)"
    #expect(FileManager.default.createFile(atPath: path, contents: nil))
    defer { try? FileManager.default.removeItem(atPath: path) }
    let configuration = PrinterConfiguration(
      id: "p",
      transport: .file,
      address: path,
      profile: .oneWay80,
      characterSet: try PrintingWorld.gb18030(),
      timing: PrintingWorld.quick
    )
    let (journal, watch) = (MemoryJournal(), PrintWatch())
    let spooler = PrintSpooler(configuration: configuration, journal: journal, observer: watch)
    spooler.start()
    spooler.enqueue(PrintJob(id: "J1", printer: "p", document: PrintingWorld.document(marker: "小")))
    #expect(await watch.job("J1").state == .sent)
    await spooler.stop()
    let bytes = try #require(FileManager.default.contents(atPath: path))
    #expect(bytes.starts(with: [0x1B, 0x40]))
    #expect(bytes.suffix(4) == Data([0x1D, 0x56, 0x42, 0x00]))
  }
}
