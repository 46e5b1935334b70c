import TapgateCodec
import TapgateFuzzing
import TapgateModel
import Testing

@Suite("AIM identifiers")
struct ScannerAimTests {
  struct Sample: Sendable {
    var text: String
    var byteCount = 20
    var symbology: Symbology
    var constant: String
    var number: Int
  }

  /// ISO/IEC 15424:2008 table 1 and annexes; UnifiedPOS 1.15 for the constants.
  static let samples: [Sample] = [
    Sample(text: "]E0", byteCount: 13, symbology: .ean13, constant: "EAN13", number: 104),
    Sample(text: "]E0", byteCount: 12, symbology: .upcA, constant: "UPCA", number: 101),
    Sample(text: "]E0", byteCount: 8, symbology: .upcE, constant: "UPCE", number: 102),
    Sample(text: "]E4", byteCount: 8, symbology: .ean8, constant: "EAN8", number: 103),
    Sample(
      text: "]E3",
      byteCount: 15,
      symbology: .ean13Supplement,
      constant: "EAN13_S",
      number: 119
    ),
    Sample(text: "]E3", byteCount: 17, symbology: .upcASupplement, constant: "UPCA_S", number: 111),
    Sample(text: "]E1", byteCount: 2, symbology: .eanSupplement, constant: "OTHER", number: 501),
    Sample(text: "]A0", symbology: .code39, constant: "Code39", number: 108),
    Sample(text: "]A1", symbology: .code39Checked, constant: "Code39_CK", number: 137),
    Sample(text: "]A4", symbology: .code39, constant: "Code39", number: 108),
    Sample(text: "]B0", symbology: .telepen, constant: "TELEPEN", number: 145),
    Sample(text: "]C0", symbology: .code128, constant: "Code128", number: 110),
    Sample(text: "]C1", symbology: .gs1128, constant: "GS1128", number: 120),
    Sample(text: "]C2", symbology: .code128, constant: "Code128", number: 110),
    Sample(text: "]C4", symbology: .isbt128, constant: "ISBT128", number: 141),
    Sample(text: "]F0", symbology: .codabar, constant: "Codabar", number: 107),
    Sample(text: "]G0", symbology: .code93, constant: "Code93", number: 109),
    Sample(text: "]H0", symbology: .code11, constant: "Code11", number: 142),
    Sample(text: "]I0", symbology: .itf, constant: "ITF", number: 106),
    Sample(text: "]I1", symbology: .itfChecked, constant: "ITF_CK", number: 133),
    Sample(text: "]K0", symbology: .code16K, constant: "Code16k", number: 211),
    Sample(text: "]L2", symbology: .pdf417, constant: "PDF417", number: 201),
    Sample(text: "]L4", symbology: .microPDF417, constant: "UPDF417", number: 207),
    Sample(text: "]M0", symbology: .msi, constant: "MSI", number: 143),
    Sample(text: "]O4", symbology: .codablockF, constant: "CodablockF", number: 213),
    Sample(text: "]O6", symbology: .codablockA, constant: "CodablockA", number: 212),
    Sample(text: "]P0", symbology: .plessey, constant: "PLESSEY", number: 144),
    Sample(text: "]Q0", symbology: .qrCode, constant: "QRCODE", number: 204),
    Sample(text: "]Q1", symbology: .qrCode, constant: "QRCODE", number: 204),
    Sample(text: "]Q3", symbology: .gs1QRCode, constant: "GS1QRCODE", number: 209),
    Sample(text: "]R0", symbology: .straight2of5, constant: "TF", number: 105),
    Sample(text: "]S0", symbology: .iata2of5, constant: "TF", number: 105),
    Sample(text: "]T0", symbology: .code49, constant: "Code49", number: 210),
    Sample(text: "]U0", symbology: .maxiCode, constant: "MAXICODE", number: 202),
    Sample(text: "]X0", symbology: .other, constant: "OTHER", number: 501),
    Sample(text: "]Z6", symbology: .noBarCode, constant: "OTHER", number: 501),
    Sample(text: "]d1", symbology: .dataMatrix, constant: "DATAMATRIX", number: 203),
    Sample(text: "]d2", symbology: .gs1DataMatrix, constant: "GS1DATAMATRIX", number: 208),
    Sample(text: "]e0", byteCount: 16, symbology: .gs1DataBar, constant: "GS1DATABAR", number: 131),
    Sample(text: "]e0", symbology: .gs1DataBarExpanded, constant: "GS1DATABAR_E", number: 132),
    Sample(text: "]h0", symbology: .hanXin, constant: "HANXIN", number: 215),
    Sample(text: "]o1", symbology: .ocrA, constant: "OCRA", number: 121),
    Sample(text: "]o2", symbology: .ocrB, constant: "OCRB", number: 122),
    Sample(text: "]z0", symbology: .aztec, constant: "AZTEC", number: 206),
    Sample(text: "]J1", symbology: .gs1DotCode, constant: "OTHER", number: 501),
    Sample(text: "]g0", symbology: .gridMatrix, constant: "OTHER", number: 501),
    Sample(text: "]s0", symbology: .superCode, constant: "OTHER", number: 501),
    Sample(text: "]p0", symbology: .posiCode, constant: "OTHER", number: 501),
    Sample(text: "]c0", symbology: .channelCode, constant: "OTHER", number: 501),
    Sample(text: "]N0", symbology: .anker, constant: "OTHER", number: 501),
    Sample(text: "]D0", symbology: .codeOne, constant: "OTHER", number: 501),
    Sample(text: "]q7", symbology: .unknown, constant: "UNKNOWN", number: 0),
  ]

