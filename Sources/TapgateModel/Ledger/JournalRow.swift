/// What kind of operation a journal row holds; numbers are never reused.
public enum JournalKind: UInt8, Sendable, CaseIterable {
  case accrue = 1
  case reverse = 2
  case enrol = 3
  case update = 4
  case issueCard = 5
  case bindCard = 6
  case unbindCard = 7
  case reportLost = 8
  case cancelLost = 9
  case freezeCard = 10
  case unfreezeCard = 11
  case closeCard = 12
  case replaceCard = 13
  case print = 14
  case importChunk = 15
  case importPublished = 16
  case programme = 17

  /// The API method of the operations of this kind.
  public var method: String {
    switch self {
    case .accrue: "points.accrue"
    case .reverse: "operation.reverse"
    case .enrol: "member.enrol"
    case .update: "member.update"
    case .issueCard: "card.issue"
    case .bindCard: "card.bind"
    case .unbindCard: "card.unbind"
    case .reportLost: "card.reportLost"
    case .cancelLost: "card.cancelLost"
    case .freezeCard: "card.freeze"
    case .unfreezeCard: "card.unfreeze"
    case .closeCard: "card.close"
    case .replaceCard: "card.replace"
    case .print: "print.submit"
    case .importChunk: "member.importChunk"
    case .importPublished: "member.importCommit"
    case .programme: "programme.activate"
    }
  }
}

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
  public func chainBytes() -> [UInt8] {
    var writer = PackedWriter(capacity: 256 + reply.count + (print?.count ?? 0))
    writer.signed(sequence)
    writer.column(operationKey)
    writer.byte(kind.rawValue)
    writer.byte(isRefused ? 1 : 0)
    writer.signed(member ?? 0)
    writer.signed(previous)
    writer.date(businessDate)
    writer.signed(at)
    writer.text(origin)
    writer.column(receiptKey)
    writer.signed(reference ?? 0)
    writer.column(programme)
    writer.column(content)
    writer.column(effects)
    writer.column(reply)
    writer.column(print)
    writer.byte(isSimulated ? 1 : 0)
    return writer.bytes
  }

  /// The bytes by which an operation's id is indexed. A lower-case UUID takes 17 bytes in its own
  /// order, so that UUIDv7 ids land side by side; any other text is taken as it is.
  public static func key(of operationID: String) -> [UInt8] {
    let text = Array(operationID.utf8)
    guard text.count == 36 else { return [0] + text }
    var key: [UInt8] = [1]
    key.reserveCapacity(17)
    var half: UInt8?
    for (index, byte) in text.enumerated() {
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

  /// The operation's id of an indexed key.
  public static func operationID(of key: [UInt8]) -> String {
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
    var writer = PackedWriter(capacity: 32)
    writer.fixed(UInt64(bitPattern: Int64(date.day)) ^ (1 << 63))
    writer.text(store)
    writer.text(counter)
    writer.raw(Array(receiptNo.utf8))
    return Array(writer.bytes.dropFirst(4))
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

extension PackedWriter {
  mutating func column(_ value: [UInt8]?) {
    guard let value else { return byte(0) }
    byte(1)
    unsigned(UInt64(value.count))
    raw(value)
  }
}
