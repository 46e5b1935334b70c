/// PostgreSQL's frontend/backend protocol 3.0 (manual, chapter 55): type byte, length, content.
///
/// A reply is everything up to and with ReadyForQuery. No password is offered: the server must
/// trust its socket's users.
class PostgresMessages: WireProtocol {
  private static let fatal = Array("SFATAL\0".utf8)

  /// Writes the start-up message for user and database `postgres`.
  func appendGreeting(to bytes: inout [UInt8]) {
    let parameters = Array("user\0postgres\0database\0postgres\0\0".utf8)
    bytes.appendBigEndian(UInt32(parameters.count + 8))
    bytes.appendBigEndian(3 << 16)
    bytes.append(contentsOf: parameters)
  }

  var greetingReplyCount: Int { 1 }

  func appendRequest(_ number: UInt64, slot: Int, to bytes: inout [UInt8]) {}

  func frame(in buffer: ReceiveBuffer) throws(BenchError) -> Frame? {
    var offset = 0
    var kind = Frame.Kind.result
    while let length = buffer.bigEndian32(at: offset + 1) {
      guard length >= 4, length < 1 << 29 else { throw .protocolFault("a message's length") }
      let end = offset + 1 + length
      guard end <= buffer.count else { return nil }
      switch buffer[offset] {
      case UInt8(ascii: "Z"): return Frame(byteCount: end, kind: kind)
      case UInt8(ascii: "E"):
        kind = .failure
        // After a fatal error the server closes, without ReadyForQuery.
        if buffer.contains(Self.fatal, in: offset..<end) {
          return Frame(byteCount: end, kind: kind)
        }
      default: break
      }
      offset = end
    }
    return nil
  }

  func isRight(_ frame: Frame, to number: UInt64, in buffer: ReceiveBuffer) -> Bool {
    frame.kind == .result
  }
}

extension [UInt8] {
  /// Appends four bytes, the most significant first.
  mutating func appendBigEndian(_ value: UInt32) {
    for shift in [24, 16, 8, 0] as [UInt32] { append(UInt8(truncatingIfNeeded: value >> shift)) }
  }

  /// Appends two bytes, the most significant first.
  mutating func appendBigEndian16(_ value: UInt16) {
    append(UInt8(value >> 8))
    append(UInt8(truncatingIfNeeded: value))
  }

  /// Appends a message of `type`, with the length that `content` comes to.
  mutating func appendMessage(_ type: Character, content: (inout [UInt8]) -> Void) {
    append(contentsOf: String(type).utf8)
    let lengthOffset = count
    appendBigEndian(0)
    content(&self)
    let length = UInt32(count - lengthOffset)
    for (offset, shift) in ([24, 16, 8, 0] as [UInt32]).enumerated() {
      self[lengthOffset + offset] = UInt8(truncatingIfNeeded: length >> shift)
    }
  }

  /// Appends one value of a Bind message, in binary.
  mutating func appendValue(_ value: some Collection<UInt8>) {
    appendBigEndian(UInt32(value.count))
    append(contentsOf: value)
  }

  /// Appends one 64-bit value of a Bind message, in binary.
  mutating func appendValue(_ value: UInt64) {
    appendBigEndian(8)
    appendBigEndian(UInt32(value >> 32))
    appendBigEndian(UInt32(truncatingIfNeeded: value))
  }
}

extension [UInt8] {
  /// Appends Execute of the bound statement without a limit of rows, and Sync.
  mutating func appendExecute() {
    appendMessage("E") { content in
      content.append(0)
      content.appendBigEndian(0)
    }
    appendMessage("S") { _ in }
  }
}

extension RunIdentity {
  /// Operation `number`'s id as PostgreSQL's uuid has it in binary.
  func operationBytes(_ number: UInt64) -> [UInt8] {
    let (high, low) = operationID(number)
    var bytes: [UInt8] = []
    for half in [high, low] {
      bytes.appendBigEndian(UInt32(half >> 32))
      bytes.appendBigEndian(UInt32(truncatingIfNeeded: half))
    }
    return bytes
  }
}

/// SQL given as text, one statement a request: for setting a server up.
final class PostgresScript: PostgresMessages {
  private let statements: [String]

  init(_ statements: [String]) { self.statements = statements }

  override func appendRequest(_ number: UInt64, slot: Int, to bytes: inout [UInt8]) {
    let statement = statements[Int(number)]
    bytes.appendMessage("Q") { $0.append(contentsOf: statement.utf8 + [0]) }
  }
}

/// The work of an accrual in one prepared statement: a call of `accrue`, committed by itself.
final class PostgresAccruals: PostgresMessages {
  private static let done = Array("done ".utf8)
  private let population: Population
  private let identity: RunIdentity

  init(population: Population, identity: RunIdentity) {
    self.population = population
    self.identity = identity
  }

  override func appendGreeting(to bytes: inout [UInt8]) {
    super.appendGreeting(to: &bytes)
    bytes.appendMessage("P") { content in
      content.append(contentsOf: "a\0select accrue($1, $2, $3, $4)\0".utf8)
      content.appendBigEndian16(4)
      // The types' object ids in pg_type: uuid, int8, text, int8.
      for type in [2950, 20, 25, 20] as [UInt32] { content.appendBigEndian(type) }
    }
    bytes.appendMessage("S") { _ in }
  }

  override var greetingReplyCount: Int { 2 }

  override func appendRequest(_ number: UInt64, slot: Int, to bytes: inout [UInt8]) {
    var receipt: [UInt8] = []
    identity.appendReceiptNumber(number, to: &receipt)
    bytes.appendMessage("B") { content in
      content.append(contentsOf: "\0a\0".utf8)
      content.appendBigEndian16(1)
      content.appendBigEndian16(1)
      content.appendBigEndian16(4)
      content.appendValue(identity.operationBytes(number))
      content.appendValue(UInt64(population.member(ofRequest: number)))
      content.appendValue(receipt)
      content.appendValue(UInt64(population.amountMinor(ofRequest: number)))
      content.appendBigEndian16(0)
    }
    bytes.appendExecute()
  }

  /// The reply must be a new operation's.
  override func isRight(_ frame: Frame, to number: UInt64, in buffer: ReceiveBuffer) -> Bool {
    frame.kind == .result && buffer.contains(Self.done, in: 0..<frame.byteCount)
  }
}
