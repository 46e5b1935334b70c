import Foundation
import TapgateCore
import TapgateFakeGateway
public import TapgateJSON
import Testing

@testable import tapgate

@Suite("Commands in the user's language", .timeLimit(.minutes(2)))
struct LanguageTests {
  private static let chinese = ["LC_ALL": "zh_CN.UTF-8"]

  /// Lines with three or more English words one after the other, but for those that the argument
  /// parser writes by itself.
  private static func english(_ text: String) -> [String] {
    text.split(separator: "\n").map(String.init).filter { line in
      !["for detailed help", "for more information", "USAGE: ", "Usage: "].contains {
        line.contains($0)
      } && line.firstMatch(of: /(?:\b[a-z]{2,} ){2,}[a-z]{2,}/) != nil
    }
  }

  @Test("what English is told from Chinese")
  func criterion() {
    #expect(Self.english("the ledger holds nothing").count == 1)
    #expect(Self.english("错误：file is no backup").count == 1)
    #expect(Self.english("请运行 tapgate doctor --json，或 systemctl start tapgate").isEmpty == false)
    #expect(Self.english("已备份到 /tmp/backup file").isEmpty)
  }

  /// Every command with its help, as the help of the one above names it.
  private static func commands(below path: [String] = []) throws -> [[String]] {
    let document = try CommandRun(path + ["--experimental-dump-help"]).output
    let root = try JSONParser.parse(Array(document.utf8))["command"] ?? .null
    func walk(_ command: JSON, _ path: [String]) -> [[String]] {
      let below = (command["subcommands"]?.array ?? []).filter {
        $0["shouldDisplay"] != .bool(false)
      }
      return [path] + below.flatMap { walk($0, path + [$0["commandName"]?.string ?? ""]) }
    }
    return walk(root, []).filter { $0.last != "help" }
  }

  @Test("the help of no command holds an English sentence")
  func help() throws {
    let commands = try Self.commands()
    #expect(commands.count > 40, "\(commands)")
    #expect(commands.contains(["bench", "crash"]))
    for command in commands {
      let run = try CommandRun(command + ["--help"], environment: Self.chinese)
      #expect(run.status == 0)
      #expect(Self.english(run.output) == [], "\(command)")
    }
    let bench = try CommandRun(["bench", "--help"])
    #expect(bench.output.contains("crash"))
  }

  @Test("what fails without a gateway is told in one Chinese sentence that names the file")
  func offline() throws {
    let folder = try TemporaryFolder()
    let file = try folder.write("memberId\n", to: "file")
    let new = folder.path + "/new"
    let toml = try folder.write("[gateway]\nlan = 1\n", to: "t.toml")
    let cases: [([String], String)] = [
      (["restore", file, "--data", new], file), (["restore", new, "--data", folder.path], new),
      (["backup", new, "--data", folder.path], folder.path),
      (["verify", "--data", folder.path], folder.path), (["verify", "--data", new], new),
      (["serve", "--config", toml, "--data", new], toml),
      (["programme", "check", folder.path + "/none"], folder.path + "/none"),
      (["bench", "lookup", "--rounds", "0"], "--rounds"),
      (["bench", "crash", "--load", "1"], "--load"),
      (["replay", file], file),
    ]
    for (command, name) in cases {
      let gateway = try FakeGateway { _ in .unscripted }
      let run = try CommandRun(command, socket: gateway.path, environment: Self.chinese)
      #expect(run.status != 0, "\(command)")
      #expect(run.errors.contains(name), "\(command): \(run.errors)")
      #expect(Self.english(run.output + run.errors) == [], "\(command)")
      #expect(run.errors.unicodeScalars.contains { (0x4E00...0x9FFF).contains($0.value) })
      #expect(!FileManager.default.fileExists(atPath: new))
    }
    let left = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    #expect(Set(left) == ["file", "t.toml"])
  }

