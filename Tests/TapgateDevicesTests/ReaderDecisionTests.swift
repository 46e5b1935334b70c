import TapgateCore
import Testing

@testable import TapgateDevices

@Suite("What changed on a reader")
struct ReaderPresenceTests {
  private static func look(_ card: ReaderSnapshot.Card, _ counter: UInt16) -> ReaderSnapshot {
    ReaderSnapshot(card: card, counter: counter)
  }

  /// Looks, and what the last of them tells.
  struct Sample: CustomTestStringConvertible {
    let testDescription: String
    let looks: [ReaderSnapshot]
    let changes: [PresenceChange]
  }

  static let samples: [Sample] = [
    Sample(testDescription: "first look, empty", looks: [look(.empty, 0)], changes: []),
    Sample(
      testDescription: "first look at a card",
      looks: [look(.present, 5)],
      changes: [.arrived(isAlreadyPresent: true)]
    ),
    Sample(
      testDescription: "a reader that has not said yet is not looked at",
      looks: [look(.unknown, 0), look(.present, 0)],
      changes: [.arrived(isAlreadyPresent: true)]
    ),
    Sample(
      testDescription: "a card comes",
      looks: [look(.empty, 0), look(.present, 1)],
      changes: [.arrived(isAlreadyPresent: false)]
    ),
    Sample(
      testDescription: "a card goes",
      looks: [look(.present, 1), look(.empty, 2)],
      changes: [.left]
    ),
    Sample(
      testDescription: "a card stays",
      looks: [look(.present, 1), look(.present, 1)],
      changes: []
    ),
    Sample(
      testDescription: "a swap between two looks moves the counter by two",
      looks: [look(.present, 1), look(.present, 3)],
      changes: [.left, .arrived(isAlreadyPresent: false)]
    ),
    Sample(
      testDescription: "two swaps are one to the till",
      looks: [look(.present, 1), look(.present, 5)],
      changes: [.left, .arrived(isAlreadyPresent: false)]
    ),
    Sample(
      testDescription: "the counter wraps",
      looks: [look(.present, 0xFFFF), look(.present, 0x0001)],
      changes: [.left, .arrived(isAlreadyPresent: false)]
    ),
    Sample(
      testDescription: "a counter that went back is a replug, not a swap",
      looks: [look(.present, 7), look(.present, 0)],
      changes: [.left, .arrived(isAlreadyPresent: true)]
    ),
    Sample(
      testDescription: "a card that came and went between two looks",
      looks: [look(.empty, 2), look(.empty, 4)],
      changes: [.glimpsed]
    ),
    Sample(
      testDescription: "a mute card",
      looks: [look(.empty, 0), look(.mute, 1)],
      changes: [.mute(isAlreadyPresent: false)]
    ),
    Sample(
      testDescription: "a mute card that answers at last",
      looks: [look(.mute, 1), look(.present, 1)],
      changes: [.woke]
    ),
    Sample(
      testDescription: "a card that falls silent after it was read",
      looks: [look(.present, 1), look(.mute, 1)],
      changes: []
    ),
  ]

  @Test("two looks tell presences apart", arguments: samples)
  func changes(sample: Sample) {
    var presence = ReaderPresence()
    var changes: [PresenceChange] = []
    for look in sample.looks { changes = presence.observe(look) }
    #expect(changes == sample.changes)
  }

  @Test("after a restart of pcscd what lies there lay there already")
  func restart() {
    var presence = ReaderPresence()
    _ = presence.observe(Self.look(.empty, 8))
    _ = presence.observe(Self.look(.present, 9))
    presence.restart()
    #expect(
      presence.observe(Self.look(.present, 0)) == [.left, .arrived(isAlreadyPresent: true)]
    )
    presence.restart()
    #expect(presence.observe(Self.look(.empty, 0)) == [.left])
    #expect(presence.observe(Self.look(.present, 1)) == [.arrived(isAlreadyPresent: false)])
  }

  @Test("the state word is split into bits and counter")
  func stateWord() {
    #expect(ReaderSnapshot(state: 0x0003_0122) == Self.look(.present, 3))
    #expect(ReaderSnapshot(state: 0x0003_0222) == Self.look(.mute, 3))
    #expect(ReaderSnapshot(state: 0x0004_0012) == Self.look(.empty, 4))
    #expect(ReaderSnapshot(state: 0x0000_000C).card == .unknown)
  }

  @Test("any sequence of looks gives arrivals and leavings in turn")
  func alternation() {
    var generator = SeededGenerator()
    for _ in 0..<500 {
      var presence = ReaderPresence()
      var counter = UInt16.random(in: 0...UInt16.max, using: &generator)
      var isOccupied = false
      for _ in 0..<40 {
        counter &+= UInt16.random(in: 0...3, using: &generator)
        if Int.random(in: 0..<15, using: &generator) == 0 { presence.restart() }
        let card =
          [ReaderSnapshot.Card.empty, .present, .mute, .unknown]
          .randomElement(using: &generator) ?? .empty
        for change in presence.observe(Self.look(card, counter)) {
          switch change {
          case .left:
            #expect(isOccupied, "seed \(generator.seed)")
            isOccupied = false
          case .arrived, .mute:
            #expect(!isOccupied, "seed \(generator.seed)")
            isOccupied = true
          case .woke: #expect(isOccupied)
          case .glimpsed: #expect(!isOccupied)
          }
        }
      }
    }
  }
}

