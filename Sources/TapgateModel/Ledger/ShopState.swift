/// What is counted for the whole shop: the coupons' serial numbers and what was issued of each
/// stock. It is one packed row, changed by the effects of the journal row that issues.
public struct ShopState: Hashable, Sendable {
  /// What was issued of one stock.
  public struct Count: Hashable, Sendable {
    /// `coupon:`, `reward:` or `prize:` and an id.
    public var key: String
    public var count: Int64

    /// Creates a count.
    public init(key: String, count: Int64) {
      self.key = key
      self.count = count
    }
  }

  /// The serial number that the next coupon bears.
  public var nextSerial: Int64 = 1
  /// By key.
  public private(set) var counts: [Count] = []

  /// Creates the state of a shop that issued nothing.
  public init() {}

  /// How much of a stock was issued.
  public func count(of key: String) -> Int64 { counts.first { $0.key == key }?.count ?? 0 }

  /// Applies what a journal row says of the shop.
  ///
  /// - Returns: `false` for an overflow or a count below zero; the state is then to be thrown away.
  public mutating func apply(_ effects: [Effect]) -> Bool {
    for effect in effects where !apply(effect) { return false }
    return true
  }

  mutating func apply(_ effect: Effect) -> Bool {
    switch effect {
    case .couponSerials(let quantity):
      return quantity >= 0 && MemberState.add(quantity, to: &nextSerial)
    case .shopCount(let key, let quantity): return count(quantity, key)
    default: return true
    }
  }

  private mutating func count(_ quantity: Int64, _ key: String) -> Bool {
    guard let index = counts.firstIndex(where: { $0.key == key }) else {
      guard quantity > 0 else { return quantity == 0 }
      let place = counts.firstIndex { key < $0.key } ?? counts.endIndex
      counts.insert(Count(key: key, count: quantity), at: place)
      return true
    }
    guard MemberState.add(quantity, to: &counts[index].count), counts[index].count >= 0 else {
      return false
    }
    if counts[index].count == 0 { counts.remove(at: index) }
    return true
  }

  /// The version of the packed form; the first byte.
  private static let packedVersion: UInt8 = 1

  /// The row's bytes.
  public func packed() -> [UInt8] {
    var writer = PackedWriter(capacity: 16 + 24 * counts.count)
    writer.byte(Self.packedVersion)
    writer.signed(nextSerial)
    writer.unsigned(UInt64(counts.count))
    for entry in counts {
      writer.text(entry.key)
      writer.signed(entry.count)
    }
    return writer.bytes
  }

  /// Reads what `packed()` made.
  public init(packed bytes: [UInt8]) throws(PackedError) {
    var reader = PackedReader(bytes)
    guard try reader.byte() == Self.packedVersion else { throw PackedError(offset: 0) }
    nextSerial = try reader.signed()
    for _ in 0..<(try reader.count()) {
      counts.append(Count(key: try reader.text(), count: try reader.signed()))
    }
    guard reader.isAtEnd else { throw PackedError(offset: reader.offset) }
  }
}
