/// The numbers of the effects beyond points, tiers and cards; never reused.
private enum Tag: UInt8 {
  case lotTaken = 14
  case lotRestored, hold, holdEnded, couponAdded, couponRemoved, bearerCoupon, countedAdded
  case countedTaken, countedRestored, paid, counted, topUpOpened, topUpEnded, parent, tierEnd, pin
  case pinRemoved, mergedInto, boost, invited, lifetime, tendered, goods, shopCount, couponSerials
  case swept, sale, refunded
}

extension Effect {
  func packAsset(into writer: inout PackedWriter) {
    switch self {
    case .lotTaken(let slice): writer.tag(.lotTaken) { slice.pack(into: &$0) }
    case .lotRestored(let slice): writer.tag(.lotRestored) { slice.pack(into: &$0) }
    case .hold(let hold): writer.tag(.hold) { hold.pack(into: &$0) }
    case .holdEnded(let id, let end):
      writer.tag(.holdEnded) {
        $0.signed(id)
        $0.byte(end.rawValue)
      }
    case .couponAdded(let coupon): writer.tag(.couponAdded) { coupon.pack(into: &$0) }
    case .couponRemoved(let coupon, let end):
      writer.tag(.couponRemoved) {
        coupon.pack(into: &$0)
        $0.byte(end.rawValue)
      }
    case .bearerCoupon(let from, let to):
      writer.tag(.bearerCoupon) {
        $0.byte(from == nil ? 0 : 1)
        from?.pack(into: &$0)
        to.pack(into: &$0)
      }
    case .countedAdded(let asset, let lot): writer.lot(.countedAdded, asset, lot)
    case .countedTaken(let asset, let slice): writer.lot(.countedTaken, asset, slice)
    case .countedRestored(let asset, let slice): writer.lot(.countedRestored, asset, slice)
    case .counted(let key, let quantity):
      writer.tag(.counted) {
        key.pack(into: &$0)
        $0.signed(quantity)
      }
    case .topUpOpened(let topUp): writer.tag(.topUpOpened) { topUp.pack(into: &$0) }
    case .topUpEnded(let topUp, let end):
      writer.tag(.topUpEnded) {
        topUp.pack(into: &$0)
        $0.byte(end.rawValue)
      }
    default: packFact(into: &writer)
    }
  }

  private func packFact(into writer: inout PackedWriter) {
    switch self {
    case .paid(let from, let to):
      writer.tag(.paid) {
        for paid in [from, to] {
          $0.byte(paid == nil ? 0 : 1)
          paid?.pack(into: &$0)
        }
      }
    case .parent(let from, let to): writer.texts(.parent, from, to)
    case .invited(let from, let to): writer.texts(.invited, from, to)
    case .tierEnd(let from, let to):
      writer.tag(.tierEnd) {
        $0.optionalDate(from)
        $0.optionalDate(to)
      }
    case .pin(let facts): writer.tag(.pin) { facts.pack(into: &$0) }
    case .pinRemoved(let card): writer.tag(.pinRemoved) { $0.card(card) }
    case .mergedInto(let id): writer.tag(.mergedInto) { $0.text(id) }
    case .boost(let from, let to):
      writer.tag(.boost) {
        $0.signed(from)
        $0.signed(to)
      }
    case .lifetime(let amount): writer.tag(.lifetime) { $0.signed(amount) }
    default: packShop(into: &writer)
    }
  }

  private func packShop(into writer: inout PackedWriter) {
    switch self {
    case .tendered(let kind, let amount, let reference):
      writer.tag(.tendered) {
        $0.text(kind)
        $0.signed(amount)
        $0.text(reference)
      }
    case .goods(let sku, let quantity):
      writer.tag(.goods) {
        $0.text(sku)
        $0.signed(quantity)
      }
    case .shopCount(let key, let quantity):
      writer.tag(.shopCount) {
        $0.text(key)
        $0.signed(quantity)
      }
    case .couponSerials(let quantity): writer.tag(.couponSerials) { $0.signed(quantity) }
    case .swept: writer.tag(.swept) { _ in }
    case .sale(let bytes):
      writer.tag(.sale) {
        $0.unsigned(UInt64(bytes.count))
        $0.raw(bytes)
      }
    case .refunded(let receipt, let progress):
      writer.tag(.refunded) {
        $0.signed(receipt)
        $0.unsigned(UInt64(progress.count))
        $0.raw(progress)
      }
    default: break  // `pack` writes the others.
    }
  }

