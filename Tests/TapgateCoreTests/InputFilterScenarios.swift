import TapgateCore

/// The dedupe rules as tables; times are milliseconds of a virtual clock.
extension InputFilterTests {
  private static let one = "04A1B2C3D4E5F6"
  private static let two = "04000000000001"
  private static let code = "880000000002"

  static let presences = [
    Scenario(
      "R1: one presence reported twice is one tap",
      [
        .comes(0, "r1", presence: 1, one, .counts),
        .comes(5, "r1", presence: 1, one, .suppressed(.samePresence, of: "e0")),
      ]
    ),
    Scenario(
      "R1: one presence has one credential, the first",
      [
        .comes(0, "r1", presence: 1, one, .counts),
        .comes(5, "r1", presence: 1, two, .suppressed(.samePresence, of: "e0")),
      ]
    ),
    Scenario(
      "R2: a card away for 1,499 ms bounced, one away for 1,500 ms counts",
      [
        .comes(0, "r1", presence: 1, one, .counts),
        .goes(100, "r1", presence: 1),
        .comes(
          1599,
          "r1",
          presence: 2,
          one,
          .suppressed(.bounce(awayMilliseconds: 1499), of: "e0")
        ),
        .goes(2000, "r1", presence: 2),
        .comes(3500, "r1", presence: 3, one, .counts),
      ]
    ),
    Scenario(
      "R2: another card counts at once, and the first one's absence goes on",
      [
        .comes(0, "r1", presence: 1, one, .counts),
        .goes(100, "r1", presence: 1),
        .comes(200, "r1", presence: 2, two, .counts),
        .goes(300, "r1", presence: 2),
        .comes(
          400,
          "r1",
          presence: 3,
          one,
          .suppressed(.bounce(awayMilliseconds: 300), of: "e0")
        ),
      ]
    ),
    Scenario(
      "R2: a bounce of 0 ms counts every presence",
      windows: .init(bounce: 0),
      [
        .comes(0, "r1", presence: 1, one, .counts),
        .goes(10, "r1", presence: 1),
        .comes(10, "r1", presence: 2, one, .counts),
      ]
    ),
    Scenario(
      "R2: a presence whose removal nobody saw is no reason to count the card again",
      [
        .comes(0, "r1", presence: 1, one, .counts),
        .comes(
          9000,
          "r1",
          presence: 2,
          one,
          .suppressed(.bounce(awayMilliseconds: 0), of: "e0")
        ),
      ]
    ),
    Scenario(
      "R4: a second reader of the lane within a second saw the same tap",
      [
        .comes(0, "r1", presence: 1, one, .counts),
        .comes(
          999,
          "r2",
          presence: 1,
          one,
          .suppressed(.crossReader(deviceID: "r1"), of: "e0")
        ),
        .comes(999, "other", presence: 1, one, .counts),
      ]
    ),
    Scenario(
      "R4: a second reader of the lane a second later saw another tap",
      [
        .comes(0, "r1", presence: 1, one, .counts),
        .comes(1000, "r2", presence: 1, one, .counts),
      ]
    ),
    Scenario(
      "R5: a card that lies there at start is no tap, and counts after it was away",
      [
        .lies(0, "r1", presence: 1, one),
        .goes(100, "r1", presence: 1),
        .comes(
          200,
          "r1",
          presence: 2,
          one,
          .suppressed(.bounce(awayMilliseconds: 100), of: nil)
        ),
        .goes(300, "r1", presence: 2),
        .comes(1800, "r1", presence: 3, one, .counts),
      ]
    ),
    Scenario(
      "R8: a reader's error forgets nothing: the card that comes back with it is the same",
      [
        .comes(0, "r1", presence: 1, one, .counts),
        .lost(100, "r1"),
        .comes(
          500,
          "r1",
          presence: 2,
          one,
          .suppressed(.bounce(awayMilliseconds: 400), of: "e0")
        ),
        .lost(600, "r1"),
        .lies(700, "r1", presence: 3, one),
      ]
    ),
    Scenario(
      "R8: a reader that was unplugged with a card takes it again when it is long back",
      [
        .comes(0, "r1", presence: 1, one, .counts),
        .lost(100, "r1"),
        .comes(60_000, "r1", presence: 2, one, .counts),
      ]
    ),
  ]

