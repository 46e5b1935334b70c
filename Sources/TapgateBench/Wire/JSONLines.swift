internal import TapgateJSON

/// The gateway's protocol: JSON-RPC 2.0, one object a line, replies in any order.
class JSONLines: WireProtocol {
  private static let prefix = Array(#"{"jsonrpc":"2.0","id":"#.utf8)
  private static let result = Array(#","result":"#.utf8)
  private static let failure = Array(#","error":"#.utf8)

  func appendGreeting(to bytes: inout [UInt8]) {
    bytes.append(
      contentsOf: """
        {"jsonrpc":"2.0","id":0,"method":"hello","params":{"client":{"name":"tapgate-bench",\
        "version":"1"},"apiMin":1,"apiMax":1}}

        """.utf8
    )
  }

  var greetingReplyCount: Int { 1 }

  func keepGreeting(_ frame: Frame, in buffer: ReceiveBuffer) {}

  /// Writes request `number`, whose id is `slot`, with its line feed.
  func appendRequest(_ number: UInt64, slot: Int, to bytes: inout [UInt8]) {}

  func frame(in buffer: ReceiveBuffer) throws(BenchError) -> Frame? {
    guard let end = buffer.firstOffset(of: 0x0A) else { return nil }
    if let frame = quickFrame(in: buffer, lineEnd: end) { return frame }
    return try slowFrame(in: buffer, lineEnd: end)
  }

  func isRight(_ frame: Frame, to number: UInt64, in buffer: ReceiveBuffer) -> Bool {
    frame.kind == .result
  }

  /// Writes what stands in the line of request `number` and in no other member's.
  func appendMark(of number: UInt64, to bytes: inout [UInt8]) {}

  /// The frame of a reply whose members stand in the usual order; `nil` for any other.
  private func quickFrame(in buffer: ReceiveBuffer, lineEnd: Int) -> Frame? {
    guard buffer.hasPrefix(Self.prefix) else { return nil }
    var offset = Self.prefix.count
    var slot = 0
    while offset < lineEnd, case let digit = buffer[offset], digit &- 0x30 < 10, slot < 1 << 40 {
      slot = slot * 10 + Int(digit - 0x30)
      offset += 1
    }
    if buffer.hasPrefix(Self.result, at: offset) {
      return Frame(byteCount: lineEnd + 1, kind: .result, slot: slot)
    }
    guard buffer.hasPrefix(Self.failure, at: offset) else { return nil }
    return Frame(byteCount: lineEnd + 1, kind: .failure, slot: slot)
  }

  private func slowFrame(in buffer: ReceiveBuffer, lineEnd: Int) throws(BenchError) -> Frame {
    let line: JSON
    do { line = try JSONParser.parse(buffer.bytes(0..<lineEnd)) } catch {
      throw .protocolFault(error.description)
    }
    guard let slot = line["id"]?.integer else {
      guard line["method"] != nil else { throw .protocolFault("a line without id and method") }
      return Frame(byteCount: lineEnd + 1, kind: .notice)
    }
    let kind: Frame.Kind = line["result"] == nil ? .failure : .result
    return Frame(byteCount: lineEnd + 1, kind: kind, slot: Int(slot))
  }
}

/// `member.lookup` by the UID of a card.
final class JSONLookups: JSONLines {
  private let population: Population

  init(population: Population) { self.population = population }

  override func appendRequest(_ number: UInt64, slot: Int, to bytes: inout [UInt8]) {
    bytes.append(contentsOf: #"{"jsonrpc":"2.0","id":"#.utf8)
    bytes.appendDecimal(UInt64(slot))
    bytes.append(
      contentsOf:
        #","method":"member.lookup","params":{"credential":{"kind":"cardUid","value":""#.utf8
    )
    population.appendUID(population.member(ofRequest: number), to: &bytes)
    bytes.append(contentsOf: "\"}}}\n".utf8)
  }

  /// The reply must name the member whose card was asked for.
  override func isRight(_ frame: Frame, to number: UInt64, in buffer: ReceiveBuffer) -> Bool {
    guard frame.kind == .result else { return false }
    var expected = Array(#""id":""#.utf8)
    population.appendMemberID(population.member(ofRequest: number), to: &expected)
    return buffer.contains(expected, in: 0..<frame.byteCount)
  }

  override func appendMark(of number: UInt64, to bytes: inout [UInt8]) {
    population.appendUID(population.member(ofRequest: number), to: &bytes)
  }
}

/// `points.accrue` for a member, without a slip.
final class JSONAccruals: JSONLines {
  private static let durable = Array(#""durable":"local""#.utf8)
  private static let replay = Array(#""replay":false"#.utf8)
  private let population: Population
  private let identity: RunIdentity

  init(population: Population, identity: RunIdentity) {
    self.population = population
    self.identity = identity
  }

  override func appendRequest(_ number: UInt64, slot: Int, to bytes: inout [UInt8]) {
    bytes.append(contentsOf: #"{"jsonrpc":"2.0","id":"#.utf8)
    bytes.appendDecimal(UInt64(slot))
    bytes.append(contentsOf: #","method":"points.accrue","params":{"operationId":""#.utf8)
    identity.appendOperationID(number, to: &bytes)
    bytes.append(contentsOf: #"","memberId":""#.utf8)
    population.appendMemberID(population.member(ofRequest: number), to: &bytes)
    bytes.append(contentsOf: #"","receiptNo":""#.utf8)
    identity.appendReceiptNumber(number, to: &bytes)
    bytes.append(contentsOf: #"","amountMinor":"#.utf8)
    bytes.appendDecimal(UInt64(population.amountMinor(ofRequest: number)))
    bytes.append(contentsOf: ",\"print\":false}}\n".utf8)
  }

  /// The reply must say that the row is on disk and that it is no other request's.
  override func isRight(_ frame: Frame, to number: UInt64, in buffer: ReceiveBuffer) -> Bool {
    frame.kind == .result && buffer.contains(Self.durable, in: 0..<frame.byteCount)
      && buffer.contains(Self.replay, in: 0..<frame.byteCount)
  }
}

/// A bare echo of requests: what the socket itself costs.
final class EchoLines: WireProtocol {
  private let lines: JSONLines

  /// Sends what `lines` would send.
  init(_ lines: JSONLines) { self.lines = lines }

  func appendGreeting(to bytes: inout [UInt8]) {}

  var greetingReplyCount: Int { 0 }

  func appendRequest(_ number: UInt64, slot: Int, to bytes: inout [UInt8]) {
    lines.appendRequest(number, slot: slot, to: &bytes)
  }

  func frame(in buffer: ReceiveBuffer) throws(BenchError) -> Frame? {
    buffer.firstOffset(of: 0x0A).map { Frame(byteCount: $0 + 1, kind: .result) }
  }

  /// The reply must bear the mark that the request bore.
  func isRight(_ frame: Frame, to number: UInt64, in buffer: ReceiveBuffer) -> Bool {
    var expected: [UInt8] = []
    lines.appendMark(of: number, to: &expected)
    return buffer.contains(expected, in: 0..<frame.byteCount)
  }
}
