import TapgateCodec
import TapgateCore
import TapgateDevices
import TapgateVirtual
import Testing

@Suite("Printing under faults", .timeLimit(.minutes(5)))
struct PrintingFaultTests {
  @Test("a connection that breaks after any byte prints no receipt twice and stops no other")
  func everyByte() async throws {
    let world = try PrintingWorld()
    let spooler = world.spooler()
    spooler.start()
    spooler.enqueue(world.receipt("J0000a"))
    _ = await world.watch.job("J0000a")
    let byteCount = world.printer.receivedByteCount
    let whole = try #require(world.printer.paper().last)
    #expect(byteCount > 60)
    var states: Set<PrintState> = []
    for count in 0...byteCount {
      let (first, second) = ("J\(count + 1000)a", "J\(count + 1000)b")
      world.printer.set(.dropAfter(byteCount: count))
      spooler.enqueue(world.receipt(first))
      spooler.enqueue(world.receipt(second))
      let state = await world.watch.job(first).state
      states.insert(state)
      #expect(state == .confirmed || state == .indeterminate, "byte \(count)")
      #expect(await world.watch.job(second).state == .confirmed, "byte \(count)")
      // The first one's fate is known from the paper alone.
      let copies = world.copies(of: first)
      #expect(copies <= 1, "byte \(count)")
      if state == .confirmed { #expect(copies == 1, "byte \(count)") }
      #expect(world.copies(of: second) == 1, "byte \(count)")
      // Lines of the broken one may stand above it on the same piece of paper; it is whole itself.
      let expected = whole.replacing("J0000a", with: second)
      #expect(world.printer.paper().last?.hasSuffix(expected) == true, "byte \(count)")
      world.printer.set(.none)
    }
    #expect(states.contains(.indeterminate))
    await spooler.stop()
  }

  @Test(
    "a gateway that dies at any journal record prints no receipt twice and loses none",
    arguments: [false, true]
  )
  func everyRecord(isWritten: Bool) async throws {
    for number in 1...6 {
      let world = try PrintingWorld()
      let ids = ["J1", "J2", "J3"]
      for id in ids { _ = world.receipt(id) }
      world.journal.crash(at: number, isWritten: isWritten)
      let first = world.spooler()
      first.start()
      await world.journal.crashed()
      await first.stop()
      world.journal.crash(at: nil)
      let reborn = PrintWatch()
      let second = PrintSpooler(
        configuration: world.configuration,
        journal: world.journal,
        observer: reborn
      )
      let unsettled = try await world.journal.unsettledJobs(printer: "p")
      second.start()
      for job in unsettled { _ = await reborn.job(job.id) }
      for id in ids {
        let state = try #require(world.journal.job(id)?.state)
        #expect(state == .confirmed || state == .indeterminate, "record \(number), \(id)")
        let copies = world.copies(of: id)
        #expect(copies <= 1, "record \(number), \(id)")
        if state == .confirmed { #expect(copies == 1, "record \(number), \(id)") }
      }
      await second.stop()
    }
  }

  @Test("power that goes while a receipt waits for paper leaves it in doubt, unrepeated")
  func power() async throws {
    let world = try PrintingWorld()
    world.printer.set(.paperOut(afterLines: 2))
    let spooler = world.spooler()
    spooler.start()
    spooler.enqueue(world.receipt("J1"))
    spooler.enqueue(world.receipt("J2"))
    for await paper in world.printer.papers() where paper.joined().contains("单号J1#") { break }
    world.printer.set(.reset)
    #expect(await world.watch.job("J1").state == .indeterminate)
    #expect(await world.watch.job("J2").state == .confirmed)
    #expect(world.copies(of: "J1") == 1)
    await spooler.stop()
  }
}
