import Foundation
import TapgateRigs
import Testing

extension EndToEnd {
  /// What `scripts/run` starts.
  @Suite(
    "The demo",
    .enabled(if: PcscdRig.isAvailable, "no pcscd with vpcd"),
    .timeLimit(.minutes(3))
  )
  struct DemoTests {
    @Test(
      "with a card reader and without: a folder of its own, what to type next, nothing left",
      arguments: [true, false]
    )
    func folder(hasReader: Bool) async throws {
      let rig = try await PcscdRig.launch(pairs: 1)
      defer { rig.close() }
      if !hasReader { rig.stop() }
      let home = try TemporaryFolder()
      let (socket, log) = (home.path + "/s", home.path + "/log")
      let temporary = home.path + "/tmp"
      try FileManager.default.createDirectory(
        atPath: temporary,
        withIntermediateDirectories: true
      )
      let process = try Program.process(
        Program.path,
        ["serve", "--demo", "--socket", socket],
        environment: ["HOME": home.path, "TMPDIR": temporary],
        error: log
      )
      let pipe = Pipe()
      process.standardOutput = pipe
      try process.run()
      defer { if process.isRunning { System.kill(process.processIdentifier) } }
      #expect(
        String(decoding: pipe.fileHandleForReading.availableData, as: UTF8.self)
          == "ready socket=\(socket)\n"
      )
      let card = "cardUid:04DE3000000007"
      let lookup = try CommandRun(["lookup", card, "--socket", socket, "--json"]).wait()
      #expect(lookup.status == 0, "\(lookup.errors)")
      process.terminate()
      process.waitUntilExit()
      #expect(process.terminationStatus == 0)
      let said = try String(contentsOfFile: log, encoding: .utf8)
      #expect(said.contains("1,000 demo members are in \(temporary)/tapgate-demo-"), "\(said)")
      #expect(said.contains("accrue \(card) --amount 28.00"))
      #expect(said.contains("simulate tap") == !hasReader)
      #expect(try FileManager.default.contentsOfDirectory(atPath: temporary) == [])
      let left = try FileManager.default.contentsOfDirectory(atPath: home.path)
      #expect(Set(left).isSubset(of: ["tmp", "log", "s", "s.lock"]), "\(left)")
    }
  }
}
