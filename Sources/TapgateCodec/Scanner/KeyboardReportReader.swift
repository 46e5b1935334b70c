/// A key of a keyboard goes down or up.
public struct KeyEvent: Hashable, Sendable {
  /// The key's usage on the Keyboard/Keypad page. Modifiers are keys as well: E0 to E7.
  public var usage: UInt16
  public var isDown: Bool

  /// Creates an event.
  public init(usage: UInt16, isDown: Bool) {
    self.usage = usage
    self.isDown = isDown
  }
}

/// Tells from one keyboard report and the one before which keys went down and up.
///
/// Boot reports of 8 bytes (HID 1.11 appendix B.1), and any other by its descriptor: arrays,
/// bitmaps of every key (NKRO), several report identifiers. Keys go down in the order of the array,
/// as section 8.3 has it; a bitmap has no order but that of its bits.
public struct KeyboardReportReader: Sendable {
  private enum Source: Sendable {
    case key(bitOffset: Int, bitSize: Int, usage: UInt16)
    case array(HIDReportDescriptor.Field)
  }

  /// More keys than any keyboard has are not looked at: a report costs a bounded time.
  private static let keyCountMax = 256

  private let descriptor: HIDReportDescriptor
  private let sources: [UInt8: [Source]]
  private var held: [UInt8: [UInt16]] = [:]

  /// Two equal reports with a key down are two presses.
  public var countsRepeatedReports = false

  /// The boot keyboard of HID 1.11 appendix E.6, what a device sends after SET_PROTOCOL(0).
  public static let bootDescriptor: [UInt8] = [
    0x05, 0x01,  // Usage Page (Generic Desktop)
    0x09, 0x06,  // Usage (Keyboard)
    0xA1, 0x01,  // Collection (Application)
    0x05, 0x07,  //   Usage Page (Keyboard/Keypad)
    0x19, 0xE0, 0x29, 0xE7,  //   Usage Minimum, Maximum: the eight modifiers
    0x15, 0x00, 0x25, 0x01, 0x75, 0x01, 0x95, 0x08,
    0x81, 0x02,  //   Input (Data, Variable, Absolute)
    0x95, 0x01, 0x75, 0x08,
    0x81, 0x01,  //   Input (Constant): reserved
    0x95, 0x05, 0x75, 0x01, 0x05, 0x08, 0x19, 0x01, 0x29, 0x05,
    0x91, 0x02,  //   Output (Data, Variable, Absolute): LEDs
    0x95, 0x01, 0x75, 0x03,
    0x91, 0x01,  //   Output (Constant)
    // Six keys. The appendix ends at 101; boot reports may hold any of the page's one-byte usages.
    0x95, 0x06, 0x75, 0x08, 0x15, 0x00, 0x26, 0xFF, 0x00, 0x05, 0x07, 0x19, 0x00, 0x2A, 0xFF, 0x00,
    0x81, 0x00,  //   Input (Data, Array)
    0xC0,  // End Collection
  ]

  /// Reads boot reports.
  static let boot: KeyboardReportReader? = {
    switch HIDReportDescriptor.parse(bootDescriptor) {
    case .success(let descriptor): KeyboardReportReader(descriptor: descriptor)
    case .failure: nil
    }
  }()

  /// Prepares to read what `descriptor` tells of; `nil` where it has no keys.
  public init?(descriptor: HIDReportDescriptor) {
    self.descriptor = descriptor
    var sources: [UInt8: [Source]] = [:]
    for field in descriptor.fields where field.kind == .input && field.bitSize <= 32 {
      guard field.usages.contains(where: { $0.page == HIDPage.keyboard }) else { continue }
      guard field.isVariable else {
        guard sources[field.reportID, default: []].count < Self.keyCountMax else { continue }
        sources[field.reportID, default: []].append(.array(field))
        continue
      }
      for index in 0..<min(field.count, field.usageCount, Self.keyCountMax) {
        guard let usage = field.usage(number: index), usage.page == HIDPage.keyboard,
          usage.id > KeyUsage.errorUndefined
        else { continue }
        let offset = field.bitOffset &+ index &* field.bitSize
        guard sources[field.reportID, default: []].count < Self.keyCountMax else { break }
        let key = Source.key(bitOffset: offset, bitSize: field.bitSize, usage: usage.id)
        sources[field.reportID, default: []].append(key)
      }
    }
    guard !sources.isEmpty else { return nil }
    self.sources = sources
  }

