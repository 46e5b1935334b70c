/// Reads the items of a report descriptor one by one (HID 1.11 section 6.2.2.2 to 6.2.2.8).
struct HIDDescriptorParser {
  typealias Malformed = HIDReportDescriptor.Malformed
  typealias Limits = HIDReportDescriptor.Limits

  /// The global items, which hold until changed and which Push and Pop keep.
  private struct Globals {
    var page: UInt16 = 0
    var logicalMinimum: Int32 = 0
    /// As given: whether it has a sign shows in the minimum, which may follow it.
    var logicalMaximum: (signed: Int32, unsigned: UInt32) = (0, 0)
    var physicalMinimum: Int32 = 0
    var physicalMaximum: Int32 = 0
    var unitExponent: Int32 = 0
    var unit: UInt32 = 0
    var reportSize: UInt32 = 0
    var reportCount: UInt32 = 0
    var reportID: UInt8 = 0
  }

  /// A usage as an item gave it; its page is settled by the main item.
  private struct LocalUsage {
    var range: HIDUsageRange
    var hasOwnPage: Bool
  }

  /// The local items, which a main item uses up.
  private struct Locals {
    var usages: [LocalUsage] = []
    var minimum: (value: UInt32, size: Int)?
    var maximum: (value: UInt32, size: Int)?
    /// In a delimited set only the first usage counts, the one the maker prefers.
    var isInSet = false
    var setHasUsage = false
  }

  private var globals = Globals()
  private var stack: [Globals] = []
  private var locals = Locals()
  private var open: [Int] = []
  private var collections: [HIDReportDescriptor.Collection] = []
  private var fields: [HIDReportDescriptor.Field] = []
  private var bitCounts: [HIDReportDescriptor.ReportKey: Int] = [:]
  private var usesReportIDs = false

  mutating func parse(_ bytes: [UInt8]) throws(Malformed) -> HIDReportDescriptor {
    var place = 0
    while place < bytes.count {
      let prefix = bytes[place]
      place += 1
      if prefix == 0xFE {
        // A long item: size, tag, data. None has been defined.
        guard place + 2 <= bytes.count else { throw .truncated }
        place += 2 + Int(bytes[place])
        guard place <= bytes.count else { throw .truncated }
        continue
      }
      let size = prefix & 3 == 3 ? 4 : Int(prefix & 3)
      guard place + size <= bytes.count else { throw .truncated }
      var value: UInt32 = 0
      for index in 0..<size { value |= UInt32(bytes[place + index]) << (8 * UInt32(index)) }
      place += size
      let item = Item(tag: prefix >> 4, value: value, size: size)
      switch prefix >> 2 & 3 {
      case 0: try takeMain(item)
      case 1: try takeGlobal(item)
      case 2: try takeLocal(item)
      default: continue
      }
    }
    guard open.isEmpty else { throw .unbalancedCollection }
    return finished()
  }

  private struct Item {
    var tag: UInt8
    var value: UInt32
    var size: Int

    /// The value with the sign of its own size.
    var signed: Int32 {
      switch size {
      case 1: Int32(Int8(truncatingIfNeeded: value))
      case 2: Int32(Int16(truncatingIfNeeded: value))
      default: Int32(bitPattern: value)
      }
    }
  }

  private func finished() -> HIDReportDescriptor {
    let lead = usesReportIDs ? 8 : 0
    var shifted = fields
    for index in shifted.indices { shifted[index].bitOffset += lead }
    return HIDReportDescriptor(
      collections: collections,
      fields: shifted,
      usesReportIDs: usesReportIDs,
      bitCounts: bitCounts.mapValues { $0 + lead }
    )
  }

  // MARK: Main items

  private mutating func takeMain(_ item: Item) throws(Malformed) {
    switch item.tag {
    case 0x8: try addField(.input, flags: item.value)
    case 0x9: try addField(.output, flags: item.value)
    case 0xB: try addField(.feature, flags: item.value)
    case 0xA:
      guard open.count < Limits.depthMax else { throw .tooDeep }
      guard collections.count < Limits.collectionCountMax else { throw .tooManyCollections }
      let usage = settledUsages().first.map { HIDUsage(page: $0.page, id: $0.first) }
      let collection = HIDReportDescriptor.Collection(
        kind: UInt8(truncatingIfNeeded: item.value),
        usage: usage,
        parent: open.last
      )
      open.append(collections.count)
      collections.append(collection)
    case 0xC:
      guard open.popLast() != nil else { throw .unbalancedCollection }
    default: break
    }
    guard !locals.isInSet else { throw .unbalancedDelimiter }
    locals = Locals()
  }

