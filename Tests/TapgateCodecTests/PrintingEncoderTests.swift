import TapgateCodec
import TapgateJSON
import Testing

@Suite("ESC/POS")
struct PrintingEncoderTests {
  private func bytes(
    _ blocks: String,
    _ profile: PrinterProfile = .generic80,
    hasMultibyte: Bool = true
  ) throws -> [UInt8] {
    let document = try document(#"{"v":1,"blocks":[\#(blocks)]}"#)
    let list = try document.layout(for: profile, characterSet: SmallCharacterSet())
    return Array(
      EscPosEncoder.segments(of: list, for: profile, hasMultibyte: hasMultibyte).joined()
    )
  }

  @Test("a Chinese slip has the bytes that the command reference asks for")
  func golden() throws {
    let slip = """
      {"type":"text","text":"会员","align":"center","bold":true,"width":2,"height":2},
      {"type":"text","text":"A·票1"},{"type":"space","lines":1},{"type":"cut"}
      """
    #expect(
      try bytes(slip) == [
        0x1B, 0x40,  // ESC @
        0x1C, 0x2E,  // FS .
        0x1C, 0x53, 0x00, 0x00,  // FS S 0 0
        0x1B, 0x61, 0x01,  // ESC a 1: center
        0x1B, 0x45, 0x01,  // ESC E 1: bold
        0x1D, 0x21, 0x11,  // GS !: double width and height
        0x1C, 0x26, 0xBB, 0xE1, 0xD4, 0xB1, 0x1C, 0x2E, 0x0A,  // FS & 会 员 FS . LF
        0x1B, 0x61, 0x00,  // ESC a 0
        0x1B, 0x45, 0x00,  // ESC E 0
        0x1D, 0x21, 0x00,  // GS ! 0
        0x41,  // A
        0x1C, 0x26, 0xA1, 0xA4, 0xC6, 0xB1, 0x1C, 0x2E,  // FS & · 票 FS .
        0x31, 0x0A,  // 1 LF
        0x1B, 0x64, 0x01,  // ESC d 1
        0x1D, 0x56, 0x42, 0x00,  // GS V 66 0
      ]
    )
  }

