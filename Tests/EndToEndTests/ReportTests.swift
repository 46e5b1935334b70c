import Foundation
import TapgateAPI
import TapgateJSON
import Testing

extension EndToEnd {
  @Suite("Reports", .timeLimit(.minutes(3)))
  struct ReportTests {
    /// Runs Python on `arguments`; its standard output.
    private static func python(_ script: String, _ arguments: [String]) throws -> String {
      let folder = try TemporaryFolder()
      let process = try Program.process(
        "/usr/bin/python3",
        ["-c", script] + arguments,
        error: folder.path + "/err"
      )
      let pipe = Pipe()
      process.standardOutput = pipe
      try process.run()
      let bytes = pipe.fileHandleForReading.readDataToEndOfFile()
      process.waitUntilExit()
      let errors = try String(contentsOfFile: folder.path + "/err", encoding: .utf8)
      try #require(process.terminationStatus == 0, "\(errors)")
      return String(decoding: bytes, as: UTF8.self)
    }

    /// A gateway with a member and three receipts.
    private static func gateway() throws -> LiveGateway {
      let gateway = try LiveGateway.started()
      let client = try gateway.client("till")
      let member = try client.enrol("顾客", uid: "04AABBCCDDEE11")
      for (receipt, amount) in [("r1", 2800), ("r2", 10_000), ("r3", 550)] as [(String, Int64)] {
        _ = try client.call("points.accrue", .accrual(receipt, member: member, amount: amount))
      }
      return gateway
    }

    @Test("a report is shown with its proof, as one document, and as CSV")
    func shown() throws {
      let gateway = try Self.gateway()
      let list = try gateway.command(["report"])
      #expect(list.status == 0, "\(list.errors)")
      for name in ["accruals", "memberHistory", "storedValue", "--set rows="] {
        #expect(list.output.contains(name), "\(list.output)")
      }
      let table = try gateway.command(["report", "accruals"])
      #expect(table.status == 0, "\(table.errors)")
      #expect(table.output.contains("133.50"), "\(table.output)")
      #expect(table.output.contains("Proof ("))
      #expect(!table.output.contains("\u{1B}"))
      let chinese = ["LC_ALL": "zh_CN.UTF-8"]
      let words = try gateway.command(["report", "accruals"], environment: chinese)
      #expect(words.output.contains("核对（"), "\(words.output)")
      #expect(words.output.contains("相符"))
      let document = try gateway.command(["report", "accruals", "--json"])
      let json = try JSONParser.parse(Array(document.output.utf8).dropLast())
      #expect(json["proven"] == true)
      #expect(json["report"] == "accruals")
      let csv = try gateway.command(["report", "accruals", "--format", "csv"])
      #expect(csv.status == 0)
      let script =
        "import csv,sys;print(len(list(csv.reader(open(sys.argv[1],newline='',"
        + "encoding='utf-8-sig'),strict=True))))"
      let file = gateway.folder.path + "/accruals.csv"
      let written = try gateway.command(["report", "accruals", "--format", "csv", "-o", file])
      #expect(written.status == 0, "\(written.errors)")
      #expect(written.output.contains(file))
      #expect(written.output.contains("Proof ("))
      let bytes = try Data(contentsOf: URL(fileURLWithPath: file))
      // A file begins with a byte order mark, which Excel wants and other programs do not.
      #expect(bytes == Data([0xEF, 0xBB, 0xBF]) + Data(csv.output.utf8))
      #expect(csv.output.contains("133.50"))
      let count = try Self.python(script, [file]).filter(\.isNumber)
      #expect((Int(count) ?? 0) > 3)
      let left = try FileManager.default.contentsOfDirectory(atPath: gateway.folder.path)
      #expect(!left.contains { $0.hasSuffix(".partial") })
    }

    /// The cells of every sheet as zipfile and an XML parser see them, one a line.
    private static let cells = """
      import sys, zipfile, xml.etree.ElementTree as tree
      main = '{http://schemas.openxmlformats.org/spreadsheetml/2006/main}'
      book = zipfile.ZipFile(sys.argv[1])
      assert book.testzip() is None
      for name in sorted(book.namelist()):
          if name.startswith('xl/worksheets/sheet'):
              for value in tree.fromstring(book.read(name)).iter(main + 'v'):
                  print(value.text)
      """

    @Test("a workbook is whole, has the report's numbers, and takes the place of an older file")
    func workbook() throws {
      let gateway = try Self.gateway()
      let usage = try gateway.command(["report", "accruals", "--format", "xlsx"])
      #expect(usage.status == 64)
      #expect(usage.errors.contains("--output"))
      let file = try gateway.folder.write("old", to: "accruals.xlsx")
      let run = try gateway.command([
        "report", "accruals", "--format", "xlsx", "--output", file, "--json",
      ])
      #expect(run.status == 0, "\(run.errors)")
      let answer = try JSONParser.parse(Array(run.output.utf8).dropLast())
      #expect(answer["proven"] == true)
      #expect(answer["output"]?.string == file)
      let values = try Self.python(Self.cells, [file]).split(separator: "\n").map(String.init)
      #expect(values.contains("133.5"), "\(values)")
      let facts = try FileManager.default.attributesOfItem(atPath: file)
      #expect((facts[.posixPermissions] as? NSNumber)?.intValue == 0o600)
      let absent = gateway.folder.path + "/none/a.xlsx"
      let failed = try gateway.command(["report", "points", "--format", "xlsx", "-o", absent])
      #expect(failed.status == 3)
      #expect(failed.errors.contains(absent))
    }

    @Test("where the ledger was changed by hand, the report says so and the command exits 1")
    func tampered() throws {
      let gateway = try Self.gateway()
      #expect(gateway.stop() == 0)
      let script =
        "import sqlite3,sys;d=sqlite3.connect(sys.argv[1]);"
        + "d.execute('DELETE FROM journal WHERE sequence=3');d.commit();d.close()"
      _ = try Self.python(script, [gateway.dataPath + "/tapgate.sqlite"])
      try gateway.start()
      let run = try gateway.command(["report", "accruals"])
      #expect(run.status == 1)
      #expect(run.output.contains("NOT EQUAL"), "\(run.output)")
      #expect(run.errors.contains("tapgate verify"))
      let file = gateway.folder.path + "/a.csv"
      let written = try gateway.command(["report", "accruals", "--format", "csv", "-o", file])
      #expect(written.status == 1)
      #expect(try String(contentsOfFile: file, encoding: .utf8).contains("NOT EQUAL"))
    }

    @Test("what is asked wrongly is told by the parameter's name")
    func refusals() throws {
      let gateway = try Self.gateway()
      let cases: [([String], Int32, String)] = [
        (["none"], 1, "name"), (["accruals", "--scope", "S9"], 1, "scope"),
        (["accruals", "--member", "M1"], 1, "memberId"),
        (["members", "--set", "rows=0"], 1, "parameters.rows"),
        (["accruals", "--from", "2026-02-30"], 64, "--from"),
        (["accruals", "--set", "rows"], 64, "--set"),
      ]
      for (arguments, status, words) in cases {
        let run = try gateway.command(["report"] + arguments)
        #expect(run.status == status, "\(arguments): \(run.output)\(run.errors)")
        #expect(run.errors.contains(words), "\(arguments): \(run.errors)")
        #expect(run.output.isEmpty)
      }
    }
  }
}
