import TapgateCards
import TapgateCodec
import TapgateCore
import TapgateModel
import Testing

@testable import TapgateDevices

@Suite("One reader's story")
struct ReaderStationTests {
  private static let second: UInt64 = 1_000_000_000
  private static let busy = PCSCError(call: "SCardConnect", code: PCSCError.sharingViolation)

  /// A station, its clock, and what it did, as words.
  private struct Desk {
    var station = ReaderStation(
      id: "pcsc:Reader",
      name: "Reader 00 00",
      lane: nil,
      deadlines: ReadingDeadlines()
    )
    var numbers = PresenceNumbers()
    var counter: UInt16 = 0

    init() {
      station.listed()
      _ = look(.empty, at: 0)
    }

    mutating func look(_ card: ReaderSnapshot.Card, at now: UInt64, steps: UInt16 = 1) -> [String] {
      counter &+= steps
      let snapshot = ReaderSnapshot(card: card, counter: counter)
      return Self.words(station.observe(snapshot, at: now, numbers: &numbers))
    }

    mutating func tick(_ now: UInt64) -> [String] {
      Self.words(station.tick(at: now, numbers: &numbers))
    }

    mutating func finish(_ number: UInt64, _ outcome: ReadOutcome, at now: UInt64) -> [String] {
      Self.words(station.finished(number, outcome, at: now, numbers: &numbers))
    }

    static func words(_ effects: [ReaderStation.Effect]) -> [String] {
      effects.map { effect in
        switch effect {
        case .report(let report): RecordingSink.label(report)
        case .read(let number): "read \(number)"
        case .abandon(let number): "abandon \(number)"
        case .findHolder: "find holder"
        }
      }
    }
  }

  private static func good() throws -> ReadOutcome {
    let uid = try CardUID.judge([1, 2, 3, 4]).get()
    return .identified(try #require(CardIdentity(uid: uid, technology: "iso14443a.classic")))
  }

  @Test("one presence is one presentation and one removal")
  func plain() throws {
    var desk = Desk()
    #expect(desk.look(.present, at: 10) == ["read 1"])
    #expect(desk.station.due == UInt64(10 + 1_500_000_000))
    #expect(try desk.finish(1, Self.good(), at: 20) == ["presented 1 already=false"])
    #expect(desk.station.due == nil)
    #expect(desk.look(.present, at: 30, steps: 0).isEmpty)
    #expect(desk.look(.empty, at: 40) == ["removed 1"])
  }

  @Test("a swap is a removal and a new presence")
  func swap() throws {
    var desk = Desk()
    _ = desk.look(.present, at: 10)
    _ = try desk.finish(1, Self.good(), at: 20)
    #expect(desk.look(.present, at: 30, steps: 2) == ["removed 1", "read 2"])
    #expect(try desk.finish(2, Self.good(), at: 40) == ["presented 2 already=false"])
  }

  @Test("a card that leaves while it is read is presented first, then removed")
  func quickTap() throws {
    var desk = Desk()
    _ = desk.look(.present, at: 10)
    #expect(desk.look(.empty, at: 15).isEmpty)
    #expect(
      try desk.finish(1, Self.good(), at: 20) == ["presented 1 already=false", "removed 1"]
    )
  }

  @Test("a swap while a card is read waits for the thread")
  func swapWhileReading() throws {
    var desk = Desk()
    _ = desk.look(.present, at: 10)
    #expect(desk.look(.present, at: 15, steps: 2).isEmpty)
    let words = try desk.finish(1, Self.good(), at: 20)
    #expect(words == ["presented 1 already=false", "removed 1", "read 2"])
  }

