import TapgateCodec
import TapgateFuzzing
import Testing

@Suite("Keyboard wedges")
struct WedgeTests {
  private func decoder(
    _ change: (inout WedgeConfiguration) -> Void = { _ in }
  ) -> WedgeDecoder {
    var configuration = WedgeConfiguration()
    change(&configuration)
    return WedgeDecoder(configuration: configuration)
  }

  private func typed(_ text: String, suffix: UInt8? = WedgeTyping.enter) -> [[UInt8]] {
    var typing = WedgeTyping()
    typing.type(text)
    if let suffix { typing.press(suffix) }
    return typing.reports
  }

  @Test("what was typed is what was scanned, double letters with it")
  func plain() throws {
    var decoder = decoder()
    let outputs = WedgeTyping.feed(&decoder, typed("Aabb-0042 ok/X"))
    #expect(WedgeTyping.texts(outputs) == ["Aabb-0042 ok/X"])
    guard case .scan(let scan) = outputs.first else { return }
    #expect(!scan.isPartial && scan.firstMilliseconds == 0)
    #expect(decoder.counters.accepted == 1)
    #expect(decoder.deadline == nil)
    #expect(!"\(scan)".contains("0042") && !String(reflecting: outputs).contains("0042"))
  }

  @Test("the pace does not matter", arguments: [1, 6, 10, 19, 50] as [UInt64])
  func pace(milliseconds: UInt64) {
    var decoder = decoder()
    let text = String(repeating: "4006381333931AZaz", count: 10)
    let outputs = WedgeTyping.feed(&decoder, typed(text), step: milliseconds)
    #expect(WedgeTyping.texts(outputs) == [text])
  }

  @Test("2,000 characters, several reports in one buffer")
  func aggregates() {
    var decoder = decoder()
    let text = String(repeating: "0123456789", count: 200)
    let reports = typed(text)
    var outputs: [DecoderOutput] = []
    for start in stride(from: 0, to: reports.count, by: 8) {
      let buffer = reports[start..<min(reports.count, start + 8)].flatMap(\.self)
      outputs += decoder.feed(buffer, at: UInt64(start))
    }
    #expect(WedgeTyping.texts(outputs) == [text])
  }

  @Test("two scans 20 ms apart are two scans")
  func backToBack() {
    var decoder = decoder()
    let first = typed("111")
    var outputs = WedgeTyping.feed(&decoder, first)
    outputs += WedgeTyping.feed(&decoder, typed("222"), from: UInt64(first.count) + 20)
    #expect(WedgeTyping.texts(outputs) == ["111", "222"])
  }

  @Test("new keys of one report count in the array's order")
  func arrayOrder() {
    var decoder = decoder()
    let reports: [[UInt8]] = [
      [0, 0, 0x06, 0x04, 0x05, 0, 0, 0],  // c a b
      [0, 0, 0x06, 0x04, 0x07, 0, 0, 0],  // d is new
      WedgeTyping.released,
    ]
    let outputs = WedgeTyping.feed(&decoder, reports + WedgeTyping.key(0x28))
    #expect(WedgeTyping.texts(outputs) == ["cabd"])
  }

  @Test("a report that says too many keys says nothing; an empty one neither")
  func rollover() {
    var decoder = decoder()
    var reports: [[UInt8]] = [
      [0, 0, 0x04, 0, 0, 0, 0, 0],
      [0, 0, 1, 1, 1, 1, 1, 1],
      [],
      [0, 0, 0x04, 0x05, 0, 0, 0, 0],
      WedgeTyping.released,
    ]
    reports += WedgeTyping.key(0x28)
    #expect(WedgeTyping.texts(WedgeTyping.feed(&decoder, reports)) == ["ab"])
  }