  static let scans = [
    Scenario(
      "R3: the same code within 2 s is the same, 2.1 s later it counts",
      [
        .reads(0, "s1", code, .counts),
        .reads(1999, "s1", code, .suppressed(.repeated(afterMilliseconds: 1999), of: "e0")),
        .reads(2100, "s1", code, .counts),
        .reads(4099, "s1", code, .suppressed(.repeated(afterMilliseconds: 1999), of: "e2")),
        .reads(4100, "s1", code, .counts),
      ]
    ),
    Scenario(
      "R3: another code is never delayed, nor is the first one forgotten for it",
      [
        .reads(0, "s1", code, .counts),
        .reads(1, "s1", "880000000003", .counts),
        .reads(2, "s1", code, .suppressed(.repeated(afterMilliseconds: 2), of: "e0")),
      ]
    ),
    Scenario(
      "R3: a window of 0 ms counts every scan",
      windows: .init(repeated: 0),
      [.reads(0, "s1", code, .counts), .reads(0, "s1", code, .counts)]
    ),
    Scenario(
      "R3: a code that lies before a scanner counts every 2 s, not never",
      (0..<21).map { number in
        let after = UInt64(number % 4) * 500
        let first = "e\(number / 4 * 4)"
        return .reads(
          UInt64(number) * 500,
          "s1",
          code,
          number % 4 == 0
            ? .counts : .suppressed(.repeated(afterMilliseconds: after), of: first)
        )
      }
    ),
    Scenario(
      "R4: a second scanner of the lane within a second saw the same code",
      [
        .reads(0, "s1", code, .counts),
        .reads(999, "s2", code, .suppressed(.crossReader(deviceID: "s1"), of: "e0")),
        .reads(1000, "s2", code, .counts),
      ]
    ),
    Scenario(
      "R8: a scanner's error forgets nothing, and nothing for ever",
      [
        .reads(0, "s1", code, .counts),
        .lost(100, "s1"),
        .reads(1900, "s1", code, .suppressed(.repeated(afterMilliseconds: 1900), of: "e0")),
        .lost(1950, "s1"),
        .reads(2100, "s1", code, .counts),
      ]
    ),
  ]

  static let tokens = [
    Scenario(
      "R6: the same one-time code at the same scanner is a duplicate for 2 s",
      [
        .token(0, "s1", code, step: 9, .counts),
        .token(50, "s1", code, step: 9, .suppressed(.sameToken(afterMilliseconds: 50), of: "e0")),
        .token(
          2000,
          "s1",
          code,
          step: 9,
          .suppressed(.sameToken(afterMilliseconds: 2000), of: "e0")
        ),
        // From here on the counters decide, and refuse.
        .token(2001, "s1", code, step: 9, .counts),
      ]
    ),
    Scenario(
      "R6: the same token elsewhere is never a duplicate: whoever keeps the counters refuses it",
      [
        .token(0, "s1", code, step: 9, .counts),
        .token(10, "s2", code, step: 9, .counts),
        .token(20, "other", code, step: 9, .counts),
      ]
    ),
    Scenario(
      "R6: a new token of the same code within 2 s is the same look",
      [
        .token(0, "s1", code, step: 9, .counts),
        .token(
          1000,
          "s1",
          code,
          step: 10,
          .suppressed(.repeated(afterMilliseconds: 1000), of: "e0")
        ),
        .token(2000, "s1", code, step: 10, .counts),
      ]
    ),
    Scenario(
      "R6: a card's counter that rises while it bounces is a bounce",
      [
        .counted(0, "r1", presence: 1, one, counter: 5, .counts),
        .goes(100, "r1", presence: 1),
        .counted(
          200,
          "r1",
          presence: 2,
          one,
          counter: 6,
          .suppressed(.bounce(awayMilliseconds: 100), of: "e0")
        ),
      ]
    ),
    Scenario(
      "R6: a token that was refused is no reason to suppress the next one",
      [
        .counted(0, "r1", presence: 1, one, counter: 5, .counts),
        .refused(0),
        .goes(100, "r1", presence: 1),
        .counted(200, "r1", presence: 2, one, counter: 6, .counts),
      ]
    ),
    Scenario(
      "R7: two cards that take turns within 300 ms are refused, and what counted is taken back",
      [
        .comes(0, "r1", presence: 1, one, .counts),
        .goes(90, "r1", presence: 1),
        .comes(100, "r1", presence: 2, two, .counts),
        .goes(190, "r1", presence: 2),
        .comes(299, "r1", presence: 3, one, .multiple(["e0", "e2"])),
        .goes(390, "r1", presence: 3),
        .comes(400, "r1", presence: 4, two, .suppressed(.crowd, of: nil)),
        .goes(410, "r1", presence: 4),
        // One of them alone, once they are apart, counts at once.
        .comes(701, "r1", presence: 5, one, .counts),
      ]
    ),
    Scenario(
      "R7: the same turns in 300 ms and more are a hand",
      [
        .comes(0, "r1", presence: 1, one, .counts),
        .goes(90, "r1", presence: 1),
        .comes(100, "r1", presence: 2, two, .counts),
        .goes(190, "r1", presence: 2),
        .comes(
          300,
          "r1",
          presence: 3,
          one,
          .suppressed(.bounce(awayMilliseconds: 210), of: "e0")
        ),
      ]
    ),
    Scenario(
      "R7: many different cards in a moment are no crowd",
      (1...20).map { number in
        let uid = "040000000000" + (number < 10 ? "0" : "") + "\(number)"
        return .comes(UInt64(number), "r1", presence: UInt64(number), uid, .counts)
      }
    ),
  ]
}