  @Test("each identifier has its symbology and UnifiedPOS constant", arguments: samples)
  func symbologies(sample: Sample) throws {
    let aim = try #require(AimIdentifier(sample.text))
    let symbology = aim.symbology(dataByteCount: sample.byteCount)
    #expect(aim.text == sample.text)
    #expect(symbology == sample.symbology)
    #expect(symbology.scanDataType.name == "SCAN_SDT_" + sample.constant)
    #expect(symbology.scanDataType.rawValue == sample.number)
  }

  @Test("what is no identifier is none", arguments: ["", "]", "]Q", "Q1]", "]1A", "]Q1x", "]Q!"])
  func none(text: String) { #expect(AimIdentifier(text) == nil) }

  @Test("GS1 and interpretations show in the modifier")
  func modifiers() {
    let gs1 = ["]C1", "]d2", "]Q3", "]e0", "]J1", "]z1"].compactMap { AimIdentifier($0) }
    #expect(gs1.count == 6 && gs1.allSatisfy(\.isGS1))
    let eci = ["]Q2", "]Q4", "]d4", "]L1", "]z3", "]U2", "]h1"].compactMap { AimIdentifier($0) }
    #expect(eci.count == 7 && eci.allSatisfy(\.hasInterpretations))
    let plain = ["]C0", "]d1", "]Q1", "]E0", "]L2", "]z0"].compactMap { AimIdentifier($0) }
    #expect(plain.allSatisfy { !$0.isGS1 && !$0.hasInterpretations })
  }
}

@Suite("HID POS scanners")
struct ScannerPOSTests {
  /// A report of `HIDFixtures.posScanner`.
  static func report(
    _ data: [UInt8],
    aim: String = "]Q1",
    isContinued: Bool = false,
    count: UInt8? = nil
  ) -> [UInt8] {
    let padded = data + [UInt8](repeating: 0, count: max(0, 56 - data.count))
    return [2, count ?? UInt8(data.count)] + Array(aim.utf8) + padded.prefix(56)
      + [0x6A, 0, isContinued ? 1 : 0]
  }

  static func fragments(_ data: [UInt8], aim: String = "]Q1") -> [[UInt8]] {
    stride(from: 0, to: data.count, by: 56).map { start in
      let part = Array(data[start..<min(data.count, start + 56)])
      return report(part, aim: aim, isContinued: start + 56 < data.count)
    }
  }

