import Foundation
import TapgateAPI
import TapgateJSON
import TapgateRigs
import TapgateVirtual
import Testing

extension EndToEnd {
  /// `tapgate scanner calibrate`: from a scan of the printed page to a gateway that reads.
  @Suite(
    "Calibration of a scanner",
    .enabled(if: USBRig.isAvailable, "no umockdev"),
    .timeLimit(.minutes(5))
  )
  struct CalibrationTests {
    /// Both codes of the page, as `tapgate print calibration` prints them.
    private static let long = ##"AZQWYM yzaqwmi-_/\@#'"[]{}|<>;:!?+*=~^`&()$%,.0123456789"##
    private static let short = "AZQWYM-_/;@#^a`e~n"

    /// Runs the command beside a scanner that scans `text` as soon as somebody listens.
    private func calibrate(
      _ rig: USBRig,
      view: Int = 0,
      _ text: String,
      _ arguments: [String]
    ) throws -> CommandRun.Outcome {
      let before = try rig.count("node-open", of: "k")
      let run = try CommandRun(
        ["scanner", "calibrate", "--seconds", "30", "--json"] + arguments,
        environment: rig.environment(view: view)
      )
      let deadline = System.monotonicMicroseconds + 30_000_000
      while try rig.count("node-open", of: "k") == before, run.isRunning,
        System.monotonicMicroseconds < deadline
      {}
      try rig.tell("k", "scan " + text.replacingOccurrences(of: "\\", with: "\\\\"))
      return try run.wait()
    }

    private func document(_ run: CommandRun.Outcome) throws -> JSON {
      try JSONParser.parse(Array(run.output.utf8).dropLast())
    }

    @Test(
      "one scan of either code makes the configuration by which the gateway reads the scanner",
      arguments: [long, short],
      [("\\t", "tab"), ("\\n", "cr")]
    )
    func writes(text: String, suffix: (String, String)) throws {
      // A view for each program.
      let rig = try USBRig.launch(views: 2)
      defer { rig.close() }
      try rig.make("k", "wedge", ["serial": "W1", "suffix": suffix.0])
      try rig.plug("k")
      let folder = try TemporaryFolder()
      let file = try folder.write("[usb]\nenabled = true", to: "tapgate.toml")
      let run = try calibrate(rig, text, ["--config", file, "--id", "desk"])
      #expect(run.status == 0, "\(run.output) \(run.errors)")
      let found = try document(run)
      #expect(found["layout"] == "us")
      #expect(found["suffix"]?.string == suffix.1)
      #expect(found["written"] == true)
      let written = try String(contentsOfFile: file, encoding: .utf8)
      #expect(written.hasPrefix("[usb]\nenabled = true\n\n[[scanner]]\nid = \"desk\"\n"))
      #expect(written.contains("match = { vendor = 0x05e0, product = 0x1200 }"))
      // The file is the gateway's, which reads with it what the scanner types.
      let again = try calibrate(rig, view: 1, text, ["--config", file])
      #expect(again.status == 1, "\(again.output) \(again.errors)")
      #expect(try String(contentsOfFile: file, encoding: .utf8) == written)
      let scanners = written.replacingOccurrences(of: "[usb]\nenabled = true\n", with: "")
      let counter = try ScannerCounter(scanners) { rig in
        try rig.make("k", "wedge", ["serial": "W1", "suffix": suffix.0])
        try rig.plug("k")
      }
      try counter.device(ScannerTests.wedgeID)
      try counter.rig.tell("k", "scan It's-42;")
      #expect(try counter.scan() == "It's-42;")
    }

    @Test("what is no calibration page is said to be none, and nothing is written")
    func foreign() throws {
      let rig = try USBRig.launch()
      defer { rig.close() }
      try rig.make("k", "wedge", ["serial": "W1"])
      try rig.plug("k")
      let folder = try TemporaryFolder()
      let file = folder.path + "/tapgate.toml"
      let run = try calibrate(rig, "6901234567892", ["--config", file, "--seconds", "3"])
      #expect(run.status == 2)
      #expect(try document(run)[path: "error.data.name"] == "calibrate.noMatch")
      #expect(!FileManager.default.fileExists(atPath: file))
    }

    @Test("without a device that types there is nothing to listen to")
    func nothing() throws {
      let rig = try USBRig.launch()
      defer { rig.close() }
      let run = try CommandRun(
        ["scanner", "calibrate", "--json"],
        environment: rig.environment()
      ).wait()
      #expect(run.status == 2)
      #expect(try document(run)[path: "error.data.name"] == "calibrate.noDevices")
    }

    @Test("the page has both codes, and fits the paper")
    func page() throws {
      let printer = VirtualPrinter()
      defer { printer.stop() }
      let gateway = try LiveGateway.started(printers: [("receipt", try printer.start())])
      let run = try gateway.command(["print", "calibration", "--json"])
      #expect(run.status == 0, "\(run.output) \(run.errors)")
      let job = try #require(try document(run)["jobId"]?.string)
      let till = try gateway.client("till")
      _ = try till.wait("print.job", ["jobId": .string(job)]) { $0["state"] == "confirmed" }
      #expect(printer.unknownCommands == [])
      let paper = printer.paper().joined()
      #expect(paper.contains(Self.short), "\(paper)")
      #expect(paper.contains("[qr \(Self.long)]"), "\(paper)")
    }
  }
}