@Suite("Which readers there are")
struct ReaderRosterTests {
  private static let one = PCSCReaderName(bytes: Array("One 00 00".utf8))
  private static let two = PCSCReaderName(bytes: Array("Two 00 00".utf8))

  @Test("missing from one list is not gone, from three it is")
  func misses() {
    var roster = ReaderRoster()
    #expect(roster.take([Self.one, Self.two]).added == [Self.one, Self.two])
    #expect(roster.take([Self.one]) == ReaderRoster.Change())
    #expect(roster.isUncertain)
    #expect(roster.take([Self.one, Self.two]) == ReaderRoster.Change())
    #expect(roster.take([Self.one]).lost.isEmpty)
    #expect(roster.take([Self.one]).lost.isEmpty)
    #expect(roster.take([Self.one]).lost == [Self.two])
    #expect(roster.known == [Self.one])
  }

  @Test("an event and one list are enough, after a restart it takes longer")
  func event() {
    var roster = ReaderRoster()
    _ = roster.take([Self.one, Self.two])
    roster.sawLeave(Self.two)
    #expect(roster.take([Self.one]).lost == [Self.two])
    roster.restart()
    for _ in 1..<ReaderRoster.missCountMaxAfterRestart { #expect(roster.take([]).lost.isEmpty) }
    #expect(roster.take([]).lost == [Self.one])
  }

  @Test(
    "names lose the numbers of their plugging",
    arguments: [
      ("ACS ACR122U PICC Interface 00 00", "pcsc:ACS ACR122U PICC Interface", false),
      ("ACS ACR122U PICC Interface 03 00", "pcsc:ACS ACR122U PICC Interface", false),
      ("Maker Reader [PICC] (A123) 00 00", "pcsc:Maker Reader [PICC] (A123)", true),
      ("ACS ACR122U (A02014090501) 00 00", "pcsc:ACS ACR122U (A02014090501)", false),
      ("Two Slots 00 01", "pcsc:Two Slots#1", false),
      ("No Numbers", "pcsc:No Numbers", false),
      ("00 00", "pcsc:00 00", false),
      ("", "pcsc:", false),
    ]
  )
  func titles(name: String, id: String, hasSerial: Bool) {
    let title = ReaderTitle(name)
    #expect(title.deviceID == id)
    #expect(title.hasSerial == hasSerial)
  }

  @Test(
    "a reader is contactless unless its name speaks of contacts only",
    arguments: [
      ("ACS ACR1252 1S CL Reader [PICC] 00 00", DeviceClass.rfidScanner),
      ("ACS ACR38U ICC Reader 00 00", .smartCardRW),
      ("Gemalto PC Twin Smart Card Reader 00 00", .smartCardRW),
      ("ACS ACR1252 [SAM Interface] 00 00", .smartCardRW),
      ("Tapgate Sim 00 00", .rfidScanner),
    ]
  )
  func classes(name: String, deviceClass: DeviceClass) {
    #expect(ReaderTitle(name).deviceClass == deviceClass)
  }

  @Test("a replugged reader has its id again, and two of a kind have two")
  func directory() {
    let first = PCSCReaderName(bytes: Array("Kind 00 00".utf8))
    let second = PCSCReaderName(bytes: Array("Kind 01 00".utf8))
    var directory = ReaderDirectory()
    #expect(directory.id(of: first, present: [first]) == "pcsc:Kind")
    #expect(directory.id(of: second, present: [first, second]) == "pcsc:Kind~2")
    #expect(directory.id(of: second, present: [second]) == "pcsc:Kind~2")
    #expect(directory.id(of: first, present: [first, second]) == "pcsc:Kind")
    var other = ReaderDirectory()
    #expect(other.id(of: first, present: [first]) == "pcsc:Kind")
    // Alone again under another number: the same reader, replugged.
    #expect(other.id(of: second, present: [second]) == "pcsc:Kind")
  }

  @Test("waits double from floor to ceiling, give or take a fifth")
  func backOff() {
    var backOff = BackOff(floorMilliseconds: 100, ceilingMilliseconds: 5000)
    let waits = (0..<8).map { _ in backOff.nextMilliseconds(jitterPercent: 0) }
    #expect(waits == [100, 200, 400, 800, 1600, 3200, 5000, 5000])
    #expect(backOff.nextMilliseconds(jitterPercent: 20) == 6000)
    backOff.reset()
    #expect(backOff.nextMilliseconds(jitterPercent: -20) == 80)
  }
}