  @Test("the code page is chosen again after multibyte text, because clones forget it")
  func codePages() throws {
    var profile = PrinterProfile.epsonTM80
    profile.multibyteSetup = []
    #expect(
      try bytes(#"{"type":"text","text":"éü会é"}"#, profile) == [
        0x1B, 0x40, 0x1C, 0x2E,  // ESC @, FS .
        0x1B, 0x74, 19, 0x82, 0x81,  // ESC t 19, é ü of page 858
        0x1C, 0x26, 0xBB, 0xE1, 0x1C, 0x2E,  // FS & 会 FS .
        0x1B, 0x74, 19, 0x82, 0x0A,  // ESC t 19, é LF
      ]
    )
  }

  @Test("where a code page has the yen and euro signs they are exact")
  func exactSigns() throws {
    let printed = try bytes(#"{"type":"text","text":"¥€"}"#, .epsonTM80)
    #expect(printed.suffix(6) == [0x1B, 0x74, 19, 0xBE, 0xD5, 0x0A])
  }

  @Test("bar codes come with their length, and QR codes as UTF-8 with the length of the store")
  func symbols() throws {
    let blocks = """
      {"type":"barcode","symbology":"ean13","data":"4006381333931"},
      {"type":"barcode","symbology":"code128","data":"A{1"},
      {"type":"barcode","symbology":"code128","data":"123456"},
      {"type":"qr","data":"会","size":5}
      """
    let head: [UInt8] = [
      0x1D, 0x68, 80,  // GS h: height
      0x1D, 0x77, 3,  // GS w: module width
      0x1D, 0x48, 2,  // GS H: text below
      0x1D, 0x66, 0,  // GS f: font A
    ]
    var expected: [UInt8] = [0x1B, 0x40, 0x1B, 0x61, 0x01]  // ESC @, ESC a 1
    expected += head + [0x1D, 0x6B, 67, 13] + Array("4006381333931".utf8)
    expected += head + [0x1D, 0x6B, 73, 6] + Array("{BA{{1".utf8)
    expected += head + [0x1D, 0x6B, 73, 5] + Array("{C".utf8) + [12, 34, 56]
    expected += [0x1D, 0x28, 0x6B, 4, 0, 0x31, 0x41, 0x32, 0]  // model 2
    expected += [0x1D, 0x28, 0x6B, 3, 0, 0x31, 0x43, 5]  // module size 5
    expected += [0x1D, 0x28, 0x6B, 3, 0, 0x31, 0x45, 0x31]  // level M
    expected += [0x1D, 0x28, 0x6B, 6, 0, 0x31, 0x50, 0x30, 0xE4, 0xBC, 0x9A]  // store "会"
    expected += [0x1D, 0x28, 0x6B, 3, 0, 0x31, 0x51, 0x30]  // print
    expected += [0x1B, 0x61, 0x00]  // ESC a 0
    #expect(try bytes(blocks, hasMultibyte: false) == expected)
  }

  @Test("a printer without a cutter feeds past the tear bar")
  func noCutter() throws {
    #expect(try bytes(#"{"type":"cut"}"#, .generic58).suffix(3) == [0x1B, 0x64, 4])
  }

  @Test("parts end before and after a cut and after so many lines")
  func segments() throws {
    var profile = PrinterProfile.generic80
    profile.segmentLineCount = 2
    let document = try document(
      #"{"v":1,"blocks":[{"type":"text","text":"1\n2\n3"},{"type":"cut"},"#
        + #"{"type":"text","text":"4"}]}"#
    )
    let list = try document.layout(for: profile, characterSet: SmallCharacterSet())
    let parts = EscPosEncoder.segments(of: list, for: profile, hasMultibyte: false)
    #expect(
      parts == [
        [0x1B, 0x40, 0x31, 0x0A, 0x32, 0x0A], [0x33, 0x0A], [0x1D, 0x56, 0x42, 0], [0x34, 0x0A],
      ]
    )
  }

  @Test(
    "bar code content is checked before firmware prints it as text",
    arguments: [
      (Barcode.Symbology.ean13, "400638133393", "4006381333931"),
      (.ean13, "4006381333932", nil), (.ean13, "40063813339", nil), (.ean13, "40063813339a", nil),
      (.ean8, "9638507", "96385074"), (.upca, "03600029145", "036000291452"),
      (.itf, "1234", "1234"), (.itf, "123", nil), (.code39, "AB-1", "AB-1"),
      (.code39, "ab", nil), (.codabar, "A123B", "A123B"), (.codabar, "123", nil),
      (.code128, "x{y", "x{y"), (.code128, "会", nil), (.code128, "a\u{1B}", nil),
    ] as [(Barcode.Symbology, String, String?)]
  )
  func barcodeContent(symbology: Barcode.Symbology, given: String, content: String?) {
    #expect((try? Barcode(symbology: symbology, content: given))?.content == content)
  }
}

@Suite("Printer replies")
struct PrinterReplyTests {
  private func replies(_ bytes: [UInt8]) -> [PrinterReply] {
    var parser = PrinterReplyParser()
    return bytes.compactMap { parser.take($0) }
  }

  @Test("each kind is told apart by its fixed bits, also back to back")
  func kinds() {
    #expect(
      replies([
        0x12,  // DLE EOT
        0x00,  // GS r
        0x14, 0x00, 0x00, 0x0F,  // ASB: its later bytes look like GS r
        0x37, 0x22, 0x41, 0x42, 0x43, 0x44, 0x00,  // process id
        0x5F, 0x54, 0x4D, 0x00,  // GS I name
        0x0C,  // GS r: paper end
      ]) == [
        .status(0x12), .sensor(0x00), .automaticStatus([0x14, 0, 0, 0x0F]),
        .processID([0x41, 0x42, 0x43, 0x44]), .block(0x5F, [0x54, 0x4D]), .sensor(0x0C),
      ]
    )
  }

  @Test("flow control may stand inside a block")
  func flowControl() {
    #expect(
      replies([0x37, 0x22, 0x41, 0x13, 0x42, 0x11, 0x43, 0x44, 0x00]) == [
        .processID([0x41, 0x42, 0x43, 0x44])
      ]
    )
  }

  @Test("noise costs at most one reply")
  func resynchronisation() {
    var random = SeededGenerator(seed: 3)
    for _ in 0..<2000 {
      var parser = PrinterReplyParser()
      for _ in 0..<Int.random(in: 0...200, using: &random) {
        _ = parser.take(UInt8.random(in: 0...255, using: &random))
      }
      // The end of any block, then enough to end a torn ASB.
      _ = parser.take(0)
      for _ in 0..<4 { _ = parser.take(0x12) }
      #expect(parser.take(0x12) == .status(0x12))
    }
  }
}
