package import TapgateCodec

/// One function a decoder that takes any bytes: what a fuzzer calls, and the tests with random
/// input. Each returns how much came out, which the tests hold against a bound.
package enum DecoderFuzzing {
  /// Every entry by name.
  package static let entries: [(name: String, run: @Sendable ([UInt8]) -> Int)] = [
    ("descriptor", descriptor),
    ("descriptorParse", descriptorParse),
    ("wedge", wedge),
    ("wedgeByDescriptor", wedgeByDescriptor),
    ("linuxKeys", linuxKeys),
    ("posScanner", posScanner),
    ("assembler", assembler),
    ("serial", serial),
    ("typedSwipe", typedSwipe),
    ("magstripeReport", magstripeReport),
    ("magstripeBits", magstripeBits),
    ("idTechFrame", idTechFrame),
    ("aim", aim),
    ("calibration", calibration),
  ]

  private static func parsed(_ fixtures: [[UInt8]]) -> [HIDReportDescriptor] {
    fixtures.compactMap { fixture in
      if case .success(let descriptor) = HIDReportDescriptor.parse(fixture) {
        descriptor
      } else {
        nil
      }
    }
  }

  private static let scanners = parsed([HIDFixtures.posScanner, HIDFixtures.otherPosScanner])

  private static let cardReaders = parsed([
    HIDFixtures.sureSwipe, HIDFixtures.magneSafe, HIDFixtures.standardMagstripe,
    HIDFixtures.idTechBuffer,
  ])

  private static let keyboards = parsed([HIDFixtures.bitmapKeyboard])

  /// Parses the bytes as a descriptor, then takes every value out of the same bytes as a report.
  @Sendable package static func descriptor(_ bytes: [UInt8]) -> Int {
    guard case .success(let descriptor) = HIDReportDescriptor.parse(bytes) else { return 0 }
    let report = HIDReport(bytes)
    var sum: Int64 = 0
    for field in descriptor.fields {
      for index in 0..<min(field.count, 300) { sum &+= report.value(of: field, at: index) ?? 0 }
      sum &+= Int64(report.buffer(of: field).count)
    }
    _ = descriptor.applications
    return descriptor.fields.count
  }

  /// Parses the bytes as a descriptor and looks at what came of it: within every limit, and each
  /// collection inside of one that opened before. It does nothing else, so what it takes is the
  /// parser's time.
  @Sendable package static func descriptorParse(_ bytes: [UInt8]) -> Int {
    guard case .success(let descriptor) = HIDReportDescriptor.parse(bytes) else { return 0 }
    typealias Limits = HIDReportDescriptor.Limits
    guard bytes.count <= Limits.byteCountMax, descriptor.fields.count <= Limits.fieldCountMax,
      descriptor.collections.count <= Limits.collectionCountMax
    else { FuzzTarget.fail("more of it than there may be") }
    var depths: [Int] = []
    for (place, collection) in descriptor.collections.enumerated() {
      let parent = collection.parent ?? -1
      guard parent < place else { FuzzTarget.fail("a collection inside of a later one") }
      depths.append(parent < 0 ? 1 : depths[parent] + 1)
    }
    guard depths.max() ?? 0 <= Limits.depthMax else { FuzzTarget.fail("too deep") }
    for field in descriptor.fields {
      let end = field.bitOffset + field.bitSize * field.count
      guard end <= (Limits.reportByteCountMax + 1) * 8, field.usages.count <= Limits.usageCountMax,
        field.collection ?? 0 < max(1, descriptor.collections.count)
      else { FuzzTarget.fail("a field out of bounds") }
    }
    return descriptor.fields.count
  }

  /// The first byte chooses the settings, the rest are boot reports with a time step before each.
  @Sendable package static func wedge(_ bytes: [UInt8]) -> Int {
    var configuration = WedgeConfiguration()
    let choice = Int(bytes.first ?? 0)
    configuration.layout = KeyboardLayout.all[choice % KeyboardLayout.all.count]
    configuration.suffix = WedgeSuffix.allCases[choice / 8 % WedgeSuffix.allCases.count]
    switch choice % 4 {
    case 0: configuration.altCodes = .windows
    case 1: configuration.altCodes = .unicode
    case 2: configuration.altCodes = .bytes(.utf8)
    default: configuration.altCodes = .bytes(.latin1)
    }
    configuration.hasAimIdentifier = choice & 0x40 != 0
    configuration.countsRepeatedReports = choice & 0x80 != 0
    var decoder = WedgeDecoder(configuration: configuration)
    return run(&decoder, reports(bytes.dropFirst(), byteCount: 8))
  }

  /// The first half is the descriptor, the second are its reports.
  @Sendable package static func wedgeByDescriptor(_ bytes: [UInt8]) -> Int {
    let half = bytes.count / 2
    guard case .success(let descriptor) = HIDReportDescriptor.parse(Array(bytes.prefix(half))),
      var decoder = WedgeDecoder(descriptor: descriptor, configuration: WedgeConfiguration())
    else { return 0 }
    return run(&decoder, reports(bytes.dropFirst(half), byteCount: 8))
  }

  /// Two bytes an event: key and value.
  @Sendable package static func linuxKeys(_ bytes: [UInt8]) -> Int {
    var decoder = WedgeDecoder()
    var count = 0
    var time: UInt64 = 0
    for pair in reports(bytes[...], byteCount: 2) where pair.report.count == 2 {
      time &+= pair.step
      count +=
        decoder.takeLinuxKey(
          code: UInt16(pair.report[0]),
          value: Int32(pair.report[1] % 3),
          at: time
        ).count
    }
    return count
  }

  /// Reports of one of the scanners of the fixtures.
  @Sendable package static func posScanner(_ bytes: [UInt8]) -> Int {
    let descriptor = scanners[Int(bytes.first ?? 0) % scanners.count]
    guard var decoder = POSScannerDecoder(descriptor: descriptor) else { return 0 }
    return run(&decoder, reports(bytes.dropFirst(), byteCount: 20))
  }

  /// The first byte is the packets' size.
  @Sendable package static func assembler(_ bytes: [UInt8]) -> Int {
    guard let descriptor = keyboards.first else { return 0 }
    let size = Int(bytes.first ?? 0) % 65
    var assembler = HIDReportAssembler(descriptor: descriptor, packetByteCount: size)
    var count = 0
    var time: UInt64 = 0
    for pair in reports(bytes.dropFirst(), byteCount: 30) {
      time &+= pair.step
      count += assembler.feed(pair.report, at: time).count
    }
    return count
  }

  /// The first byte chooses the settings.
  @Sendable package static func serial(_ bytes: [UInt8]) -> Int {
    let choice = Int(bytes.first ?? 0)
    var configuration = SerialScanConfiguration()
    let terminators = SerialScanConfiguration.Terminator.allCases
    configuration.terminator = terminators[choice % terminators.count]
    configuration.hasAimIdentifier = choice & 0x40 != 0
    if choice & 0x80 != 0 { configuration.content = .swipes(SwipePolicy()) }
    if choice & 0x20 != 0 { configuration.charset = .latin1 }
    var decoder = SerialScanFramer(configuration: configuration)
    return run(&decoder, reports(bytes.dropFirst(), byteCount: 12))
  }

  /// The bytes as text of a reader that types, over a line.
  @Sendable package static func typedSwipe(_ bytes: [UInt8]) -> Int {
    var configuration = SerialScanConfiguration()
    configuration.terminator = .none
    configuration.content = .swipes(SwipePolicy())
    var decoder = SerialScanFramer(configuration: configuration)
    return decoder.feed(bytes, at: 0).count + decoder.tick(at: 1000).count
  }

  /// The first byte chooses the reader.
  @Sendable package static func magstripeReport(_ bytes: [UInt8]) -> Int {
    let descriptor = cardReaders[Int(bytes.first ?? 0) % cardReaders.count]
    guard var decoder = MagstripeReportDecoder(descriptor: descriptor) else { return 0 }
    return decoder.feed(Array(bytes.dropFirst()), at: 0).count
  }

  /// Every bit of the bytes, on each track.
  @Sendable package static func magstripeBits(_ bytes: [UInt8]) -> Int {
    let bits = MagstripeBits.bits(of: bytes, order: .lowestFirst)
    return TrackNumber.allCases.reduce(0) { count, track in
      guard case .data(let characters) = MagstripeBits.reading(of: bits, track: track) else {
        return count
      }
      return count + characters.count
    }
  }

  @Sendable package static func idTechFrame(_ bytes: [UInt8]) -> Int {
    guard case .success(var reading) = IDTechFrame.reading(of: bytes) else { return 0 }
    _ = SwipePolicy().judge(&reading)
    return 1
  }

  @Sendable package static func aim(_ bytes: [UInt8]) -> Int {
    guard let aim = AimIdentifier(prefixOf: bytes) else { return 0 }
    return aim.symbology(dataByteCount: bytes.count).scanDataType.name.utf8.count
  }

  /// The bytes are boot reports of a scan of the baseline.
  @Sendable package static func calibration(_ bytes: [UInt8]) -> Int {
    var recorder = WedgeRecorder()
    for (place, pair) in reports(bytes[...], byteCount: 8).enumerated() {
      recorder.feed(pair.report, at: UInt64(place) &* pair.step)
    }
    guard case .success(let found) = WedgeCalibration.derive(from: recorder.keys, baseline: "A1")
    else { return 0 }
    return 1 + found.overrides.count
  }

  package static func run(
    _ decoder: inout some ReportDecoder,
    _ reports: [(step: UInt64, report: [UInt8])]
  ) -> Int {
    var time: UInt64 = 0
    var count = 0
    for (step, report) in reports {
      time &+= step
      count += decoder.feed(report, at: time).count
      if step > 200 { count += decoder.reset().count }
    }
    return count + decoder.tick(at: time &+ 5000).count
  }

  /// One byte of time, then a report, again and again.
  package static func reports(
    _ bytes: ArraySlice<UInt8>,
    byteCount: Int
  ) -> [(step: UInt64, report: [UInt8])] {
    var reports: [(step: UInt64, report: [UInt8])] = []
    var rest = bytes
    while let step = rest.popFirst() {
      reports.append((UInt64(step), Array(rest.prefix(byteCount))))
      rest = rest.dropFirst(byteCount)
    }
    return reports
  }
}
