import TapgateCodec
import TapgateModel
import Testing

@Suite("Magnetic tracks from bits")
struct MagstripeBitTests {
  private func text(_ reading: TrackReading) -> String? {
    guard case .data(let bytes) = reading else { return nil }
    return String(decoding: bytes, as: UTF8.self)
  }

  @Test(
    "a track reads the same in both directions",
    arguments: [
      (TrackNumber.one, "%B4111111111111111^DOE/JANE^25121010000?"),
      (.one, "%L0123 ABC?"), (.two, ";0004048712=?"), (.two, ";0100231132?"),
      (.two, ";9001234567890=00000?"), (.three, ";011234567890=724724?"),
    ]
  )
  func directions(track: TrackNumber, track text: String) {
    let bits = MagstripeFixtures.bits(text, encoding: .of(track))
    #expect(self.text(MagstripeBits.reading(of: bits, track: track)) == text)
    #expect(self.text(MagstripeBits.reading(of: bits.reversed(), track: track)) == text)
  }

  /// ISO/IEC 7811-2 table: `;` is 11010, 1 is 10000, `?` is 11111; the check character of `;1?` is
  /// B xor 1 xor F = 5, 10101 with its parity.
  @Test("bits written by hand")
  func byHand() {
    let bits = "0000011010100001111110101000".utf8.map { $0 - 0x30 }
    #expect(text(MagstripeBits.reading(of: bits, track: .two)) == ";1?")
    let packed = MagstripeBits.bits(of: [0b0000_0110, 0b1010_0001], order: .highestFirst)
    #expect(packed == Array(bits.prefix(16)))
    #expect(MagstripeBits.bits(of: [0b0000_0001], order: .lowestFirst).first == 1)
  }

  @Test("noise before the track, and no clocking at all")
  func noise() {
    let clean = MagstripeFixtures.bits(";42=1?", encoding: .numeric, lead: 0, trail: 0)
    #expect(text(MagstripeBits.reading(of: clean, track: .two)) == ";42=1?")
    let noisy: [UInt8] = [1, 1, 0, 1, 0, 0, 1, 1, 1] + clean
    #expect(text(MagstripeBits.reading(of: noisy, track: .two)) == ";42=1?")
  }

  @Test("a track without a one is empty, and one without sentinel unreadable")
  func blank() {
    #expect(MagstripeBits.reading(of: [], track: .one) == .empty)
    #expect(MagstripeBits.reading(of: [0, 0, 0, 0], track: .two) == .empty)
    #expect(MagstripeBits.reading(of: [1, 0, 0], track: .two) == .faulty(.unreadable))
  }

  @Test("each single bit that is wrong is found")
  func singleBits() {
    let bits = MagstripeFixtures.bits(";9001234567890=123?", encoding: .numeric, lead: 4, trail: 4)
    for place in 4..<(bits.count - 4) {
      var wrong = bits
      wrong[place] ^= 1
      if case .data = MagstripeBits.reading(of: wrong, track: .two) {
        Issue.record("bit \(place) was not noticed")
      }
    }
  }

  @Test("each fault has its name")
  func faults() {
    let good = MagstripeFixtures.bits(";123456?", encoding: .numeric, lead: 0, trail: 0)
    var parity = good
    parity[7] ^= 1
    #expect(MagstripeBits.reading(of: parity, track: .two) == .faulty(.parity))
    // Two wrong bits in the check character keep its parity.
    var check = good
    check[check.count - 2] ^= 1
    check[check.count - 3] ^= 1
    #expect(MagstripeBits.reading(of: check, track: .two) == .faulty(.badLRC))
    let cut = Array(good.dropLast(10))
    #expect(MagstripeBits.reading(of: cut, track: .two) == .faulty(.noEndSentinel))
    let long = ";" + String(repeating: "1", count: 38) + "?"
    let longBits = MagstripeFixtures.bits(long, encoding: .numeric)
    #expect(MagstripeBits.reading(of: longBits, track: .two) == .faulty(.tooLong))
    #expect(MagstripeBits.reading(of: longBits, track: .three) != .faulty(.tooLong))
    let longest = ";" + String(repeating: "1", count: 37) + "?"
    let longestBits = MagstripeFixtures.bits(longest, encoding: .numeric)
    #expect(text(MagstripeBits.reading(of: longestBits, track: .two)) == longest)
  }

  @Test("more bits than a card holds are not looked at")
  func bounds() {
    let many = [UInt8](repeating: 1, count: MagstripeBits.bitCountMax + 1)
    #expect(MagstripeBits.reading(of: many, track: .one) == .faulty(.tooLong))
  }
}

@Suite("What a swipe comes to")
struct MagstripeJudgementTests {
  private func judge(
    _ text: String,
    _ change: (inout SwipePolicy) -> Void = { _ in }
  ) -> [DecoderOutput] {
    var policy = SwipePolicy()
    change(&policy)
    var configuration = SerialScanConfiguration()
    configuration.content = .swipes(policy)
    configuration.terminator = .none
    var decoder = SerialScanFramer(configuration: configuration)
    return decoder.feed(Array(text.utf8), at: 0) + decoder.tick(at: 1000)
  }

