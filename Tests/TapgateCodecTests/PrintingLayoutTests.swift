import TapgateCodec
import TapgateJSON
import Testing

@Suite("Print layout")
struct PrintingLayoutTests {
  @Test(
    "text breaks at spaces, after hyphens and between ideographs",
    arguments: [
      ("one two three four", ["one two", "three four"]),
      ("  indented words", ["  indented", "words"]),
      ("a well-known thing", ["a well-known", "thing"]),
      ("abcdefghijklmnop", ["abcdefghijkl", "mnop"]),
      ("会会会会会会会", ["会会会会会会", "会"]),
      ("abcde会会会会", ["abcde会会会", "会"]),
      ("two  spaces here", ["two  spaces", "here"]),
      ("", [""]),
      ("a\\n\\nb", ["a", "", "b"]),
      ("exactly12345 x", ["exactly12345", "x"]),
    ]
  )
  func wrapping(text: String, lines: [String]) throws {
    #expect(try preview(#"{"type":"text","text":"\#(text)"}"#) == lines)
  }

  @Test("closing punctuation never begins a line and opening punctuation never ends one")
  func kinsoku() throws {
    #expect(
      try preview(#"{"type":"text","text":"会会会会会会。会"}"#) == ["会会会会会", "会。会"]
    )
    #expect(
      try preview(#"{"type":"text","text":"会会会会会（会）"}"#) == ["会会会会会", "（会）"]
    )
  }

  @Test("alignment counts two cells for an ideograph and the scale of the text")
  func alignment() throws {
    #expect(
      try preview(#"{"type":"text","text":"会a","align":"right"}"#) == ["         会a"]
    )
    #expect(
      try preview(#"{"type":"text","text":"会a","align":"center","width":2}"#) == ["   会a"]
    )
  }

  @Test("columns wrap on their own, and right-aligned ones end at the same cell")
  func rows() throws {
    let row = """
      {"type":"row","columns":[{"text":"会员会员","flex":1},{"text":"x2","width":3,"align":"center"},
      {"text":"28.00","width":5,"align":"right"}]}
      """
    #expect(try preview(row) == ["会员x2 28.00", "会员"])
    let wide = row.replacing("28.00", with: "8.00").replacing("会员会员", with: "a")
    #expect(try preview(wide) == ["a   x2  8.00"])
  }

  @Test("flexible columns share every cell that is left")
  func flex() throws {
    let row = """
      {"type":"row","columns":[{"text":"a","flex":1},{"text":"b","flex":1,"align":"right"},
      {"text":"c","flex":3,"align":"right"}]}
      """
    // 12 cells: 2, 2 and 7 by weight; the one left over goes to the first.
    #expect(try preview(row) == ["a   b      c"])
  }

  @Test("columns that cannot fit are refused where they stand")
  func overflow() throws {
    let row = #"{"type":"row","columns":[{"text":"a","width":10},{"text":"b","width":3}]}"#
    let error = #expect(throws: PrintDocumentError.self) { try preview(row) }
    #expect(error?.path == "blocks[0].columns")
    let narrow = #"{"type":"row","columns":[{"text":"会","width":1}]}"#
    let other = #expect(throws: PrintDocumentError.self) { try preview(narrow) }
    #expect(other?.path == "blocks[0].columns[0].text")
  }

  @Test("a character that no font has refuses the document and says where it stands")
  func unprintable() throws {
    let document = try document(
      #"{"v":1,"blocks":[{"type":"cut"},{"type":"row","columns":[{"text":"会\ud83d\ude00"}]}]}"#
    )
    let error = #expect(throws: PrintDocumentError.self) {
      try document.layout(
        for: .generic80,
        characterSet: SmallCharacterSet(),
        path: "document"
      )
    }
    #expect(error?.path == "document.blocks[1].columns[0].text")
    #expect(error?.problem.contains("character 2, U+1F600") == true)
  }

  @Test("a slip of the gateway's own shows a mark instead and counts it")
  func marked() throws {
    let document = try document(#"{"v":1,"blocks":[{"type":"text","text":"会\ud83d\ude00"}]}"#)
    let list = try document.layout(
      for: .generic80,
      characterSet: SmallCharacterSet(),
      policy: .mark
    )
    #expect(list.markedCount == 1)
    #expect(list.previewText() == "会〓\n")
  }

  @Test("the yen sign becomes the full-width one, and control characters never get through")
  func substitutes() throws {
    let document = try document(
      #"{"v":1,"blocks":[{"type":"text","text":"\u00a528\u00a0\u001b@\u200b!"}]}"#
    )
    let list = try document.layout(for: .generic80, characterSet: SmallCharacterSet())
    #expect(list.substitutedCount == 4)
    #expect(list.previewText() == "￥28 @!\n")
  }

  @Test("four-byte characters need a font that has them")
  func fourBytes() throws {
    let document = try document(#"{"v":1,"blocks":[{"type":"text","text":"㐀"}]}"#)
    #expect(throws: PrintDocumentError.self) {
      try document.layout(for: .generic80, characterSet: SmallCharacterSet())
    }
    let list = try document.layout(for: .xprinter80, characterSet: SmallCharacterSet())
    let bytes = EscPosEncoder.segments(of: list, for: .xprinter80, hasMultibyte: true).joined()
    #expect(Array(bytes).contains([0x81, 0x39, 0xEE, 0x39]))
  }

  @Test("symbols shrink to the paper and are refused where even that is too wide")
  func symbols() throws {
    let long = String(repeating: "1A", count: 30)
    let error = #expect(throws: PrintDocumentError.self) {
      try preview(#"{"type":"barcode","symbology":"code39","data":"\#(long)"}"#)
    }
    #expect(error?.path == "blocks[0].data")
    let text = String(repeating: "x", count: 1500)
    let document = try document(
      #"{"v":1,"blocks":[{"type":"qr","data":"\#(text)","size":8}]}"#
    )
    let list = try document.layout(for: .generic80, characterSet: GreedyCharacterSet())
    let bytes = Array(
      EscPosEncoder.segments(of: list, for: .generic80, hasMultibyte: false).joined()
    )
    // Version 32 is 145 modules and 8 of quiet zone: 3 dots each are 459 of 576.
    #expect(bytes.contains([0x1D, 0x28, 0x6B, 3, 0, 0x31, 0x43, 3]))
  }
}
