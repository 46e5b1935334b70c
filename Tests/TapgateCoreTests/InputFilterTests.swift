import TapgateCore
import TapgateModel
import Testing

@Suite("Which inputs count")
struct InputFilterTests {
  /// What is to be decided: `counts`, or a rule and what it was a duplicate of.
  enum Expected: Hashable, Sendable {
    case counts
    case suppressed(InputFilter.Suppression, of: String?)
    case multiple([String])
  }

  /// A step of a scenario. Event ids are the steps' numbers: `e0`, `e1`, …
  enum Step: Sendable {
    /// A card comes to a reader of lane 1 (`other` is one of lane 2).
    case comes(UInt64, String, presence: UInt64, String, Expected)
    case goes(UInt64, String, presence: UInt64)
    case lies(UInt64, String, presence: UInt64, String)
    case lost(UInt64, String)
    /// A scan, or a swipe.
    case reads(UInt64, String, String, Expected)
    /// A card that brings a counter.
    case counted(UInt64, String, presence: UInt64, String, counter: UInt64, Expected)
    /// A scan that brings a time step.
    case token(UInt64, String, String, step: UInt64, Expected)
    /// The input of a step was refused after all.
    case refused(Int)
  }

  struct Scenario: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var windows = InputFilter.Windows()
    var steps: [Step]

    init(
      _ testDescription: String,
      windows: InputFilter.Windows = InputFilter.Windows(),
      _ steps: [Step]
    ) {
      self.testDescription = testDescription
      self.windows = windows
      self.steps = steps
    }
  }

  @Test("a scenario ends as the rules say", arguments: presences + scans + tokens)
  func scenario(_ scenario: Scenario) throws {
    var filter = InputFilter(scenario.windows)
    for (number, step) in scenario.steps.enumerated() {
      let (sighting, at, expected) = try Self.sighting(step, number, &filter)
      guard let sighting else { continue }
      let verdict = filter.judge(sighting, now: at)
      switch expected {
      case .counts: #expect(verdict == .counts, "step \(number)")
      case .suppressed(let suppression, let original):
        #expect(
          verdict == .suppressed(suppression, duplicateOf: original),
          "step \(number)"
        )
      case .multiple(let withdrawn):
        #expect(verdict == .multipleCards(withdrawn: withdrawn), "step \(number)")
      }
    }
  }

  /// Carries out what is no sight of a credential, and makes the sight of what is.
  private static func sighting(
    _ step: Step,
    _ number: Int,
    _ filter: inout InputFilter
  ) throws -> (Sighting?, UInt64, Expected) {
    func seen(
      _ device: String,
      _ kind: CredentialKind,
      _ value: String,
      presence: UInt64? = nil,
      freshness: Freshness? = nil
    ) throws -> Sighting {
      Sighting(
        eventID: "e\(number)",
        deviceID: device,
        lane: device == "other" ? "2" : "1",
        credential: try Credential(kind: kind, value: value),
        presence: presence,
        freshness: freshness
      )
    }
    switch step {
    case .comes(let at, let reader, let presence, let card, let expected):
      return (try seen(reader, .cardUid, card, presence: presence), at, expected)
    case .counted(let at, let reader, let presence, let card, let counter, let expected):
      let freshness = Freshness.counter(counter)
      let sight = try seen(reader, .cardUid, card, presence: presence, freshness: freshness)
      return (sight, at, expected)
    case .reads(let at, let device, let text, let expected):
      return (try seen(device, .memberNumber, text), at, expected)
    case .token(let at, let device, let text, let step, let expected):
      return (try seen(device, .rotatingQr, text, freshness: .step(step)), at, expected)
    case .lies(let at, let reader, let presence, let card):
      var sighting = try seen(reader, .cardUid, card, presence: presence)
      sighting.isAlreadyPresent = true
      return (sighting, at, .suppressed(.alreadyPresent, of: nil))
    case .goes(let at, let reader, let presence):
      filter.removed(deviceID: reader, presence: presence, now: at)
    case .lost(let at, let device): filter.lost(deviceID: device, now: at)
    case .refused(let step): filter.retract("e\(step)")
    }
    return (nil, 0, .counts)
  }

  @Test("the same goods are two scans, unless the shop wants it otherwise")
  func goods() {
    var plain = InputFilter()
    let bottles = (0...3).map {
      plain.isRepeatedGoods("4006381333931", deviceID: "s1", now: $0)
    }
    #expect(bottles == [false, false, false, false])
    var strict = InputFilter(InputFilter.Windows(goods: 500))
    let scans: [(text: String, device: String, at: UInt64, isRepeated: Bool)] = [
      ("4006381333931", "s1", 0, false), ("4006381333931", "s1", 499, true),
      ("4006381333931", "s2", 499, false), ("4006381333931", "s1", 500, false),
      ("4006381333948", "s1", 501, false),
    ]
    for scan in scans {
      let found = strict.isRepeatedGoods(scan.text, deviceID: scan.device, now: scan.at)
      #expect(found == scan.isRepeated, "at \(scan.at)")
    }
  }

  @Test("over random presences, a card counts exactly when it was away long enough")
  func random() throws {
    for seed in 1...50 as ClosedRange<UInt64> {
      var generator = Seeded(state: seed)
      var filter = InputFilter()
      var now: UInt64 = 0
      var awaySince: UInt64?
      for presence in 1...40 as ClosedRange<UInt64> {
        now += UInt64.random(in: 0...3000, using: &generator)
        let isTap = awaySince.map { now - $0 >= 1500 } ?? true
        let sighting = Sighting(
          eventID: "e\(presence)",
          deviceID: "r1",
          lane: nil,
          credential: try Credential(kind: .cardUid, value: "04A1B2C3D4E5F6"),
          presence: presence
        )
        let verdict = filter.judge(sighting, now: now)
        #expect((verdict == .counts) == isTap, "seed \(seed), presence \(presence)")
        now += UInt64.random(in: 0...500, using: &generator)
        filter.removed(deviceID: "r1", presence: presence, now: now)
        awaySince = now
      }
    }
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
