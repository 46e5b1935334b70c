extension PackedWriter {
  mutating func optionalDate(_ value: BusinessDate?) {
    unsigned(value.map { UInt64(UInt32(bitPattern: $0.day)) + 1 } ?? 0)
  }

  mutating func optionalText(_ value: String?) {
    byte(value == nil ? 0 : 1)
    if let value { text(value) }
  }

  mutating func card(_ reference: CardReference) {
    fixed(reference.high)
    fixed(reference.low)
  }
}

extension PackedReader {
  mutating func optionalDate() throws(PackedError) -> BusinessDate? {
    let value = try unsigned()
    guard value <= UInt64(UInt32.max) + 1 else { throw PackedError(offset: offset) }
    return value == 0 ? nil : BusinessDate(day: Int32(bitPattern: UInt32(value - 1)))
  }

  mutating func card() throws(PackedError) -> CardReference {
    CardReference(high: try fixed(), low: try fixed())
  }

  /// A byte that names a case.
  mutating func named<Value: RawRepresentable>(
    _ type: Value.Type
  ) throws(PackedError) -> Value where Value.RawValue == UInt8 {
    guard let value = Value(rawValue: try byte()) else { throw PackedError(offset: offset - 1) }
    return value
  }
}

extension Hold {
  func pack(into writer: inout PackedWriter) {
    writer.signed(id)
    writer.signed(deadline)
    writer.date(madeOn)
    writer.byte(card == nil ? 0 : 1)
    if let card { writer.card(card) }
    writer.unsigned(UInt64(points.count))
    for slice in points { slice.pack(into: &writer) }
    writer.signed(principalMinor)
    writer.signed(bonusMinor)
    writer.unsigned(UInt64(coupons.count))
    for coupon in coupons { coupon.pack(into: &writer) }
  }

  init(from reader: inout PackedReader) throws(PackedError) {
    let (id, deadline) = (try reader.signed(), try reader.signed())
    let madeOn = try reader.date()
    let card = try reader.byte() == 0 ? nil : try reader.card()
    self.init(id: id, deadline: deadline, card: card, madeOn: madeOn)
    for _ in 0..<(try reader.count()) { points.append(try PointLot(from: &reader)) }
    principalMinor = try reader.signed()
    bonusMinor = try reader.signed()
    for _ in 0..<(try reader.count()) { coupons.append(try CouponState(from: &reader)) }
  }
}

extension CouponState {
  /// The version of a bearer coupon's row; its first byte.
  private static let packedVersion: UInt8 = 1

  /// The bearer coupon's row.
  public func packed() -> [UInt8] {
    var writer = PackedWriter(capacity: 32)
    writer.byte(Self.packedVersion)
    pack(into: &writer)
    return writer.bytes
  }

  /// Reads a bearer coupon's row.
  public init(packed bytes: [UInt8]) throws(PackedError) {
    var reader = PackedReader(bytes)
    guard try reader.byte() == Self.packedVersion else { throw PackedError(offset: 0) }
    try self.init(from: &reader)
    guard reader.isAtEnd else { throw PackedError(offset: reader.offset) }
  }

  func pack(into writer: inout PackedWriter) {
    writer.signed(serial)
    writer.text(template)
    writer.unsigned(UInt64(nonce))
    writer.date(issuedOn)
    writer.optionalDate(expiresOn)
    writer.byte(status.rawValue | (isBearer ? 0x80 : 0))
    writer.signed(row)
  }

  init(from reader: inout PackedReader) throws(PackedError) {
    let serial = try reader.signed()
    let template = try reader.text()
    guard let nonce = UInt32(exactly: try reader.unsigned()) else {
      throw PackedError(offset: reader.offset)
    }
    let issuedOn = try reader.date()
    let expiresOn = try reader.optionalDate()
    let head = try reader.byte()
    guard let status = Status(rawValue: head & 0x7F) else {
      throw PackedError(offset: reader.offset - 1)
    }
    self.init(
      serial: serial,
      template: template,
      nonce: nonce,
      issuedOn: issuedOn,
      expiresOn: expiresOn,
      isBearer: head & 0x80 != 0
    )
    self.status = status
    row = try reader.signed()
  }
}

extension Programme.Gift {
  func pack(into writer: inout PackedWriter) {
    switch self {
    case .points(let quantity):
      writer.byte(1)
      writer.signed(quantity)
    case .coupon(let template, let count):
      writer.byte(2)
      writer.text(template)
      writer.signed(count)
    case .item(let sku, let quantity):
      writer.byte(3)
      writer.text(sku)
      writer.signed(quantity)
    case .counted(let asset, let quantity):
      writer.byte(4)
      writer.text(asset)
      writer.signed(quantity)
    }
  }

  init(from reader: inout PackedReader) throws(PackedError) {
    switch try reader.byte() {
    case 1: self = .points(try reader.signed())
    case 2: self = .coupon(template: try reader.text(), count: try reader.signed())
    case 3: self = .item(sku: try reader.text(), quantity: try reader.signed())
    case 4: self = .counted(asset: try reader.text(), quantity: try reader.signed())
    default: throw PackedError(offset: reader.offset - 1)
    }
  }
}

extension TopUp {
  func pack(into writer: inout PackedWriter) {
    writer.signed(id)
    writer.signed(amountMinor)
    writer.signed(bonusMinor)
    writer.text(channel)
    writer.text(reference)
    writer.date(openedOn)
    writer.unsigned(UInt64(gifts.count))
    for gift in gifts { gift.pack(into: &writer) }
    writer.signed(boost)
  }

  init(from reader: inout PackedReader) throws(PackedError) {
    self.init(
      id: try reader.signed(),
      amountMinor: try reader.signed(),
      bonusMinor: try reader.signed(),
      channel: try reader.text(),
      reference: try reader.text(),
      openedOn: try reader.date()
    )
    for _ in 0..<(try reader.count()) { gifts.append(try Programme.Gift(from: &reader)) }
    boost = try reader.signed()
  }
}

extension PaidMembership {
  func pack(into writer: inout PackedWriter) {
    writer.text(level)
    writer.date(from)
    writer.date(through)
    writer.signed(paidMinor)
    writer.signed(earnedMinor)
  }

  init(from reader: inout PackedReader) throws(PackedError) {
    self.init(
      level: try reader.text(),
      from: try reader.date(),
      through: try reader.date(),
      paidMinor: try reader.signed(),
      earnedMinor: try reader.signed()
    )
  }
}

extension LimitKey {
  func pack(into writer: inout PackedWriter) {
    writer.text(name)
    writer.byte(span.number)
    writer.signed(Int64(bucket))
  }

  init(from reader: inout PackedReader) throws(PackedError) {
    let name = try reader.text()
    guard let span = Programme.Limit.Span(number: try reader.byte()),
      let bucket = Int32(exactly: try reader.signed())
    else { throw PackedError(offset: reader.offset) }
    self.init(name: name, span: span, bucket: bucket)
  }
}

extension PinFacts {
  func pack(into writer: inout PackedWriter) {
    writer.card(card)
    writer.unsigned(UInt64(verifier.count))
    writer.raw(verifier)
    writer.signed(wrongTries)
  }

  init(from reader: inout PackedReader) throws(PackedError) {
    self.init(card: try reader.card(), verifier: try reader.blob())
    wrongTries = try reader.signed()
  }
}

extension PackedReader {
  /// Bytes with their count before them.
  mutating func blob() throws(PackedError) -> [UInt8] {
    var bytes: [UInt8] = []
    let count = try count()
    bytes.reserveCapacity(count)
    for _ in 0..<count { bytes.append(try byte()) }
    return bytes
  }
}