  @Test("every reason of a trace is told in words, and known notes in Chinese")
  func trace() {
    for refusal in InputRefusal.allCases {
      let code = refusal.rawValue
      let chinese = Words.inputReason(code, in: .zh)
      #expect(chinese.hasSuffix("（\(code)）") && chinese.count > code.count + 2, "\(code)")
      #expect(Words.inputReason(code, in: .en).hasSuffix(" (\(code))"))
    }
    #expect(Words.inputReason("newer", in: .zh) == "newer")
    let notes = [
      ("a payment service's code", "支付服务的付款码"), ("more than 8192 bytes", "超过 8192 字节"),
      ("SELECT PPSE 6A82; Get Data 9000, 3 bytes", "SELECT PPSE 6A82；Get Data 9000，3 字节"),
      ("the scanner's own message, ]X0", "扫码器自身的消息，]X0"), ("bounce", "同一张卡，离开时间过短"),
      ("no member's number on tracks 1 and 2", "磁道 1 和 2 上没有会员号"),
      ("a byte that is not UTF-8, position 4", "有字节不是 UTF-8，位置 4"),
    ]
    for (english, chinese) in notes {
      #expect(Words.traceNote(english, in: .zh) == chinese)
      #expect(Words.traceNote(english, in: .en) == english)
    }
    let tap = JSON.object([
      "reason": "paymentCode", "rule": "wechat",
      "steps": .array([.object(["step": "refused", "detail": "a payment service's code"])]),
    ])
    let told = Words.traced(tap, in: .zh)
    #expect(told["reason"] == "付款码（paymentCode）")
    #expect(told["rule"] == "wechat")
    #expect(told["steps"]?.array?.first?["detail"] == "支付服务的付款码")
  }

  /// Every kind of event, and what its line says in English and in Chinese.
  private static let events: [(members: KeyValuePairs<String, JSON>, en: String, zh: String)] = [
    (
      [
        "kind": "credential.presented",
        "credential": .object(["kind": "cardUid", "masked": "****0007"]), "assurance": "A1",
      ], "cardUid ****0007  grade A1", "卡 UID ****0007  等级 A1"
    ),
    (
      [
        "kind": "member.resolved",
        "member": .object([
          "id": "M1", "displayName": "王**", "status": "frozen", "tier": .object(["name": "金卡"]),
        ]), "points": .object(["available": .integer(120)]),
      ], "王** (M1)  金卡  120 points  frozen", "王**（M1）  金卡  120 积分  冻结"
    ),
    (["kind": "member.resolved", "member": .null], "no member", "不是会员"),
    (
      ["kind": "credential.refused", "reason": "randomUid", "hint": "H"], "refused: H", "被拒绝：H"
    ),
    (["kind": "credential.removed", "presence": .integer(1)], "card taken away", "取走卡"),
    (
      ["kind": "scan.data", "data": "690", "symbology": "EAN13"], "scanned 690  EAN13",
      "扫码 690  EAN13"
    ),
    (
      [
        "kind": "device.status", "device": .null, "flapCount": .integer(3), "reason": "unclaimed",
        "status": .object(["name": "SC_SUE_CARD_PRESENT", "number": .integer(2)]),
      ],
      "card on the reader  nobody took it: a till has to claim the device, or to name its lane in"
        + " hello  3 changes before it left out",
      "放卡  无人接收：收银机须占用该设备，或在 hello 中指定其通道  此前省略 3 次变化"
    ),
    (
      [
        "kind": "device.status", "device": .null, "reason": .null, "simulated": .bool(true),
        "status": .object(["name": "SC_SUE_NO_CARD", "number": .integer(1)]),
      ], "card taken away  simulated", "取走卡  模拟"
    ),
    (
      [
        "kind": "printer.status",
        "device": .object([
          "name": "Receipts", "state": .object(["name": "S_ERROR", "number": .integer(4)]),
          "power": .object(["name": "PS_ONLINE", "number": .integer(2001)]), "verdict": "used",
          "reason": "EPTR_REC_EMPTY",
        ]),
      ], "Receipts: S_ERROR, PS_ONLINE  EPTR_REC_EMPTY",
      "Receipts：S_ERROR，PS_ONLINE  EPTR_REC_EMPTY"
    ),
    (
      ["kind": "device.alarm", "count": .integer(20), "windowMs": .integer(60_000)],
      "20 wrong codes within 60 s; codes are refused until then", "60 秒内出现 20 个错误的码；期间暂不接受"
    ),
    (
      [
        "kind": "print.job", "jobId": "J5", "state": "confirmed", "evidence": "gsR",
        "reason": .null,
      ],
      "print job J5: confirmed  gsR", "打印任务 J5：已确认  gsR"
    ),
    (
      [
        "kind": "operation.committed", "operation": "points.accrue", "sequence": .integer(9),
        "memberId": "M1", "operationId": "op-1",
      ], "points.accrue on disk, no. 9  M1  op-1", "积分已落盘，序号 9  M1  op-1"
    ),
    (
      [
        "kind": "claim.requested", "claimId": "C1", "graceMs": .integer(1000),
        "by": .object(["pid": .integer(4), "name": "till"]),
      ], "till asks for the claim C1; 1000 ms to keep it", "till 请求占用 C1；1000 毫秒内可保留"
    ),
    (
      ["kind": "claim.lost", "claimId": "C1", "by": .object(["name": "till"])],
      "the claim C1 went to till", "占用 C1 已转给 till"
    ),
    (
      ["kind": "claim.granted", "claimId": "C1", "devices": .array(["r1", "r2"])],
      "the claim C1 was granted  r1, r2", "已获得占用 C1  r1, r2"
    ),
    (
      ["kind": "events.lost", "count": .integer(3), "reason": "laneAmbiguous"],
      "3 events lost: two tills named its lane", "丢失 3 个事件：有两台收银机指定了该通道"
    ),
  ]

