/// How a HID POS scanner is set up.
public struct POSScannerConfiguration: Sendable {
  /// What the bytes of a code mean, where the code does not say it itself.
  public var charset: ScanCharset = .utf8
  /// Identifiers of the scanner's messages about itself, such as the answer to a menu code. Other
  /// makers' scanners give `]X0` to codes of their own kinds, so that a device has none by default.
  public var messages: Set<AimIdentifier> = []

  /// Those of Honeywell's scanners.
  public static let honeywellMessages = Set(["]X0", "]Z6"].compactMap { AimIdentifier($0) })

  /// UTF-8, and no messages.
  public init() {}
}

/// Decodes the reports of a scanner of the Barcode Scanner page: HID POS.
///
/// HID Point of Sale Usage Tables 1.02, section 4. Where the fields lie is read from the device's
/// own descriptor: any report identifier, any order, any sizes. A code longer than one report comes
/// in fragments, each but the last marked as continued; they are joined here.
public struct POSScannerDecoder: ReportDecoder {
  /// A message that grows longer is refused, and thrown away up to its end.
  public static let byteCountMax = 8192
  /// A fragment that follows later than this starts a message of its own.
  public static let gapMilliseconds: UInt64 = 1000

  /// Where the fields of one report lie.
  private struct Layout: Sendable {
    typealias Place = (field: HIDReportDescriptor.Field, index: Int)
    var byteCount: Place?
    var symbology: [Place] = []
    var data: [HIDReportDescriptor.Field] = []
    var continued: Place?
  }

  private struct Pending: Sendable {
    var symbology: [UInt8]
    var bytes: [UInt8] = []
    var isDiscarding = false
    var firstMilliseconds: UInt64
  }

  private let descriptor: HIDReportDescriptor
  private let configuration: POSScannerConfiguration
  private let layouts: [UInt8: Layout]
  private var pending: Pending?
  private var lastMilliseconds: UInt64 = 0
  public private(set) var counters = DecoderCounters()

  /// Prepares for a device; `nil` where it sends no decoded data.
  public init?(
    descriptor: HIDReportDescriptor,
    configuration: POSScannerConfiguration = POSScannerConfiguration()
  ) {
    var layouts: [UInt8: Layout] = [:]
    for field in descriptor.fields where field.kind == .input {
      func place(of usage: HIDUsage) -> Layout.Place? {
        field.valueIndices(of: usage).map { (field, $0.lowerBound) }
      }
      var layout = layouts[field.reportID] ?? Layout()
      if let place = place(of: POSUsage.byteCount) { layout.byteCount = place }
      layout.symbology += Self.symbologyPlaces(in: field)
      if field.has(POSUsage.decodedData), field.bitSize == 8 { layout.data.append(field) }
      if let place = place(of: POSUsage.dataContinued) { layout.continued = place }
      layouts[field.reportID] = layout
    }
    self.layouts = layouts.filter { !$0.value.data.isEmpty }
    guard !self.layouts.isEmpty else { return nil }
    self.descriptor = descriptor
    self.configuration = configuration
  }

  /// The identifier's characters have a usage each, or the first usage stands for all three.
  private static func symbologyPlaces(in field: HIDReportDescriptor.Field) -> [Layout.Place] {
    let usages = [POSUsage.symbology1, POSUsage.symbology2, POSUsage.symbology3]
    let named = usages.filter { field.has($0) }
    guard named.count == 1, let usage = named.first,
      let indices = field.valueIndices(of: usage), indices.count > 1
    else {
      return named.compactMap { usage in
        field.valueIndices(of: usage).map { (field, $0.lowerBound) }
      }
    }
    return indices.prefix(3).map { (field, $0) }
  }

  public var deadline: UInt64? {
    pending == nil ? nil : lastMilliseconds &+ Self.gapMilliseconds &+ 1
  }

