import Dispatch
import Foundation
import TapgateCore
import TapgateDevices
import TapgateModel
import TapgateRigs
import Testing

/// Tests that need the one pcscd of a machine, one after the other.
@Suite("PC/SC on a real pcscd", .serialized, .enabled(if: PcscdRig.isAvailable))
enum PCSCTests {}

extension PCSCTests {
  @Suite("PC/SC readers")
  struct PCSCBackendTests {
    @Test("a card that comes is one presentation, and its leaving is told")
    func tap() async throws {
      try await PCSCWorld.run { world in
        let (card, tap) = try await world.tap(.ntag(PCSCWorld.uidA))
        let told = DispatchTime.now().uptimeNanoseconds
        #expect(tap.credential == (try Credential(kind: .cardUid, value: "04A1B2C3D4E580")))
        #expect(tap.technology == "iso14443a.t2")
        #expect(tap.assurance == .a1)
        #expect(!tap.isAlreadyPresent)
        #expect(tap.detectedNanoseconds < told)
        #expect(
          told - tap.detectedNanoseconds < 150_000_000,
          "more than 150 ms after the detection"
        )
        card.remove()
        try await world.sink.removed()
        #expect(world.sink.presentations.count == 1)
        #expect(card.commands == [[0xFF, 0xCA, 0x00, 0x00, 0x00]])
        #expect(world.backend.statistics(deviceID: tap.deviceID)?["GoodReadCount"] == 1)
        let health = await world.backend.checkHealth(deviceID: tap.deviceID)
        #expect(health?.text == "Internal HCheck: Successful")
        #expect(await world.backend.checkHealth(deviceID: "pcsc:none") == nil)
      }
    }

    @Test("the slots of a reader have ids without the numbers of their plugging")
    func ids() async throws {
      try await PCSCWorld.run { world in
        let first = try await world.sink.device { $0.id == "pcsc:Tapgate Sim" }
        let second = try await world.sink.device { $0.id == "pcsc:Tapgate Sim#1" }
        #expect(first.deviceClass == .rfidScanner)
        #expect(first.identity == "name")
        #expect(first.lane == "1")
        #expect(second.name == "Tapgate Sim 00 01")
      }
    }

    @Test("a card that lies there at the start is told of, and is no tap")
    func alreadyPresent() async throws {
      try await PCSCWorld.run { world in
        let (_, first) = try await world.tap(.uid(PCSCWorld.uidB))
        #expect(!first.isAlreadyPresent)
        await world.backend.stop()
        let sink = RecordingSink()
        world.backend.start(sink: sink)
        let again = try await sink.presented()
        #expect(again.isAlreadyPresent)
        #expect(again.presence > first.presence)
      }
    }

    @Test("a reader that comes is told within 1.5 s, one that goes is told, and others keep on")
    func plugAndUnplug() async throws {
      try await PCSCWorld.run { world in
        world.rig.stop()
        try world.rig.configure(pairs: 2)
        let begin = DispatchTime.now()
        try world.rig.start()
        let id = "pcsc:Tapgate Sim B"
        _ = try await world.sink.device { $0.id == id && $0.power == .online }
        #expect(begin.age < 1500)
        world.rig.stop()
        try world.rig.configure(pairs: 1)
        try world.rig.start()
        _ = try await world.sink.first { report in
          if case .deviceLost(id) = report { true } else { false }
        }
        let (_, tap) = try await world.tap(.uid(PCSCWorld.uidB))
        #expect(tap.deviceID == "pcsc:Tapgate Sim")
      }
    }

    @Test(
      "pcscd may die and come back: offline is told, and the next tap counts once",
      arguments: [true, false]
    )
    func restart(isKilled: Bool) async throws {
      try await PCSCWorld.run { world in
        let begin = DispatchTime.now()
        if isKilled { world.rig.kill() } else { world.rig.stop() }
        let device = try await world.sink.device { $0.power == .offline }
        #expect(begin.age < 1500)
        let down = world.backend.checkService()
        #expect(down.findings.first?.code == "pcsc.service_down")
        #expect(down.findings.first?.hint == "systemctl start pcscd.socket")
        let mark = world.sink.count
        let back = DispatchTime.now()
        try world.rig.start()
        for name in world.rig.readers {
          _ = try await world.sink.device(after: mark) { $0.power == .online && $0.name == name }
        }
        let (card, tap) = try await world.tap(.uid(PCSCWorld.uidB))
        #expect(back.age < 3000)
        #expect(!tap.isAlreadyPresent)
        card.remove()
        try await world.sink.removed(after: mark)
        #expect(world.sink.presentations.count == 1)
        #expect(world.backend.statistics(deviceID: device.id)?["OnlineTransitionCount"] == 2)
      }
    }

