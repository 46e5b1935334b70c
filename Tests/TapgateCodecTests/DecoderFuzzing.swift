import TapgateCodec

/// One function a decoder that takes any bytes: what a fuzzer calls, and the tests with random
/// input. Each returns how much came out, which the tests hold against a bound.
enum DecoderFuzzing {
  /// Every entry by name.
  static let entries: [(name: String, run: @Sendable ([UInt8]) -> Int)] = [
    ("descriptor", descriptor),
    ("assembler", assembler),
  ]

  /// Parses the bytes as a descriptor, then takes every value out of the same bytes as a report.
  @Sendable static func descriptor(_ bytes: [UInt8]) -> Int {
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

  /// The first byte is the packets' size.
  @Sendable static func assembler(_ bytes: [UInt8]) -> Int {
    guard case .success(let descriptor) = HIDReportDescriptor.parse(HIDFixtures.bitmapKeyboard)
    else { return 0 }
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

  /// One byte of time, then a report, again and again.
  static func reports(
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