  /// Whether any key is down.
  public var isAnyKeyHeld: Bool { held.values.contains { !$0.isEmpty } }

  /// The events of one buffer: one report, or several of the same length in a row. Keys that went
  /// up come before those that went down, and modifiers outside: they go down first and up last.
  ///
  /// A report that says that too many keys are down (usage 01, and 02 and 03) says nothing of the
  /// keys, and is passed over.
  public mutating func events(of buffer: [UInt8]) -> [KeyEvent] {
    guard let first = buffer.first else { return [] }
    let id = descriptor.usesReportIDs ? first : 0
    guard let sources = sources[id] else { return [] }
    let length = descriptor.byteCount(of: .input, id: id)
    guard length > 0, buffer.count > length, buffer.count % length == 0 else {
      return events(of: HIDReport(buffer), id: id, sources: sources)
    }
    var events: [KeyEvent] = []
    for start in stride(from: 0, to: buffer.count, by: length) {
      let report = Array(buffer[start..<(start + length)])
      guard !descriptor.usesReportIDs || report.first == id else { break }
      events += self.events(of: HIDReport(report), id: id, sources: sources)
    }
    return events
  }

  /// Forgets what is held, without events.
  public mutating func reset() { held.removeAll() }

  private mutating func events(
    of report: HIDReport,
    id: UInt8,
    sources: [Source]
  ) -> [KeyEvent] {
    guard let now = keys(in: report, sources: sources) else { return [] }
    var before = held[id] ?? []
    if countsRepeatedReports, now == before { before.removeAll { $0 < KeyUsage.leftControl } }
    held[id] = now
    let up = Self.surplus(of: before, over: now)
    let down = Self.surplus(of: now, over: before)
    var events: [KeyEvent] = []
    for usage in up where usage < KeyUsage.leftControl {
      events.append(KeyEvent(usage: usage, isDown: false))
    }
    for usage in up where usage >= KeyUsage.leftControl {
      events.append(KeyEvent(usage: usage, isDown: false))
    }
    for usage in down where usage >= KeyUsage.leftControl {
      events.append(KeyEvent(usage: usage, isDown: true))
    }
    for usage in down where usage < KeyUsage.leftControl {
      events.append(KeyEvent(usage: usage, isDown: true))
    }
    return events
  }

  /// The keys that a report says are down, in its order; `nil` where it cannot tell.
  private func keys(in report: HIDReport, sources: [Source]) -> [UInt16]? {
    var keys: [UInt16] = []
    for source in sources where keys.count < Self.keyCountMax {
      switch source {
      case .key(let bitOffset, let bitSize, let usage):
        if let value = report.bits(at: bitOffset, count: bitSize), value != 0 {
          keys.append(usage)
        }
      case .array(let field):
        for index in 0..<min(field.count, Self.keyCountMax) {
          guard let value = report.value(of: field, at: index) else { break }
          guard value >= Int64(field.logicalMinimum), value <= field.logicalMaximum else {
            continue
          }
          let number = Int(truncatingIfNeeded: value - Int64(field.logicalMinimum))
          guard let usage = field.usage(number: number), usage.page == HIDPage.keyboard,
            usage.id != 0
          else { continue }
          if usage.id <= KeyUsage.errorUndefined { return nil }
          keys.append(usage.id)
        }
      }
    }
    return keys
  }

  /// What `list` has more often than `other`: a letter that stands twice in one array was typed
  /// twice.
  private static func surplus(of list: [UInt16], over other: [UInt16]) -> [UInt16] {
    var left = other
    return list.filter { usage in
      guard let place = left.firstIndex(of: usage) else { return true }
      left.remove(at: place)
      return false
    }
  }
}