  static func decoder(
    _ bytes: [UInt8] = HIDFixtures.posScanner,
    charset: ScanCharset = .utf8,
    messages: Set<AimIdentifier> = []
  ) throws -> POSScannerDecoder {
    var configuration = POSScannerConfiguration()
    configuration.charset = charset
    configuration.messages = messages
    let descriptor = try HIDFixtures.descriptor(bytes)
    return try #require(POSScannerDecoder(descriptor: descriptor, configuration: configuration))
  }

  static func scans(_ outputs: [DecoderOutput]) -> [DecodedScan] {
    outputs.compactMap { if case .scan(let scan) = $0 { scan } else { nil } }
  }

  static func refusals(_ outputs: [DecoderOutput]) -> [DecoderRefusal] {
    outputs.compactMap { if case .refused(let refused) = $0 { refused.refusal } else { nil } }
  }

  @Test("one report is one scan, cut to its count")
  func single() throws {
    var decoder = try Self.decoder()
    let scans = Self.scans(
      decoder.feed(Self.report(Array("4006381333931".utf8), aim: "]E0"), at: 5)
    )
    let scan = try #require(scans.first)
    #expect(scan.text == "4006381333931" && scan.bytes == Array("4006381333931".utf8))
    #expect(scan.aim?.symbology(dataByteCount: 13) == .ean13)
    #expect(scan.firstMilliseconds == 5 && scan.completeMilliseconds == 5 && !scan.isPartial)
    // Zeros that the count covers are data.
    let zeros = decoder.feed(Self.report([0x41, 0, 0]), at: 6)
    #expect(Self.scans(zeros).first?.bytes == [0x41, 0, 0])
    #expect(decoder.counters.accepted == 2)
  }

  @Test("130 bytes in three fragments are one scan")
  func fragmented() throws {
    var decoder = try Self.decoder()
    let data = (0..<130).map { UInt8(0x30 + $0 % 10) }
    let reports = Self.fragments(data)
    #expect(reports.count == 3)
    var outputs: [DecoderOutput] = []
    for (index, report) in reports.enumerated() {
      outputs += decoder.feed(report, at: UInt64(100 + index * 8))
      #expect((decoder.deadline != nil) == (index < 2))
    }
    let scan = try #require(Self.scans(outputs).first)
    #expect(outputs.count == 1 && scan.bytes == data)
    #expect(scan.firstMilliseconds == 100 && scan.completeMilliseconds == 116)
  }

  @Test("a scanner's own messages are no scans, however many fragments they have")
  func messages() throws {
    var decoder = try Self.decoder(messages: POSScannerConfiguration.honeywellMessages)
    var outputs: [DecoderOutput] = []
    // Six fragments with ]X0 and one report with ]Z6, as a menu code answers.
    for report in Self.fragments([UInt8](repeating: 0x52, count: 320), aim: "]X0") {
      outputs += decoder.feed(report, at: 0)
    }
    outputs += decoder.feed(Self.report(Array("REVINF.".utf8), aim: "]Z6"), at: 1)
    #expect(Self.refusals(outputs) == [.notAScan, .notAScan])
    #expect(Self.scans(outputs).isEmpty)
  }

  @Test("another maker's ]X0 is a code like any other")
  func otherMakers() throws {
    var decoder = try Self.decoder()
    let outputs = decoder.feed(Self.report(Array("9780306406157".utf8), aim: "]X0"), at: 0)
    #expect(Self.refusals(outputs).isEmpty)
    #expect(Self.scans(outputs).map(\.text) == ["9780306406157"])
  }

