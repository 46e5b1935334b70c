import Foundation
import TapgateAPI
import TapgateJSON
import Testing

extension EndToEnd {
  @Suite("Command line", .timeLimit(.minutes(3)))
  struct CommandLineTests {
    private static let uid = "04AABBCCDDEE07"
    private static let card = "cardUid:" + uid

    /// A command, its exit status, and a path that its JSON document has.
    private typealias Step = (arguments: [String], status: Int32, path: String)

    private static func words(_ text: String) -> [String] {
      text.split(separator: " ").map(String.init)
    }

    /// A day at the counter: each command of the contract, in an order in which each has its due.
    private static let day: [Step] = [
      (words("status"), 0, "ledger.programme.id"), (words("devices"), 0, "devices"),
      (words("member enrol --name 王小明 --phone 13912345678 --card \(card)"), 0, "member.id"),
      (words("member show M1"), 0, "member.tier.name"),
      (words("member show M9"), 1, "error.data.name"),
      (words("member search 王"), 0, "candidates"), (words("lookup \(card)"), 0, "card.id"),
      (words("simulate tap \(uid)"), 0, "deviceId"), (words("simulate remove"), 0, "deviceId"),
      (words("simulate remove"), 1, "error.message"),
      (words("simulate scan 6901234567892 --aim ]E0"), 0, "deviceId"),
      (words("simulate swipe --track2 ;880012345678=2512?"), 0, "deviceId"),
      (words("trace"), 0, "taps"),
      (words("accrue \(card) --amount 28.00 --receipt 1 --operation-id a1"), 0, "earned"),
      (words("accrue \(card) --amount 28.00 --receipt 1 --operation-id a1"), 0, "replay"),
      (words("accrue \(card) --amount 29.00 --receipt 1 --operation-id a1"), 1, "error.data.name"),
      (words("accrue \(card) --amount 28.00 --receipt 1"), 1, "error.data.reason"),
      (words("history \(card)"), 0, "entries"),
      (words("lookup phoneNumber:13912345678"), 0, "cards"),
      (words("reverse a1 --reason mistake"), 0, "reverses"),
      (words("reverse a1 --reason mistake"), 1, "error.data.reason"),
      (words("card issue memberNumber:8800000001 --member M1"), 0, "card.id"),
      (words("card bind barcode:A-100 --member M1"), 0, "card.id"),
      (words("card unbind barcode:A-100"), 0, "member.id"),
      (words("card freeze \(card)"), 0, "card.status"),
      (words("card unfreeze \(card) --reason checked"), 0, "card.status"),
      (words("card report-lost \(card)"), 0, "card.status"),
      (words("accrue \(card) --amount 1.00 --receipt 2"), 1, "error.data.reason"),
      (words("card cancel-lost \(card) --reason found"), 0, "card.status"),
      (words("card close memberNumber:8800000001 --reason old"), 0, "card.status"),
      (words("member export"), 0, "rows"), (words("programme show"), 0, "programme.id"),
      (words("report"), 0, "reports"), (words("report accruals"), 0, "proven"),
      (words("report none"), 1, "error.data.field"), (words("print test"), 0, "jobId"),
      (words("print jobs"), 0, "jobs"),
      (words("simulate printer paperOut"), 0, "deviceId"),
      (words("simulate printer none"), 0, "deviceId"),
    ]