  @Test("without a report between, two equal letters are one, unless the scanner is known for it")
  func repeated() {
    let down: [UInt8] = [0, 0, 0x04, 0, 0, 0, 0, 0]
    let reports = [down, down, WedgeTyping.released] + WedgeTyping.key(0x28)
    var plain = decoder()
    #expect(WedgeTyping.texts(WedgeTyping.feed(&plain, reports)) == ["a"])
    var known = decoder { $0.countsRepeatedReports = true }
    #expect(WedgeTyping.texts(WedgeTyping.feed(&known, reports)) == ["aa"])
    // The same letter twice in one array was typed twice.
    var array = decoder()
    let twice: [[UInt8]] = [[0, 0, 0x04, 0x04, 0, 0, 0, 0], WedgeTyping.released]
    let outputs = WedgeTyping.feed(&array, twice + WedgeTyping.key(0x28))
    #expect(WedgeTyping.texts(outputs) == ["aa"])
  }

  // MARK: Suffixes

  @Test(
    "each suffix ends the scan, and nothing else does",
    arguments: [
      (WedgeSuffix.cr, WedgeTyping.key(0x28)),
      (.cr, WedgeTyping.key(0x58)),
      (.lf, WedgeTyping.key(0x0D, 0x01)),
      (.crlf, WedgeTyping.key(0x28)),
      (.crlf, WedgeTyping.key(0x0D, 0x01)),
      (.crlf, WedgeTyping.key(0x28) + WedgeTyping.key(0x0D, 0x01)),
      (.crlf, WedgeTyping.key(0x28) + WedgeTyping.key(0x28)),
      (.cr, WedgeTyping.key(0x28) + WedgeTyping.key(0x0D, 0x01)),
      (.tab, WedgeTyping.key(0x2B)),
      (.tab, WedgeTyping.key(0x2B) + WedgeTyping.key(0x28)),
      (.keypadEnter, WedgeTyping.key(0x58)),
      (.escape, WedgeTyping.key(0x29)),
    ]
  )
  func suffixes(suffix: WedgeSuffix, keys: [[UInt8]]) {
    var decoder = decoder { $0.suffix = suffix }
    let reports = (typed("12", suffix: nil) + keys) + (typed("34", suffix: nil) + keys)
    let outputs = WedgeTyping.feed(&decoder, reports)
    #expect(WedgeTyping.texts(outputs) == ["12", "34"])
    #expect(decoder.tick(at: 100_000).isEmpty)
  }

  @Test("a suffix of another kind is data")
  func foreignSuffix() {
    var tab = decoder { $0.suffix = .tab }
    let reports = typed("1") + typed("2", suffix: 0x2B)
    #expect(WedgeTyping.texts(WedgeTyping.feed(&tab, reports)) == ["1\r2"])
    var keypad = decoder { $0.suffix = .keypadEnter }
    let others = typed("1") + typed("2", suffix: 0x58)
    #expect(WedgeTyping.texts(WedgeTyping.feed(&keypad, others)) == ["1\r2"])
  }

  @Test("without suffix 200 ms of silence end the scan; with one they give it up as partial")
  func idle() throws {
    var silent = decoder { $0.suffix = .none }
    #expect(WedgeTyping.feed(&silent, typed("123", suffix: nil), step: 10).isEmpty)
    #expect(silent.deadline == 250)
    #expect(silent.tick(at: 249).isEmpty)
    let outputs = silent.tick(at: 250)
    guard case .scan(let scan) = try #require(outputs.first) else { return }
    #expect(scan.text == "123" && !scan.isPartial)

    var waiting = decoder()
    #expect(WedgeTyping.feed(&waiting, typed("123", suffix: nil), step: 10).isEmpty)
    // The next scan comes without a tick between.
    let both = WedgeTyping.feed(&waiting, typed("456"), from: 1000)
    #expect(WedgeTyping.texts(both) == ["123", "456"])
    guard case .scan(let partial) = try #require(both.first) else { return }
    #expect(partial.isPartial)
  }

  @Test("the silence is at least 30 ms and at most 1,500")
  func idleRange() {
    var configuration = WedgeConfiguration()
    configuration.idleMilliseconds = 1
    #expect(configuration.idleMilliseconds == 30)
    configuration.idleMilliseconds = 9000
    #expect(configuration.idleMilliseconds == 1500)
  }

  @Test("an empty scan is none")
  func empty() {
    var decoder = decoder()
    let keys = WedgeTyping.key(0x28) + WedgeTyping.key(0x58)
    #expect(WedgeTyping.feed(&decoder, keys).isEmpty)
    #expect(decoder.counters.empty == 2 && decoder.counters.accepted == 0)
  }

