import Dispatch
import Foundation
import TapgateCodec
import TapgateCore
import TapgateDevices
import TapgateVirtual
import Testing

@Suite("GB18030")
struct PrintingCharacterSetTests {
  @Test(
    "characters have the codes of the standard",
    arguments: [
      ("会", [0xBB, 0xE1]), ("镕", [0xE9, 0x46]), ("·", [0xA1, 0xA4]), ("—", [0xA1, 0xAA]),
      ("…", [0xA1, 0xAD]), ("￥", [0xA3, 0xA4]), ("€", [0xA2, 0xE3]), ("〓", [0xA1, 0xFE]),
      ("㐀", [0x81, 0x39, 0xEE, 0x39]), ("\u{A5}", [0x81, 0x30, 0x84, 0x36]),
      ("\u{20000}", [0x95, 0x32, 0x82, 0x36]),
    ] as [(Unicode.Scalar, [UInt8])]
  )
  func pinned(scalar: Unicode.Scalar, code: [UInt8]) throws {
    let set = try PrintingWorld.gb18030()
    #expect(set.bytes(of: scalar) == code)
    let gbk = try #require(IconvCharacterSet(name: "gbk"))
    #expect(gbk.bytes(of: scalar) == (code.count == 2 ? code : nil))
  }

  @Test("private-use code points, which no font has, have no code here")
  func privateUse() throws {
    let set = try PrintingWorld.gb18030()
    for value in [0xE000, 0xE5E5, 0xF8FF, 0xF0000, 0x10FFFF] as [UInt32] {
      #expect(set.bytes(of: try #require(Unicode.Scalar(value))) == nil)
    }
  }

  @Test("other names are no character sets")
  func names() {
    #expect(IconvCharacterSet(name: "utf-8") == nil)
  }

  @Test("every ideograph comes back through the font of the virtual printer")
  func roundTrip() throws {
    let set = try PrintingWorld.gb18030()
    for value in stride(from: UInt32(0x4E00), through: 0x9FA5, by: 7) {
      let scalar = try #require(Unicode.Scalar(value))
      let bytes = try #require(set.bytes(of: scalar))
      #expect(bytes.count == 2)
      #expect(GB18030Font.text(of: bytes) == String(scalar))
    }
  }

  @Test(
    "Python's codec, which shares nothing with glibc, agrees on every two-byte ideograph",
    .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/python3"))
  )
  func secondOpinion() throws {
    let set = try PrintingWorld.gb18030()
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
    process.arguments = [
      "-c",
      "print(''.join(chr(c).encode('gb18030').hex() for c in range(0x4e00, 0x9fa6)), end='')",
    ]
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    var ours = ""
    for value in UInt32(0x4E00)...0x9FA5 {
      for byte in set.bytes(of: try #require(Unicode.Scalar(value))) ?? [] {
        ours += byte < 16 ? "0" + String(byte, radix: 16) : String(byte, radix: 16)
      }
    }
    #expect(ours == String(decoding: output, as: UTF8.self))
  }
}

@Suite("Virtual printer")
struct VirtualPrinterTests {
  @Test("any bytes are printed or skipped, and a clean slip afterwards is whole")
  func fuzz() async throws {
    let printer = VirtualPrinter()
    let port = try printer.start()
    defer { printer.stop() }
    var seed: UInt64 = 11
    var noise: [UInt8] = []
    for _ in 0..<60_000 {
      seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let byte = UInt8(truncatingIfNeeded: seed >> 33)
      // Two bytes in three are such that begin or continue a command.
      let lead: [UInt8] = [0x1B, 0x1D, 0x1C, 0x10, 0x28, 0x6B, 0x56, 0x40]
      noise.append(byte % 3 == 0 ? byte : lead[Int(seed >> 41) & 7])
    }
    let path = NSTemporaryDirectory() + "tapgate-noise-\(UUID().uuidString)"
    try Data(noise).write(to: URL(fileURLWithPath: path))
    defer { try? FileManager.default.removeItem(atPath: path) }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/bash")
    // Enough NUL ends any command: a raster declares at most 65,535 x 65,535 bytes, so power goes.
    // Answers are read away, and the line stays open: to close it with answers unread would drop
    // what is still on its way. The reset ends it.
    process.arguments = [
      "-c",
      "exec 3<>/dev/tcp/127.0.0.1/\(port); cat <&3 >/dev/null & cat '\(path)' >&3; wait",
    ]
    try process.run()
    // What the printer has not read yet would come after the reset, into the slip.
    let patience = DispatchTime.now() + 60
    while printer.receivedByteCount < noise.count {
      guard DispatchTime.now() < patience else {
        Issue.record("\(printer.receivedByteCount) of \(noise.count) bytes were read")
        break
      }
      await Task.yield()
    }
    printer.set(.reset)
    process.waitUntilExit()
    let (journal, watch) = (MemoryJournal(), PrintWatch())
    let spooler = PrintSpooler(
      configuration: PrinterConfiguration(
        id: "p",
        transport: .tcp,
        address: "127.0.0.1:\(port)",
        profile: .generic80,
        characterSet: try PrintingWorld.gb18030(),
        timing: PrintingWorld.quick
      ),
      journal: journal,
      observer: watch
    )
    spooler.start()
    let job = PrintJob(id: "J1", printer: "p", document: PrintingWorld.document(marker: "干净"))
    spooler.enqueue(job)
    #expect(await watch.job("J1").state == .confirmed)
    #expect(printer.paper().last?.contains("干净") == true)
    await spooler.stop()
  }
}
