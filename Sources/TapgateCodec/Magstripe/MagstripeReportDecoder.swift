/// Decodes the reports of a card reader that speaks HID and is no keyboard.
///
/// Where the fields lie is read from the device's own descriptor, by their usages: those of the
/// HID Point of Sale Usage Tables 1.02, section 6 (page 8E: lengths 11 to 13, data 21 to 23), and
/// MagTek's (page FF00, on some devices 8E: status 20 to 22, lengths 28 to 2A, data 30 to 32), of
/// D99875191 "USB HID SureSwipe" and 99875475 "MagneSafe V5". A device that only has one large
/// buffer sends ID TECH's frames in it.
public struct MagstripeReportDecoder: ReportDecoder {
  private typealias Field = HIDReportDescriptor.Field

  /// The fields of one track.
  private struct Track: Sendable {
    var status: Place?
    var length: Place?
    var data: HIDReportDescriptor.Field?
    var maskedLength: Place?
  }

  private struct Place: Sendable {
    var field: HIDReportDescriptor.Field
    var index: Int
  }

  private let descriptor: HIDReportDescriptor
  private let policy: SwipePolicy
  private let reportID: UInt8
  private var tracks: [TrackNumber: Track] = [:]
  /// MagneSafe: whether the data are encrypted.
  private var encryptionStatus: HIDReportDescriptor.Field?
  private var buffer: HIDReportDescriptor.Field?
  public private(set) var counters = DecoderCounters()

  /// Prepares for a device; `nil` where it has no field that could hold tracks.
  public init?(descriptor: HIDReportDescriptor, policy: SwipePolicy = SwipePolicy()) {
    self.descriptor = descriptor
    self.policy = policy
    let inputs = descriptor.fields.filter { $0.kind == .input }
    if let numbering = Numbering.of(inputs) {
      for track in TrackNumber.allCases {
        tracks[track] = Track(
          status: Self.place(of: numbering.status(track), in: inputs),
          length: Self.place(of: numbering.length(track), in: inputs),
          data: numbering.data(track).flatMap { usage in inputs.first { $0.has(usage) } },
          maskedLength: Self.place(of: numbering.maskedLength(track), in: inputs)
        )
      }
      encryptionStatus = numbering.encryptionStatus.flatMap { usage in
        inputs.first { $0.has(usage) }
      }
    } else {
      buffer = inputs.first { field in
        field.bitSize == 8 && field.count >= 32
          && field.usages.contains { $0.page >= HIDPage.magneticStripe }
      }
    }
    guard let first = tracks[.two]?.data ?? tracks[.one]?.data ?? buffer else { return nil }
    reportID = first.reportID
  }

  public var deadline: UInt64? { nil }

  public mutating func feed(_ report: [UInt8], at milliseconds: UInt64) -> [DecoderOutput] {
    let report = HIDReport(report)
    guard !report.bytes.isEmpty, report.id(in: descriptor) == reportID else {
      counters.ignored &+= 1
      return []
    }
    var reading: SwipeReading
    if let buffer {
      var bytes = report.buffer(of: buffer)
      defer { bytes.wipe() }
      // A buffer of zeros is what readers send between swipes.
      guard bytes.contains(where: { $0 != 0 }) else {
        counters.ignored &+= 1
        return []
      }
      switch IDTechFrame.reading(of: bytes) {
      case .success(let found): reading = found
      case .failure(let problem):
        let refusal = Self.refusal(problem, at: milliseconds)
        counters.count([refusal])
        return [refusal]
      }
    } else {
      reading = self.reading(of: report)
    }
    let outputs = [
      policy.output(
        of: &reading,
        firstMilliseconds: milliseconds,
        completeMilliseconds: milliseconds
      )
    ]
    counters.count(outputs)
    return outputs
  }

  public mutating func tick(at milliseconds: UInt64) -> [DecoderOutput] { [] }

  public mutating func reset() -> [DecoderOutput] { [] }

  /// What a report says of each track, for tests and the trace of a reader. Wipe it after use.
  public func reading(of report: HIDReport) -> SwipeReading {
    var reading = SwipeReading()
    var hasMaskedData = false
    let isEncrypted = self.isEncrypted(report)
    for (number, track) in tracks {
      if let length = value(of: track.maskedLength, in: report), length > 0 { hasMaskedData = true }
      if let status = value(of: track.status, in: report), status & 1 != 0 {
        reading[number] = .faulty(.unreadable)
        continue
      }
      guard let field = track.data else { continue }
      var bytes = report.buffer(of: field)
      defer { bytes.wipe() }
      if let place = track.length {
        // The length counts, to the last byte. One above the field is cut to what there is.
        let length = Int(truncatingIfNeeded: value(of: place, in: report) ?? 0)
        bytes.removeLast(bytes.count - min(max(0, length), bytes.count))
      } else {
        while bytes.last == 0 { bytes.removeLast() }
      }
      if bytes.isEmpty { continue }
      if isEncrypted {
        reading.isEncrypted = true
      } else {
        reading.take(bytes, on: number)
      }
    }
    let hasData = TrackNumber.allCases.contains { !reading[$0].isEmpty }
    // Only what the reader shows instead of the data came.
    if hasMaskedData, !hasData, !reading.isEncrypted { reading.isMasked = true }
    return reading
  }

