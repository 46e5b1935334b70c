import Foundation
import TapgateFakeGateway
import TapgateJSON
import Testing

@Suite("Recording and replaying against a scripted gateway")
struct SessionCommandTests {
  private static func input(_ microseconds: Int64, _ line: JSON) -> String {
    FakeGateway.event([
      "kind": .string("session.input"), "us": .integer(microseconds), "line": line,
    ])
  }

  private static func line(_ input: String, _ device: String = "r1") -> JSON {
    .object(["input": .string(input), "device": .string(device)])
  }

  private static func recording(_ events: [String]) throws -> FakeGateway {
    try FakeGateway { request in
      switch request.method {
      case "session.record":
        let began = JSON.object(["startedAt": .string("T"), "version": .string("9")])
        return .lines([request.result(began)] + events)
      case "session.stop": return .lines([request.result(.object(["stopped": .bool(true)]))])
      default: return .unscripted
      }
    }
  }

  @Test("record writes a header and a line an input, devices not counted")
  func record() throws {
    let folder = try TemporaryFolder()
    let gateway = try Self.recording([
      Self.input(5, Self.line("device")), Self.input(10, Self.line("scanned")),
      Self.input(2_000_000, Self.line("removed")), Self.input(3_000_000, Self.line("scanned")),
    ])
    let file = folder.path + "/session.jsonl"
    let run = try CommandRun(["record", file, "--count", "2", "--json"], socket: gateway.path)
    #expect(run.status == 0)
    #expect(try JSONParser.parse(Array(run.output.utf8))["recorded"] == .integer(2))
    let lines = try folder.read("session.jsonl").split(separator: "\n")
    #expect(
      lines == [
        #"{"tapgateSession":1,"startedAt":"T","gatewayVersion":"9"}"#,
        #"{"us":5,"input":"device","device":"r1"}"#,
        #"{"us":10,"input":"scanned","device":"r1"}"#,
        #"{"us":2000000,"input":"removed","device":"r1"}"#,
      ]
    )
    #expect(gateway.received.map(\.method) == ["hello", "session.record", "session.stop"])
    let attributes = try FileManager.default.attributesOfItem(atPath: file)
    #expect(attributes[.posixPermissions] as? Int == 0o600)
  }

  @Test("a recording with gaps says so")
  func gaps() throws {
    let folder = try TemporaryFolder()
    let gateway = try Self.recording([
      FakeGateway.event(["kind": .string("events.lost"), "count": .integer(3)]),
      Self.input(1, Self.line("scanned")),
    ])
    let file = folder.path + "/session.jsonl"
    let run = try CommandRun(["record", file, "--count", "1"], socket: gateway.path)
    #expect(run.status == 1)
    #expect(run.errors.contains("3 events were lost"))
  }

  @Test("replay sends every input in order, without its time, and takes the devices away again")
  func replay() throws {
    let folder = try TemporaryFolder()
    let gateway = try FakeGateway { request in
      guard request.method == "simulate.replay" else { return .unscripted }
      return .lines([request.result(.object(["replayed": .integer(1)]))])
    }
    let file = try folder.write(
      """
      {"tapgateSession":1,"startedAt":"T","gatewayVersion":"9"}
      {"us":1,"input":"device","device":"r1"}
      {"us":2,"input":"scanned","device":"s1"}
      {"us":30000,"input":"removed","device":"r1"}

      """,
      to: "session.jsonl"
    )
    let run = try CommandRun(["replay", file, "--speed", "100000"], socket: gateway.path)
    #expect(run.status == 0)
    #expect(run.output.contains("2 inputs replayed"))
    let sent = gateway.received.filter { $0.method == "simulate.replay" }
      .compactMap { $0.parameters["inputs"]?.array?.first }
    #expect(
      sent == [
        Self.line("device"), Self.line("scanned", "s1"), Self.line("removed"),
        Self.line("deviceLost"), Self.line("deviceLost", "s1"),
      ]
    )
  }

  @Test(
    "a file that is no session is told so, and the line that is none is named",
    arguments: [
      ("", "is no session"), ("{}\n", "is no session"),
      (#"{"tapgateSession":2}"#, "is no session"), ("x\n", "is no session"),
      ("{\"tapgateSession\":1}\n{\"us\":1}\nnonsense\n", ":3:"),
      ("{\"tapgateSession\":1}\n{\"input\":\"removed\"}\n", ":2:"),
    ]
  )
  func noSession(text: String, words: String) throws {
    let folder = try TemporaryFolder()
    let gateway = try FakeGateway { _ in .unscripted }
    let file = try folder.write(text, to: "session.jsonl")
    let run = try CommandRun(["replay", file], socket: gateway.path)
    #expect(run.status == 2)
    #expect(run.errors.contains(words), "\(run.errors)")
    #expect(!gateway.received.contains { $0.method == "simulate.replay" })
  }

  @Test("what the gateway says to a line ends the replay with its words")
  func refused() throws {
    let folder = try TemporaryFolder()
    let gateway = try FakeGateway { request in
      guard request.method == "simulate.replay" else { return .unscripted }
      return .lines([request.error("E_ILLEGAL", "The value is not possible.")])
    }
    let file = try folder.write(
      "{\"tapgateSession\":1}\n{\"us\":1,\"input\":\"x\"}\n",
      to: "session.jsonl"
    )
    let run = try CommandRun(["replay", file], socket: gateway.path)
    #expect(run.status != 0)
    #expect(run.errors.contains("The value is not possible."))
  }
}
