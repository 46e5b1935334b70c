import TapgateCodec
import Testing

@testable import TapgateDevices

@Suite("Scanners that talk of themselves")
struct ScannerMessagesTests {
  /// A HID POS scanner's report 2: count, three characters of the identifier, 56 bytes of data, two
  /// bytes of the maker's, and whether the code goes on.
  private static let descriptor =
    """
    05 8C 09 02 A1 01 09 12 A1 02 85 02 15 00 26 FF 00 75 08 95 01 05 01 09 3B 81 02
    95 03 05 8C 09 FB 09 FC 09 FD 81 02 95 38 09 FE 82 02 01 06 66 FF 95 02 09 04 09 00 81 02
    05 8C 75 01 95 01 25 01 09 FF 81 02 95 07 81 03 C0 C0
    """

  @Test(
    "]X0 is a message of Honeywell's scanners, and a code of everybody else's",
    arguments: [(0x0C2E, true), (0x0536, true), (0x05E0, false), (0x1EAB, false), (nil, false)]
      as [(UInt16?, Bool)]
  )
  func vendors(vendor: UInt16?, isMessage: Bool) throws {
    let bytes = Self.descriptor.split(whereSeparator: \.isWhitespace)
      .compactMap { UInt8($0, radix: 16) }
    let descriptor = try HIDReportDescriptor.parse(bytes).get()
    var opened = ScannerOpened()
    opened.packetByteCount = 64
    let function = ScannerFunction(mode: .hidPos, routes: [.usb(interface: 0)])
    var decoder = try #require(
      ScannerDecoders.decoder(function, opened, descriptor, vendor: vendor, isEvents: false)
    )
    let data = Array("9780306406157".utf8)
    let padding = [UInt8](repeating: 0, count: 56 - data.count)
    let report = [2, UInt8(data.count)] + Array("]X0".utf8) + data + padding + [0x6A, 0, 0]
    let outputs = decoder.feed(report, at: 0)
    #expect(outputs.count == 1)
    switch outputs.first {
    case .scan(let scan): #expect(!isMessage && scan.text == "9780306406157")
    case .refused(let refusal): #expect(isMessage && refusal.refusal == .notAScan)
    default: Issue.record("neither")
    }
  }
}
