/// What a device says it is, by one of its application collections.
public struct HIDApplication: Hashable, Sendable {
  /// The kinds that a counter knows.
  public enum Kind: String, Hashable, Sendable, CaseIterable {
    /// Generic Desktop Keyboard (01/06) that has keys: a keyboard, or a scanner that types.
    case keyboard
    /// Generic Desktop Keypad (01/07) that has keys.
    case keypad
    /// A Barcode Scanner page application that sends decoded data: HID POS.
    case barcodeScanner
    /// Barcode Badge Reader (8C/01) that sends decoded data.
    case badgeReader
    /// Magnetic Stripe Reader page (8E) with track data.
    case magneticStripe
    /// The vendor page's card reader as MagTek defines it, with track data.
    case vendorMagneticStripe
    case other
  }

  public var kind: Kind
  public var usage: HIDUsage?
  /// The place of its collection in the descriptor.
  public var collection: Int
  /// Identifiers of its input reports, in rising order.
  public var inputReportIDs: [UInt8]
  /// Whether it has keys for all of a to z. A keyboard with all of them may be the cashier's: that
  /// it is a scanner can only be told by the configuration.
  public var hasLetterKeys: Bool
  /// Whether it has keys for 0 to 9, above the letters or on the keypad.
  public var hasDigitKeys: Bool
}

extension HIDReportDescriptor {
  /// The applications, in the order of the descriptor.
  public var applications: [HIDApplication] {
    collections.indices
      .filter { collections[$0].isApplication && collections[$0].parent == nil }
      .map { application(at: $0) }
  }

  private func application(at place: Int) -> HIDApplication {
    let inputs = fields.filter { $0.kind == .input && outermostCollection(of: $0) == place }
    let usage = collections[place].usage
    return HIDApplication(
      kind: Self.kind(of: usage, inputs: inputs),
      usage: usage,
      collection: place,
      inputReportIDs: Set(inputs.map(\.reportID)).sorted(),
      hasLetterKeys: Self.hasKeys(0x04...0x1D, in: inputs),
      hasDigitKeys: Self.hasKeys(0x1E...0x27, in: inputs) || Self.hasKeys(0x59...0x62, in: inputs)
    )
  }

  private static func kind(of usage: HIDUsage?, inputs: [Field]) -> HIDApplication.Kind {
    guard let usage else { return .other }
    let hasKeys = inputs.contains { field in
      field.usages.contains { $0.page == HIDPage.keyboard && $0.last >= KeyUsage.letterA }
    }
    let hasDecodedData = inputs.contains { $0.has(POSUsage.decodedData) }
    switch (usage.page, usage.id) {
    case (HIDPage.genericDesktop, 0x06): return hasKeys ? .keyboard : .other
    case (HIDPage.genericDesktop, 0x07): return hasKeys ? .keypad : .other
    case (HIDPage.barcodeScanner, 0x01): return hasDecodedData ? .badgeReader : .other
    case (HIDPage.barcodeScanner, _): return hasDecodedData ? .barcodeScanner : .other
    case (HIDPage.magneticStripe, _):
      return hasTracks(inputs) ? .magneticStripe : .other
    case (HIDPage.vendor, 0x01):
      return hasTracks(inputs) ? .vendorMagneticStripe : .other
    default: return .other
    }
  }

  /// MagTek's usages 30 to 32 on the vendor page, and where makers put them on page 8E; 20 to 23 of
  /// the HID Point of Sale tables.
  private static func hasTracks(_ inputs: [Field]) -> Bool {
    inputs.contains { field in
      field.bitSize == 8 && field.count >= 16
        && field.usages.contains { range in
          let isTrack = (0x30...0x32).contains(range.first)
          let isStandard = range.page == HIDPage.magneticStripe
          return (isTrack && (isStandard || range.page == HIDPage.vendor))
            || (isStandard && (0x20...0x23).contains(range.first))
        }
    }
  }

  private static func hasKeys(_ keys: ClosedRange<UInt16>, in inputs: [Field]) -> Bool {
    keys.allSatisfy { key in
      let usage = HIDUsage(page: HIDPage.keyboard, id: key)
      return inputs.contains { field in
        guard field.has(usage) else { return false }
        guard !field.isVariable else { return true }
        // A key whose number is above what the field's values reach can never be sent.
        return field.number(of: usage).map { $0 <= field.logicalMaximum } ?? false
      }
    }
  }
}

extension HIDReportDescriptor.Field {
  /// The value that stands for `usage` in an array field.
  func number(of usage: HIDUsage) -> Int64? {
    var start: Int64 = 0
    for range in usages {
      if range.contains(usage) {
        return start + Int64(usage.id) - Int64(range.first) + Int64(logicalMinimum)
      }
      start += Int64(range.count)
    }
    return nil
  }
}
