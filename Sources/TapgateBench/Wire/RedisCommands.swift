/// RESP2, Redis serialization protocol: arrays of bulk strings there, typed replies back, in order.
class RedisCommands: WireProtocol {
  func appendGreeting(to bytes: inout [UInt8]) {}

  var greetingReplyCount: Int { 0 }

  func appendRequest(_ number: UInt64, slot: Int, to bytes: inout [UInt8]) {}

  func frame(in buffer: ReceiveBuffer) throws(BenchError) -> Frame? {
    guard let byteCount = try Self.replyEnd(in: buffer, from: 0, depth: 0) else { return nil }
    let kind: Frame.Kind = buffer[0] == UInt8(ascii: "-") ? .failure : .result
    return Frame(byteCount: byteCount, kind: kind)
  }

  func isRight(_ frame: Frame, to number: UInt64, in buffer: ReceiveBuffer) -> Bool {
    frame.kind == .result
  }

  /// Where the reply that starts at `start` ends; `nil` while it is not all there.
  private static func replyEnd(
    in buffer: ReceiveBuffer,
    from start: Int,
    depth: Int
  ) throws(BenchError) -> Int? {
    guard depth < 8 else { throw .protocolFault("RESP nested too deep") }
    guard let line = buffer.firstOffset(of: 0x0A, from: start) else { return nil }
    switch buffer[start] {
    case UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: ":"): return line + 1
    case UInt8(ascii: "$"):
      let byteCount = try length(buffer.bytes((start + 1)..<line))
      guard byteCount >= 0 else { return line + 1 }
      let end = line + 1 + byteCount + 2
      return end <= buffer.count ? end : nil
    case UInt8(ascii: "*"):
      var end = line + 1
      for _ in 0..<max(0, try length(buffer.bytes((start + 1)..<line))) {
        guard end < buffer.count,
          let next = try replyEnd(in: buffer, from: end, depth: depth + 1)
        else { return nil }
        end = next
      }
      return end
    default: throw .protocolFault("an unknown type of RESP")
    }
  }

  private static func length(_ digits: [UInt8]) throws(BenchError) -> Int {
    let text = String(decoding: digits.filter { $0 != 0x0D }, as: UTF8.self)
    guard let length = Int(text), length <= 1 << 29 else { throw .protocolFault("a RESP length") }
    return length
  }
}

extension [UInt8] {
  /// Appends one RESP command's head: how many strings follow.
  fileprivate mutating func appendCommand(wordCount: Int) {
    append(UInt8(ascii: "*"))
    appendDecimal(UInt64(wordCount))
    append(contentsOf: "\r\n".utf8)
  }

  /// Appends one RESP bulk string.
  fileprivate mutating func appendWord(_ word: some Collection<UInt8>) {
    append(UInt8(ascii: "$"))
    appendDecimal(UInt64(word.count))
    append(contentsOf: "\r\n".utf8)
    append(contentsOf: word)
    append(contentsOf: "\r\n".utf8)
  }
}

/// Commands given as words, whose replies are kept: for setting a server up.
final class RedisScript: RedisCommands {
  private let commands: [[String]]
  /// The replies' bytes in order.
  private(set) var replies: [[UInt8]] = []

  init(_ commands: [[String]]) { self.commands = commands }

  override func appendRequest(_ number: UInt64, slot: Int, to bytes: inout [UInt8]) {
    let words = commands[Int(number)]
    bytes.appendCommand(wordCount: words.count)
    for word in words { bytes.appendWord(word.utf8) }
  }

  override func isRight(_ frame: Frame, to number: UInt64, in buffer: ReceiveBuffer) -> Bool {
    replies.append(buffer.bytes(0..<frame.byteCount))
    return frame.kind == .result
  }
}

/// `GET` of a member's record by the card's UID, and the `SET` that put it there.
final class RedisLookups: RedisCommands {
  private let population: Population
  private let isFilling: Bool

