import Glibc
import TapgateJSON
import Testing

@testable import TapgateBench

@Suite("Wire protocols")
struct WireTests {
  /// A buffer that holds `bytes`, by way of a pipe as in life.
  private func buffer(_ bytes: some Collection<UInt8>) throws -> ReceiveBuffer {
    var ends: [Int32] = [-1, -1]
    try #require(pipe(&ends) == 0)
    defer { ends.forEach { close($0) } }
    var buffer = ReceiveBuffer()
    guard !bytes.isEmpty else { return buffer }
    #expect(write(ends[1], Array(bytes), bytes.count) == bytes.count)
    #expect(buffer.fill(from: ends[0]) == bytes.count)
    return buffer
  }

  /// Expects no frame in any beginning of `reply`, and one of all of it in the whole.
  private func expectOneFrame(_ reply: [UInt8], in wire: some WireProtocol) throws -> Frame {
    for end in 0..<reply.count {
      let part = try buffer(reply[..<end])
      #expect(try wire.frame(in: part) == nil, "a frame after \(end) of \(reply.count) bytes")
    }
    let frame = try #require(try wire.frame(in: try buffer(reply + reply.prefix(3))))
    #expect(frame.byteCount == reply.count)
    return frame
  }

  @Test(
    "a JSON line is told apart as result, failure or event",
    arguments: [
      (
        #"{"jsonrpc":"2.0","id":17,"result":{"member":{"id":"M1"}}}"#, Frame.Kind.result, 17 as Int?
      ),
      (#"{"jsonrpc":"2.0","id":3,"error":{"code":-32000}}"#, .failure, 3),
      (#"{"result":{},"id":5,"jsonrpc":"2.0"}"#, .result, 5),
      (#"{"error":{"code":1},"jsonrpc":"2.0","id":6}"#, .failure, 6),
      (#"{"jsonrpc":"2.0","method":"event","params":{}}"#, .notice, nil),
    ]
  )
  func jsonLines(line: String, kind: Frame.Kind, slot: Int?) throws {
    let frame = try expectOneFrame(Array(line.utf8) + [0x0A], in: JSONLines())
    #expect(frame.kind == kind)
    #expect(frame.slot == slot)
  }

  @Test("a line that is no reply is a fault of the peer", arguments: ["", "{", "[]", "{\"a\":1}"])
  func garbage(line: String) throws {
    let bytes = try buffer(Array(line.utf8) + [0x0A])
    #expect(throws: BenchError.self) { try JSONLines().frame(in: bytes) }
  }

  @Test("a look-up's request is the contract's, and only its own member is the right answer")
  func lookups() throws {
    let population = Population(count: 1000)
    let wire = JSONLookups(population: population)
    var request: [UInt8] = []
    wire.appendRequest(42, slot: 9, to: &request)
    #expect(request.removeLast() == 0x0A)
    let parsed = try JSONParser.parse(request)
    let index = population.member(ofRequest: 42)
    #expect(parsed["id"] == .integer(9))
    #expect(parsed["method"] == .string("member.lookup"))
    let credential = parsed["params"]?["credential"]
    #expect(credential?["kind"] == .string("cardUid"))
    #expect(credential?["value"] == .string(population.uid(index)))
    for (member, isRight) in [(index, true), ((index + 1) % 1000, false)] {
      let id = population.memberID(member)
      let text = #"{"jsonrpc":"2.0","id":9,"result":{"member":{"id":"\#(id)"}}}"#
      let reply = try buffer(Array(text.utf8) + [0x0A])
      let frame = try #require(try wire.frame(in: reply))
      #expect(wire.isRight(frame, to: 42, in: reply) == isRight)
    }
  }

  @Test("an accrual's request is the contract's, and a replay or a row not on disk is wrong")
  func accruals() throws {
    let identity = RunIdentity(startMilliseconds: 1, salt: 2)
    let wire = JSONAccruals(population: Population(count: 10), identity: identity)
    var request: [UInt8] = []
    wire.appendRequest(7, slot: 0, to: &request)
    let parsed = try JSONParser.parse(request)
    #expect(parsed["method"] == .string("points.accrue"))
    let names = parsed["params"]?.object?.members.map(\.name)
    #expect(names == ["operationId", "memberId", "receiptNo", "amountMinor", "print"])
    #expect(parsed["params"]?["print"] == .bool(false))
    for (durable, replay, isRight) in [
      ("local", false, true), ("local", true, false), ("none", false, false),
    ] {
      let text = #"{"jsonrpc":"2.0","id":0,"result":{"durable":"\#(durable)","replay":\#(replay)}}"#
      let reply = try buffer(Array(text.utf8) + [0x0A])
      let frame = try #require(try wire.frame(in: reply))
      #expect(wire.isRight(frame, to: 7, in: reply) == isRight)
    }
  }

  @Test(
    "a RESP reply ends where its type says",
    arguments: [
      ("+OK\r\n", Frame.Kind.result), ("-ERR no\r\n", .failure), (":12\r\n", .result),
      ("$-1\r\n", .result), ("$5\r\na\r\nbc\r\n", .result),
      ("*2\r\n*1\r\n:1\r\n$2\r\nab\r\n", .result), ("*0\r\n", .result),
    ]
  )
  func resp(reply: String, kind: Frame.Kind) throws {
    #expect(try expectOneFrame(Array(reply.utf8), in: RedisCommands()).kind == kind)
  }

  @Test("a missing key is a wrong answer, another's record too")
  func redisLookup() throws {
    let population = Population(count: 1000)
    let wire = RedisLookups(population: population)
    let index = population.member(ofRequest: 1)
    for (reply, isRight) in [
      ("$-1\r\n", false), ("$9\r\n\(population.memberID(index))\r\n", true),
      ("$9\r\n\(population.memberID((index + 1) % 1000))\r\n", false),
    ] {
      let bytes = try buffer(reply.utf8)
      let frame = try #require(try wire.frame(in: bytes))
      #expect(wire.isRight(frame, to: 1, in: bytes) == isRight)
    }
  }

  @Test("a PostgreSQL reply ends with ReadyForQuery, or with a fatal error")
  func postgres() throws {
    // BindComplete, DataRow of one column `done 1`, CommandComplete, ReadyForQuery (idle).
    let row: [UInt8] = [0x44, 0, 0, 0, 16, 0, 1, 0, 0, 0, 6] + Array("done 1".utf8)
    let ready: [UInt8] = [0x5A, 0, 0, 0, 5, 0x49]
    let done = [0x32, 0, 0, 0, 4] + row + [0x43, 0, 0, 0, 5, 0] + ready
    #expect(try expectOneFrame(done, in: PostgresMessages()).kind == .result)
    // ErrorResponse with severity ERROR, then ReadyForQuery.
    let error = [0x45, 0, 0, 0, 12] + Array("SERROR\0\0".utf8) + ready
    #expect(try expectOneFrame(error, in: PostgresMessages()).kind == .failure)
    let fatal = [0x45, 0, 0, 0, 12] + Array("SFATAL\0\0".utf8)
    #expect(try expectOneFrame(fatal, in: PostgresMessages()).kind == .failure)
    let bytes = try buffer([0x5A, 0, 0, 0, 1])
    #expect(throws: BenchError.self) { try PostgresMessages().frame(in: bytes) }
  }
}
