import TapgateCodec
import TapgateFuzzing
import Testing

@Suite("Scanners at a serial line")
struct ScannerSerialTests {
  private typealias Terminator = SerialScanConfiguration.Terminator

  private func framer(
    _ change: (inout SerialScanConfiguration) -> Void = { _ in }
  ) -> SerialScanFramer {
    var configuration = SerialScanConfiguration()
    change(&configuration)
    return SerialScanFramer(configuration: configuration)
  }

  private func feed(_ framer: inout SerialScanFramer, _ text: String, at time: UInt64 = 0)
    -> [String]
  {
    WedgeTyping.texts(framer.feed(Array(text.utf8), at: time))
  }

  @Test(
    "each terminator ends a scan, and empty scans are none",
    arguments: [
      (SerialScanConfiguration.Terminator.cr, "12\r34\r\r", ["12", "34"]),
      (.cr, "12\r\n34\r\n", ["12", "34"]),
      (.lf, "12\n34\n", ["12", "34"]),
      (.lf, "1\r2\n", ["1\r2"]),
      (.crlf, "12\r\n34\r56\n", ["12", "34", "56"]),
      (.crlf, "\n\r12\n\r34\n\r", ["12", "34"]),
      (.tab, "1\r2\t\t34\t", ["1\r2", "34"]),
      (.stxEtx, "x\u{2}12\u{3}y\u{2}3\r4\u{3}\u{2}\u{3}", ["12", "3\r4"]),
    ]
  )
  func terminators(terminator: SerialScanConfiguration.Terminator, text: String, scans: [String]) {
    var framer = framer { $0.terminator = terminator }
    #expect(feed(&framer, text) == scans)
    // The same, byte by byte.
    var slow = self.framer { $0.terminator = terminator }
    var found: [String] = []
    for byte in text.utf8 { found += WedgeTyping.texts(slow.feed([byte], at: 0)) }
    #expect(found == scans)
  }

  @Test("spaces and control characters of the data stay")
  func payload() {
    var framer = framer()
    #expect(feed(&framer, "  a\u{1D}b\u{0} \r") == ["  a\u{1D}b\u{0} "])
  }

  @Test("60 ms of silence end a scan without terminator; with one they give it up as partial")
  func idle() throws {
    var silent = framer { $0.terminator = .none }
    #expect(feed(&silent, "12\r", at: 0).isEmpty)
    #expect(feed(&silent, "34", at: 59).isEmpty)
    #expect(silent.deadline == 119)
    #expect(WedgeTyping.texts(silent.tick(at: 119)) == ["12\r34"])
    var waiting = framer { $0.terminator = .crlf }
    #expect(feed(&waiting, "12", at: 0).isEmpty)
    let outputs = waiting.tick(at: 60)
    guard case .scan(let scan) = try #require(outputs.first) else { return }
    #expect(scan.text == "12" && scan.isPartial)
    #expect(waiting.deadline == nil)
    // An STX without ETX is given up too.
    var framed = framer { $0.terminator = .stxEtx }
    #expect(feed(&framed, "\u{2}", at: 0).isEmpty && framed.deadline == 60)
    #expect(framed.tick(at: 60).isEmpty && framed.deadline == nil)
    #expect(feed(&framed, "12\u{3}", at: 61).isEmpty)
  }

  @Test("8 KiB are a scan; more is refused once and thrown away up to the terminator")
  func tooLong() {
    var framer = framer()
    let full = String(repeating: "7", count: SerialScanFramer.byteCountMax)
    #expect(feed(&framer, full + "\r") == [full])
    #expect(feed(&framer, full + "89\r12\r") == ["!tooLong", "12"])
    // Silence ends it as well.
    #expect(feed(&framer, full + "8", at: 100) == ["!tooLong"])
    #expect(feed(&framer, "34\r", at: 200) == ["34"])
  }

  @Test("sets: UTF-8, Latin-1, and one that is handed in")
  func charsets() {
    var utf8 = framer()
    #expect(feed(&utf8, "会员\r") == ["会员"])
    #expect(WedgeTyping.texts(utf8.feed([0x41, 0xFF, 0x0D], at: 1)) == ["!charset"])
    var latin = framer { $0.charset = .latin1 }
    #expect(WedgeTyping.texts(latin.feed([0xE9, 0x0D], at: 0)) == ["é"])
    var other = framer { $0.charset = .other(WedgeLayoutTests.SampleSet()) }
    #expect(WedgeTyping.texts(other.feed([0xD6, 0xD0, 0x0D], at: 0)) == ["中"])
    #expect(WedgeTyping.texts(other.feed([0xD6, 0x0D], at: 0)) == ["!charset"])
    var ascii = framer { $0.charset = .ascii }
    #expect(WedgeTyping.texts(ascii.feed([0xE9, 0x0D], at: 0)) == ["!charset"])
  }

  @Test("an AIM identifier, a prefix")
  func affixes() throws {
    var framer = framer {
      $0.hasAimIdentifier = true
      $0.prefix = Array("#".utf8)
      $0.isPrefixRequired = true
    }
    let outputs = framer.feed(Array("#]C10104006381333931\r#]C1\r12\r".utf8), at: 4)
    #expect(WedgeTyping.texts(outputs) == ["0104006381333931", "!notAScan"])
    guard case .scan(let scan) = try #require(outputs.first) else { return }
    #expect(scan.aim?.isGS1 == true && scan.firstMilliseconds == 4)
  }

  @Test("a card reader's text over the line: a payment card is refused")
  func swipes() {
    var framer = framer { $0.content = .swipes(SwipePolicy()) }
    #expect(feed(&framer, MagstripeFixtures.member + "\r") == ["swipe"])
    let text = MagstripeFixtures.payment1 + MagstripeFixtures.payment2 + "\r"
    #expect(feed(&framer, text) == ["!paymentCard"])
    var codes = self.framer()
    #expect(feed(&codes, text) == ["!paymentCard"])
  }

  @Test("a line that closes forgets what it had")
  func reset() {
    var framer = framer()
    #expect(feed(&framer, "12").isEmpty)
    #expect(framer.reset().isEmpty && framer.counters.abandoned == 1)
    #expect(feed(&framer, "34\r", at: 1) == ["34"])
  }

  @Test("any bytes are survived")
  func anyBytes() {
    var generator = CodecGenerator()
    for _ in 0..<100_000 {
      let bytes = generator.bytes(upTo: 64)
      if DecoderFuzzing.serial(bytes) > bytes.count + 1 || DecoderFuzzing.aim(bytes) > 40 {
        Issue.record("seed \(generator.seed): more scans than bytes")
        return
      }
    }
  }
}
