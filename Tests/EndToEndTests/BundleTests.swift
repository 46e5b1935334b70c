import Foundation
import TapgateAPI
import TapgateJSON
import Testing

extension EndToEnd {
  @Suite("Support bundle", .timeLimit(.minutes(2)))
  struct BundleTests {
    /// What Python's zipfile, another's work, reads of an archive: names and contents.
    private func contents(of archive: String) throws -> JSON {
      let script = """
        import json, sys, zipfile
        with zipfile.ZipFile(sys.argv[1]) as archive:
          assert archive.testzip() is None
          print(json.dumps({name: json.loads(archive.read(name)) for name in archive.namelist()}))
        """
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
      process.arguments = ["-c", script, archive]
      let pipe = Pipe()
      process.standardOutput = pipe
      try process.run()
      let said = pipe.fileHandleForReading.readDataToEndOfFile()
      process.waitUntilExit()
      #expect(process.terminationStatus == 0)
      return try JSONParser.parse([UInt8](said))
    }

    @Test("a bundle has the gateway's state and traces, and not one real number")
    func running() throws {
      let gateway = try LiveGateway.started()
      let till = try gateway.client("till", lane: "1")
      try till.enrol("顾客某某", uid: Canary.uid, phone: Canary.phone)
      for uid in [Canary.uid, Canary.strangeUID] {
        _ = try till.call("simulate.tap", ["uid": .string(uid)])
        _ = try till.call("simulate.remove")
      }
      for number in Canary.payments + [Canary.memberNumber, Canary.strangePhone] {
        _ = try till.call("simulate.scan", ["data": .string(number), "aim": "]C0"])
        _ = try till.call("simulate.swipe", ["track2": .string(";\(number)=2512?")])
      }
      _ = try till.eventsSoFar()
      let settings = try String(contentsOfFile: gateway.configurationPath, encoding: .utf8)
      let config = try gateway.folder.write(
        settings + """
          # the owner is reached by \(Canary.phone)
          [[card]]
          type = "hce"
          aid = "F0544741544501"
          key = { credential = "hce-key" }
          password = "\(Canary.account)"
          note = "call \(Canary.strangePhone)"

          """,
        to: "other.toml"
      )
      let file = gateway.folder.path + "/bundle.zip"
      let run = try gateway.command(
        ["bundle", file, "--data", gateway.dataPath, "--config", config]
      )
      #expect(run.status == 0, "\(run.errors)")
      let data = try #require(FileManager.default.contents(atPath: file))
      #expect(Canary.found(Canary.traces, in: data).isEmpty)
      for name in ["顾客某某", "owner"] { #expect(!System.contains(Array(name.utf8), in: data)) }
      let files = try contents(of: file)
      #expect((files["traces.json"]?["taps"]?.array?.count ?? 0) > 5)
      #expect(files["status.json"]?["simulation"] == true)
      #expect(files["devices.json"]?["devices"]?.array?.isEmpty == false)
      #expect(files["doctor.json"]?["findings"]?.array?.isEmpty == false)
      let card = files["configuration.json"]?["card"]?.array?.first
      #expect(card?["password"] == "***" && card?["note"] == "***")
      #expect(card?["key"]?["credential"] == "hce-key")
      #expect(files["about.json"]?["tapgateBundle"] == 1)
      let mode = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions]
      #expect(mode as? Int == 0o600)
      #expect(gateway.stop() == 0)
    }

    @Test("with the gateway down the bundle says so, and has the rest")
    func down() throws {
      let folder = try TemporaryFolder()
      let file = folder.path + "/bundle.zip"
      let run = try CommandRun(["bundle", file, "--socket", folder.path + "/none"]).wait()
      #expect(run.status == 0, "\(run.errors)")
      let files = try contents(of: file)
      #expect(files["gateway.json"]?["missing"]?.string?.isEmpty == false)
      #expect(files["doctor.json"]?["verdict"]?.string != "healthy")
      #expect(files["configuration.json"]?["missing"]?.string?.isEmpty == false)
    }
  }
}
