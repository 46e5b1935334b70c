import Foundation
import TapgateFakeGateway
import TapgateJSON
import Testing

@testable import tapgate

@Suite("Import and export of members")
struct ImportTests {
  /// A gateway that takes rows; `judge` names the problems of a row.
  static func gateway(
    _ judge: @escaping @Sendable (_ line: Int64, _ fields: JSON) -> JSON? = { _, _ in nil }
  ) throws -> FakeGateway {
    try FakeGateway { request in
      switch request.method {
      case "member.importBegin":
        return .lines([request.result(.object(["importId": .string("I1")]))])
      case "member.importChunk":
        let rows = request.parameters["rows"]?.array ?? []
        let problems = rows.compactMap { judge($0["line"]?.integer ?? 0, $0["fields"] ?? .null) }
        return .lines([request.result(.object(["problems": .array(problems)]))])
      case "member.importCommit":
        let progress = FakeGateway.event([
          "kind": .string("import.progress"), "thousandths": .integer(500),
        ])
        return .lines([progress, request.result(.object(["members": .integer(2)]))])
      case "member.importCancel": return .lines([request.result(.object([:]))])
      default: return .unscripted
      }
    }
  }

  static func rows(_ gateway: FakeGateway) -> [JSON] {
    gateway.received.filter { $0.method == "member.importChunk" }
      .flatMap { $0.parameters["rows"]?.array ?? [] }
  }

