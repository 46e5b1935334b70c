import TapgateCore
import TapgateModel
import Testing

@Suite("Which presences are taps")
struct TapPresenceTests {
  /// A step of a scenario: at a time, a card comes or goes, and what is to be decided.
  enum Step: Sendable {
    case comes(
      at: UInt64,
      reader: String,
      presence: UInt64,
      card: String,
      PresenceFilter.Verdict
    )
    case goes(at: UInt64, reader: String, presence: UInt64)
    case lies(at: UInt64, reader: String, presence: UInt64, card: String)
  }

  struct Scenario: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var bounceMilliseconds = 1500
    var steps: [Step]
  }

  static let scenarios: [Scenario] = [
    Scenario(
      testDescription: "one presence reported twice is one tap",
      steps: [
        .comes(at: 0, reader: "r1", presence: 1, card: "04A1B2C3D4E5F6", .tap),
        .comes(
          at: 5,
          reader: "r1",
          presence: 1,
          card: "04A1B2C3D4E5F6",
          .suppressed(.samePresence)
        ),
      ]
    ),
    Scenario(
      testDescription: "a card away for 1,499 ms bounced, one away for 1,500 ms counts",
      steps: [
        .comes(at: 0, reader: "r1", presence: 1, card: "04A1B2C3D4E5F6", .tap),
        .goes(at: 100, reader: "r1", presence: 1),
        .comes(
          at: 1599,
          reader: "r1",
          presence: 2,
          card: "04A1B2C3D4E5F6",
          .suppressed(.bounce(awayMilliseconds: 1499))
        ),
        .goes(at: 2000, reader: "r1", presence: 2),
        .comes(at: 3500, reader: "r1", presence: 3, card: "04A1B2C3D4E5F6", .tap),
      ]
    ),
    Scenario(
      testDescription: "another card counts at once, and the first one's absence goes on",
      steps: [
        .comes(at: 0, reader: "r1", presence: 1, card: "04A1B2C3D4E5F6", .tap),
        .goes(at: 100, reader: "r1", presence: 1),
        .comes(at: 200, reader: "r1", presence: 2, card: "04000000000001", .tap),
        .goes(at: 300, reader: "r1", presence: 2),
        .comes(
          at: 400,
          reader: "r1",
          presence: 3,
          card: "04A1B2C3D4E5F6",
          .suppressed(.bounce(awayMilliseconds: 300))
        ),
      ]
    ),
    Scenario(
      testDescription: "a bounce of 0 ms counts every presence",
      bounceMilliseconds: 0,
      steps: [
        .comes(at: 0, reader: "r1", presence: 1, card: "04A1B2C3D4E5F6", .tap),
        .goes(at: 10, reader: "r1", presence: 1),
        .comes(at: 10, reader: "r1", presence: 2, card: "04A1B2C3D4E5F6", .tap),
      ]
    ),
    Scenario(
      testDescription: "a presence whose removal nobody saw is no reason to count the card again",
      steps: [
        .comes(at: 0, reader: "r1", presence: 1, card: "04A1B2C3D4E5F6", .tap),
        .comes(
          at: 9000,
          reader: "r1",
          presence: 2,
          card: "04A1B2C3D4E5F6",
          .suppressed(.bounce(awayMilliseconds: 0))
        ),
      ]
    ),
    Scenario(
      testDescription: "a second reader of the lane within a second saw the same tap",
      steps: [
        .comes(at: 0, reader: "r1", presence: 1, card: "04A1B2C3D4E5F6", .tap),
        .comes(
          at: 999,
          reader: "r2",
          presence: 1,
          card: "04A1B2C3D4E5F6",
          .suppressed(.crossReader(deviceID: "r1"))
        ),
        .comes(at: 999, reader: "other", presence: 1, card: "04A1B2C3D4E5F6", .tap),
      ]
    ),
    Scenario(
      testDescription: "a second reader of the lane a second later saw another tap",
      steps: [
        .comes(at: 0, reader: "r1", presence: 1, card: "04A1B2C3D4E5F6", .tap),
        .comes(at: 1000, reader: "r2", presence: 1, card: "04A1B2C3D4E5F6", .tap),
      ]
    ),
    Scenario(
      testDescription: "a card that lies there at start is no tap, and counts after it was away",
      steps: [
        .lies(at: 0, reader: "r1", presence: 1, card: "04A1B2C3D4E5F6"),
        .goes(at: 100, reader: "r1", presence: 1),
        .comes(
          at: 200,
          reader: "r1",
          presence: 2,
          card: "04A1B2C3D4E5F6",
          .suppressed(.bounce(awayMilliseconds: 100))
        ),
        .goes(at: 300, reader: "r1", presence: 2),
        .comes(at: 1800, reader: "r1", presence: 3, card: "04A1B2C3D4E5F6", .tap),
      ]
    ),
  ]

  @Test("a scenario ends as the rules say", arguments: scenarios)
  func scenario(_ scenario: Scenario) throws {
    var filter = PresenceFilter(bounceMilliseconds: scenario.bounceMilliseconds)
    for step in scenario.steps {
      switch step {
      case .comes(let at, let reader, let presence, let card, let verdict):
        let presentation = try Self.presentation(reader, presence, card)
        let lane = reader == "other" ? "2" : "1"
        #expect(filter.presented(presentation, lane: lane, now: at) == verdict)
      case .goes(let at, let reader, let presence):
        filter.removed(deviceID: reader, presence: presence, now: at)
      case .lies(let at, let reader, let presence, let card):
        var presentation = try Self.presentation(reader, presence, card)
        presentation.isAlreadyPresent = true
        let verdict = filter.presented(presentation, lane: "1", now: at)
        #expect(verdict == .suppressed(.alreadyPresent))
      }
    }
  }

  @Test("each swipe counts, however soon after the last")
  func swipes() throws {
    var filter = PresenceFilter()
    let credential = try Credential(kind: .magstripe, value: "990000000000123")
    for presence in 1...3 as ClosedRange<UInt64> {
      let swipe = Presentation(
        deviceID: "msr",
        presence: presence,
        credential: credential,
        technology: "msr.t2",
        assurance: .a1,
        detectedNanoseconds: 0
      )
      #expect(filter.presented(swipe, lane: "1", now: presence) == .tap)
    }
  }

  @Test("over random presences, a card counts exactly when it was away long enough")
  func random() throws {
    for seed in 1...50 as ClosedRange<UInt64> {
      var generator = Seeded(state: seed)
      var filter = PresenceFilter()
      var now: UInt64 = 0
      var awaySince: UInt64?
      for presence in 1...40 as ClosedRange<UInt64> {
        now += UInt64.random(in: 0...3000, using: &generator)
        let away = awaySince.map { now - $0 }
        let isTap = away.map { $0 >= 1500 } ?? true
        let presentation = try Self.presentation("r1", presence, "04A1B2C3D4E5F6")
        let verdict = filter.presented(presentation, lane: nil, now: now)
        #expect((verdict == .tap) == isTap, "seed \(seed), presence \(presence)")
        now += UInt64.random(in: 0...500, using: &generator)
        filter.removed(deviceID: "r1", presence: presence, now: now)
        awaySince = now
      }
    }
  }

  private static func presentation(
    _ reader: String,
    _ presence: UInt64,
    _ card: String
  ) throws -> Presentation {
    Presentation(
      deviceID: reader,
      presence: presence,
      credential: try Credential(kind: .cardUid, value: card),
      technology: "iso14443a.t2",
      assurance: .a1,
      detectedNanoseconds: 0
    )
  }
}

/// SplitMix64 (Steele, Lea, Flood 2014): small, and the same numbers for the same seed everywhere.
struct Seeded: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }
}
