import TapgateCodec
import Testing

/// Answers to reset made from the standards: ISO/IEC 7816-3:2006 section 8.2 for their build, PC/SC
/// part 3 section 3.1.3.2.3 for those of contactless cards.
@Suite("Answers to reset")
struct CardATRTests {
  struct Sample: CustomTestStringConvertible {
    let text: String
    let protocols: [UInt8]
    let historicalCount: Int
    var testDescription: String { text }
    var bytes: [UInt8] { text.split(separator: " ").map { UInt8($0, radix: 16) ?? 0 } }
  }

  static let samples: [Sample] = [
    // TS T0: no interface byte, no historical byte.
    Sample(text: "3B 00", protocols: [0], historicalCount: 0),
    // Inverse convention, two historical bytes.
    Sample(text: "3F 02 14 50", protocols: [0], historicalCount: 2),
    // TA1 TB1 TC1, no TD1.
    Sample(text: "3B 72 11 00 00 41 42", protocols: [0], historicalCount: 2),
    // TD1 says T=0: no TCK.
    Sample(text: "3B 81 00 41", protocols: [0], historicalCount: 1),
    // TD1 says T=1: TCK is 81 ^ 01 ^ 41.
    Sample(text: "3B 81 01 41 C1", protocols: [1], historicalCount: 1),
    // T=0 and T=1.
    Sample(text: "3B 80 80 01 01", protocols: [0, 1], historicalCount: 0),
    // T=0, T=1 and T=15 with TA3.
    Sample(text: "3B 80 80 81 1F 45 DB", protocols: [0, 1, 15], historicalCount: 0),
    // All of TA1 to TD1 and TA2 to TC2.
    Sample(text: "3B F0 11 00 00 71 10 00 45 C5", protocols: [1], historicalCount: 0),
    // A MIFARE Classic 1K behind a PC/SC reader.
    Sample(
      text: "3B 8F 80 01 80 4F 0C A0 00 00 03 06 03 00 01 00 00 00 00 6A",
      protocols: [0, 1],
      historicalCount: 15
    ),
    // DESFire and NTAG 424: historical byte 80.
    Sample(text: "3B 81 80 01 80 80", protocols: [0, 1], historicalCount: 1),
    // Type B: application data, protocol information with protocol type 1, MBLI.
    Sample(
      text: "3B 88 80 01 00 00 00 00 33 81 81 00 3A",
      protocols: [0, 1],
      historicalCount: 8
    ),
  ]

  @Test("a correct answer is read", arguments: samples)
  func correct(sample: Sample) throws {
    let answer = try AnswerToReset.parse(sample.bytes).get()
    #expect(answer.protocols == sample.protocols)
    #expect(answer.historicalBytes.count == sample.historicalCount)
    #expect(answer.isInverse == (sample.bytes.first == 0x3F))
  }

  @Test(
    "what is wrong with an answer has a name",
    arguments: [
      ("", AnswerToReset.Malformed.empty),
      ("3B", .interfaceBytes),
      ("3C 00", .initialByte),
      ("3B 80", .interfaceBytes),
      ("3B F0 11 00 00", .interfaceBytes),
      ("3B 70 11 00", .interfaceBytes),
      ("3B 02 41", .historicalBytes),
      ("3B 81 01 41", .missingCheckByte),
      ("3B 81 01 41 C0", .checkByte),
      ("3B 00 00", .surplus),
      ("3B 81 01 41 C1 00", .surplus),
    ]
  )
  func malformed(text: String, problem: AnswerToReset.Malformed) {
    let bytes = text.split(separator: " ").map { UInt8($0, radix: 16) ?? 0 }
    #expect(AnswerToReset.parse(bytes) == .failure(problem))
  }

  @Test("more than 33 bytes are no answer, and an endless chain ends")
  func tooLong() {
    let endless: [UInt8] = [0x3B] + [UInt8](repeating: 0xF0, count: 32)
    #expect(AnswerToReset.parse(endless) == .failure(.interfaceBytes))
    #expect(AnswerToReset.parse(endless + [0xF0]) == .failure(.tooLong))
  }

  @Test("every truncation and every flipped bit has a result, and only the whole answer is right")
  func totality() {
    for sample in Self.samples {
      let bytes = sample.bytes
      for count in 0..<bytes.count {
        let cut = Array(bytes.prefix(count))
        #expect(throws: AnswerToReset.Malformed.self) { try AnswerToReset.parse(cut).get() }
        _ = CardClass.of(cut)
      }
      for bit in 0..<(bytes.count * 8) {
        var flipped = bytes
        flipped[bit / 8] ^= 1 << UInt8(bit % 8)
        let result = AnswerToReset.parse(flipped)
        // TCK finds every single flipped bit behind TS, unless the flip hides TCK itself.
        if bit >= 8, case .success(let answer) = result,
          answer.protocols.contains(where: { $0 != 0 })
        {
          #expect(sample.protocols == [0], "\(sample.text), bit \(bit)")
        }
        _ = CardClass.of(flipped)
        var script = CardScript(answer: flipped)
        _ = script.start()
      }
    }
  }

  @Test("random bytes have a result")
  func random() {
    var generator = SplitMix(seed: 20_260_722)
    for _ in 0..<20_000 {
      let count = Int(generator.next() % 40)
      var bytes = (0..<count).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
      if count > 0, generator.next() % 2 == 0 { bytes[0] = 0x3B }
      _ = AnswerToReset.parse(bytes)
      _ = CardClass.of(bytes)
    }
  }
}

/// A small generator, so that a failure comes back with its seed.
struct SplitMix: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