    @Test("a card that lies there through a restart of pcscd is no tap")
    func restartUnderCard() async throws {
      try await PCSCWorld.run { world in
        _ = try await world.tap(.uid(PCSCWorld.uidB))
        let mark = world.sink.count
        world.rig.stop()
        _ = try await world.sink.device(after: mark) { $0.power == .offline }
        // The backend stands aside until pcscd has seen the card.
        await world.backend.stop()
        try world.rig.start()
        let card = world.rig.card(.uid(PCSCWorld.uidB))
        try card.insert()
        let first = RecordingSink()
        world.backend.start(sink: first)
        _ = try await first.presented()
        await world.backend.stop()
        let second = RecordingSink()
        world.backend.start(sink: second)
        #expect(try await second.presented().isAlreadyPresent)
      }
    }

    @Test("while pcscd is away the backend uses next to no processor time")
    func withoutService() async throws {
      try await PCSCWorld.run { world in
        world.rig.kill()
        _ = try await world.sink.device { $0.power == .offline }
        let begin = Self.processorTicks()
        await withCheckedContinuation { (done: CheckedContinuation<Void, Never>) in
          DispatchQueue.global().asyncAfter(deadline: .now() + .seconds(2)) { done.resume() }
        }
        // A tick is 10 ms: 2 % of 2 s.
        #expect(Self.processorTicks() - begin <= 4)
        #expect(world.sink.reports.count < 10, "one report a reader, not one a try")
      }
    }

    @Test("two cards one after the other are two presences")
    func swap() async throws {
      try await PCSCWorld.run { world in
        let (first, one) = try await world.tap(.uid(PCSCWorld.uidB))
        let mark = world.sink.count
        first.remove()
        try await world.sink.removed(after: mark)
        let (_, two) = try await world.tap(.ntag(PCSCWorld.uidA))
        #expect(two.presence > one.presence)
        #expect(two.credential != one.credential)
        #expect(two.technology == "iso14443a.t2")
      }
    }

    @Test("restarts of pcscd leave no thread and no descriptor behind")
    func restarts() async throws {
      try await PCSCWorld.run { world in
        for _ in 0..<6 {
          let mark = world.sink.count
          world.rig.kill()
          _ = try await world.sink.device(after: mark) { $0.power == .offline }
          try world.rig.start()
          for name in world.rig.readers {
            _ = try await world.sink.device(after: mark) { $0.power == .online && $0.name == name }
          }
          let (card, _) = try await world.tap(.uid(PCSCWorld.uidB))
          let gone = world.sink.count
          card.remove()
          try await world.sink.removed(after: gone)
        }
        // One for the monitor, one for the reader that had a card.
        #expect(PcscdRig.clientSocketCount == 2)
        #expect(Self.threadNames().filter { $0.hasPrefix("pcsc-") }.count <= 2)
        #expect(world.sink.presentations.count == 6)
      }
    }

    /// Ticks that the backend's threads have run, fields 14 and 15 of proc(5)'s stat.
    private static func processorTicks() -> Int {
      tasks().filter { $0.name.hasPrefix("pcsc-") }.reduce(0) { sum, task in
        let path = "/proc/self/task/\(task.id)/stat"
        let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
        let fields = text.split(separator: ")").last?.split(separator: " ") ?? []
        guard fields.count > 12 else { return sum }
        return sum + (Int(fields[11]) ?? 0) + (Int(fields[12]) ?? 0)
      }
    }

    /// The names of this process's threads.
    static func threadNames() -> [String] { tasks().map(\.name) }

    /// This process's threads.
    private static func tasks() -> [(id: String, name: String)] {
      let tasks = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/task")) ?? []
      return tasks.map { task in
        let path = "/proc/self/task/\(task)/comm"
        // A thread may end between the two looks.
        let name = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
        return (task, name.trimmingCharacters(in: .newlines))
      }
    }
  }
}
