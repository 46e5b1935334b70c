import Dispatch
import TapgateCore
import TapgateDevices
import TapgateRigs
import Testing

extension PCSCTests {
  @Suite("PC/SC troubles")
  struct PCSCTroubleTests {
    @Test("a phone with a random identifier is refused with a hint, and nothing is presented")
    func randomUID() async throws {
      try await PCSCWorld.run { world in
        let card = world.rig.card(.phone())
        try card.insert()
        let refused = try await world.sink.refused()
        #expect(refused.refusal == .randomUid)
        #expect(refused.hint.contains("app"))
        card.remove()
        try await world.sink.removed()
        #expect(world.sink.presentations.isEmpty)
      }
    }

    @Test("a bank card is refused after one command, and nothing of it is told")
    func paymentCard() async throws {
      try await PCSCWorld.run { world in
        let card = world.rig.card(.payment(uid: PCSCWorld.uidB))
        try card.insert()
        let refused = try await world.sink.refused()
        #expect(refused.refusal == .paymentCard)
        card.remove()
        try await world.sink.removed()
        let select: [UInt8] =
          [0x00, 0xA4, 0x04, 0x00, 0x0E] + Array("2PAY.SYS.DDF01".utf8) + [0x00]
        #expect(card.commands == [select], "no GPO, no READ RECORD, no identifier")
        let said = world.sink.reports.map { "\($0)" }.joined().uppercased()
        for secret in ["DEADBEEF", "DE AD BE EF", "222, 173, 190, 239", "3B86", "A0000000031010"] {
          #expect(!said.contains(secret))
        }
      }
    }

    @Test("a card whose answer is cut off is a torn tap", arguments: ["drop", "tear", "short"])
    func torn(kind: String) async throws {
      let faults: [String: VirtualCard.Fault] = ["drop": .drop, "tear": .tear, "short": .short]
      try await PCSCWorld.run { world in
        let card = world.rig.card(.uid(PCSCWorld.uidB), fault: faults[kind] ?? .none)
        try card.insert()
        let refused = try await world.sink.refused()
        // What libpcsclite makes of the two bytes is chance: none of them, or an empty answer.
        let expected: Set<InputRefusal> = kind == "short" ? [.tornTap, .unreadable] : [.tornTap]
        #expect(expected.contains(refused.refusal), "\(refused.detail)")
        #expect(world.sink.presentations.isEmpty)
        card.remove()
        try await world.sink.removed()
        _ = try await world.tap(.uid(PCSCWorld.uidB))
      }
    }

    @Test("a mute card is unreadable, once")
    func mute() async throws {
      try await PCSCWorld.run { world in
        let card = world.rig.card(.uid(PCSCWorld.uidB), fault: .mute)
        try card.insert()
        let refused = try await world.sink.refused()
        #expect(refused.refusal == .unreadable)
        card.remove()
        try await world.sink.removed()
        #expect(world.sink.refusals.count == 1)
      }
    }

    @Test(
      "a status other than 9000 never gives an identifier",
      arguments: [0x6300, 0x6A81, 0x6F00]
    )
    func status(word: Int) async throws {
      try await PCSCWorld.run { world in
        let card = world.rig.card(.uid(PCSCWorld.uidB), fault: .status(UInt16(word)))
        try card.insert()
        let refused = try await world.sink.refused()
        #expect(refused.refusal == (word == 0x6A81 ? .unsupportedTechnology : .unreadable))
        #expect(world.sink.presentations.isEmpty)
      }
    }

