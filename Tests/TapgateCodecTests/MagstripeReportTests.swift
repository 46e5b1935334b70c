import TapgateCodec
import TapgateFuzzing
import Testing

@Suite("Reports of card readers")
struct MagstripeReportTests {
  private func decoder(
    _ fixture: [UInt8],
    _ policy: SwipePolicy = SwipePolicy()
  ) throws -> MagstripeReportDecoder {
    let descriptor = try HIDFixtures.descriptor(fixture)
    return try #require(MagstripeReportDecoder(descriptor: descriptor, policy: policy))
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

  @Test("a SureSwipe report has its tracks to the last byte, and the length counts")
  func sureSwipe() throws {
    var decoder = try decoder(HIDFixtures.sureSwipe)
    let report = MagstripeFixtures.sureSwipe(["%LABC?", MagstripeFixtures.member])
    #expect(report.count == 337)
    let reading = decoder.reading(of: HIDReport(report))
    #expect(reading.track1 == .data(Array("%LABC?".utf8)))
    #expect(reading.track2 == .data(Array(MagstripeFixtures.member.utf8)))
    #expect(reading.track3 == .empty)
    #expect(summary(decoder.feed(report, at: 3)) == "msr.t2:9001234567890")
    // The longest track 1 there is, to its last byte, and one character more.
    let full = "%L" + String(repeating: "7", count: 76) + "?"
    let long = decoder.reading(of: HIDReport(MagstripeFixtures.sureSwipe([full, "", ""])))
    #expect(long.track1 == .data(Array(full.utf8)))
    let longer = MagstripeFixtures.sureSwipe(["%L7" + full.dropFirst(2), "", ""])
    #expect(decoder.reading(of: HIDReport(longer)).track1 == .faulty(.tooLong))
    // What stands behind the length is left over from the card before.
    var old = report
    old[4] = 0
    #expect(decoder.reading(of: HIDReport(old)).track2 == .empty)
    #expect(decoder.counters.accepted == 1)
  }

  @Test("decoding errors, missing sentinels and empty swipes")
  func troubles() throws {
    var decoder = try decoder(HIDFixtures.sureSwipe)
    let error = MagstripeFixtures.sureSwipe(["", MagstripeFixtures.member], status: [1, 0, 0])
    #expect(summary(decoder.feed(error, at: 0)) == "!unreadable")
    var lenient = SwipePolicy()
    lenient.acceptsWithFaultyTrack = true
    var other = try self.decoder(HIDFixtures.sureSwipe, lenient)
    #expect(summary(other.feed(error, at: 0)) == "msr.t2:9001234567890")
    let open = MagstripeFixtures.sureSwipe(["", ";900123456789"])
    #expect(summary(decoder.feed(open, at: 0)) == "!noEndSentinel")
    let bare = MagstripeFixtures.sureSwipe(["", "900123456789?"])
    #expect(summary(decoder.feed(bare, at: 0)) == "!unreadable")
    #expect(summary(decoder.feed(MagstripeFixtures.sureSwipe([]), at: 0)) == "!unreadable")
    #expect(decoder.feed([], at: 0).isEmpty)
    #expect(summary(decoder.feed([0, 0, 0, 9], at: 0)) == "!unreadable")
  }

  @Test("43 packets of 8 bytes make a swipe")
  func packets() throws {
    let descriptor = try HIDFixtures.descriptor(HIDFixtures.sureSwipe)
    var assembler = HIDReportAssembler(descriptor: descriptor, packetByteCount: 8)
    var decoder = try decoder(HIDFixtures.sureSwipe)
    let report = MagstripeFixtures.sureSwipe(["", MagstripeFixtures.member])
    var outputs: [DecoderOutput] = []
    for start in stride(from: 0, to: report.count, by: 8) {
      let packet = Array(report[start..<min(report.count, start + 8)])
      for whole in assembler.feed(packet, at: UInt64(start * 10 / 8)) {
        outputs += decoder.feed(whole, at: UInt64(start * 10 / 8))
      }
    }
    #expect(summary(outputs) == "msr.t2:9001234567890")
  }

  @Test(
    "a payment card leaves nothing behind, whatever reader reads it",
    arguments: [HIDFixtures.sureSwipe, HIDFixtures.mixedMagstripe, HIDFixtures.standardMagstripe]
  )
  func payment(fixture: [UInt8]) throws {
    var decoder = try decoder(fixture)
    let tracks = [MagstripeFixtures.payment1, MagstripeFixtures.payment2]
    let data = tracks.map { Array($0.utf8) } + [[]]
    let lengths = data.map { UInt8($0.count) }
    let report: [UInt8]
    if fixture == HIDFixtures.sureSwipe {
      report = MagstripeFixtures.sureSwipe(tracks)
    } else if fixture == HIDFixtures.mixedMagstripe {
      report = lengths + data.flatMap { MagstripeFixtures.padded($0, 110) } + [0]
    } else {
      report =
        lengths + MagstripeFixtures.padded(data[0], 79) + MagstripeFixtures.padded(data[1], 40)
        + MagstripeFixtures.padded([], 107)
    }
    let outputs = decoder.feed(report, at: 0)
    #expect(summary(outputs) == "!paymentCard")
    #expect(!String(reflecting: outputs).contains("4111"))
    #expect(!String(reflecting: decoder).contains("4111"))
  }

  @Test("the standard's usages, and the maker's on the standard's page")
  func otherNumberings() throws {
    let member = Array(MagstripeFixtures.member.utf8)
    let lengths: [UInt8] = [0, UInt8(member.count), 0]
    var standard = try decoder(HIDFixtures.standardMagstripe)
    let report =
      lengths + MagstripeFixtures.padded([], 79) + MagstripeFixtures.padded(member, 40)
      + MagstripeFixtures.padded([], 107)
    #expect(summary(standard.feed(report, at: 0)) == "msr.t2:9001234567890")
    var mixed = try decoder(HIDFixtures.mixedMagstripe)
    let other =
      lengths + MagstripeFixtures.padded([], 110) + MagstripeFixtures.padded(member, 110)
      + MagstripeFixtures.padded([], 110) + [0]
    #expect(other.count == 334)
    #expect(summary(mixed.feed(other, at: 0)) == "msr.t2:9001234567890")
  }

  /// MagTek 99875475 appendix, "Sample 1: no keys yet": the clear track 1 of the manual's card, and
  /// encryption status 00 00. The card is a payment card.
  @Test("a MagneSafe reader without keys sends clear tracks; with keys it is refused")
  func magneSafe() throws {
    var decoder = try decoder(HIDFixtures.magneSafe)
    let manual = HIDFixtures.bytes(
      """
      25 42 35 34 35 32 33 30 30 35 35 31 32 32 37 31 38 39 5E 48
      4F 47 41 4E 2F 50 41 55 4C 20 20 20 20 20 20 5E 30 38 30 34
      33 32 31 30 30 30 30 30 30 30 37 32 35 30 30 30 30 30 30 3F
      """
    )
    let clear = MagstripeFixtures.magneSafe([manual], encryptionStatus: [0, 0])
    #expect(clear.count == 856)
    #expect(decoder.reading(of: HIDReport(clear)).track1 == .data(manual))
    #expect(summary(decoder.feed(clear, at: 0)) == "!paymentCard")
    let member = Array(MagstripeFixtures.member.utf8)
    let own = MagstripeFixtures.magneSafe([[], member], encryptionStatus: [0, 2])
    #expect(summary(decoder.feed(own, at: 0)) == "msr.t2:9001234567890")

    // The masked tracks of the manual's second sample look valid; status 00 06.
    let masked = [
      "%B5452000000007189^HOGAN/PAUL      ^08040000000000000000000?",
      ";5452000000007189=080400000000000000000?",
    ]
    let cipher = (0..<40).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ 11) }
    let encrypted = MagstripeFixtures.magneSafe(
      [cipher, cipher],
      masked: masked,
      encryptionStatus: [0, 6]
    )
    #expect(summary(decoder.feed(encrypted, at: 0)) == "!encryptedSwipe")
    let onlyMasked = MagstripeFixtures.magneSafe([], masked: masked, encryptionStatus: [0, 6])
    #expect(summary(decoder.feed(onlyMasked, at: 0)) == "!maskedSwipe")
  }

  // MARK: ID TECH

  @Test("a clear frame in a buffer")
  func frame() throws {
    var decoder = try decoder(HIDFixtures.idTechBuffer)
    let card = MagstripeFixtures.clearCard(["%LABC?", MagstripeFixtures.member])
    let report = MagstripeFixtures.padded(MagstripeFixtures.frame(card), 560)
    #expect(summary(decoder.feed(report, at: 0)) == "msr.t2:9001234567890")
    let payment = MagstripeFixtures.clearCard([MagstripeFixtures.payment1], type: 0x80)
    let other = MagstripeFixtures.padded(MagstripeFixtures.frame(payment), 560)
    #expect(summary(decoder.feed(other, at: 0)) == "!paymentCard")
    #expect(decoder.feed([UInt8](repeating: 0, count: 560), at: 0).isEmpty)
    #expect(decoder.counters.ignored == 1)
  }

  @Test("the tracks as text in a buffer of page 8E")
  func textBuffer() throws {
    // HID Point of Sale Usage Tables 1.02, section 6: Track Data, usage 20, 200 bytes.
    let descriptor = HIDFixtures.bytes(
      "05 8E 09 01 A1 01 15 00 26 FF 00 75 08 09 20 95 C8 82 02 01 C0"
    )
    var decoder = try decoder(descriptor)
    let text = Array(("%LABC?" + MagstripeFixtures.member).utf8)
    #expect(
      summary(decoder.feed(MagstripeFixtures.padded(text, 200), at: 0)) == "msr.t2:9001234567890"
    )
    let payment = MagstripeFixtures.padded(Array(MagstripeFixtures.payment2.utf8), 200)
    #expect(summary(decoder.feed(payment, at: 0)) == "!paymentCard")
    let strange = MagstripeFixtures.padded(Array("hello".utf8), 200)
    #expect(summary(decoder.feed(strange, at: 0)) == "!unreadable")
  }

  @Test("a frame's two sums both count, and its ends")
  func sums() {
    let good = MagstripeFixtures.frame(MagstripeFixtures.clearCard(["", MagstripeFixtures.member]))
    func problem(_ change: (inout [UInt8]) -> Void) -> IDTechFrame.Problem? {
      var frame = good
      change(&frame)
      if case .failure(let problem) = IDTechFrame.reading(of: frame) { return problem }
      return nil
    }
    #expect(problem { _ in } == nil)
    #expect(problem { $0[10] ^= 1 } == .badLRC)
    #expect(problem { $0[$0.count - 3] ^= 1 } == .badLRC)
    #expect(problem { $0[$0.count - 2] ^= 1 } == .badSum)
    // Two bytes changed alike keep the exclusive-or.
    #expect(
      problem {
        $0[10] ^= 1; $0[11] ^= 1; $0[12] ^= 2; $0[13] ^= 2
      } != nil
    )
    #expect(problem { $0[0] = 3 } == .malformed)
    #expect(problem { $0[$0.count - 1] = 0 } == .malformed)
    #expect(problem { $0[1] = 0xFF } == .malformed)
    #expect(problem { $0.removeLast() } == .malformed)
    #expect(problem { $0 = [] } == .malformed)
  }

  @Test("encrypted frames of both formats are refused, and masks count for nothing")
  func encryptedFrames() throws {
    func outcome(_ card: [UInt8]) throws -> String {
      var reading = try IDTechFrame.reading(of: MagstripeFixtures.frame(card)).get()
      guard case .refused(let refusal, _) = SwipePolicy().judge(&reading) else { return "-" }
      return refusal.rawValue
    }
    let masked = Array(";6006********7895=****?".utf8)
    let cipher = [UInt8](repeating: 0xA5, count: 40)
    // Enhanced: masked track 2 present, encrypted track 2, hash and key serial number.
    let enhanced: [UInt8] =
      [0x80, 0x12, 0, UInt8(masked.count), 0, 0x02, 0x92] + masked + cipher
      + [UInt8](repeating: 0, count: 20 + 10)
    #expect(try outcome(enhanced) == "encryptedSwipe")
    // Original: what follows the masked track is encrypted.
    let original: [UInt8] = [0x00, 0x12, 0, UInt8(masked.count), 0] + masked + cipher
    #expect(try outcome(original) == "encryptedSwipe")
    let onlyMasked: [UInt8] = [0x80, 0x12, 0, UInt8(masked.count), 0, 0x02, 0x00] + masked
    #expect(try outcome(onlyMasked) == "maskedSwipe")
    #expect(try outcome([0x84, 0x00, 0, 0, 0, 0, 0]) == "unreadable")
    // A length that goes past the card data.
    #expect(try outcome([0x83, 0x12, 0, 0x7F, 0, 0x02, 0x00]) == "unreadable")
  }

  @Test("devices without tracks have no decoder")
  func otherDevices() throws {
    for fixture in [HIDFixtures.keyboard, HIDFixtures.posScanner, HIDFixtures.vendorByte] {
      #expect(MagstripeReportDecoder(descriptor: try HIDFixtures.descriptor(fixture)) == nil)
    }
  }

  @Test("any bytes are survived by each decoder of swipes")
  func anyBytes() {
    var generator = CodecGenerator()
    let decoders = [
      DecoderFuzzing.magstripeReport, DecoderFuzzing.magstripeBits, DecoderFuzzing.idTechFrame,
      DecoderFuzzing.typedSwipe,
    ]
    let seeds = [
      MagstripeFixtures.sureSwipe([MagstripeFixtures.payment1, MagstripeFixtures.member]),
      MagstripeFixtures.frame(MagstripeFixtures.clearCard(["", MagstripeFixtures.member])),
      Array((MagstripeFixtures.payment1 + MagstripeFixtures.payment2 + "|06|").utf8),
    ]
    for round in 0..<100_000 {
      let isShort = round % 8 != 0
      let bytes =
        isShort ? generator.bytes(upTo: 24) : generator.mutated(seeds[round / 8 % seeds.count])
      for decoder in decoders where decoder(bytes) > 300 {
        Issue.record("seed \(generator.seed): more than any card holds")
        return
      }
    }
  }
}
