/// One report of a HID device, and how its fields are taken out.
///
/// HID 1.11 section 8.4: values lie one after the other from the lowest bit of the first byte.
/// A report shorter than its descriptor says has values up to where it ends.
public struct HIDReport: Hashable, Sendable {
  /// The report as it came over the wire, with its identifier where the device has them.
  public let bytes: [UInt8]

  /// Takes a report.
  public init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// The identifier of a device that uses them; 0 of another, and of an empty report.
  public func id(in descriptor: HIDReportDescriptor) -> UInt8 {
    descriptor.usesReportIDs ? bytes.first ?? 0 : 0
  }

  /// Up to 32 bits without sign, or `nil` where the report ends before them.
  public func bits(at offset: Int, count: Int) -> UInt32? {
    guard offset >= 0, (1...32).contains(count), offset <= bytes.count &* 8 &- count else {
      return nil
    }
    var value: UInt64 = 0
    var place = offset >> 3
    let lead = offset & 7
    var have = 0
    while have < lead + count {
      value |= UInt64(bytes[place]) << UInt64(have)
      place += 1
      have += 8
    }
    return UInt32(truncatingIfNeeded: value >> UInt64(lead) & (1 << UInt64(count) - 1))
  }

  /// The value at `index` of a field, with a sign where the field's logical minimum is below zero;
  /// `nil` where the report ends before it, or where a value has more than 32 bits.
  public func value(of field: HIDReportDescriptor.Field, at index: Int) -> Int64? {
    guard index >= 0, index < field.count, field.bitSize <= 32 else { return nil }
    let offset = field.bitOffset &+ index &* field.bitSize
    guard let raw = bits(at: offset, count: field.bitSize) else { return nil }
    guard field.logicalMinimum < 0, field.bitSize < 64 else { return Int64(raw) }
    let sign = Int64(1) << Int64(field.bitSize - 1)
    return (Int64(raw) ^ sign) - sign
  }

  /// The bytes of a field of 8-bit values, as many as the report has; empty for other fields.
  public func buffer(of field: HIDReportDescriptor.Field) -> [UInt8] {
    guard field.bitSize == 8 else { return [] }
    var buffer: [UInt8] = []
    buffer.reserveCapacity(field.count)
    for index in 0..<field.count {
      guard let byte = bits(at: field.bitOffset &+ index &* 8, count: 8) else { break }
      buffer.append(UInt8(truncatingIfNeeded: byte))
    }
    return buffer
  }
}