  @Test("watch tells each kind of event in a line", arguments: ["en_GB.UTF-8", "zh_CN.UTF-8"])
  func watch(locale: String) throws {
    let common: [(String, JSON)] = [
      ("at", "2026-03-10T12:03:04.567+08:00"), ("lane", "1"), ("deviceId", "sim:reader"),
    ]
    let gateway = try FakeGateway { request in
      guard request.method == "events.subscribe" else { return .unscripted }
      let lines = Self.events.map { event in
        let members = common + event.members.map { ($0.key, $0.value) }
        return String(
          decoding: JSON.object([
            "jsonrpc": "2.0", "method": "event",
            "params": .object(
              JSONObject(members.map { JSONObject.Member(name: $0.0, value: $0.1) })
            ),
          ]).encoded(),
          as: UTF8.self
        )
      }
      return .lines([request.result(.object([:]))] + lines)
    }
    let kinds = Set(Self.events.flatMap { $0.members.filter { $0.key == "kind" }.map(\.value) })
    let run = try CommandRun(
      ["watch", "--count", String(Self.events.count)]
        + kinds.flatMap { ["--kind", $0.string ?? ""] },
      socket: gateway.path,
      environment: ["LC_ALL": locale]
    )
    #expect(run.status == 0)
    let isChinese = locale.hasPrefix("zh")
    let head = "12:03:04.567  \(isChinese ? "通道" : "lane") 1  sim:reader  "
    #expect(
      run.output.split(separator: "\n").map(String.init)
        == Self.events.map { head + (isChinese ? $0.zh : $0.en) }
    )
  }

  @Test("who may ask for the trace sees of a tap who it was, masked")
  func watchedTap() throws {
    let status = JSON.object(["name": "SC_SUE_CARD_PRESENT", "number": .integer(2)])
    for isAllowed in [true, false] {
      let gateway = try FakeGateway { request in
        switch request.method {
        case "events.subscribe":
          .lines([
            request.result(.object([:])),
            FakeGateway.event([
              "kind": "device.status", "at": "2026-03-10T12:03:04.567+08:00", "deviceId": "r1",
              "status": status,
            ]),
          ])
        case "trace.last" where isAllowed:
          .lines([
            request.result(
              .object([
                "taps": .array([
                  .object(["at": "2026-03-10T12:03:05.000+08:00", "deviceId": "r1"]),
                  .object([
                    "at": "2026-03-10T12:03:04.567+08:00", "deviceId": "r1",
                    "credential": .object(["kind": "cardUid", "masked": "****0007"]),
                    "deliveredTo": "till (pid 4)",
                    "steps": .array([.object(["step": "resolved", "detail": "M1"])]),
                  ]),
                ])
              ])
            )
          ])
        case "trace.last": .lines([request.error("E_ILLEGAL", "not allowed")])
        case "member.lookup": .lines([request.result(CommandTests.member)])
        default: .unscripted
        }
      }
      let run = try CommandRun(["watch", "--count", "1"], socket: gateway.path)
      let who = "cardUid ****0007  for till (pid 4)  王** (M1)  120 points"
      let expected = "12:03:04.567  r1  card on the reader" + (isAllowed ? "  " + who : "")
      #expect(run.output == expected + "\n")
    }
  }
}

extension JSON: ExpressibleByStringLiteral {
  public init(stringLiteral value: String) { self = .string(value) }
}
