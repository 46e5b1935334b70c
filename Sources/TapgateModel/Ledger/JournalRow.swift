/// One row of the journal: ledger entry, idempotency record, home of the print job and what a hub
/// would be sent, all at once. Rows are appended and never changed.
public struct JournalRow: Hashable, Sendable {
  public var sequence: Int64
  /// The operation's id as the index holds it; see `JournalRow.key(of:)`.
  public var operationKey: [UInt8]
  public var kind: JournalKind
  /// Whether a rule refused it. A refused row changes nothing and is remembered.
  public var isRefused: Bool
  /// The number of the member's row; `nil` where nobody is concerned.
  public var member: Int64?
  /// The sequence of the member's row before this one; 0 where there is none.
  public var previous: Int64
  public var businessDate: BusinessDate
  /// Microseconds since 1970.
  public var at: Int64
  /// Store, counter and operator, separated by U+001F.
  public var origin: String
  /// Date, store, counter and receipt number as the index holds them; `nil` where there is none.
  public var receiptKey: [UInt8]?
  /// The sequence of the row that this one reverses.
  public var reference: Int64?
  /// The first 8 bytes of the programme's hash that decided.
  public var programme: [UInt8]
  /// A keyed hash of method and parameters.
  public var content: [UInt8]
  public var effects: [UInt8]
  /// The operation's result as JSON, without `replay`; of a refused row the reason.
  public var reply: [UInt8]
  /// The frozen document with its printer, where there is something to print.
  public var print: [UInt8]?
  /// Whether a simulated device was behind it.
  public var isSimulated: Bool

  /// Creates a row.
  public init(
    sequence: Int64,
    operationKey: [UInt8],
    kind: JournalKind,
    businessDate: BusinessDate,
    at: Int64,
    origin: String,
    programme: [UInt8],
    content: [UInt8]
  ) {
    self.sequence = sequence
    self.operationKey = operationKey
    self.kind = kind
    isRefused = false
    member = nil
    previous = 0
    self.businessDate = businessDate
    self.at = at
    self.origin = origin
    receiptKey = nil
    reference = nil
    self.programme = programme
    self.content = content
    effects = []
    reply = []
    print = nil
    isSimulated = false
  }

  /// Every column in a fixed order; what the chain's hash is taken of, after the hash before it.
  public func chainBytes() -> [UInt8] { image().bytes }

  /// The row's bytes with the places of its columns in them.
  public func image() -> JournalImage {
    var writer = PackedWriter(capacity: 320 + effects.count + reply.count + (print?.count ?? 0))
    writer.signed(sequence)
    let operation = writer.column(operationKey)
    writer.byte(kind.rawValue)
    writer.byte(isRefused ? 1 : 0)
    writer.signed(member ?? 0)
    writer.signed(previous)
    writer.date(businessDate)
    writer.signed(at)
    let origin = writer.textColumn(origin)
    let receipt = writer.column(receiptKey)
    writer.signed(reference ?? 0)
    let programme = writer.column(programme)
    let content = writer.column(content)
    let effects = writer.column(effects)
    let reply = writer.column(reply)
    let print = writer.column(print)
    writer.byte(isSimulated ? 1 : 0)
    return JournalImage(
      bytes: writer.bytes,
      operation: operation,
      origin: origin,
      receipt: receiptKey == nil ? nil : receipt,
      programme: programme,
      content: content,
      effects: effects,
      reply: reply,
      print: self.print == nil ? nil : print
    )
  }