  @Test("a prefix is taken off, and where it is demanded, what has none is refused")
  func prefix() {
    var optional = decoder { $0.prefix = "~S" }
    #expect(
      WedgeTyping.texts(WedgeTyping.feed(&optional, typed("~S12") + typed("34"))) == ["12", "34"]
    )
    var demanded = decoder {
      $0.prefix = "~S"
      $0.isPrefixRequired = true
    }
    let outputs = WedgeTyping.feed(&demanded, typed("~S12") + typed("34") + typed("~S"))
    #expect(WedgeTyping.texts(outputs) == ["12", "!notAScan"])
  }

  @Test("an AIM identifier before the data is taken off where the scanner sends one")
  func aim() throws {
    var with = decoder { $0.hasAimIdentifier = true }
    let outputs = WedgeTyping.feed(&with, typed("]E04006381333931") + typed("]]plain"))
    #expect(WedgeTyping.texts(outputs) == ["4006381333931", "]]plain"])
    guard case .scan(let scan) = try #require(outputs.first) else { return }
    #expect(scan.aim?.text == "]E0")
    var without = decoder()
    #expect(WedgeTyping.texts(WedgeTyping.feed(&without, typed("]E012"))) == ["]E012"])
  }

  @Test("4,096 characters are a scan; more is refused once, and thrown away up to the suffix")
  func tooLong() {
    var decoder = decoder()
    let limit = WedgeDecoder.characterCountMax
    let text = String(repeating: "7", count: limit)
    #expect(WedgeTyping.texts(WedgeTyping.feed(&decoder, typed(text))) == [text])
    let outputs = WedgeTyping.feed(&decoder, typed(text + "89") + typed("1"), from: 100_000)
    #expect(WedgeTyping.texts(outputs) == ["!tooLong", "1"])
  }

  @Test("a key without character refuses the scan and tells where, not what")
  func unmapped() throws {
    var decoder = decoder()
    let reports = typed("42", suffix: nil) + WedgeTyping.key(0x3A) + typed("7") + typed("8")
    let outputs = WedgeTyping.feed(&decoder, reports)
    #expect(WedgeTyping.texts(outputs) == ["!charset", "8"])
    guard case .refused(let refusal) = try #require(outputs.first) else { return }
    #expect(refusal.detail.contains("position 3") && refusal.detail.contains("usage 3A"))
    #expect(!refusal.detail.contains("42"))
  }

  @Test("a key that was down when the cable was pulled is up afterwards")
  func unplugged() {
    var decoder = decoder()
    #expect(decoder.feed([0x02, 0, 0x04, 0, 0, 0, 0, 0], at: 0).isEmpty)
    #expect(decoder.reset().isEmpty)
    #expect(decoder.deadline == nil && decoder.counters.abandoned == 1)
    #expect(WedgeTyping.texts(WedgeTyping.feed(&decoder, typed("ab"), from: 10)) == ["ab"])
  }

  @Test("a report that is cut short says what it holds")
  func shortReports() {
    var decoder = decoder()
    let reports: [[UInt8]] = [[0, 0, 0x04], [0, 0], [0], [2, 0, 0x05], [0, 0, 0]]
    let outputs = WedgeTyping.feed(&decoder, reports + WedgeTyping.key(0x28))
    #expect(WedgeTyping.texts(outputs) == ["aB"])
  }

  // MARK: Other reports, other sources

  @Test("a bitmap of all keys, with a report identifier, and other reports between")
  func bitmap() throws {
    let descriptor = try HIDFixtures.descriptor(HIDFixtures.bitmapKeyboard)
    var decoder = try #require(
      WedgeDecoder(descriptor: descriptor, configuration: WedgeConfiguration())
    )
    func report(_ usages: [UInt8], _ modifiers: UInt8 = 0) -> [UInt8] {
      var bytes = [UInt8](repeating: 0, count: 17)
      bytes[0] = 1
      bytes[1] = modifiers
      for usage in usages { bytes[2 + Int(usage - 4) / 8] |= 1 << ((usage - 4) % 8) }
      return bytes
    }
    let reports = [
      report([0x04], 0x02), [2, 0xE9, 0], report([]), report([0x1E, 0x1F]), [2, 0, 0], report([]),
      report([0x28]), report([]),
    ]
    #expect(WedgeTyping.texts(WedgeTyping.feed(&decoder, reports)) == ["A12"])
    let mouse = try HIDFixtures.descriptor(HIDFixtures.mouse)
    #expect(WedgeDecoder(descriptor: mouse, configuration: WedgeConfiguration()) == nil)
  }

  @Test("the descriptor of the class definition gives what boot reports give")
  func reportProtocol() throws {
    let descriptor = try HIDFixtures.descriptor(HIDFixtures.keyboard)
    var decoder = try #require(
      WedgeDecoder(descriptor: descriptor, configuration: WedgeConfiguration())
    )
    #expect(WedgeTyping.texts(WedgeTyping.feed(&decoder, typed("Ab1"))) == ["Ab1"])
  }

  @Test("Linux key events give the same scan")
  func evdev() {
    var decoder = decoder()
    // KEY_LEFTSHIFT 42, KEY_A 30, KEY_B 48, KEY_1 2, KEY_KP0 82, KEY_ENTER 28.
    let events: [(UInt16, Int32)] = [
      (42, 1), (30, 1), (30, 2), (30, 0), (42, 0), (48, 1), (48, 0), (2, 1), (2, 0), (82, 1),
      (82, 0), (28, 1), (28, 0),
    ]
    var outputs: [DecoderOutput] = []
    for (index, event) in events.enumerated() {
      outputs += decoder.takeLinuxKey(code: event.0, value: event.1, at: UInt64(index))
    }
    #expect(WedgeTyping.texts(outputs) == ["Ab10"])
    outputs = decoder.takeLinuxKey(code: 59, value: 1, at: 100)  // KEY_F1
    outputs += decoder.takeLinuxKey(code: 28, value: 1, at: 101)
    #expect(WedgeTyping.texts(outputs) == ["!charset"])
  }

  @Test("the key numbers of Linux are those of its header")
  func linuxKeys() {
    // linux/input-event-codes.h against HID Usage Tables 1.5 section 10.
    let pairs: [(UInt16, UInt16)] = [
      (1, 0x29), (2, 0x1E), (11, 0x27), (12, 0x2D), (13, 0x2E), (14, 0x2A), (15, 0x2B),
      (16, 0x14), (21, 0x1C), (26, 0x2F), (27, 0x30), (28, 0x28), (29, 0xE0), (39, 0x33),
      (40, 0x34), (41, 0x35), (43, 0x31), (44, 0x1D), (51, 0x36), (52, 0x37), (53, 0x38),
      (54, 0xE5), (56, 0xE2), (57, 0x2C), (58, 0x39), (69, 0x53), (71, 0x5F), (79, 0x59),
      (82, 0x62), (83, 0x63), (86, 0x64), (96, 0x58), (97, 0xE4), (98, 0x54), (100, 0xE6),
      (111, 0x4C), (117, 0x67), (125, 0xE3), (126, 0xE7), (183, 0x68), (194, 0x73),
    ]
    for (code, usage) in pairs { #expect(KeyUsage.ofLinuxKey(code) == usage, "key \(code)") }
    #expect(KeyUsage.ofLinuxKey(0) == nil && KeyUsage.ofLinuxKey(0x110) == nil)
    let usages = (0..<256).compactMap { KeyUsage.ofLinuxKey($0) }
    #expect(Set(usages).count == usages.count)
  }

  @Test("any reports and key events are survived, and give no more than they hold")
  func anyReports() {
    var generator = CodecGenerator()
    let decoders = [
      DecoderFuzzing.wedge, DecoderFuzzing.wedgeByDescriptor, DecoderFuzzing.linuxKeys,
      DecoderFuzzing.assembler,
    ]
    for round in 0..<100_000 {
      var bytes = generator.bytes(upTo: 60)
      if round % 4 == 1 { bytes = HIDFixtures.keyboard + bytes.prefix(65) }
      for decoder in decoders where decoder(bytes) > bytes.count + 1 {
        Issue.record("seed \(generator.seed): more scans than bytes")
        return
      }
    }
  }
}
