/// A section of a member's row: a tag, the length of what follows, and that. Sections stand in the
/// order of their tags, and one that is empty is not there; numbers are never reused.
private enum Section: UInt8 {
  case holds = 1
  case coupons, counted, paid, limits, topUps, value, parent, tierEnd, pins, mergedInto, boost
  case inviter
}

extension MemberAssets {
  func pack(into writer: inout PackedWriter) {
    packLists(into: &writer)
    if principalHeldMinor != 0 || bonusHeldMinor != 0 || valueDebtMinor != 0 {
      writer.section(.value) {
        $0.signed(principalHeldMinor)
        $0.signed(bonusHeldMinor)
        $0.signed(valueDebtMinor)
      }
    }
    if let parent { writer.section(.parent) { $0.text(parent) } }
    if let tierEnd { writer.section(.tierEnd) { $0.date(tierEnd) } }
    writer.section(.pins, pins) { $0.pack(into: &$1) }
    if let mergedInto { writer.section(.mergedInto) { $0.text(mergedInto) } }
    if boost != 0 { writer.section(.boost) { $0.signed(boost) } }
    if let inviter { writer.section(.inviter) { $0.text(inviter) } }
  }

  private func packLists(into writer: inout PackedWriter) {
    writer.section(.holds, holds) { $0.pack(into: &$1) }
    writer.section(.coupons, coupons) { $0.pack(into: &$1) }
    writer.section(.counted, counted) {
      $1.text($0.asset)
      $0.lot.pack(into: &$1)
    }
    if let paid { writer.section(.paid) { paid.pack(into: &$0) } }
    writer.section(.limits, limits) {
      $0.key.pack(into: &$1)
      $1.signed($0.count)
    }
    writer.section(.topUps, topUps) { $0.pack(into: &$1) }
  }

  init(from reader: inout PackedReader) throws(PackedError) {
    var last: UInt8 = 0
    while !reader.isAtEnd {
      let tag = try reader.byte()
      guard tag > last, let section = Section(rawValue: tag) else {
        throw PackedError(offset: reader.offset - 1)
      }
      last = tag
      let end = try reader.count() + reader.offset
      try read(section, from: &reader)
      guard reader.offset == end else { throw PackedError(offset: reader.offset) }
    }
  }

  private mutating func read(
    _ section: Section,
    from reader: inout PackedReader
  ) throws(PackedError) {
    switch section {
    case .holds:
      for _ in 0..<(try reader.count()) { holds.append(try Hold(from: &reader)) }
    case .coupons:
      for _ in 0..<(try reader.count()) { coupons.append(try CouponState(from: &reader)) }
    case .counted:
      for _ in 0..<(try reader.count()) {
        counted.append(CountedLot(asset: try reader.text(), lot: try PointLot(from: &reader)))
      }
    case .paid: paid = try PaidMembership(from: &reader)
    case .limits:
      for _ in 0..<(try reader.count()) {
        limits.append(LimitCounter(key: try LimitKey(from: &reader), count: try reader.signed()))
      }
    case .topUps:
      for _ in 0..<(try reader.count()) { topUps.append(try TopUp(from: &reader)) }
    case .value:
      principalHeldMinor = try reader.signed()
      bonusHeldMinor = try reader.signed()
      valueDebtMinor = try reader.signed()
    case .parent: parent = try reader.text()
    case .tierEnd: tierEnd = try reader.date()
    case .pins:
      for _ in 0..<(try reader.count()) { pins.append(try PinFacts(from: &reader)) }
    case .mergedInto: mergedInto = try reader.text()
    case .boost: boost = try reader.signed()
    case .inviter: inviter = try reader.text()
    }
  }
}

extension PackedWriter {
  fileprivate mutating func section(_ tag: Section, _ body: (inout PackedWriter) -> Void) {
    var content = PackedWriter(capacity: 64)
    body(&content)
    byte(tag.rawValue)
    unsigned(UInt64(content.bytes.count))
    raw(content.bytes)
  }

  fileprivate mutating func section<Element>(
    _ tag: Section,
    _ list: [Element],
    _ body: (Element, inout PackedWriter) -> Void
  ) {
    guard !list.isEmpty else { return }
    section(tag) {
      $0.unsigned(UInt64(list.count))
      for element in list { body(element, &$0) }
    }
  }
}
