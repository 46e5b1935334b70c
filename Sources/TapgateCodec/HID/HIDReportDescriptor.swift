/// What a HID device's reports hold, by its own word.
///
/// Device Class Definition for Human Interface Devices 1.11, section 6.2.2. A value without I/O:
/// parsing never traps and is bounded by `Limits`.
public struct HIDReportDescriptor: Hashable, Sendable {
  /// The three kinds of reports.
  public enum ReportKind: Hashable, Sendable, CaseIterable {
    case input, output, feature
  }

  /// What opens with a Collection item.
  public struct Collection: Hashable, Sendable {
    /// 0 physical, 1 application, 2 logical, 3 report, 4 named array, 5 usage switch, 6 usage
    /// modifier; the rest is reserved or the maker's own (section 6.2.2.6).
    public var kind: UInt8
    /// `nil` where the descriptor names none.
    public var usage: HIDUsage?
    /// The place in `collections` of the one around it; `nil` at the top.
    public var parent: Int?

    /// Whether it is an application, what an operating system binds a driver to.
    public var isApplication: Bool { kind == 1 }
  }

  /// One main item that carries data. Padding is none.
  public struct Field: Hashable, Sendable {
    public var kind: ReportKind
    /// 0 where the descriptor has no report identifiers.
    public var reportID: UInt8
    /// Bits before it, counted from the report's first byte as it comes over the wire, so with the
    /// identifier where there is one.
    public var bitOffset: Int
    /// Bits of one value: 1 to 32, or more for a buffer.
    public var bitSize: Int
    /// How many values there are.
    public var count: Int
    /// The data of the main item (section 6.2.2.5).
    public var flags: UInt32
    /// In the order of the descriptor.
    public var usages: [HIDUsageRange]
    public var logicalMinimum: Int32
    public var logicalMaximum: Int64
    public var physicalMinimum: Int32
    public var physicalMaximum: Int32
    public var unit: UInt32
    public var unitExponent: Int32
    /// The place in `collections` of the innermost one around it; `nil` outside of all.
    public var collection: Int?

    /// Each value has its own usage; otherwise the values are numbers of usages.
    public var isVariable: Bool { flags & 0x02 != 0 }
    /// Bytes that belong together, not numbers.
    public var isBuffer: Bool { flags & 0x100 != 0 }

    /// How many usages the item has been given.
    public var usageCount: Int { usages.reduce(0) { $0 &+ $1.count } }

    /// The usage with this number in the order of the descriptor; `nil` past the last.
    public func usage(number: Int) -> HIDUsage? {
      guard number >= 0 else { return nil }
      var left = number
      for range in usages {
        if left < range.count {
          return HIDUsage(page: range.page, id: range.first &+ UInt16(truncatingIfNeeded: left))
        }
        left -= range.count
      }
      return nil
    }

    /// The usage of the value at `index` of a variable field: the last one given holds for what
    /// follows (section 6.2.2.8).
    public func usage(ofValueAt index: Int) -> HIDUsage? {
      if let usage = usage(number: index) { return usage }
      return usages.last.map { HIDUsage(page: $0.page, id: $0.last) }
    }

    /// Whether it was given `usage`.
    public func has(_ usage: HIDUsage) -> Bool { usages.contains { $0.contains(usage) } }

    /// The numbers of the values that `usage` names, in a variable field.
    public func valueIndices(of usage: HIDUsage) -> Range<Int>? {
      var start = 0
      for (place, range) in usages.enumerated() {
        if range.contains(usage) {
          let first = start &+ Int(usage.id) &- Int(range.first)
          guard first < count else { return nil }
          let isLast = place == usages.count - 1 && usage.id == range.last
          return first..<(isLast ? count : first + 1)
        }
        start = start &+ range.count
      }
      return nil
    }
  }

  /// What ends the parsing of a descriptor.
  public enum Malformed: String, Error, Hashable, Sendable, CaseIterable {
    /// There is nothing.
    case empty
    /// More than `Limits.byteCountMax` bytes.
    case tooLong
    /// An item's data ends before its size says.
    case truncated
    /// An End Collection without a Collection, or the other way round.
    case unbalancedCollection
    /// Collections in collections, deeper than `Limits.depthMax`.
    case tooDeep
    /// More than `Limits.collectionCountMax` collections.
    case tooManyCollections
    /// More than `Limits.fieldCountMax` fields.
    case tooManyFields
    /// More than `Limits.usageCountMax` usages for one main item.
    case tooManyUsages
    /// A Pop without a Push.
    case popWithoutPush
    /// More than `Limits.pushDepthMax` states pushed.
    case pushTooDeep
    /// Report identifier 0 or above 255, which section 6.2.2.7 forbids.
    case reportID
    /// A report longer than `Limits.reportByteCountMax`.
    case reportTooLong
    /// A Delimiter that opens in a set, or closes outside of one.
    case unbalancedDelimiter
  }

  /// Bounds of what is parsed. Linux has the same or tighter ones (`include/linux/hid.h`).
  public enum Limits {
    public static let byteCountMax = 4096
    public static let depthMax = 32
    public static let collectionCountMax = 512
    public static let fieldCountMax = 1024
    public static let usageCountMax = 1024
    public static let pushDepthMax = 16
    public static let reportByteCountMax = 16_384
  }

  /// In the order in which they open.
  public internal(set) var collections: [Collection]
  /// In the order of the descriptor; constants (padding) are left out.
  public internal(set) var fields: [Field]
  /// Whether each report begins with a byte that tells which it is.
  public internal(set) var usesReportIDs: Bool
  /// Bits of each report, with its identifier and padding.
  var bitCounts: [ReportKey: Int]

  struct ReportKey: Hashable, Sendable {
    var kind: ReportKind
    var id: UInt8
  }

  /// Reads a report descriptor as GET_DESCRIPTOR or HIDIOCGRDESC gives it.
  public static func parse(_ bytes: [UInt8]) -> Result<HIDReportDescriptor, Malformed> {
    guard !bytes.isEmpty else { return .failure(.empty) }
    guard bytes.count <= Limits.byteCountMax else { return .failure(.tooLong) }
    var parser = HIDDescriptorParser()
    do {
      return .success(try parser.parse(bytes))
    } catch {
      return .failure(error)
    }
  }

  /// Bytes of a report as it comes over the wire, with its identifier; 0 where there is none.
  public func byteCount(of kind: ReportKind, id: UInt8 = 0) -> Int {
    ((bitCounts[ReportKey(kind: kind, id: id)] ?? 0) &+ 7) / 8
  }

  /// The identifiers of the reports of a kind that hold anything, in rising order; 0 where the
  /// device has no identifiers.
  public func reportIDs(of kind: ReportKind) -> [UInt8] {
    bitCounts.keys.filter { $0.kind == kind }.map(\.id).sorted()
  }

  /// The outermost collection around `field`.
  public func outermostCollection(of field: Field) -> Int? {
    var place = field.collection
    while let current = place, let parent = collections[current].parent { place = parent }
    return place
  }
}
