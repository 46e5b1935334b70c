import TapgateAPI
import TapgateFakeGateway
import TapgateJSON
import Testing

@Suite("The client of the socket")
struct GatewayClientTests {
  @Test("hello names the client, its lane and the range of API numbers")
  func hello() throws {
    let gateway = try FakeGateway { _ in .unscripted }
    let client = try GatewayClient(paths: [gateway.path])
    let greeting = try client.hello(name: "pos", version: "4.2", lane: "1", language: "zh")
    #expect(greeting["role"] == .string("manager"))
    let sent = try #require(gateway.received.first)
    #expect(sent.method == "hello")
    #expect(sent.parameters["client"]?["lane"] == .string("1"))
    #expect(sent.parameters["client"]?["language"] == .string("zh"))
    #expect(sent.parameters["apiMin"] == .integer(1))
    #expect(sent.parameters["apiMax"] == .integer(1))
  }

  @Test("a hello without lane does not name one")
  func helloWithoutLane() throws {
    let gateway = try FakeGateway { _ in .unscripted }
    try GatewayClient(paths: [gateway.path]).hello(name: "tapgate", version: "1")
    let client = try #require(gateway.received.first?.parameters["client"]?.object)
    #expect(client.members.map(\.name) == ["name", "version"])
  }

  @Test("an error of the gateway is thrown with its code, name, reason and hint")
  func errors() throws {
    let gateway = try FakeGateway { request in
      .lines([
        request.error(
          "E_FAILURE",
          "此卡已挂失",
          ["reason": .string("cardLost"), "hint": .string("换卡")]
        )
      ])
    }
    let client = try GatewayClient(paths: [gateway.path])
    let error = try #require(throws: GatewayError.self) { try client.call("points.accrue") }
    #expect(error.code == -32000)
    #expect(error.message == "此卡已挂失")
    #expect(error.name == "E_FAILURE")
    #expect(error.reason == "cardLost")
    #expect(error.hint == "换卡")
  }

  @Test("replies that overtake each other find their requests")
  func overtaking() throws {
    let gateway = try FakeGateway { request in
      guard request.method == "second" else { return .lines([]) }
      let first = FakeGateway.line([
        "jsonrpc": .string("2.0"), "id": .integer(1), "result": .string("one"),
      ])
      return .lines([request.result(.string("two")), first])
    }
    let client = try GatewayClient(paths: [gateway.path])
    let first = try client.send("first")
    let second = try client.send("second")
    #expect(try client.reply(to: first, timeoutMilliseconds: 5000) == .string("one"))
    #expect(try client.reply(to: second, timeoutMilliseconds: 5000) == .string("two"))
  }

  @Test("notifications that come before a reply are kept in order")
  func events() throws {
    let gateway = try FakeGateway { request in
      .lines([
        FakeGateway.event(["kind": .string("device.status"), "seq": .integer(1)]),
        FakeGateway.event(["kind": .string("member.resolved"), "seq": .integer(2)]),
        request.result(.null),
      ])
    }
    let client = try GatewayClient(paths: [gateway.path])
    #expect(try client.call("events.subscribe") == .null)
    #expect(try client.nextEvent(timeoutMilliseconds: 0)?.kind == "device.status")
    #expect(try client.nextEvent(timeoutMilliseconds: 0)?.parameters["seq"] == .integer(2))
    #expect(try client.nextEvent(timeoutMilliseconds: 0) == nil)
  }

  @Test("events that nobody takes are bounded, and the loss is counted")
  func eventBound() throws {
    let gateway = try FakeGateway { request in
      let count = GatewayClient.eventCountMax + 5
      let events = (0..<count).map { FakeGateway.event(["seq": .integer(Int64($0))]) }
      return .lines(events + [request.result(.null)])
    }
    let client = try GatewayClient(paths: [gateway.path])
    _ = try client.call("events.subscribe")
    #expect(client.lostEventCount == 5)
    #expect(try client.nextEvent(timeoutMilliseconds: 0)?.parameters["seq"] == .integer(5))
  }

  @Test("a call without an answer times out and says which")
  func timeout() throws {
    let gateway = try FakeGateway { _ in .lines([]) }
    let client = try GatewayClient(paths: [gateway.path])
    #expect(throws: GatewayConnectionError.timedOut(method: "daemon.status")) {
      try client.call("daemon.status", timeoutMilliseconds: 20)
    }
  }

  @Test("a gateway that hangs up is told from one that is slow")
  func closed() throws {
    let gateway = try FakeGateway { _ in .close([]) }
    let client = try GatewayClient(paths: [gateway.path])
    #expect(throws: GatewayConnectionError.closed) { try client.call("daemon.status") }
  }

  @Test("an error without id explains why the gateway hangs up")
  func explanation() throws {
    let gateway = try FakeGateway { _ in
      .close([
        FakeGateway.line([
          "jsonrpc": .string("2.0"), "id": .null,
          "error": .object(["code": .integer(-32700), "message": .string("line too long")]),
        ])
      ])
    }
    let client = try GatewayClient(paths: [gateway.path])
    let error = try #require(throws: GatewayError.self) { try client.call("points.accrue") }
    #expect(error.message == "line too long")
  }

  @Test(
    "what is no answer of this protocol is refused",
    arguments: ["", "nonsense", "{}", #"{"jsonrpc":"2.0","id":7}"#, "[1]", "\u{0}"]
  )
  func malformed(line: String) throws {
    let gateway = try FakeGateway { _ in .lines([line]) }
    let client = try GatewayClient(paths: [gateway.path])
    let error = try #require(throws: GatewayConnectionError.self) {
      try client.call("daemon.status")
    }
    guard case .malformed = error else {
      Issue.record("\(error)")
      return
    }
  }

  @Test("requests and answers larger than any socket buffer do not wait for each other")
  func fullPipes() throws {
    let gateway = try FakeGateway { request in .lines([request.result(request.parameters)]) }
    let client = try GatewayClient(paths: [gateway.path])
    let text = String(repeating: "积分", count: 200_000)
    let parameters = JSON.object(["text": .string(text)])
    let requests = try (0..<4).map { _ in try client.send("echo", parameters) }
    for request in requests {
      #expect(try client.reply(to: request, timeoutMilliseconds: 20_000) == parameters)
    }
  }

  @Test("the first path at which somebody answers is taken")
  func search() throws {
    let dead = try FakeGateway { _ in .unscripted }
    let alive = try FakeGateway { _ in .unscripted }
    dead.stop()
    let paths = ["/nonexistent/tapgate.sock", alive.path + "/below-a-file", alive.path]
    #expect(try GatewayClient(paths: paths).path == alive.path)
  }

  @Test("where nobody answers, the paths that were tried are told")
  func nobody() throws {
    let paths = ["/nonexistent/a.sock", "/nonexistent/b.sock"]
    #expect(throws: GatewayConnectionError.notRunning(tried: paths)) {
      try GatewayClient(paths: paths)
    }
  }

  @Test("a path that no socket address can hold is refused by name")
  func longPath() throws {
    let path = "/tmp/" + String(repeating: "x", count: 120)
    #expect(throws: GatewayConnectionError.pathTooLong(path)) { try GatewayClient(paths: [path]) }
  }
}
