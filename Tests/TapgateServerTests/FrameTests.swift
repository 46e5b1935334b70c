import TapgateJSON
import TapgateServer
import Testing

@Suite("Frames", .timeLimit(.minutes(1)))
struct FrameTests {
  struct BadLine: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var bytes: [UInt8]
    var code: Int64
    var field: String?
    var id: JSON = .null

    init(
      _ description: String,
      _ text: String,
      _ code: Int64,
      field: String? = nil,
      id: JSON = .null
    ) {
      testDescription = description
      bytes = Array(text.utf8)
      self.code = code
      self.field = field
      self.id = id
    }
  }

  private static let deep = String(repeating: "[", count: 40)
  private static let nested =
    #"{"jsonrpc":"2.0","id":3,"method":"member.lookup","params":{"a":"#
    + String(repeating: "[", count: 31) + String(repeating: "]", count: 31) + "}}"

  static let badLines: [BadLine] = [
    BadLine("an empty line", "", -32700),
    BadLine("a line of spaces", "   ", -32700),
    BadLine("garbage", "garbage", -32700),
    BadLine("an object without end", #"{"jsonrpc":"2.0""#, -32700),
    BadLine("brackets without end", deep, -32600),
    BadLine("33 levels", nested, -32600, id: .integer(3)),
    BadLine("two values", "{} {}", -32700),
    BadLine("a control character in a string", "{\"a\":\"\u{1}\"}", -32700),
    BadLine("half of a surrogate pair", #"{"a":"\ud800"}"#, -32700),
    BadLine("an empty batch", "[]", -32600),
    BadLine("a batch", #"[{"jsonrpc":"2.0","id":1,"method":"device.list"}]"#, -32600),
    BadLine("a bare number", "7", -32600),
    BadLine("no id", #"{"jsonrpc":"2.0","method":"device.list"}"#, -32600, field: "id"),
    BadLine(
      "a null id",
      #"{"jsonrpc":"2.0","id":null,"method":"device.list"}"#,
      -32600,
      field: "id"
    ),
    BadLine(
      "a fractional id",
      #"{"jsonrpc":"2.0","id":1.5,"method":"device.list"}"#,
      -32600,
      field: "id"
    ),
    BadLine(
      "an id of 54 bits",
      #"{"jsonrpc":"2.0","id":9007199254740992,"method":"device.list"}"#,
      -32600,
      field: "id"
    ),
    BadLine(
      "another version",
      #"{"jsonrpc":"1.0","id":5,"method":"device.list"}"#,
      -32600,
      field: "jsonrpc",
      id: .integer(5)
    ),
    BadLine(
      "a method that is a number",
      #"{"jsonrpc":"2.0","id":"x","method":5}"#,
      -32600,
      field: "method",
      id: .string("x")
    ),
    BadLine(
      "an unknown member of the envelope",
      #"{"jsonrpc":"2.0","id":5,"method":"device.list","parms":{}}"#,
      -32600,
      field: "parms",
      id: .integer(5)
    ),
    BadLine(
      "two methods",
      #"{"jsonrpc":"2.0","id":5,"method":"device.list","method":"hello"}"#,
      -32600,
      field: "method",
      id: .integer(5)
    ),
    BadLine(
      "parameters by position",
      #"{"jsonrpc":"2.0","id":5,"method":"device.list","params":[]}"#,
      -32602,
      field: "params",
      id: .integer(5)
    ),
    BadLine(
      "a parameter given twice, before the id",
      #"{"params":{"lines":[{},{"sku":"a","sku":"b"}]},"method":"points.accrue","#
        + #""jsonrpc":"2.0","id":6}"#,
      -32602,
      field: "lines[1].sku",
      id: .integer(6)
    ),
    BadLine(
      "an unknown method",
      #"{"jsonrpc":"2.0","id":5,"method":"member.clone"}"#,
      -32601,
      id: .integer(5)
    ),
  ]

  @Test("each bad line is answered once, and the connection goes on", arguments: badLines)
  func badLine(_ bad: BadLine) async throws {
    try await World.run { world in
      let client = try await world.client()
      try client.send(bad.bytes + [0x0A])
      let reply = try #require(try await client.next())
      #expect(reply.errorCode == bad.code)
      #expect(reply["id"] == bad.id)
      #expect(reply.errorField == bad.field)
      #expect(try await client.ask("device.list")["result"] != nil)
    }
  }

  @Test("bytes that are no UTF-8 are no JSON")
  func invalidUTF8() async throws {
    try await World.run { world in
      let client = try await world.client()
      for bytes in [[0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xE4, 0xBD]] as [[UInt8]] {
        try client.send(Array(#"{"a":""#.utf8) + bytes + Array("\"}\n".utf8))
        #expect(try await client.next()?.errorCode == -32700)
      }
    }
  }

  @Test("random lines are each answered once with an error")
  func random() async throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    var state = seed
    func byte() -> UInt8 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return UInt8(truncatingIfNeeded: state >> 33)
    }
    let alphabet = Array(#"{}[]",:\u0e-+.truefalsnidmethparx "#.utf8) + [0xC3, 0xFF, 0x00]
    try await World.run { world in
      let client = try await world.client()
      for _ in 0..<300 {
        let line = (0..<Int(byte() % 60)).map { _ in alphabet[Int(byte()) % alphabet.count] }
        try client.send(line + [0x0A])
        let reply = try #require(try await client.next(), "seed \(seed)")
        #expect(reply["error"] != nil, "seed \(seed)")
      }
      #expect(try await client.ask("device.list")["result"] != nil, "seed \(seed)")
    }
  }

  @Test("a request that comes byte by byte, with CRLF, is answered like any other")
  func bytewise() async throws {
    try await World.run { world in
      let client = try await world.client()
      for byte in Array(#"{"jsonrpc":"2.0","id":"é","method":"device.list"}"#.utf8) + [13, 10] {
        try client.send([byte])
      }
      #expect(try await client.next()?["id"] == .string("é"))
    }
  }

  private func padded(_ method: String, to count: Int, id: Int64) -> [UInt8] {
    let head = Array(#"{"jsonrpc":"2.0","id":\#(id),"method":"\#(method)","params":{"x":""#.utf8)
    let tail = Array("\"}}".utf8)
    let filler = Array(repeating: UInt8(ascii: "a"), count: count - head.count - tail.count)
    return head + filler + tail
  }

  @Test(
    "a line may be as long as its method allows, and not a byte longer",
    arguments: [
      ("member.lookup", 64 * 1024), ("points.accrue", 256 * 1024),
      ("print.submit", 1024 * 1024), ("member.importChunk", 1024 * 1024),
    ]
  )
  func lengths(method: String, byteCountMax: Int) async throws {
    try await World.run { world in
      let client = try await world.client()
      // The filler is no parameter of any method: that it is told shows that the line was read.
      try client.send(padded(method, to: byteCountMax, id: 1) + [0x0A])
      let read = try #require(try await client.next())
      #expect(read.errorCode == -32602)
      #expect(read.errorField == "x")
      try client.send(padded(method, to: byteCountMax + 1, id: 2) + [0x0A])
      let refused = try #require(try await client.next())
      #expect(refused.errorCode == -32600)
      #expect(refused["id"] == .integer(2))
      #expect(try await client.ask("device.list", id: 3)["result"] != nil)
    }
  }

  @Test("a line whose method stands behind its long parameters is judged by it all the same")
  func methodLast() async throws {
    try await World.run { world in
      let client = try await world.client()
      let filler = String(repeating: "a", count: 100_000)
      let line = #"{"params":{"x":"\#(filler)"},"id":4,"jsonrpc":"2.0","method":"device.list"}"#
      try client.send(line: line)
      let reply = try #require(try await client.next())
      #expect(reply.errorCode == -32600)
      #expect(reply["id"] == .integer(4))
      #expect(try await client.ask("device.list")["result"] != nil)
    }
  }

  @Test("more than 1 MiB without a line feed is told once and ends the connection")
  func hopeless() async throws {
    try await World.run { world in
      let client = try await world.client()
      let chunk = Array(repeating: UInt8(ascii: "a"), count: 128 * 1024)
      // The server may close while the rest is still being sent.
      for _ in 0..<10 { try? client.send(chunk) }
      var replies: [JSON] = []
      while let reply = try await client.next() { replies.append(reply) }
      #expect(replies.last?.errorCode == -32600)
      #expect(replies.count <= 2)
    }
  }

  @Test("before hello a line has 64 KiB, whatever its method")
  func beforeHello() async throws {
    try await World.run { world in
      let client = try world.connect()
      try client.send(padded("print.submit", to: 70_000, id: 1) + [0x0A])
      #expect(try await client.next()?.errorCode == -32600)
      #expect(try await client.ask("device.list").errorName == "E_CLOSED")
    }
  }
}