    @Test("a card that another program holds exclusively is told of, and read once it is free")
    func sharingViolation() async throws {
      try await PCSCWorld.run { world in
        let (card, _) = try await world.tap(.uid(PCSCWorld.uidB))
        let holder = try ForeignClient()
        try holder.connect(world.rig.readers[0], isExclusive: true)
        // The holder keeps the reader while the next card comes.
        var mark = world.sink.count
        card.remove()
        try await world.sink.removed(after: mark)
        let next = world.rig.card(.ntag(PCSCWorld.uidA))
        try next.insert()
        let refused = try await world.sink.refused(after: mark)
        #expect(refused.refusal == .deviceBusy)
        #expect(refused.detail.contains("0x8010000B"))
        let held = try await world.sink.device(after: mark) { $0.verdict == .heldBy }
        #expect(held.state == .busy)
        mark = world.sink.count
        holder.disconnect()
        let tap = try await world.sink.presented(after: mark)
        #expect(tap.technology == "iso14443a.t2")
        let free = try await world.sink.device(after: mark) { $0.verdict == .used }
        #expect(free.state == .idle)
        #expect(world.sink.refusals.count == 1)
      }
    }

    @Test("a transaction of another program blocks its reader only, is told, and ends by itself")
    func hungTransaction() async throws {
      try await PCSCWorld.run { world in
        let (card, _) = try await world.tap(.uid(PCSCWorld.uidB))
        await world.backend.stop()
        let holder = try ForeignClient()
        try holder.connect(world.rig.readers[0])
        try holder.beginTransaction()
        let sink = RecordingSink()
        let begin = DispatchTime.now()
        world.backend.start(sink: sink)
        _ = try await sink.device { $0.id == "pcsc:Tapgate Sim#1" }
        let other = world.rig.card(.ntag(PCSCWorld.uidA), reader: 1)
        try other.insert()
        let tap = try await sink.presented(on: "pcsc:Tapgate Sim#1")
        #expect(begin.age < 1200, "the other reader waited")
        #expect(!tap.isAlreadyPresent)
        let held = try await sink.device { $0.verdict == .heldBy }
        #expect(held.id == "pcsc:Tapgate Sim")
        #expect(begin.age < 2000)
        // Past the hard deadline the thread is given up, and the report says so.
        let stuck = try await sink.device { $0.state == .error }
        #expect(stuck.verdict == .heldBy)
        try holder.endTransaction()
        holder.disconnect()
        let late = try await sink.presented(on: "pcsc:Tapgate Sim")
        #expect(late.isAlreadyPresent)
        _ = try await sink.device(after: sink.count - 1) { $0.verdict == .used }
        #expect(sink.refusals.isEmpty)
        card.remove()
      }
    }

    @Test("a card that never answers costs one thread, and its removal frees the reader")
    func hungCard() async throws {
      let configuration = PCSCBackend.Configuration(
        softDeadlineMilliseconds: 300,
        hardDeadlineMilliseconds: 700
      )
      try await PCSCWorld.run(configuration: configuration) { world in
        let card = world.rig.card(.uid(PCSCWorld.uidB), fault: .hang)
        try card.insert()
        let refused = try await world.sink.refused()
        #expect(refused.refusal == .unreadable)
        #expect(refused.detail == "readTimeout")
        let stuck = try await world.sink.device { $0.state == .error }
        #expect(stuck.verdict == .heldBy)
        let sick = await world.backend.checkHealth(deviceID: stuck.id)
        #expect(sick?.findings.contains { $0.code == "pcsc.reader_stuck" } == true)
        let mark = world.sink.count
        card.remove()
        try await world.sink.removed(after: mark)
        _ = try await world.sink.device(after: mark) { $0.verdict == .used }
        _ = try await world.tap(.uid(PCSCWorld.uidB))
      }
    }

    @Test("a card that another program resets meanwhile is read all the same")
    func resets() async throws {
      try await PCSCWorld.run { world in
        let (card, _) = try await world.tap(.type4(PCSCWorld.uidA))
        let other = try ForeignClient()
        try other.connect(world.rig.readers[0])
        var mark = world.sink.count
        for _ in 0..<5 {
          try other.reset()
          card.remove()
          try await world.sink.removed(after: mark)
          mark = world.sink.count
          try card.insert()
          _ = try await world.sink.presented(after: mark)
          other.disconnect()
          try other.connect(world.rig.readers[0])
        }
        #expect(world.sink.refusals.isEmpty)
      }
    }
  }
}