  private func summary(_ outputs: [DecoderOutput]) -> String {
    outputs.map { output in
      switch output {
      case .swipe(let swipe): swipe.technology + ":" + swipe.value
      case .scan: "scan"
      case .refused(let refused): "!" + refused.refusal.rawValue
      }
    }.joined(separator: " ")
  }

  @Test(
    "the identity is track 2 up to the separator, and without it a track 1 of format L",
    arguments: [
      (";9001234567890=00000?", "msr.t2:9001234567890"), (";0004048712?", "msr.t2:0004048712"),
      // Dates or the check digit are missing: no payment card.
      (";9012345678904===1?", "msr.t2:9012345678904"),
      (";9012345678903=2512101?", "msr.t2:9012345678903"),
      (";9012345678904=25?", "msr.t2:9012345678904"),
      ("%LABC 123?;0100231132=1?", "msr.t2:0100231132"), ("%LMEMBER7^X?", "msr.t1:MEMBER7"),
      ("%E?;9001234567890=1?", "!unreadable"), (";E?", "!unreadable"), ("%A12345?", "!unreadable"),
      (";=123?", "!unreadable"), ("%L?", "!unreadable"), (";12:34?", "!unreadable"),
      ("+011234567890?", "!unreadable"), ("%L12", "!noEndSentinel"), (";12345", "!noEndSentinel"),
      ("hello", "!notAScan"), ("|", "!notAScan"),
      ("%" + String(repeating: "A", count: 78) + "?", "!tooLong"),
    ]
  )
  func identities(text: String, expected: String) {
    #expect(summary(judge(text)) == expected)
  }

  @Test(
    "a payment card is refused, whichever track says it",
    arguments: [
      MagstripeFixtures.payment1, MagstripeFixtures.payment2,
      MagstripeFixtures.payment1 + MagstripeFixtures.payment2,
      // Format B with any number; dates and check digit alone, of a number that no scheme has.
      "%B9001234567890123^X^?", ";9012345678904=2512101000?",
      // A scheme's number without dates, with spaces, in another format, on track 3.
      ";4111111111111111?", ";4111111111111111==?", "%B4111 1111 1111 1111^DOE^2512?",
      "%A4111111111111111^X?", ";378282246310005=2512101?", ";6222021001116245702=2512120?",
      "+594111111111111111=724?", ";0004048712=1?+594111111111111111=724?",
    ]
  )
  func paymentCards(text: String) {
    let outputs = judge(text)
    #expect(summary(outputs) == "!paymentCard")
    let told = "\(outputs) \(String(reflecting: outputs))"
    #expect(!told.contains("41111") && !told.contains("DOE") && !told.contains("62220"))
  }

  @Test("a number within an own range is a member's, with format B and dates as well")
  func ownRanges() throws {
    let range = try #require(SwipePolicy.OwnRange(prefix: "970012", digitCount: 16))
    let card = ";9700121234567897=2512101?"
    #expect(summary(judge(card)) == "!paymentCard")
    #expect(summary(judge(card) { $0.ownRanges = [range] }) == "msr.t2:9700121234567897")
    let both = "%B9700121234567897^X^2512101?" + card
    #expect(summary(judge(both) { $0.ownRanges = [range] }) == "msr.t2:9700121234567897")
    // A bank card stays one.
    #expect(summary(judge(MagstripeFixtures.payment2) { $0.ownRanges = [range] }) == "!paymentCard")
    let mixed = MagstripeFixtures.payment1 + card
    #expect(summary(judge(mixed) { $0.ownRanges = [range] }) == "!paymentCard")
    #expect(SwipePolicy.OwnRange(prefix: "4", digitCount: 16) == nil)
    #expect(SwipePolicy.OwnRange(prefix: "97001A", digitCount: 16) == nil)
    #expect(SwipePolicy.OwnRange(prefix: "970012", digitCount: 5) == nil)
    // What a range lets through is a credential.
    #expect(throws: Never.self) { try Credential(kind: .magstripe, value: "9700121234567897") }
  }

  @Test(
    "a number of an own range in a payment scheme's is the shop's only where it is no bank card's",
    arguments: ["400000", "510000", "222100", "378282", "601100", "622999", "650000", "810000"]
  )
  func schemeRanges(prefix: String) throws {
    let range = try #require(SwipePolicy.OwnRange(prefix: prefix, digitCount: 16))
    let own = { (policy: inout SwipePolicy) in policy.ownRanges = [range] }
    for last in 0...9 {
      let number = prefix + "123456789" + String(last)
      let isBankCard = PaymentCardNumber.hasCheckDigit(Array(number.utf8))
      let card = "%B\(number)^X^2512101?;\(number)=2512101?"
      #expect(summary(judge(card)) == "!paymentCard")
      let expected = isBankCard ? "!paymentCard" : "msr.t2:\(number)"
      #expect(summary(judge(card, own)) == expected, "check digit \(last)")
    }
    // Eleven digits are no bank card's, whatever their last one.
    let short = try #require(SwipePolicy.OwnRange(prefix: prefix, digitCount: 11))
    for last in 0...9 {
      let number = prefix + "1234" + String(last)
      let card = "%B\(number)^X^2512101?;\(number)=2512101?"
      #expect(summary(judge(card) { $0.ownRanges = [short] }) == "msr.t2:\(number)")
    }
  }