  @Test("a busy card is refused once, tried again from 0.25 s to 5 s, and read in the end")
  func busyCard() throws {
    var desk = Desk()
    _ = desk.look(.present, at: 0)
    let told = desk.finish(1, .busy(Self.busy), at: 0)
    #expect(
      told == [
        "refused deviceBusy: SCardConnect: 0x8010000B", "find holder",
        "device pcsc:Reader PS_ONLINE heldBy",
      ]
    )
    var now: UInt64 = 0
    for (index, wait) in [250, 500, 1000, 2000, 4000, 5000, 5000].enumerated() {
      now += UInt64(wait) * 1_000_000
      #expect(desk.station.due == now)
      #expect(desk.tick(now - 1).isEmpty)
      #expect(desk.tick(now) == ["read \(index + 2)"])
      #expect(desk.finish(UInt64(index + 2), .busy(Self.busy), at: now).isEmpty)
    }
    now += 5 * Self.second
    _ = desk.tick(now)
    let read = try desk.finish(9, Self.good(), at: now)
    #expect(read == ["presented 1 already=false", "device pcsc:Reader PS_ONLINE used"])
  }

  @Test("a call that hangs is told at 1.5 s, given up at 5 s, and welcome when it comes back")
  func hang() throws {
    var desk = Desk()
    _ = desk.look(.present, at: 0)
    #expect(desk.tick(1_499_999_999).isEmpty)
    #expect(
      desk.tick(1_500_000_000) == [
        "refused deviceBusy: SCardConnect takes too long", "find holder",
        "device pcsc:Reader PS_ONLINE heldBy",
      ]
    )
    #expect(desk.tick(4_999_999_999).isEmpty)
    let given = desk.tick(5_000_000_000)
    #expect(given.contains("abandon 1"))
    #expect(desk.station.description.state == .error)
    #expect(desk.station.due == nil)
    let late = try desk.finish(1, Self.good(), at: 30_000_000_000)
    #expect(late == ["presented 1 already=false", "device pcsc:Reader PS_ONLINE used"])
  }

  @Test("a card that does not answer is unreadable at 1.5 s, and the next card gets a new thread")
  func mutedCard() throws {
    var desk = Desk()
    _ = desk.look(.present, at: 0)
    desk.station.connected(1)
    #expect(desk.tick(1_500_000_000) == ["refused unreadable: readTimeout"])
    _ = desk.tick(5_000_000_000)
    #expect(desk.look(.empty, at: 6_000_000_000) == ["removed 1"])
    #expect(desk.look(.present, at: 7_000_000_000) == ["read 2"])
    _ = try desk.finish(2, Self.good(), at: 7_000_000_001)
    // The stray comes back long after its card is gone: nothing is told of it.
    #expect(try desk.finish(1, Self.good(), at: 9_000_000_000).isEmpty)
  }

  @Test("without a thread to spare a card is refused as busy")
  func noThread() {
    var desk = Desk()
    desk.station.isThreadAvailable = false
    let words = desk.look(.present, at: 0)
    #expect(words.first?.hasPrefix("refused deviceBusy") == true)
    #expect(!words.contains { $0.hasPrefix("read") })
  }

  @Test("a card that lies there at the start makes a status, and no refusal")
  func alreadyPresent() throws {
    for outcome in [try Self.good(), .refused(.paymentCard, detail: ""), .busy(Self.busy)] {
      var station = Desk().station
      station.presence.restart()
      var numbers = PresenceNumbers()
      let snapshot = ReaderSnapshot(card: .present, counter: 1)
      _ = station.observe(snapshot, at: 0, numbers: &numbers)
      let words = Desk.words(station.finished(1, outcome, at: 1, numbers: &numbers))
      #expect(!words.contains { $0.hasPrefix("refused") || $0.contains("already=false") })
    }
  }

  @Test("a pcscd that dies while a card is read makes a torn tap, and its return no tap")
  func serviceDies() throws {
    var desk = Desk()
    _ = desk.look(.present, at: 0)
    let gone = PCSCError(call: "SCardTransmit", code: PCSCError.noService)
    #expect(
      Desk.words(desk.station.serviceLost("gone")) == ["device pcsc:Reader PS_OFFLINE unknown"]
    )
    #expect(desk.finish(1, .gone(gone), at: 5) == ["refused tornTap: SCardTransmit: 0x8010001D"])
    desk.station.listed()
    desk.counter = 0
    let back = desk.look(.present, at: 10, steps: 0)
    #expect(back == ["removed 1", "read 2", "device pcsc:Reader PS_ONLINE used"])
    #expect(try desk.finish(2, Self.good(), at: 20) == ["presented 2 already=true"])
  }

  @Test("whatever happens, every removal follows a report of its presence, and each is read once")
  func anything() throws {
    let outcomes: [ReadOutcome] = [
      try Self.good(), .refused(.torn, detail: ""), .busy(Self.busy), .denied(Self.busy),
      .gone(PCSCError(call: "SCardTransmit", code: PCSCError.noService)),
    ]
    var generator = SeededGenerator()
    for _ in 0..<300 {
      var desk = Desk()
      var open: Set<UInt64> = []
      var presented: [String: Int] = [:]
      var told: [String] = []
      var now: UInt64 = 0
      for _ in 0..<60 {
        now += UInt64.random(in: 0...900_000_000, using: &generator)
        var words: [String]
        switch Int.random(in: 0..<6, using: &generator) {
        case 0: words = desk.look(.empty, at: now, steps: desk.station.current == nil ? 0 : 1)
        case 1: words = desk.look(.present, at: now, steps: desk.station.current == nil ? 1 : 2)
        case 2: words = desk.tick(now)
        case 3, 4:
          guard let number = open.randomElement(using: &generator) else { continue }
          open.remove(number)
          words = desk.finish(
            number,
            outcomes.randomElement(using: &generator) ?? .denied(Self.busy),
            at: now
          )
        default: words = desk.look(.mute, at: now, steps: desk.station.current == nil ? 1 : 0)
        }
        for word in words {
          if word.hasPrefix("read "), let number = UInt64(word.dropFirst(5)) { open.insert(number) }
          if word.hasPrefix("presented") { presented[word, default: 0] += 1 }
          if word.hasPrefix("removed") { #expect(!told.contains(word), "seed \(generator.seed)") }
        }
        told += words
      }
      #expect(presented.values.allSatisfy { $0 == 1 }, "seed \(generator.seed)")
    }
  }
}