  @Test("a fragment with another identifier ends what was before, and so does a gap or a loss")
  func aborts() throws {
    var decoder = try Self.decoder()
    let part = Self.report([UInt8](repeating: 0x41, count: 56), isContinued: true)
    #expect(decoder.feed(part, at: 0).isEmpty)
    let other = decoder.feed(Self.report([0x42], aim: "]E0"), at: 10)
    #expect(Self.scans(other).map(\.bytes) == [[0x42]])
    #expect(decoder.counters.abandoned == 1)

    #expect(decoder.feed(part, at: 100).isEmpty)
    #expect(decoder.deadline == 1101)
    let late = decoder.feed(Self.report([0x43]), at: 1101)
    #expect(Self.scans(late).map(\.bytes) == [[0x43]])
    #expect(decoder.counters.abandoned == 2)

    #expect(decoder.feed(part, at: 2000).isEmpty)
    #expect(decoder.reset().isEmpty)
    #expect(Self.scans(decoder.feed(Self.report([0x44]), at: 2001)).map(\.bytes) == [[0x44]])
    #expect(decoder.counters.abandoned == 3)
  }

  @Test("exactly a second is no gap, and a fragment without identifier belongs to its message")
  func continuation() throws {
    var decoder = try Self.decoder()
    let part = [UInt8](repeating: 0x41, count: 56)
    #expect(decoder.feed(Self.report(part, isContinued: true), at: 0).isEmpty)
    let scans = Self.scans(decoder.feed(Self.report([0x42], aim: "\0\0\0"), at: 1000))
    #expect(scans.map(\.bytes) == [part + [0x42]])
    #expect(scans.first?.aim?.text == "]Q1")
  }

  @Test("8 KiB are a scan; more is refused once and thrown away up to its end")
  func tooLong() throws {
    var decoder = try Self.decoder()
    let limit = POSScannerDecoder.byteCountMax
    var outputs: [DecoderOutput] = []
    for report in Self.fragments([UInt8](repeating: 0x41, count: limit)) {
      outputs += decoder.feed(report, at: 0)
    }
    #expect(Self.scans(outputs).map(\.bytes.count) == [limit])
    outputs = []
    for report in Self.fragments([UInt8](repeating: 0x41, count: limit + 1000)) {
      outputs += decoder.feed(report, at: 0)
    }
    #expect(Self.refusals(outputs) == [.tooLong] && outputs.count == 1)
    #expect(Self.scans(decoder.feed(Self.report([0x42]), at: 1)).map(\.bytes) == [[0x42]])
  }

  @Test("other layouts work by their descriptor: no identifiers, no count, the flag first")
  func otherLayout() throws {
    var decoder = try Self.decoder(HIDFixtures.otherPosScanner)
    var report: [UInt8] = [1] + Array("]C0".utf8) + Array("0123456789ABCDEF".utf8)
    #expect(decoder.feed(report, at: 0).isEmpty)
    report = [0] + Array("]C0".utf8) + Array("XYZ".utf8) + [UInt8](repeating: 0, count: 13)
    let scan = try #require(Self.scans(decoder.feed(report, at: 1)).first)
    #expect(scan.text == "0123456789ABCDEFXYZ" && scan.aim?.text == "]C0")
  }

  @Test("a report that is none of its own is passed over; a count that cannot be is refused")
  func strangers() throws {
    var decoder = try Self.decoder()
    #expect(decoder.feed([], at: 0).isEmpty)
    #expect(decoder.feed([9, 1, 2, 3], at: 0).isEmpty)
    #expect(decoder.counters.ignored == 2)
    #expect(Self.refusals(decoder.feed(Self.report([0x41], count: 57), at: 0)) == [.unreadable])
    #expect(decoder.feed(Self.report([]), at: 0).isEmpty)
    #expect(decoder.counters.empty == 1)
  }

  @Test("bytes that are not of the set are refused with their position; Latin-1 takes them")
  func charsets() throws {
    var strict = try Self.decoder()
    let outputs = strict.feed(Self.report([0x41, 0xE9, 0x42]), at: 0)
    guard case .refused(let refusal) = outputs.first else {
      Issue.record("not refused")
      return
    }
    #expect(refusal.refusal == .charset && refusal.detail.contains("position 2"))
    var latin = try Self.decoder(charset: .latin1)
    #expect(Self.scans(latin.feed(Self.report([0x41, 0xE9]), at: 0)).first?.text == "Aé")
  }