  static func asset(
    _ number: UInt8,
    from reader: inout PackedReader
  ) throws(PackedError) -> Effect {
    guard let tag = Tag(rawValue: number) else { throw PackedError(offset: reader.offset - 1) }
    switch tag {
    case .lotTaken: return .lotTaken(try PointLot(from: &reader))
    case .lotRestored: return .lotRestored(try PointLot(from: &reader))
    case .hold: return .hold(try Hold(from: &reader))
    case .holdEnded:
      return .holdEnded(try reader.signed(), try reader.named(HoldEnd.self))
    case .couponAdded: return .couponAdded(try CouponState(from: &reader))
    case .couponRemoved:
      return .couponRemoved(try CouponState(from: &reader), try reader.named(CouponEnd.self))
    case .bearerCoupon:
      let from = try reader.byte() == 0 ? nil : try CouponState(from: &reader)
      return .bearerCoupon(from: from, to: try CouponState(from: &reader))
    case .countedAdded:
      return .countedAdded(asset: try reader.text(), try PointLot(from: &reader))
    case .countedTaken:
      return .countedTaken(asset: try reader.text(), try PointLot(from: &reader))
    case .countedRestored:
      return .countedRestored(asset: try reader.text(), try PointLot(from: &reader))
    case .counted: return .counted(try LimitKey(from: &reader), quantity: try reader.signed())
    case .topUpOpened: return .topUpOpened(try TopUp(from: &reader))
    case .topUpEnded:
      return .topUpEnded(try TopUp(from: &reader), try reader.named(TopUpEnd.self))
    default: return try fact(tag, from: &reader)
    }
  }

  private static func fact(
    _ tag: Tag,
    from reader: inout PackedReader
  ) throws(PackedError) -> Effect {
    switch tag {
    case .paid:
      let from = try reader.byte() == 0 ? nil : try PaidMembership(from: &reader)
      let to = try reader.byte() == 0 ? nil : try PaidMembership(from: &reader)
      return .paid(from: from, to: to)
    case .parent: return .parent(from: try reader.optionalText(), to: try reader.optionalText())
    case .invited: return .invited(from: try reader.optionalText(), to: try reader.optionalText())
    case .tierEnd: return .tierEnd(from: try reader.optionalDate(), to: try reader.optionalDate())
    case .pin: return .pin(try PinFacts(from: &reader))
    case .pinRemoved: return .pinRemoved(try reader.card())
    case .mergedInto: return .mergedInto(try reader.text())
    case .boost: return .boost(from: try reader.signed(), to: try reader.signed())
    case .lifetime: return .lifetime(try reader.signed())
    case .tendered:
      return .tendered(
        kind: try reader.text(),
        amountMinor: try reader.signed(),
        reference: try reader.text()
      )
    case .goods: return .goods(sku: try reader.text(), quantity: try reader.signed())
    case .shopCount: return .shopCount(try reader.text(), try reader.signed())
    case .couponSerials: return .couponSerials(try reader.signed())
    case .sale: return .sale(try reader.blob())
    case .refunded:
      return .refunded(receipt: try reader.signed(), progress: try reader.blob())
    default: return .swept  // `asset` reads the others.
    }
  }
}

extension PackedWriter {
  fileprivate mutating func tag(_ tag: Tag, _ body: (inout PackedWriter) -> Void) {
    byte(tag.rawValue)
    body(&self)
  }

  fileprivate mutating func lot(_ tag: Tag, _ asset: String, _ lot: PointLot) {
    byte(tag.rawValue)
    text(asset)
    lot.pack(into: &self)
  }

  fileprivate mutating func texts(_ tag: Tag, _ first: String?, _ second: String?) {
    byte(tag.rawValue)
    optionalText(first)
    optionalText(second)
  }
}
