extension MemberState {
  /// The version of the packed form; the first byte of every row.
  static let packedVersion: UInt8 = 1

  /// The member's row.
  public func packed() -> [UInt8] {
    var writer = PackedWriter(capacity: 160 + 24 * (lots.count + cards.count + facts.days.count))
    writer.byte(Self.packedVersion)
    writer.text(id)
    writer.unsigned(UInt64(cards.count))
    for card in cards { card.pack(into: &writer) }
    writer.byte(status.number)
    writer.date(joinedOn)
    writer.signed(operationCount)
    writer.signed(lastSequence)
    writer.unsigned(UInt64(lots.count))
    for lot in lots { lot.pack(into: &writer) }
    writer.signed(pointsHeld)
    writer.signed(pointsDebt)
    writer.signed(growth)
    writer.signed(principalMinor)
    writer.signed(bonusMinor)
    writer.text(tier)
    writer.date(tierSince)
    writer.signed(facts.lifetimeMinor)
    writer.signed(facts.singleMaxMinor)
    writer.unsigned(UInt64(facts.days.count))
    for day in facts.days {
      writer.date(day.date)
      writer.signed(day.amountMinor)
    }
    writer.fixed(profileDigest)
    if case .some(let assets) = assetBox { assets.pack(into: &writer) }
    return writer.bytes
  }

  /// Reads a member's row.
  public init(packed bytes: [UInt8]) throws(PackedError) {
    var reader = PackedReader(bytes)
    guard try reader.byte() == Self.packedVersion else { throw PackedError(offset: 0) }
    id = try reader.text()
    cards = []
    for _ in 0..<(try reader.count()) { cards.append(try CardState(from: &reader)) }
    guard let status = MemberStatus(number: try reader.byte()) else {
      throw PackedError(offset: reader.offset)
    }
    self.status = status
    joinedOn = try reader.date()
    operationCount = try reader.signed()
    lastSequence = try reader.signed()
    let lotCount = try reader.count()
    lots = []
    lots.reserveCapacity(lotCount + 1)
    for _ in 0..<lotCount { lots.append(try PointLot(from: &reader)) }
    pointsHeld = try reader.signed()
    pointsDebt = try reader.signed()
    growth = try reader.signed()
    principalMinor = try reader.signed()
    bonusMinor = try reader.signed()
    tier = try reader.text()
    tierSince = try reader.date()
    facts.lifetimeMinor = try reader.signed()
    facts.singleMaxMinor = try reader.signed()
    let dayCount = try reader.count()
    facts.days.reserveCapacity(dayCount + 1)
    for _ in 0..<dayCount {
      facts.days.append(SpendFacts.Day(date: try reader.date(), amountMinor: try reader.signed()))
    }
    profileDigest = try reader.fixed()
    guard !reader.isAtEnd else { return }
    let assets = try MemberAssets(from: &reader)
    guard !assets.isEmpty else { throw PackedError(offset: reader.offset) }
    assetBox = .some(assets)
  }

  /// Reads only what the index needs, which stands first in the row: the id and the cards.
  public static func identity(
    packed bytes: [UInt8]
  ) throws(PackedError) -> (id: String, cards: [CardState]) {
    var reader = PackedReader(bytes)
    guard try reader.byte() == packedVersion else { throw PackedError(offset: 0) }
    let id = try reader.text()
    var cards: [CardState] = []
    for _ in 0..<(try reader.count()) { cards.append(try CardState(from: &reader)) }
    return (id, cards)
  }
}

extension CardState {
  func pack(into writer: inout PackedWriter) {
    writer.fixed(reference.high)
    writer.fixed(reference.low)
    // Four bits of the kind, three of the grade (0: not noted), one that tells of a technology: a
    // card of which nothing was noted takes no more room than before there was anything to note.
    let grade = (assurance?.rank).map { $0 + 1 } ?? 0
    writer.byte(kind.number | grade << 4 | (technology == nil ? 0 : 0x80))
    writer.text(type)
    writer.byte(isFrozenWhenFound ? Self.frozenCardLost : status.number)
    if let technology { writer.text(technology) }
  }

  /// The status of a card that was frozen and then lost; beside the numbers of `CardStatus`.
  private static let frozenCardLost: UInt8 = 6

  init(from reader: inout PackedReader) throws(PackedError) {
    let reference = CardReference(high: try reader.fixed(), low: try reader.fixed())
    let head = try reader.byte()
    let grade = head >> 4 & 7
    let assurance = grade == 0 ? nil : Assurance(rank: grade - 1)
    guard let kind = CredentialKind(number: head & 0x0F), grade == 0 || assurance != nil else {
      throw PackedError(offset: reader.offset)
    }
    let type = try reader.text()
    let number = try reader.byte()
    let isFrozenWhenFound = number == Self.frozenCardLost
    guard let status = isFrozenWhenFound ? .lost : CardStatus(number: number) else {
      throw PackedError(offset: reader.offset)
    }
    self.init(reference: reference, kind: kind, type: type, status: status)
    self.isFrozenWhenFound = isFrozenWhenFound
    self.assurance = assurance
    if head & 0x80 != 0 { technology = try reader.text() }
  }
}

extension PointLot {
  func pack(into writer: inout PackedWriter) {
    writer.signed(id)
    writer.date(earnedOn)
    // A day takes 33 bits; the bit above tells that the day of maturity follows.
    let end = expiresOn.map { UInt64(UInt32(bitPattern: $0.day)) + 1 } ?? 0
    writer.unsigned(maturesOn == nil ? end : end | Self.maturesBit)
    if let maturesOn { writer.date(maturesOn) }
    writer.signed(original)
    writer.signed(remaining)
  }

  private static let maturesBit: UInt64 = 1 << 33

  init(from reader: inout PackedReader) throws(PackedError) {
    let id = try reader.signed()
    let earnedOn = try reader.date()
    let head = try reader.unsigned()
    let end = head & ~Self.maturesBit
    guard end <= UInt64(UInt32.max) + 1 else { throw PackedError(offset: reader.offset) }
    let maturesOn = head == end ? nil : try reader.date()
    self.init(
      id: id,
      earnedOn: earnedOn,
      expiresOn: end == 0 ? nil : BusinessDate(day: Int32(bitPattern: UInt32(end - 1))),
      original: try reader.signed(),
      remaining: try reader.signed(),
      maturesOn: maturesOn
    )
  }
}

extension MemberStatus {
  /// The status's number in packed rows; never reused.
  var number: UInt8 {
    switch self {
    case .active: 1
    case .suspended: 2
    case .frozen: 3
    case .merged: 4
    case .erased: 5
    }
  }

  init?(number: UInt8) {
    guard let status = Self.allCases.first(where: { $0.number == number }) else { return nil }
    self = status
  }
}

extension CardStatus {
  /// The status's number in packed rows; never reused.
  var number: UInt8 {
    switch self {
    case .active: 1
    case .lost: 2
    case .frozen: 3
    case .replaced: 4
    case .closed: 5
    }
  }

  init?(number: UInt8) {
    guard let status = Self.allCases.first(where: { $0.number == number }) else { return nil }
    self = status
  }
}
