import TapgateCodec
import TapgateFuzzing
import Testing

@Suite("Calibration of wedges")
struct WedgeCalibrationTests {
  private func record(_ reports: [[UInt8]], step: UInt64 = 4) -> [WedgeRecorder.Key] {
    var recorder = WedgeRecorder()
    for (index, report) in reports.enumerated() { recorder.feed(report, at: UInt64(index) * step) }
    return recorder.keys
  }

  private func typed(
    _ layout: KeyboardLayout,
    prefix: String = "",
    suffix: [UInt8] = [0x28]
  ) -> [[UInt8]] {
    var typing = WedgeTyping(layout)
    typing.type(prefix + WedgeCalibration.baseline)
    for key in suffix { typing.press(key) }
    return typing.reports
  }

  @Test("each country is told from the others, dead keys or not", arguments: KeyboardLayout.all)
  func layouts(layout: KeyboardLayout) throws {
    let found = try WedgeCalibration.derive(from: record(typed(layout))).get()
    #expect(found.layout == layout && found.suffix == .cr && found.prefix.isEmpty)
    #expect(found.overrides.isEmpty && found.keyMillisecondsMax == 8)
    let plain = layout.withoutDeadKeys
    let other = try WedgeCalibration.derive(from: record(typed(plain))).get()
    var typing = WedgeTyping(plain)
    typing.type(WedgeCalibration.baseline)
    typing.press(WedgeTyping.enter)
    var decoder = WedgeDecoder(configuration: other.configuration)
    let texts = WedgeTyping.texts(WedgeTyping.feed(&decoder, typing.reports))
    #expect(texts == [WedgeCalibration.baseline])
  }

  @Test(
    "the short text tells the countries apart as well",
    arguments: KeyboardLayout.all.flatMap { [$0, $0.withoutDeadKeys] }
  )
  func short(layout: KeyboardLayout) throws {
    let text = WedgeCalibration.shortBaseline
    var typing = WedgeTyping(layout)
    typing.type(text)
    typing.press(WedgeTyping.enter)
    let keys = record(typing.reports)
    let found = try WedgeCalibration.derive(from: keys, baseline: text).get()
    #expect(found.suffix == .cr && found.overrides.isEmpty)
    // Whatever the layout is called: it reads every ASCII character as this one types it.
    let all = String(String.UnicodeScalarView((0x20...0x7E).map { Unicode.Scalar(UInt8($0)) }))
    var everything = WedgeTyping(layout)
    everything.type(all)
    everything.press(WedgeTyping.enter)
    var decoder = WedgeDecoder(configuration: found.configuration)
    #expect(WedgeTyping.texts(WedgeTyping.feed(&decoder, everything.reports)) == [all])
  }

  @Test(
    "each suffix is found",
    arguments: [
      ([0x28], WedgeSuffix.cr), ([0x58], .keypadEnter), ([0x2B], .tab), ([0x29], .escape),
      ([0x28, 0x28], .crlf), ([0x2B, 0x28], .tab), ([], .none),
    ] as [([UInt8], WedgeSuffix)]
  )
  func suffixes(keys: [UInt8], suffix: WedgeSuffix) throws {
    let found = try WedgeCalibration.derive(from: record(typed(.us, suffix: keys))).get()
    #expect(found.suffix == suffix)
  }

  @Test("prefix and AIM identifier are told apart, and a slow scanner gets more time")
  func affixes() throws {
    let reports = typed(.us, prefix: "~1]C0")
    let found = try WedgeCalibration.derive(from: record(reports, step: 40)).get()
    #expect(found.prefix == "~1" && found.hasAimIdentifier)
    #expect(found.keyMillisecondsMax == 80 && found.idleMilliseconds == 320)
    let configuration = found.configuration
    #expect(configuration.prefix == "~1" && configuration.idleMilliseconds == 320)
    #expect(configuration.hasAimIdentifier && configuration.suffix == .cr)
  }

  @Test("a layout that is in no list becomes the nearest one with overrides")
  func overrides() throws {
    // A scanner that types # as F5 and swaps y with z.
    var typing = WedgeTyping(.us)
    for scalar in WedgeCalibration.baseline.unicodeScalars {
      switch scalar {
      case "#": typing.press(0x3E)
      case "y": typing.press(0x1D)
      case "z": typing.press(0x1C)
      case "Y": typing.press(0x1D, 0x02)
      case "Z": typing.press(0x1C, 0x02)
      default: typing.type(String(scalar))
      }
    }
    typing.press(WedgeTyping.enter)
    let found = try WedgeCalibration.derive(from: record(typing.reports)).get()
    #expect(found.layout == .us && found.overrides.count == 5)
    var decoder = WedgeDecoder(configuration: found.configuration)
    let texts = WedgeTyping.texts(WedgeTyping.feed(&decoder, typing.reports))
    #expect(texts == [WedgeCalibration.baseline])
  }

  @Test("a scanner that types numbers with ALT needs no layout")
  func altCodes() throws {
    var typing = WedgeTyping()
    for scalar in WedgeCalibration.baseline.unicodeScalars { typing.typeAlt("0\(scalar.value)") }
    typing.press(WedgeTyping.enter)
    let found = try WedgeCalibration.derive(from: record(typing.reports)).get()
    #expect(found.layout == .us && found.overrides.isEmpty)
  }

  @Test("what cannot be made out says why")
  func failures() {
    #expect(WedgeCalibration.derive(from: []) == .failure(.nothingTyped))
    let keys = record(typed(.us))
    #expect(WedgeCalibration.derive(from: keys, baseline: "") == .failure(.noBaseline))
    #expect(WedgeCalibration.derive(from: record(WedgeTyping.key(0x04))) == .failure(.noMatch))
    // Letters behind the baseline are no suffix.
    let letters = record(typed(.us, suffix: [0x04, 0x05]))
    #expect(WedgeCalibration.derive(from: letters) == .failure(.unknownSuffix))
    // Every character on one key.
    let same = record((0..<60).flatMap { _ in WedgeTyping.key(0x04) })
    #expect(WedgeCalibration.derive(from: same) == .failure(.noMatch))
  }

  @Test("recording is bounded, and Linux keys record as reports do")
  func recorder() {
    var recorder = WedgeRecorder()
    for index in 0..<10_000 { recorder.takeLinuxKey(code: 30, value: Int32(index % 2), at: 0) }
    #expect(recorder.keys.count == WedgeRecorder.keyCountMax)
    #expect(recorder.keys[1].event == KeyEvent(usage: 0x04, isDown: true))
  }

  @Test("any keys are survived")
  func anyKeys() {
    var generator = CodecGenerator()
    for _ in 0..<2_000 where DecoderFuzzing.calibration(generator.bytes(upTo: 60)) > 60 {
      Issue.record("seed \(generator.seed): more overrides than keys")
    }
  }
}