  @Test("rows travel with their line and their fields by name; empty fields stay at home")
  func rows() throws {
    let folder = try TemporaryFolder()
    let text = "name,memberId,note\r\n王小明,M1,\"a, \"\"b\"\"\"\r\n\r\n,M2,\r\n"
    let file = try folder.write("\u{FEFF}" + text, to: "m.csv")
    let gateway = try Self.gateway()
    let run = try CommandRun(["member", "import", file, "--json"], socket: gateway.path)
    #expect(run.status == 0)
    let report = try CommandTests.document(run)
    #expect(report["state"] == .string("imported"))
    #expect(report["rows"] == .integer(2))
    #expect(report["sums"]?["members"] == .integer(2))
    #expect(
      Self.rows(gateway) == [
        .object([
          "line": .integer(2),
          "fields": .object([
            "name": .string("王小明"), "memberId": .string("M1"), "note": .string("a, \"b\""),
          ]),
        ]),
        .object([
          "line": .integer(4), "fields": .object(["memberId": .string("M2")]),
        ]),
      ]
    )
    #expect(gateway.received.map(\.method).last == "member.importCommit")
    #expect(gateway.received[1].parameters == .object(["dryRun": .bool(false)]))
  }

  @Test("GB18030 is read where it is asked for, also four-byte characters and cut blocks")
  func gb18030() throws {
    // "memberId,name", then M1 and 王 (CDF5), 㐀 (8139 EF30), 镕 (E946).
    let header = Array("memberId,name\r\nM1,".utf8)
    let name: [UInt8] = [0xCD, 0xF5, 0x81, 0x39, 0xEE, 0x39, 0xE9, 0x46]
    let folder = try TemporaryFolder()
    let file = try folder.write(header + name + [0x0D, 0x0A], to: "m.csv")
    let gateway = try Self.gateway()
    let arguments = ["member", "import", file, "--json", "--encoding", "gb18030"]
    let run = try CommandRun(arguments, socket: gateway.path)
    #expect(run.status == 0)
    #expect(Self.rows(gateway).first?["fields"]?["name"] == .string("王㐀镕"))

    let decoder = try #require(GB18030Decoder())
    var text: [UInt8] = []
    for byte in name { text += try decoder.decode([byte]) }
    try decoder.finish()
    #expect(String(decoding: text, as: UTF8.self) == "王㐀镕")
  }

  @Test("a file of another encoding is refused with the option that helps")
  func wrongEncoding() throws {
    let folder = try TemporaryFolder()
    let bytes = Array("memberId,name\r\nM1,".utf8) + [0xCD, 0xF5, 0x0D, 0x0A]
    let file = try folder.write(bytes, to: "m.csv")
    let gateway = try Self.gateway()
    let run = try CommandRun(["member", "import", file], socket: gateway.path)
    #expect(run.status == 1)
    #expect(run.output.contains("--encoding gb18030"))
    #expect(!gateway.received.contains { $0.method == "member.importCommit" })
  }

  @Test("an unknown, a double and a missing column are refused by name, before anything is sent")
  func columns() throws {
    let folder = try TemporaryFolder()
    let file = try folder.write("name,adress,name\r\na,b,c\r\n", to: "m.csv")
    let gateway = try Self.gateway()
    let run = try CommandRun(["member", "import", file, "--json"], socket: gateway.path)
    #expect(run.status == 1)
    let problems = try #require(try CommandTests.document(run)["problems"]?.array)
    #expect(problems.map { $0["column"]?.string } == ["adress", "name", "memberId"])
    #expect(problems.allSatisfy { $0["line"] == .integer(1) })
    #expect(gateway.received.map(\.method) == ["hello"])
  }

  @Test("one bad row means that nothing is imported, and all bad rows are told")
  func problems() throws {
    let folder = try TemporaryFolder()
    let file = try folder.write("memberId,phone\r\nM1,1\r\nM2\r\nM3,x\r\nM4,2\r\n", to: "m.csv")
    let gateway = try Self.gateway { line, fields in
      guard fields["phone"] == .string("x") else { return nil }
      return .object([
        "line": .integer(line), "column": .string("phone"), "problem": .string("no number"),
      ])
    }
    let run = try CommandRun(["member", "import", file, "--json"], socket: gateway.path)
    #expect(run.status == 1)
    let report = try CommandTests.document(run)
    #expect(report["state"] == .string("refused"))
    #expect(report["problemCount"] == .integer(2))
    #expect(report["problems"]?.array?.map { $0["line"]?.integer } == [3, 4])
    #expect(gateway.received.last?.method == "member.importCancel")
  }

  @Test("a dry run says so to the gateway and to the user")
  func dryRun() throws {
    let folder = try TemporaryFolder()
    let file = try folder.write("memberId\nM1\n", to: "m.csv")
    let gateway = try Self.gateway()
    let run = try CommandRun(["member", "import", file, "--dry-run"], socket: gateway.path)
    #expect(run.status == 0)
    #expect(run.output.contains("--dry-run"))
    #expect(gateway.received[1].parameters == .object(["dryRun": .bool(true)]))
  }

  @Test("many rows are cut into chunks that fit a line, and none is lost")
  func chunks() throws {
    let folder = try TemporaryFolder()
    let note = String(repeating: "备", count: 1500)
    var text = "memberId,note\n"
    for number in 0..<2500 { text += "M\(number),\(number % 5 == 0 ? note : "")\n" }
    let file = try folder.write(text, to: "m.csv")
    let gateway = try Self.gateway()
    let run = try CommandRun(["member", "import", file, "--json"], socket: gateway.path)
    #expect(run.status == 0)
    let chunks = gateway.received.filter { $0.method == "member.importChunk" }
    #expect(chunks.allSatisfy { $0.parameters.encoded().count < 1024 * 1024 - 200 })
    #expect(chunks.allSatisfy { ($0.parameters["rows"]?.array?.count ?? 0) <= 1000 })
    let members = Self.rows(gateway).compactMap { $0["fields"]?["memberId"]?.string }
    #expect(members == (0..<2500).map { "M\($0)" })
  }

  @Test("a gateway that dies during the import is a fault, not a success")
  func death() throws {
    let folder = try TemporaryFolder()
    let file = try folder.write("memberId\nM1\n", to: "m.csv")
    let gateway = try FakeGateway { request in
      switch request.method {
      case "member.importBegin":
        .lines([request.result(.object(["importId": .string("I1")]))])
      case "member.importChunk": .close([])
      default: .unscripted
      }
    }
    #expect(try CommandRun(["member", "import", file], socket: gateway.path).status == 2)
  }

  @Test("a file that is not there is 3; an empty one is refused")
  func files() throws {
    let folder = try TemporaryFolder()
    let gateway = try Self.gateway()
    let absent = ["member", "import", folder.path + "/absent.csv"]
    #expect(try CommandRun(absent, socket: gateway.path).status == 3)
    let empty = try folder.write("", to: "e.csv")
    #expect(try CommandRun(["member", "import", empty], socket: gateway.path).status == 1)
  }

  @Test("an export reads page after page and can be read back")
  func export() throws {
    let gateway = try FakeGateway { request in
      guard request.method == "member.export" else { return .unscripted }
      let after = request.parameters["after"]?.integer ?? 0
      let row = JSON.object([
        "memberId": .string("M\(after)"), "name": .string("王, \"小\""), "points": .integer(after),
        "cardValue": .string("****"),
      ])
      let next: JSON = after < 2 ? .integer(after + 1) : .null
      return .lines([request.result(.object(["rows": .array([row]), "next": next]))])
    }
    let folder = try TemporaryFolder()
    let file = folder.path + "/out.csv"
    let run = try CommandRun(["member", "export", "--output", file], socket: gateway.path)
    #expect(run.status == 0)
    let lines = try folder.read("out.csv").split(separator: "\r\n")
    #expect(lines.count == 4)
    #expect(lines[0] == Substring(ImportSheet.columns.joined(separator: ",")))
    #expect(lines[3].hasPrefix("M2,\"王, \"\"小\"\"\","))
    let mode = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int
    #expect(mode == 0o600)

    let json = try CommandRun(["member", "export", "--json"], socket: gateway.path)
    let document = try JSONParser.parse(Array(json.output.utf8))
    #expect(document["rows"]?.array?.count == 3)
  }
}