  /// 99875475, "Reader Encryption Status": big-endian; bit 1 says that a key was injected, bit 2
  /// that encryption is enabled. Without both the "encrypted" fields hold clear data.
  private func isEncrypted(_ report: HIDReport) -> Bool {
    guard let field = encryptionStatus else { return false }
    let status: UInt8?
    if field.bitSize == 8 {
      status = report.buffer(of: field).last
    } else {
      // The high byte came first, and the value was taken with the low one first.
      status = report.value(of: field, at: 0).map { UInt8(truncatingIfNeeded: $0 >> 8) }
    }
    return status.map { $0 & 0x06 == 0x06 } ?? false
  }

  private func value(of place: Place?, in report: HIDReport) -> Int64? {
    place.flatMap { report.value(of: $0.field, at: $0.index) }
  }

  private static func place(of usage: HIDUsage?, in fields: [Field]) -> Place? {
    guard let usage else { return nil }
    for field in fields {
      if let indices = field.valueIndices(of: usage) {
        return Place(field: field, index: indices.lowerBound)
      }
    }
    return nil
  }

  private static func refusal(
    _ problem: IDTechFrame.Problem,
    at milliseconds: UInt64
  ) -> DecoderOutput {
    .refused(
      DecodedRefusal(
        .unreadable,
        detail: "frame: \(problem.rawValue)",
        firstMilliseconds: milliseconds,
        completeMilliseconds: milliseconds
      )
    )
  }
}

/// Which usages a device uses for its tracks.
private enum Numbering {
  /// HID Point of Sale Usage Tables.
  case standard
  /// MagTek's, on the page given.
  case maker(page: UInt16)

  static func of(_ fields: [HIDReportDescriptor.Field]) -> Numbering? {
    func hasData(_ page: UInt16, _ ids: ClosedRange<UInt16>) -> Bool {
      fields.contains { field in
        field.bitSize == 8 && field.count >= 16
          && ids.contains { field.has(HIDUsage(page: page, id: $0)) }
      }
    }
    for page in [HIDPage.magneticStripe, HIDPage.vendor] where hasData(page, 0x30...0x32) {
      return .maker(page: page)
    }
    return hasData(HIDPage.magneticStripe, 0x21...0x23) ? .standard : nil
  }

  func status(_ track: TrackNumber) -> HIDUsage? { maker(0x20, track) }

  func length(_ track: TrackNumber) -> HIDUsage? { maker(0x28, track) ?? standard(0x11, track) }

  func data(_ track: TrackNumber) -> HIDUsage? { maker(0x30, track) ?? standard(0x21, track) }

  func maskedLength(_ track: TrackNumber) -> HIDUsage? { maker(0x47, track) }

  var encryptionStatus: HIDUsage? { maker(0x42, .one) }

  private func maker(_ first: UInt16, _ track: TrackNumber) -> HIDUsage? {
    guard case .maker(let page) = self else { return nil }
    return HIDUsage(page: page, id: first + UInt16(track.rawValue - 1))
  }

  private func standard(_ first: UInt16, _ track: TrackNumber) -> HIDUsage? {
    guard case .standard = self else { return nil }
    return HIDUsage(page: HIDPage.magneticStripe, id: first + UInt16(track.rawValue - 1))
  }
}

extension SwipePolicy {
  /// The judgement as a decoder hands it out. What was read is zeroed.
  func output(
    of reading: inout SwipeReading,
    firstMilliseconds: UInt64,
    completeMilliseconds: UInt64
  ) -> DecoderOutput {
    switch judge(&reading) {
    case .identified(let value, let track):
      return .swipe(
        DecodedSwipe(
          value: value,
          track: track.rawValue,
          firstMilliseconds: firstMilliseconds,
          completeMilliseconds: completeMilliseconds
        )
      )
    case .refused(let refusal, let detail):
      return .refused(
        DecodedRefusal(
          refusal,
          detail: detail,
          firstMilliseconds: firstMilliseconds,
          completeMilliseconds: completeMilliseconds
        )
      )
    }
  }
}
