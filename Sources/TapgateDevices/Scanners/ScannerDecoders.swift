internal import TapgateCodec

/// Picks the decoder of a device.
enum ScannerDecoders {
  /// The decoder for what an open way brings; `nil` where the device does not send what its mode
  /// asks for. `vendor` is the USB vendor, where the device has one; `isEvents` tells that key
  /// events of evdev come, not reports.
  static func decoder(
    _ function: ScannerFunction,
    _ opened: ScannerOpened,
    _ descriptor: HIDReportDescriptor?,
    vendor: UInt16?,
    isEvents: Bool
  ) -> (any ReportDecoder)? {
    let settings = function.settings
    switch function.mode {
    case .serial: return SerialScanFramer(configuration: settings.serial)
    case .wedge: return typed(settings.wedge, opened, descriptor, isEvents: isEvents)
    case .magstripe where function.isTyped:
      var configuration = settings.wedge
      configuration.content = .swipes(settings.swipes)
      return typed(configuration, opened, descriptor, isEvents: isEvents)
    case .hidPos:
      var configuration = settings.pos
      // A scanner of Honeywell says by these that no code follows but words of its own.
      if let vendor, ScannerCatalogue.honeywellVendors.contains(vendor) {
        configuration.messages = POSScannerConfiguration.honeywellMessages
      }
      guard let descriptor,
        let decoder = POSScannerDecoder(descriptor: descriptor, configuration: configuration)
      else { return nil }
      return AssemblingDecoder(decoder, descriptor, packetByteCount: opened.packetByteCount)
    case .magstripe:
      guard let descriptor,
        let decoder = MagstripeReportDecoder(descriptor: descriptor, policy: settings.swipes)
      else { return nil }
      return AssemblingDecoder(decoder, descriptor, packetByteCount: opened.packetByteCount)
    }
  }

  private static func typed(
    _ configuration: WedgeConfiguration,
    _ opened: ScannerOpened,
    _ descriptor: HIDReportDescriptor?,
    isEvents: Bool
  ) -> (any ReportDecoder)? {
    if isEvents { return LinuxKeyDecoder(WedgeDecoder(configuration: configuration)) }
    guard let descriptor else { return WedgeDecoder(configuration: configuration) }
    guard let decoder = WedgeDecoder(descriptor: descriptor, configuration: configuration) else {
      return nil
    }
    return AssemblingDecoder(decoder, descriptor, packetByteCount: opened.packetByteCount)
  }
}

/// Puts reports together before a decoder sees them: a packet of the endpoint may be a part of one.
struct AssemblingDecoder<Decoder: ReportDecoder>: ReportDecoder {
  private var assembler: HIDReportAssembler
  private var decoder: Decoder

  /// Stands before `decoder`.
  init(_ decoder: Decoder, _ descriptor: HIDReportDescriptor, packetByteCount: Int) {
    self.decoder = decoder
    assembler = HIDReportAssembler(descriptor: descriptor, packetByteCount: packetByteCount)
  }

  var deadline: UInt64? { decoder.deadline }

  var counters: DecoderCounters {
    var counters = decoder.counters
    counters.abandoned &+= assembler.discardedCount
    return counters
  }

  mutating func feed(_ packet: [UInt8], at milliseconds: UInt64) -> [DecoderOutput] {
    var outputs: [DecoderOutput] = []
    for report in assembler.feed(packet, at: milliseconds) {
      outputs += decoder.feed(report, at: milliseconds)
      report.erase()
    }
    return outputs
  }

  mutating func tick(at milliseconds: UInt64) -> [DecoderOutput] {
    decoder.tick(at: milliseconds)
  }

  mutating func reset() -> [DecoderOutput] {
    assembler.reset()
    return decoder.reset()
  }
}

/// Reads key events of evdev, `struct input_event` one after the other, for a decoder of key
/// strokes.
struct LinuxKeyDecoder: ReportDecoder {
  private var decoder: WedgeDecoder

  /// Stands before `decoder`.
  init(_ decoder: WedgeDecoder) { self.decoder = decoder }

  var deadline: UInt64? { decoder.deadline }
  var counters: DecoderCounters { decoder.counters }

  mutating func feed(_ events: [UInt8], at milliseconds: UInt64) -> [DecoderOutput] {
    var outputs: [DecoderOutput] = []
    for event in EventNode.events(in: events) where event.type == EventNode.key {
      outputs += decoder.takeLinuxKey(code: event.code, value: event.value, at: milliseconds)
    }
    return outputs
  }

  mutating func tick(at milliseconds: UInt64) -> [DecoderOutput] {
    decoder.tick(at: milliseconds)
  }

  mutating func reset() -> [DecoderOutput] { decoder.reset() }
}
