extension Effect {
  /// The effects of one journal row, packed.
  public static func packed(_ effects: [Effect]) -> [UInt8] {
    var writer = PackedWriter(capacity: 64)
    for effect in effects { effect.pack(into: &writer) }
    return writer.bytes
  }

  /// Reads the effects of one journal row.
  public static func unpacked(_ bytes: [UInt8]) throws(PackedError) -> [Effect] {
    var reader = PackedReader(bytes)
    var effects: [Effect] = []
    while !reader.isAtEnd { effects.append(try Effect(from: &reader)) }
    return effects
  }

  private func pack(into writer: inout PackedWriter) {
    switch self {
    case .created(let id, let joinedOn, let tier):
      writer.byte(1)
      writer.text(id)
      writer.date(joinedOn)
      writer.text(tier)
    case .status(let status):
      writer.byte(2)
      writer.byte(status.number)
    case .post(let account, let quantity):
      writer.byte(3)
      writer.byte(account.rawValue)
      writer.signed(quantity)
    case .lotAdded(let lot):
      writer.byte(4)
      lot.pack(into: &writer)
    case .lotUsed(let id, let quantity):
      writer.byte(5)
      writer.signed(id)
      writer.signed(quantity)
    case .spent(let date, let amount):
      writer.byte(6)
      writer.date(date)
      writer.signed(amount)
    case .singleMax(let amount):
      writer.byte(7)
      writer.signed(amount)
    case .tier(let tier, let since):
      writer.byte(8)
      writer.text(tier)
      writer.date(since)
    case .cardAdded(let card):
      writer.byte(9)
      card.pack(into: &writer)
    case .cardStatus(let reference, let status):
      writer.byte(10)
      writer.fixed(reference.high)
      writer.fixed(reference.low)
      writer.byte(status.number)
    case .cardRemoved(let reference):
      writer.byte(11)
      writer.fixed(reference.high)
      writer.fixed(reference.low)
    case .profile(let digest):
      writer.byte(12)
      writer.fixed(digest)
    case .frozenCardLost(let reference):
      writer.byte(13)
      writer.fixed(reference.high)
      writer.fixed(reference.low)
    default: packAsset(into: &writer)
    }
  }

  private init(from reader: inout PackedReader) throws(PackedError) {
    let tag = try reader.byte()
    switch tag {
    case 1:
      self = .created(id: try reader.text(), joinedOn: try reader.date(), tier: try reader.text())
    case 2:
      guard let status = MemberStatus(number: try reader.byte()) else {
        throw PackedError(offset: reader.offset)
      }
      self = .status(status)
    case 3:
      guard let account = Account(rawValue: try reader.byte()) else {
        throw PackedError(offset: reader.offset)
      }
      self = .post(account, try reader.signed())
    case 4: self = .lotAdded(try PointLot(from: &reader))
    case 5: self = .lotUsed(id: try reader.signed(), quantity: try reader.signed())
    case 6: self = .spent(date: try reader.date(), amountMinor: try reader.signed())
    case 7: self = .singleMax(try reader.signed())
    case 8: self = .tier(try reader.text(), since: try reader.date())
    case 9: self = .cardAdded(try CardState(from: &reader))
    case 10:
      let reference = CardReference(high: try reader.fixed(), low: try reader.fixed())
      guard let status = CardStatus(number: try reader.byte()) else {
        throw PackedError(offset: reader.offset)
      }
      self = .cardStatus(reference, status)
    case 11:
      self = .cardRemoved(CardReference(high: try reader.fixed(), low: try reader.fixed()))
    case 12: self = .profile(digest: try reader.fixed())
    case 13:
      self = .frozenCardLost(CardReference(high: try reader.fixed(), low: try reader.fixed()))
    default: self = try Self.asset(tag, from: &reader)
    }
  }
}
