internal import TapgateCodec
internal import TapgateCore

/// A report that makes a scanner sound, built from its own descriptor.
struct USBFeedbackReport: Hashable, Sendable {
  /// HID Point of Sale Usage Tables 1.02, page 8C: Sound Error Beep, Sound Good Read Beep, Sound
  /// Not On File Beep.
  private enum Usage {
    static let errorBeep: UInt16 = 0x85
    static let goodReadBeep: UInt16 = 0x86
    static let notOnFileBeep: UInt16 = 0x87
  }

  var reportID: UInt8
  /// Whether it goes as a feature report, not as an output report.
  var isFeature: Bool
  /// With the identifier where the device has them.
  var bytes: [UInt8]

  /// What `descriptor` offers for `feedback`; `nil` where it offers nothing.
  ///
  /// A scanner has sounded its own good read by the time that anybody here knows of it, so `.read`
  /// adds nothing.
  init?(_ feedback: Feedback, _ descriptor: HIDReportDescriptor) {
    let usages: [UInt16] =
      switch feedback {
      case .read: []
      case .resolved: [Usage.goodReadBeep]
      case .refused: [Usage.notOnFileBeep, Usage.errorBeep]
      }
    for usage in usages {
      let wanted = HIDUsage(page: HIDPage.barcodeScanner, id: usage)
      for field in descriptor.fields where field.kind != .input && field.has(wanted) {
        guard let bytes = Self.bytes(field, wanted, descriptor) else { continue }
        reportID = field.reportID
        isFeature = field.kind == .feature
        self.bytes = bytes
        return
      }
    }
    return nil
  }

  /// The report with the one value set and everything else zero.
  private static func bytes(
    _ field: HIDReportDescriptor.Field,
    _ usage: HIDUsage,
    _ descriptor: HIDReportDescriptor
  ) -> [UInt8]? {
    let count = descriptor.byteCount(of: field.kind, id: field.reportID)
    guard (1...64).contains(count) else { return nil }
    var bytes = [UInt8](repeating: 0, count: count)
    if descriptor.usesReportIDs { bytes[0] = field.reportID }
    var offset = field.bitOffset
    var value: UInt32 = 1
    if field.isVariable {
      guard let index = field.valueIndices(of: usage)?.first else { return nil }
      offset += index * field.bitSize
    } else {
      // The values of an array are the usages' numbers, from the logical minimum on.
      let numbers = 0..<min(field.usageCount, 1024)
      guard let number = numbers.first(where: { field.usage(number: $0) == usage }) else {
        return nil
      }
      value = UInt32(clamping: Int(field.logicalMinimum) + number)
    }
    for bit in 0..<min(field.bitSize, 32) where value >> UInt32(bit) & 1 == 1 {
      let place = offset + bit
      guard place / 8 < bytes.count else { return nil }
      bytes[place / 8] |= 1 << UInt8(place % 8)
    }
    return bytes
  }
}