    @Test("every command does its work, tells it as one JSON document and exits as promised")
    func commands() throws {
      let gateway = try LiveGateway.started()
      for step in Self.day {
        let run = try gateway.command(step.arguments + ["--json"])
        let said = "\(step.arguments.joined(separator: " ")): \(run.output)\(run.errors)"
        #expect(run.status == step.status, "\(said)")
        let document = try? JSONParser.parse(Array(run.output.utf8).dropLast())
        #expect(document?[path: step.path] != nil, "\(said)")
      }
      let replaced = try gateway.command(["lookup", Self.card, "--json"])
      let card = try JSONParser.parse(Array(replaced.output.utf8))[path: "card.id"]?.string
      let by = ["--by", "cardUid:04AABBCCDDEE08", "--reason", "worn", "--json"]
      let run = try gateway.command(["card", "replace", try #require(card)] + by)
      #expect(run.status == 0)
      let old = try gateway.command(
        ["accrue", Self.card, "--amount", "1.00", "--receipt", "3", "--json"]
      )
      #expect(old.status == 1)
      #expect(old.output.contains("cardReplaced"))
    }

    @Test(
      "every command does the same for people, in their language",
      arguments: ["zh_CN.UTF-8", "en_GB.UTF-8"]
    )
    func commandsForPeople(locale: String) throws {
      let gateway = try LiveGateway.started()
      for step in Self.day {
        let run = try gateway.command(step.arguments, environment: ["LC_ALL": locale])
        let said = "\(step.arguments.joined(separator: " ")): \(run.output)\(run.errors)"
        #expect(run.status == step.status, "\(said)")
        #expect(run.output.isEmpty == (step.status != 0), "\(said)")
        #expect(run.errors.isEmpty == (step.status == 0), "\(said)")
      }
    }

    @Test("what is shown in Chinese calls nothing by its English name")
    func labels() throws {
      let shown = try LiveGateway.started()
      let told = try LiveGateway.started()
      for step in Self.day where step.status == 0 && step.arguments != ["member", "export"] {
        let people = try shown.command(step.arguments, environment: ["LC_ALL": "zh_CN.UTF-8"])
        let document = try told.command(step.arguments + ["--json"]).output
        let names = Self.names(in: try JSONParser.parse(Array(document.utf8).dropLast()))
        let words = people.output.split { $0.isWhitespace || "=,".contains($0) }.map(String.init)
        let english = Set(words).intersection(names)
        #expect(english == [], "\(step.arguments.joined(separator: " ")): \(people.output)")
        let sentences = people.output.split(separator: "\n").filter { line in
          line.firstMatch(of: /(?:\b[a-z]{2,} ){2,}[a-z]{2,}/) != nil
        }
        #expect(sentences == [], "\(step.arguments.joined(separator: " "))")
      }
    }

    @Test("an import's problems and a member's first entry are told in Chinese")
    func importInChinese() throws {
      let gateway = try LiveGateway.started()
      let chinese = ["LC_ALL": "zh_CN.UTF-8"]
      let head = "memberId,birthday,tier,cardKind,cardValue,points\n"
      let bad = try gateway.folder.write(
        head + "M1,1990-02-30,none,cardUid,****1,x\nM2,,,,,1\nM2,,silver,cardUid,08010203,1\n",
        to: "bad.csv"
      )
      let refused = try gateway.command(["member", "import", bad], environment: chinese)
      #expect(refused.status == 1)
      #expect(refused.output.contains("第 2 行，列 birthday：必须为日期"), "\(refused.output)")
      let english = refused.output.firstMatch(of: /(?:\b[a-z]{2,} ){2,}[a-z]{2,}/)
      #expect(english == nil, "\(refused.output)")
      let good = try gateway.folder.write(head + "M1,,silver,,,77\n", to: "good.csv")
      #expect(try gateway.command(["member", "import", good]).status == 0)
      let history = try gateway.command(["history", "M1"], environment: chinese)
      #expect(history.output.contains("期初导入") && history.output.contains("77"))
      let shown = try gateway.command(["member", "show", "memberId:M1"], environment: chinese)
      #expect(shown.output.contains("有效"), "\(shown.output)")
    }

    /// Every member's name in a document, at any depth.
    private static func names(in json: JSON) -> Set<String> {
      switch json {
      case .array(let elements): elements.reduce(into: []) { $0.formUnion(names(in: $1)) }
      case .object(let object):
        object.members.reduce(into: Set(object.members.map(\.name))) {
          $0.formUnion(names(in: $1.value))
        }
      default: []
      }
    }

    @Test("verify, backup and doctor look at the ledger of the gateway that runs")
    func runningLedger() throws {
      let gateway = try LiveGateway.started()
      for arguments in [["verify"], ["backup", gateway.folder.path + "/backup"]] {
        let run = try gateway.command(arguments + ["--json"])
        #expect(run.status == 0, "\(run.output)\(run.errors)")
        let data = try JSONParser.parse(Array(run.output.utf8))["data"]
        #expect(data?.string == gateway.dataPath)
      }
      let doctor = try gateway.command(["doctor"])
      #expect(doctor.output.contains("\(gateway.dataPath): "))
      #expect(gateway.stop() == 0)
      #expect(try gateway.command(["verify", "--socket", gateway.socketPath]).status == 3)
    }

    @Test("a print job is followed by its id, from queued to confirmed")
    func printing() throws {
      let gateway = try LiveGateway.started()
      let client = try gateway.client("till")
      let run = try gateway.command(["print", "test", "--json"])
      let job = try #require(try JSONParser.parse(Array(run.output.utf8))["jobId"]?.string)
      _ = try client.wait("print.job", ["jobId": .string(job)]) { $0["state"] == "confirmed" }
      let jobs = try gateway.command(["print", "jobs", job, "--json"])
      let document = try JSONParser.parse(Array(jobs.output.utf8))
      #expect(document["jobs"]?.array?.first?["state"] == "confirmed")
      let word = try gateway.command(["print", "resolve", job, "printed", "--json"])
      #expect(word.status == 1)
      #expect(word.output.contains("E_ILLEGAL"))
    }

    @Test("watch shows a tap as it happens, masked")
    func watch() throws {
      let gateway = try LiveGateway.started()
      let client = try gateway.client("till")
      let run = try CommandRun([
        "watch", "--kind", "device.status", "--count", "1", "--json", "--socket",
        gateway.socketPath,
      ])
      _ = try client.wait("daemon.status") { $0["clients"]?.array?.count == 2 }
      // A tap before it subscribed shows nothing: tap until it has seen one.
      var number = 0
      while run.isRunning, number < 1000 {
        number += 1
        let uid = "04AABBCC" + String(100_000 + number)
        _ = try client.call("simulate.tap", ["uid": .string(uid)])
      }
      let outcome = try run.wait()
      #expect(outcome.status == 0)
      let event = try JSONParser.parse(Array(outcome.output.utf8))
      #expect(event["kind"] == "device.status")
      #expect(!outcome.output.contains("04AABBCC"))
    }

    @Test("commands speak Chinese and English; wrong usage is 64, no gateway 3")
    func languages() throws {
      let gateway = try LiveGateway.started()
      let unknown = ["lookup", "cardUid:04AABBCCDDEE99"]
      let chinese = try gateway.command(unknown, environment: ["LC_ALL": "zh_CN.UTF-8"])
      let english = try gateway.command(unknown, environment: ["LC_ALL": "en_GB.UTF-8"])
      #expect(chinese.status == 1 && english.status == 1)
      let han = 0x4E00...0x9FFF
      #expect(chinese.errors.unicodeScalars.contains { han.contains(Int($0.value)) })
      #expect(english.errors.utf8.allSatisfy { $0 < 0x80 })
      #expect(!english.errors.isEmpty)
      #expect(try gateway.command(["lookup"]).status == 64)
      #expect(try gateway.command(["lookup", "nonsense"]).status == 64)
      #expect(try gateway.command(["status", "--socket", "/nonexistent/s"]).status == 3)
      let doctor = try gateway.command([
        "doctor", "--json", "--data", gateway.dataPath, "--config", gateway.configurationPath,
      ])
      #expect(doctor.status == 0, "\(doctor.output)")
      let verdict = try JSONParser.parse(Array(doctor.output.utf8))["verdict"]
      #expect(verdict == "healthy")
      gateway.kill()
      let down = try gateway.command([
        "doctor", "--json", "--data", gateway.dataPath, "--config", gateway.configurationPath,
      ])
      #expect(down.status == 2)
      #expect(down.output.contains("gateway.down"))
    }

    @Test("programme check takes a programme and names what is wrong with another")
    func programmes() throws {
      let folder = try TemporaryFolder()
      let good = try folder.write(TestProgramme.text, to: "good.json")
      let bad = try folder.write(
        TestProgramme.text.replacingOccurrences(of: "\"per_fen\":100", with: "\"per_fen\":0"),
        to: "bad.json"
      )
      let accepted = try CommandRun(["programme", "check", good, "--json"]).wait()
      #expect(accepted.status == 0)
      #expect(try JSONParser.parse(Array(accepted.output.utf8))["valid"] == true)
      let refused = try CommandRun(["programme", "check", bad, "--json"]).wait()
      #expect(refused.status == 2)
      let problems = try JSONParser.parse(Array(refused.output.utf8))["problems"]?.array
      #expect(problems?.first?.string?.contains("per_fen") == true, "\(refused.output)")
      #expect(try CommandRun(["programme", "check", "/nonexistent"]).wait().status == 3)
      let other = try folder.write("{\n  'id': 1\n}", to: "other.json")
      let foreign = try CommandRun(["programme", "check", other]).wait()
      #expect(foreign.status == 2)
      let said = foreign.output + foreign.errors
      #expect(said.contains("no JSON: line 2, column 3: a character that cannot stand"), "\(said)")
    }
  }
}