  /// Where `isFilling`, request `n` stores member `n` instead of reading a random one.
  init(population: Population, isFilling: Bool = false) {
    self.population = population
    self.isFilling = isFilling
  }

  override func appendRequest(_ number: UInt64, slot: Int, to bytes: inout [UInt8]) {
    let index = isFilling ? Int(number) : population.member(ofRequest: number)
    var key = Array("c:".utf8)
    population.appendUID(index, to: &key)
    bytes.appendCommand(wordCount: isFilling ? 3 : 2)
    bytes.appendWord((isFilling ? "SET" : "GET").utf8)
    bytes.appendWord(key)
    if isFilling { bytes.appendWord(record(index)) }
  }

  override func isRight(_ frame: Frame, to number: UInt64, in buffer: ReceiveBuffer) -> Bool {
    guard frame.kind == .result else { return false }
    guard !isFilling else { return true }
    var expected: [UInt8] = []
    population.appendMemberID(population.member(ofRequest: number), to: &expected)
    return buffer.contains(expected, in: 0..<frame.byteCount)
  }

  /// A record of about 160 bytes: less than a gateway's answer holds, which favours Redis.
  private func record(_ index: Int) -> [UInt8] {
    var record = Array(#"{"id":""#.utf8)
    population.appendMemberID(index, to: &record)
    record.append(
      contentsOf: """
        ","status":"active","tier":"basic","card":{"type":"standard","status":"active"},\
        "points":{"available":100,"held":0,"pending":0,"debt":0},"value":{"principalMinor":0}}
        """.utf8
    )
    return record
  }
}

/// The work of an accrual in one Lua script, called by its hash, and the `HSET` for a member.
///
/// Lua numbers are floating point; amounts here stay far below where that matters.
final class RedisAccruals: RedisCommands {
  /// The operation's id first: a repeated one answers what the first one did, one of other content
  /// is refused. Then the receipt, the member's balance, lot and tier facts, and the journal's row
  /// with the hash of the row before it.
  static let script = """
    local content = redis.sha1hex(ARGV[1] .. ARGV[2] .. ARGV[3] .. ARGV[4])
    local done = redis.call('HMGET', KEYS[1], 'content', 'reply')
    if done[1] then
      if done[1] ~= content then return redis.error_reply('ERR other content') end
      return 'replay ' .. done[2]
    end
    local member = redis.call('HMGET', KEYS[3], 'status', 'points', 'growth', 'lifetime', 'single',
      'days', 'tier', 'last')
    if member[1] ~= 'active' then return redis.error_reply('ERR no such member') end
    if not redis.call('SET', KEYS[2], ARGV[1], 'NX') then
      return redis.error_reply('ERR receiptUsed')
    end
    local amount = tonumber(ARGV[4])
    local earned = math.floor(amount / 100)
    local available = member[2] + earned
    local growth = member[3] + earned
    local single = math.max(tonumber(member[5]), amount)
    local year, days, found = 0, {}, false
    for day, spent in string.gmatch(member[6], '(%d+)=(%d+);') do
      if day == '20270101' then
        spent = spent + amount
        found = true
      end
      if day > '20260101' then year = year + spent end
      days[#days + 1] = day .. '=' .. string.format('%.0f', spent) .. ';'
    end
    if not found then
      year = year + amount
      days[#days + 1] = '20270101=' .. ARGV[4] .. ';'
    end
    local tier = year >= 300000 and 'diamond' or year >= 100000 and 'gold'
      or single >= 20000 and 'silver' or member[7]
    local head = redis.call('HMGET', KEYS[5], 'seq', 'hash')
    local seq = (head[1] or 0) + 1
    local reply = '{"receiptId":"R' .. seq .. '","earned":' .. earned
      .. ',"available":' .. available .. ',"tierBefore":"' .. member[7] .. '","tierAfter":"' .. tier
      .. '","lots":[{"lotId":"L' .. seq .. '.0","points":' .. earned
      .. ',"expires":"2028-01-01"}],"growth":' .. earned
      .. ',"sequence":' .. seq .. ',"printJobId":null,"durable":"local"}'
    local row = seq .. ' ' .. ARGV[1] .. ' 1 ' .. ARGV[2] .. ' ' .. member[8]
      .. ' 20270101 S001/C01 ' .. ARGV[3] .. ' ' .. content .. ' ' .. -earned .. ' '
      .. earned .. ' ' .. amount .. ' ' .. reply
    local hash = redis.sha1hex((head[2] or '') .. row)
    redis.call('HSET', KEYS[3], 'points', available, 'growth', growth,
      'lifetime', string.format('%.0f', member[4] + amount),
      'single', string.format('%.0f', single),
      'days', table.concat(days), 'tier', tier, 'last', seq)
    redis.call('RPUSH', KEYS[4], seq .. ':' .. earned .. ':' .. earned .. ':20270101:20280101')
    redis.call('RPUSH', KEYS[6], row .. ' ' .. hash)
    redis.call('HSET', KEYS[5], 'seq', seq, 'hash', hash)
    redis.call('HSET', KEYS[1], 'content', content, 'reply', reply)
    return 'done ' .. reply
    """