  /// The bytes by which an operation's id is indexed. A lower-case UUID takes 17 bytes in its own
  /// order, so that UUIDv7 ids land side by side; any other text is taken as it is.
  public static func key(of operationID: String) -> [UInt8] {
    let text = operationID.utf8
    guard text.count == 36 else { return [0] + text }
    var key: [UInt8] = []
    key.reserveCapacity(17)
    key.append(1)
    var half: UInt8?
    var index = -1
    for byte in text {
      index += 1
      if index == 8 || index == 13 || index == 18 || index == 23 {
        guard byte == UInt8(ascii: "-") else { return [0] + text }
        continue
      }
      let digit: UInt8
      switch byte {
      case 48...57: digit = byte - 48
      case 97...102: digit = byte - 87
      default: return [0] + text
      }
      if let high = half {
        key.append(high << 4 | digit)
        half = nil
      } else {
        half = digit
      }
    }
    return key
  }

  /// The key of the second row of an operation that concerns two members; no operation's own key
  /// begins as it does.
  public static func companionKey(of key: [UInt8]) -> [UInt8] { [2] + key }

  /// The key of a row that the gateway writes by itself, such as `sweep:L17.0@2027-03-11#42`; no
  /// operation's key begins as it does.
  public static func ownKey(of name: String) -> [UInt8] { [3] + name.utf8 }

  /// The operation's id of an indexed key.
  public static func operationID(of key: [UInt8]) -> String {
    if key.first == 2 { return operationID(of: Array(key.dropFirst())) }
    guard key.count == 17, key[0] == 1 else {
      return String(decoding: key.dropFirst(), as: UTF8.self)
    }
    var text: [UInt8] = []
    for (index, byte) in key.dropFirst().enumerated() {
      if index == 4 || index == 6 || index == 8 || index == 10 { text.append(UInt8(ascii: "-")) }
      for digit in [byte >> 4, byte & 0x0F] { text.append(digit < 10 ? 48 + digit : 87 + digit) }
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// The bytes by which a receipt is indexed: day first, so that new ones land side by side.
  public static func receiptKey(
    date: BusinessDate,
    store: String,
    counter: String,
    receiptNo: String
  ) -> [UInt8] {
    let byteCount = store.utf8.count + counter.utf8.count + receiptNo.utf8.count
    var writer = PackedWriter(capacity: 16 + byteCount)
    // The lower half of the day with its sign turned round: in the order of the days.
    let day = UInt64(bitPattern: Int64(date.day)) ^ (1 << 63)
    writer.byte(UInt8(truncatingIfNeeded: day >> 24))
    writer.byte(UInt8(truncatingIfNeeded: day >> 16))
    writer.byte(UInt8(truncatingIfNeeded: day >> 8))
    writer.byte(UInt8(truncatingIfNeeded: day))
    writer.text(store)
    writer.text(counter)
    writer.raw(receiptNo.utf8)
    return writer.bytes
  }

  /// The receipt number of an indexed key.
  public static func receiptNo(of key: [UInt8]) -> String? {
    var reader = PackedReader(key, from: 4)
    guard (try? reader.text()) != nil, (try? reader.text()) != nil else {
      return nil  // A damaged key has no number; `verify` tells of the damage.
    }
    return String(decoding: key[reader.offset...], as: UTF8.self)
  }
}

/// A row's bytes as the chain's hash covers them, and where its columns of bytes lie in them.
public struct JournalImage: Sendable {
  public let bytes: [UInt8]
  public let operation: Range<Int>
  public let origin: Range<Int>
  public let receipt: Range<Int>?
  public let programme: Range<Int>
  public let content: Range<Int>
  public let effects: Range<Int>
  public let reply: Range<Int>
  public let print: Range<Int>?
}

extension PackedWriter {
  /// Writes a column and answers where its bytes lie.
  @discardableResult
  mutating func column(_ value: [UInt8]?) -> Range<Int> {
    guard let value else {
      byte(0)
      return bytes.count..<bytes.count
    }
    byte(1)
    unsigned(UInt64(value.count))
    let start = bytes.count
    raw(value)
    return start..<bytes.count
  }

  mutating func textColumn(_ value: String) -> Range<Int> {
    let count = value.utf8.count
    text(value)
    return bytes.count - count..<bytes.count
  }
}