  @Test("with one faulty track the other counts only where the configuration says so")
  func faultyTracks() {
    let text = "%E?;9001234567890=1?"
    #expect(summary(judge(text)) == "!unreadable")
    let allowed = judge(text) { $0.acceptsWithFaultyTrack = true }
    #expect(summary(allowed) == "msr.t2:9001234567890")
    // A payment card stays one.
    let payment = judge("%E?" + MagstripeFixtures.payment2) { $0.acceptsWithFaultyTrack = true }
    #expect(summary(payment) == "!paymentCard")
    #expect(summary(judge("%E?;E?") { $0.acceptsWithFaultyTrack = true }) == "!unreadable")
  }

  @Test("hidden digits are no identity, encrypted tracks neither")
  func masked() {
    #expect(summary(judge(";6006********7895=?")) == "!maskedSwipe")
    #expect(summary(judge("%B6006********7895^X^?;6006********7895=?")) == "!maskedSwipe")
    let fields = "|0600|ABCDEF0123456789|FEDCBA9876543210||61403000|"
    #expect(summary(judge(MagstripeFixtures.payment2 + fields)) == "!encryptedSwipe")
    #expect(summary(judge(MagstripeFixtures.member + fields)) == "!encryptedSwipe")
  }

  @Test("line ends between the tracks, check characters, a second track 3")
  func typedForms() {
    #expect(summary(judge("%LX?\r;0100231132=1?\r+01?\r")) == "msr.t2:0100231132")
    #expect(summary(judge("%LX?A;0100231132=1?3")) == "msr.t2:0100231132")
    #expect(summary(judge(";0100231132=1?;0155?")) == "msr.t2:0100231132")
  }

  @Test("a frame typed as hexadecimal digits")
  func hexadecimal() {
    let frame = MagstripeFixtures.frame(
      MagstripeFixtures.clearCard(["", MagstripeFixtures.member])
    )
    let digits = frame.map { ($0 < 16 ? "0" : "") + String($0, radix: 16, uppercase: true) }
    #expect(summary(judge(digits.joined())) == "msr.t2:9001234567890")
  }

  @Test("a keyboard reader: one suffix, or one after each track, and none")
  func keyboard() {
    for suffix in ["\r", ""] {
      var configuration = WedgeConfiguration()
      configuration.content = .swipes(SwipePolicy())
      var decoder = WedgeDecoder(configuration: configuration)
      var typing = WedgeTyping()
      for track in ["%LX?", ";0100231132=1?", "+0123?"] {
        typing.type(track)
        if !suffix.isEmpty { typing.press(WedgeTyping.enter) }
      }
      var outputs = WedgeTyping.feed(&decoder, typing.reports)
      outputs += decoder.tick(at: 10_000)
      #expect(summary(outputs) == "msr.t2:0100231132")
      outputs = WedgeTyping.feed(&decoder, typing.reports, from: 20_000)
      outputs += decoder.tick(at: 30_000)
      #expect(summary(outputs) == "msr.t2:0100231132")
    }
  }

  @Test("a card that a scanner's cable brings is refused there too")
  func amongCodes() {
    var decoder = WedgeDecoder()
    var typing = WedgeTyping()
    typing.type(MagstripeFixtures.payment1 + MagstripeFixtures.payment2)
    typing.press(WedgeTyping.enter)
    #expect(summary(WedgeTyping.feed(&decoder, typing.reports)) == "!paymentCard")
  }

  @Test("judging zeroes what was read")
  func wiped() {
    var reading = SwipeReading()
    reading.track2 = .data(Array(MagstripeFixtures.payment2.utf8))
    #expect(SwipePolicy().judge(&reading) == .refused(.paymentCard, detail: "a payment card"))
    #expect(reading.track2 == .empty)
  }

  @Test("the fields of financial tracks")
  func fields() throws {
    let one = try #require(TrackFields.track1(Array(MagstripeFixtures.payment1.utf8)))
    #expect(one.formatCode == UInt8(ascii: "B") && one.isFinancial)
    #expect(one.name == Array("DOE/JANE".utf8) && one.expiration == Array("2512".utf8))
    #expect(one.serviceCode == Array("101".utf8) && one.discretionaryData == Array("0000".utf8))
    let two = try #require(TrackFields.track2(Array(MagstripeFixtures.payment2.utf8)))
    #expect(two.accountNumber.count == 16 && two.serviceCode == Array("101".utf8))
    #expect(!"\(two) \(String(reflecting: one))".contains("4111"))
    #expect(TrackFields.track1(Array("%B41".utf8)) == nil && TrackFields.track2([]) == nil)
  }
}