  @Test("interpretations are taken out, and each part is read in its set")
  func interpretations() throws {
    var decoder = try Self.decoder(charset: .latin1)
    func text(_ data: [UInt8], _ aim: String) -> DecodedScan? {
      Self.scans(decoder.feed(Self.report(data, aim: aim), at: 0)).first
    }
    let utf8 = Array(#"\000026"#.utf8) + Array("会员".utf8) + Array(#"\\7"#.utf8)
    #expect(text(utf8, "]Q2")?.text == #"会员\7"#)
    #expect(text(utf8, "]Q2")?.interpretations == [26])
    // A scanner that escapes and does not say so.
    #expect(text(utf8, "]Q1")?.text == #"会员\7"#)
    let two = Array(#"\000003"#.utf8) + [0xE9] + Array(#"\000026"#.utf8) + Array("é".utf8)
    #expect(text(two, "]d4")?.text == "éé")
    // Not escaped, or no symbology that escapes: all stays.
    #expect(text(Array(#"C:\temp"#.utf8), "]Q2")?.text == #"C:\temp"#)
    #expect(text(Array(#"\000026A"#.utf8), "]C0")?.text == #"\000026A"#)
    let strange = decoder.feed(Self.report(Array(#"\000020A"#.utf8), aim: "]Q2"), at: 0)
    #expect(Self.refusals(strange) == [.charset])
  }

  @Test("the GS of a GS1 code stays in the data")
  func gs1() throws {
    var decoder = try Self.decoder()
    let data = Array("0104006381333931".utf8) + [0x1D] + Array("10ABC".utf8)
    let scan = try #require(Self.scans(decoder.feed(Self.report(data, aim: "]C1"), at: 0)).first)
    #expect(scan.bytes == data && scan.aim?.isGS1 == true)
    #expect(!"\(scan)".contains("4006381") && !String(reflecting: scan).contains("4006381"))
  }

  @Test("an article's number is no payment card's; a payment card's number in a QR code is")
  func payment() throws {
    var decoder = try Self.decoder()
    func holds(_ data: String, _ aim: String) -> Bool? {
      Self.scans(decoder.feed(Self.report(Array(data.utf8), aim: aim), at: 0)).first
        .map { ScannedNumber.isPaymentCard($0.text, aim: $0.aim?.text) }
    }
    #expect(holds("4006381333931", "]E0") == false)
    #expect(holds("4111111111111111", "]Q1") == true)
    #expect(holds("4111111111111111", "]E0") == false)
    #expect(holds("0141111111111111", "]C1") == false)
  }

  @Test("the tracks of a payment card are refused whatever scanner sends them")
  func tracks() throws {
    var decoder = try Self.decoder()
    let data = Array((MagstripeFixtures.payment1 + MagstripeFixtures.payment2).utf8)
    var outputs: [DecoderOutput] = []
    for report in Self.fragments(data, aim: "]L2") { outputs += decoder.feed(report, at: 0) }
    #expect(Self.refusals(outputs) == [.paymentCard])
    #expect(!String(reflecting: outputs).contains("4111"))
  }

  @Test("a device without decoded data has no decoder")
  func otherDevices() throws {
    for bytes in [HIDFixtures.keyboard, HIDFixtures.sureSwipe, HIDFixtures.vendorByte] {
      #expect(POSScannerDecoder(descriptor: try HIDFixtures.descriptor(bytes)) == nil)
    }
  }

  @Test("any reports are survived")
  func anyReports() {
    var generator = CodecGenerator()
    for _ in 0..<100_000 {
      let bytes = generator.bytes(upTo: 120)
      if DecoderFuzzing.posScanner(bytes) > bytes.count + 1 {
        Issue.record("seed \(generator.seed): more scans than bytes")
        return
      }
    }
  }
}