  private static let done = Array("done ".utf8)
  private let population: Population
  private let identity: RunIdentity
  private let scriptHash: [UInt8]

  /// `scriptHash` is the answer to `SCRIPT LOAD`; where it is empty, request `n` makes member `n`
  /// instead.
  init(population: Population, identity: RunIdentity, scriptHash: [UInt8]) {
    self.population = population
    self.identity = identity
    self.scriptHash = scriptHash
  }

  override func appendRequest(_ number: UInt64, slot: Int, to bytes: inout [UInt8]) {
    guard !scriptHash.isEmpty else { return appendFilling(Int(number), to: &bytes) }
    var operation: [UInt8] = []
    identity.appendOperationID(number, to: &operation)
    var receipt: [UInt8] = []
    identity.appendReceiptNumber(number, to: &receipt)
    var member: [UInt8] = []
    population.appendMemberID(population.member(ofRequest: number), to: &member)
    var amount: [UInt8] = []
    amount.appendDecimal(UInt64(population.amountMinor(ofRequest: number)))
    bytes.appendCommand(wordCount: 13)
    bytes.appendWord("EVALSHA".utf8)
    bytes.appendWord(scriptHash)
    bytes.appendWord("6".utf8)
    bytes.appendWord(Array("o:".utf8) + operation)
    bytes.appendWord(Array("r:S001:C01:20270101:".utf8) + receipt)
    bytes.appendWord(Array("m:".utf8) + member)
    bytes.appendWord(Array("l:".utf8) + member)
    bytes.appendWord("head".utf8)
    bytes.appendWord("journal".utf8)
    for word in [operation, member, receipt, amount] { bytes.appendWord(word) }
  }

  /// The reply must be a new operation's.
  override func isRight(_ frame: Frame, to number: UInt64, in buffer: ReceiveBuffer) -> Bool {
    guard frame.kind == .result else { return false }
    return scriptHash.isEmpty || buffer.contains(Self.done, in: 0..<frame.byteCount)
  }

  private func appendFilling(_ index: Int, to bytes: inout [UInt8]) {
    var key = Array("m:".utf8)
    population.appendMemberID(index, to: &key)
    let fields = [
      "status", "active", "points", "100", "growth", "0", "lifetime", "0", "single", "0",
      "days", "", "tier", "normal", "last", "0",
    ]
    bytes.appendCommand(wordCount: 2 + fields.count)
    bytes.appendWord("HSET".utf8)
    bytes.appendWord(key)
    for word in fields { bytes.appendWord(word.utf8) }
  }
}
