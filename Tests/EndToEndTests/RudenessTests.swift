import TapgateAPI
import TapgateJSON
import Testing

extension EndToEnd {
  @Suite("Rudeness", .timeLimit(.minutes(5)))
  struct RudenessTests {
    /// What a client that never knew the protocol may cost, in KiB.
    private static let kilobyteCountMax = 96 * 1024

    /// Runs `body` while a till looks a member up; the till and the gateway must not mind.
    private func expectUnmoved(_ body: (LiveGateway, GatewayClient) throws -> Void) throws {
      let gateway = try LiveGateway.started()
      let till = try gateway.client("till")
      let member = try till.enrol("顾客", uid: "04AABBCCDDEE05")
      let before = try gateway.residentKilobytes()
      try body(gateway, till)
      try expectServed(till, member)
      let grown = try gateway.residentKilobytes() - before
      if !Program.isSanitized {
        #expect(grown < Self.kilobyteCountMax, "it grew by \(grown) KiB")
      }
      let newcomer = try gateway.client("newcomer")
      try expectServed(newcomer, member)
      #expect(gateway.stop() == 0)
    }

    private func expectServed(_ client: GatewayClient, _ member: String) throws {
      let found = try client.call("member.lookup", ["credential": .uid("04AABBCCDDEE05")])
      #expect(found[path: "member.id"]?.string == member)
    }

    private func code(_ reading: RudeClient.Reading) -> Int64? {
      if case .line(let line) = reading { line[path: "error.code"]?.integer } else { nil }
    }

    @Test("garbage, deep nesting, invalid UTF-8 and unknown methods get a clear error each")
    func badLines() throws {
      try expectUnmoved { gateway, till in
        let rude = try RudeClient(path: gateway.socketPath)
        rude.send(
          line: #"{"jsonrpc":"2.0","id":1,"method":"hello","params":{"client":{"name":"x"}}}"#
        )
        guard case .line = try rude.next() else { throw NotInTime(description: "no hello") }
        let nested = String(repeating: "[", count: 30_000) + String(repeating: "]", count: 30_000)
        let lines: [([UInt8], Int64)] = [
          ([], -32700), (Array("GET / HTTP/1.1\r".utf8), -32700),
          ((0...255).filter { $0 != 10 }.map { UInt8($0) }, -32700),
          (Array(nested.utf8), -32600),
          (
            Array(#"{"jsonrpc":"2.0","id":2,"method":""#.utf8) + [0xFF, 0xFE] + Array("\"}".utf8),
            -32700
          ),
          (Array(#"{"jsonrpc":"2.0","id":3,"method":"rm -rf"}"#.utf8), -32601),
          (Array(#"{"jsonrpc":"2.0","id":4,"method":"hub.sync"}"#.utf8), -32601),
          (
            Array(
              #"{"jsonrpc":"2.0","id":5,"method":"member.lookup","params":{"memberId":7}}"#.utf8
            ), -32602
          ),
        ]
        for (line, expected) in lines {
          #expect(rude.send(line + [0x0A]) == line.count + 1)
          #expect(code(try rude.next()) == expected)
        }
        for _ in 0..<200 {
          let noise = (0..<500).map { _ in UInt8.random(in: 0...255) }.filter { $0 != 10 }
          #expect(rude.send(noise + [0x0A]) == noise.count + 1)
          #expect(code(try rude.next()) != nil)
        }
        #expect(try till.eventsSoFar().isEmpty)
      }
    }

    @Test("1 GiB without a line feed ends the connection long before its end")
    func endlessLine() throws {
      try expectUnmoved { gateway, _ in
        let rude = try RudeClient(path: gateway.socketPath)
        let chunk = [UInt8](repeating: UInt8(ascii: "a"), count: 1 << 20)
        var taken = 0
        while taken < 1 << 30 {
          let count = rude.send(chunk)
          taken += count
          if count < chunk.count { break }
        }
        #expect(taken < 16 << 20, "it took \(taken) bytes")
        // One for a line that is too long, one for a stream that cannot be framed any more.
        var last = try rude.next()
        var count = 0
        while last != .closed, count < 3 {
          #expect(code(last) == -32600)
          count += 1
          last = try rude.next()
        }
        #expect((1...2).contains(count))
      }
    }

    @Test("half-open, half-said and never-read connections hold nobody up")
    func halfOpen() throws {
      try expectUnmoved { gateway, till in
        var clients: [RudeClient] = []
        for number in 0..<100 {
          let rude = try RudeClient(path: gateway.socketPath)
          if number % 3 == 0 { _ = rude.send(Array(#"{"jsonrpc":"2.0","id":1,"#.utf8)) }
          if number % 3 == 1 { rude.endSaying() }
          clients.append(rude)
        }
        for client in clients.enumerated() where client.offset % 3 == 1 {
          #expect(try client.element.next() == .closed)
        }
        let deaf = try RudeClient(path: gateway.socketPath)
        deaf.send(
          line: #"{"jsonrpc":"2.0","id":1,"method":"hello","params":{"client":{"name":"x"}}}"#
        )
        let question = Array(#"{"jsonrpc":"2.0","id":2,"method":"rpc.discover"}"#.utf8) + [0x0A]
        var asked = 0
        while asked < 10_000, deaf.send(question, milliseconds: 300) == question.count {
          asked += 1
        }
        #expect(asked < 10_000, "a client that reads nothing is read from without end")
        #expect(try till.eventsSoFar().isEmpty)
      }
    }

    @Test("a gateway that may open few files turns clients away instead of running out of them")
    func fewFiles() throws {
      let gateway = try LiveGateway(limits: "ulimit -n 200")
      try gateway.start()
      let till = try gateway.client("till")
      let clients = try (0..<300).map { _ in try RudeClient(path: gateway.socketPath) }
      guard case .line(let line) = try clients[299].next() else {
        Issue.record("the last is not told")
        return
      }
      #expect(line[path: "error.data.name"] == "E_BUSY")
      #expect(try till.call("daemon.status")["connections"]?.integer ?? 300 < 100)
      #expect(try clients[20].next(milliseconds: 0) == .nothing)
    }

    @Test("1,000 idle clients leave room and time for the till; the 1,025th is told why not")
    func idleClients() throws {
      try expectUnmoved { gateway, till in
        var clients: [RudeClient] = []
        for _ in 0..<1000 { clients.append(try RudeClient(path: gateway.socketPath)) }
        _ = try till.wait("daemon.status") { $0["connections"]?.integer ?? 0 >= 1001 }
        for number in 0..<100 {
          let request: JSON = [
            "operationId": .string("idle-\(number)"), "credential": .uid("04AABBCCDDEE05"),
            "receiptNo": .string("\(number)"), "amountMinor": 100, "print": false,
          ]
          #expect(try till.call("points.accrue", request)["durable"] == "local")
        }
        for _ in 0..<23 { clients.append(try RudeClient(path: gateway.socketPath)) }
        let tooMany = try RudeClient(path: gateway.socketPath)
        guard case .line(let line) = try tooMany.next() else {
          Issue.record("the 1,025th is not told")
          return
        }
        #expect(line[path: "error.data.name"] == "E_BUSY")
        #expect(try tooMany.next() == .closed)
        clients.removeAll()
        _ = try till.wait("daemon.status") { $0["connections"]?.integer ?? 0 < 10 }
      }
    }
  }
}
