import Foundation
import TapgateCodec
import Testing

@testable import TapgateDevices

/// Chinese typed by a scanner: ALT held and GB18030's bytes as decimal numbers on the keypad.
@Suite("GB18030 typed with ALT")
struct AltCodeTests {
  private static let program = "/usr/bin/iconv"
  private static var hasProgram: Bool { FileManager.default.isExecutableFile(atPath: program) }
  private static let released = [UInt8](repeating: 0, count: 8)

  /// The two-byte area, GB 18030-2005 clause 5.2: 126 rows of 190.
  private static let leads = UInt8(0x81)...0xFE
  private static let trails = Array(UInt8(0x40)...0x7E) + Array(UInt8(0x80)...0xFE)

  /// The reports of one number, ALT held meanwhile.
  private static func number(_ number: Int) -> [[UInt8]] {
    let alt: [UInt8] = [4, 0, 0, 0, 0, 0, 0, 0]
    var reports: [[UInt8]] = []
    for digit in String(number).utf8 {
      let usage = digit == 0x30 ? 0x62 : 0x59 + digit - 0x31
      reports += [[4, 0, usage, 0, 0, 0, 0, 0], alt]
    }
    return reports + [released]
  }

  /// What a scanner gives that is set up as firmware-notes say, and then presses Enter.
  private static func decode(_ reports: [[UInt8]]) -> [DecoderOutput] {
    var settings = ScannerSettings()
    settings.altCodes = .bytes
    settings.charset = .gb18030
    var decoder = WedgeDecoder(configuration: settings.wedge)
    let enter: [[UInt8]] = [[0, 0, 0x28, 0, 0, 0, 0, 0], released]
    return (reports + enter).enumerated().flatMap { index, report in
      decoder.feed(report, at: UInt64(index))
    }
  }

  private static func text(_ outputs: [DecoderOutput]) -> String? {
    guard outputs.count == 1, case .scan(let scan) = outputs[0] else { return nil }
    return scan.text
  }

  private static func isRefused(_ outputs: [DecoderOutput]) -> Bool {
    guard outputs.count == 1, case .refused(let refused) = outputs[0] else { return false }
    return refused.refusal == .charset
  }

  /// iconv(1) of a row, which is another program than the gateway: 190 characters.
  private static func reference() throws -> [String] {
    let root = FakeRoot()
    let rows = leads.map { lead in trails.flatMap { [lead, $0] } }
    try root.write("/rows", Array(rows.joined(separator: [0x0A])))
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = ["-f", "GB18030", "-t", "UTF-8", root.path + "/rows"]
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let said = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    return String(decoding: said, as: UTF8.self).split(separator: "\n").map(String.init)
  }

  @Test(
    "each of the 23,940 codes of two bytes is iconv's character, as one number and as two",
    .enabled(if: hasProgram, "no iconv")
  )
  func table() throws {
    let rows = try Self.reference()
    try #require(rows.count == Self.leads.count)
    var count = 0
    for (lead, row) in zip(Self.leads, rows) {
      #expect(row.unicodeScalars.count == Self.trails.count)
      let one = Self.trails.flatMap { Self.number(Int(lead) << 8 | Int($0)) }
      #expect(Self.text(Self.decode(one)) == row, "row \(String(lead, radix: 16)), one number")
      let two = Self.trails.flatMap { Self.number(Int(lead)) + Self.number(Int($0)) }
      #expect(Self.text(Self.decode(two)) == row, "row \(String(lead, radix: 16)), two numbers")
      count += row.unicodeScalars.count
    }
    #expect(count == 23_940)
  }

  @Test("every other pair that begins with a byte above ASCII is refused, never guessed")
  func outside() {
    let others = (UInt8(0x80)...0xFF).flatMap { lead in
      (UInt8(0)...0xFF).compactMap { trail -> Int? in
        let isInside = Self.leads.contains(lead) && Self.trails.contains(trail)
        return isInside ? nil : Int(lead) << 8 | Int(trail)
      }
    }
    #expect(others.count == 128 * 256 - 23_940)
    let accepted = others.filter { !Self.isRefused(Self.decode(Self.number($0))) }
    #expect(accepted.isEmpty, "\(accepted.prefix(5).map { String($0, radix: 16) })")
  }
}