  public mutating func feed(_ report: [UInt8], at milliseconds: UInt64) -> [DecoderOutput] {
    var outputs = tick(at: milliseconds)
    let report = HIDReport(report)
    guard !report.bytes.isEmpty, let layout = layouts[report.id(in: descriptor)] else {
      counters.ignored &+= 1
      return outputs
    }
    lastMilliseconds = max(lastMilliseconds, milliseconds)
    let symbology = layout.symbology.map { place in
      UInt8(truncatingIfNeeded: report.value(of: place.field, at: place.index) ?? 0)
    }
    // A fragment without identifier belongs to what came before.
    if let waiting = pending, symbology != waiting.symbology, symbology.contains(where: { $0 != 0 })
    {
      abandon()
    }
    var message =
      pending ?? Pending(symbology: symbology, firstMilliseconds: milliseconds)
    pending = nil
    guard var data = Self.data(in: report, layout: layout) else {
      counters.refused &+= 1
      let detail = "a count above the field's size"
      outputs.append(
        ScanFinisher.refused(.unreadable, detail, circumstances(message, milliseconds))
      )
      message.bytes.wipe()
      return outputs
    }
    if !message.isDiscarding { message.bytes.appendTracelessly(data) }
    data.wipe()
    if message.bytes.count > Self.byteCountMax {
      counters.refused &+= 1
      let detail = "more than \(Self.byteCountMax) bytes"
      outputs.append(ScanFinisher.refused(.tooLong, detail, circumstances(message, milliseconds)))
      message.bytes.wipe()
      message.isDiscarding = true
    }
    let isContinued =
      layout.continued.flatMap { report.value(of: $0.field, at: $0.index) }.map { $0 != 0 } ?? false
    if isContinued {
      pending = message
    } else if !message.isDiscarding {
      outputs += finish(&message, at: milliseconds)
    }
    return outputs
  }

  public mutating func tick(at milliseconds: UInt64) -> [DecoderOutput] {
    if pending != nil, milliseconds > lastMilliseconds,
      milliseconds - lastMilliseconds > Self.gapMilliseconds
    {
      abandon()
    }
    return []
  }

  public mutating func reset() -> [DecoderOutput] {
    abandon()
    return []
  }

  private mutating func abandon() {
    guard pending != nil else { return }
    pending?.bytes.wipe()
    pending = nil
    counters.abandoned &+= 1
  }

  /// The data bytes of one report; `nil` where its count cannot be. Without a count the zeros at
  /// the end are padding.
  private static func data(in report: HIDReport, layout: Layout) -> [UInt8]? {
    var data: [UInt8] = []
    for field in layout.data {
      var buffer = report.buffer(of: field)
      data.appendTracelessly(buffer)
      buffer.wipe()
    }
    if let place = layout.byteCount {
      guard let value = report.value(of: place.field, at: place.index), value >= 0,
        value <= Int64(data.count)
      else {
        data.wipe()
        return nil
      }
      // What follows may be the end of an earlier, longer code.
      data.wipeLast(data.count - Int(value))
    } else {
      while data.last == 0 { data.removeLast() }
    }
    return data
  }

  private mutating func finish(
    _ message: inout Pending,
    at milliseconds: UInt64
  ) -> [DecoderOutput] {
    let finisher = ScanFinisher(
      charset: configuration.charset,
      messages: configuration.messages
    )
    let outputs = finisher.outputs(
      of: &message.bytes,
      aim: AimIdentifier(prefixOf: message.symbology),
      circumstances(message, milliseconds)
    )
    counters.count(outputs)
    if outputs.isEmpty { counters.empty &+= 1 }
    return outputs
  }

  private func circumstances(
    _ message: Pending,
    _ milliseconds: UInt64
  ) -> ScanFinisher.Circumstances {
    ScanFinisher.Circumstances(
      firstMilliseconds: message.firstMilliseconds,
      completeMilliseconds: milliseconds
    )
  }
}