  private mutating func addField(
    _ kind: HIDReportDescriptor.ReportKind,
    flags: UInt32
  ) throws(Malformed) {
    let usages = settledUsages()
    let (bits, overflow) = globals.reportSize.multipliedReportingOverflow(by: globals.reportCount)
    guard !overflow, bits <= UInt32(Limits.reportByteCountMax * 8) else { throw .reportTooLong }
    guard bits > 0 else { return }
    let key = HIDReportDescriptor.ReportKey(kind: kind, id: globals.reportID)
    let offset = bitCounts[key] ?? 0
    guard offset + Int(bits) <= Limits.reportByteCountMax * 8 else { throw .reportTooLong }
    bitCounts[key] = offset + Int(bits)
    // A constant is padding: it takes its place and says nothing.
    guard flags & 1 == 0, !usages.isEmpty else { return }
    guard fields.count < Limits.fieldCountMax else { throw .tooManyFields }
    let maximum =
      globals.logicalMinimum < 0
      ? Int64(globals.logicalMaximum.signed) : Int64(globals.logicalMaximum.unsigned)
    let field = HIDReportDescriptor.Field(
      kind: kind,
      reportID: globals.reportID,
      bitOffset: offset,
      bitSize: Int(globals.reportSize),
      count: Int(globals.reportCount),
      flags: flags,
      usages: usages,
      logicalMinimum: globals.logicalMinimum,
      logicalMaximum: maximum,
      physicalMinimum: globals.physicalMinimum,
      physicalMaximum: globals.physicalMaximum,
      unit: globals.unit,
      unitExponent: globals.unitExponent,
      collection: open.last
    )
    fields.append(field)
  }

  /// The usages of the main item at hand.
  ///
  /// The page that was named last before the main item counts for the usages after which it was
  /// named (section 6.2.2.8), so a page may follow its usages.
  private func settledUsages() -> [HIDUsageRange] {
    var usages = locals.usages
    for index in usages.indices.reversed() where !usages[index].hasOwnPage {
      if usages[index].range.page == globals.page { break }
      usages[index].range.page = globals.page
    }
    return usages.map(\.range)
  }

  // MARK: Global items

  private mutating func takeGlobal(_ item: Item) throws(Malformed) {
    switch item.tag {
    case 0x0: globals.page = UInt16(truncatingIfNeeded: item.value)
    case 0x1: globals.logicalMinimum = item.signed
    case 0x2: globals.logicalMaximum = (item.signed, item.value)
    case 0x3: globals.physicalMinimum = item.signed
    case 0x4: globals.physicalMaximum = item.signed
    case 0x5:
      // Four bits with a sign; larger numbers are taken as they are.
      let nibble = Int32(truncatingIfNeeded: item.value & 0xF)
      globals.unitExponent =
        item.value <= 0xF ? (nibble > 7 ? nibble - 16 : nibble) : item.signed
    case 0x6: globals.unit = item.value
    case 0x7: globals.reportSize = item.value
    case 0x8:
      guard item.value > 0, item.value <= 0xFF else { throw .reportID }
      globals.reportID = UInt8(item.value)
      usesReportIDs = true
    case 0x9: globals.reportCount = item.value
    case 0xA:
      guard stack.count < Limits.pushDepthMax else { throw .pushTooDeep }
      stack.append(globals)
    case 0xB:
      guard let kept = stack.popLast() else { throw .popWithoutPush }
      globals = kept
    default: break
    }
  }

  // MARK: Local items

  private mutating func takeLocal(_ item: Item) throws(Malformed) {
    switch item.tag {
    case 0x0:
      try addUsages(from: item.value, to: item.value, size: item.size)
    case 0x1:
      locals.minimum = (item.value, item.size)
      try addRangeIfComplete()
    case 0x2:
      locals.maximum = (item.value, item.size)
      try addRangeIfComplete()
    case 0xA:
      let opens = item.value == 1
      guard opens != locals.isInSet else { throw .unbalancedDelimiter }
      locals.isInSet = opens
      locals.setHasUsage = false
    default: break
    }
  }

  private mutating func addRangeIfComplete() throws(Malformed) {
    guard let minimum = locals.minimum, let maximum = locals.maximum else { return }
    locals.minimum = nil
    locals.maximum = nil
    try addUsages(
      from: minimum.value,
      to: maximum.value,
      size: minimum.size == 4 || maximum.size == 4 ? 4 : 2
    )
  }

  /// Four bytes hold the page as well (section 6.2.2.8). A range that runs backwards is empty, as
  /// Linux takes it.
  private mutating func addUsages(
    from first: UInt32,
    to last: UInt32,
    size: Int
  ) throws(Malformed) {
    if locals.isInSet {
      guard !locals.setHasUsage else { return }
      locals.setHasUsage = true
    }
    let hasOwnPage = size == 4 && first > 0xFFFF
    let page = hasOwnPage ? UInt16(first >> 16) : globals.page
    let low = UInt16(truncatingIfNeeded: first)
    let high = UInt16(truncatingIfNeeded: last)
    guard let range = HIDUsageRange(page: page, first: low, last: high) else { return }
    guard locals.usages.count < Limits.usageCountMax else { throw .tooManyUsages }
    locals.usages.append(LocalUsage(range: range, hasOwnPage: hasOwnPage))
  }
}
