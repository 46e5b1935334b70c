import TapgateCodec
import TapgateJSON
import Testing

@Suite("Print documents")
struct PrintingDocumentTests {
  @Test("every block type is read with its defaults")
  func blocks() throws {
    let document = try document(
      """
      {"v":1,"blocks":[{"type":"text","text":"a"},
       {"type":"text","text":"b","align":"center","bold":true,"underline":true,"inverse":true,
        "width":2,"height":3},
       {"type":"row","columns":[{"text":"x"},{"text":"y","width":8,"align":"right"},
        {"text":"z","flex":2}]},
       {"type":"rule"},{"type":"space","lines":2},
       {"type":"barcode","symbology":"ean13","data":"400638133393"},
       {"type":"qr","data":"https://a.cn","size":4},{"type":"cut"}]}
      """
    )
    var style = PrintDocument.Style()
    style.isBold = true
    style.isUnderlined = true
    style.isInverse = true
    style.widthScale = 2
    style.heightScale = 3
    #expect(
      document.blocks == [
        .text("a", .left, PrintDocument.Style()),
        .text("b", .center, style),
        .row([
          .init(text: "x", extent: .flex(1)),
          .init(text: "y", extent: .cells(8), alignment: .right),
          .init(text: "z", extent: .flex(2)),
        ]),
        .rule,
        .space(2),
        .barcode(try Barcode(symbology: .ean13, content: "4006381333931")),
        .qr("https://a.cn", moduleDots: 4),
        .cut,
      ]
    )
  }

  @Test(
    "an error names the field, and whether its shape or its value is wrong",
    arguments: [
      (#"7"#, "", PrintDocumentError.Kind.shape),
      (#"{"blocks":[{"type":"cut"}]}"#, "v", .shape),
      (#"{"v":2,"blocks":[{"type":"cut"}]}"#, "v", .value),
      (#"{"v":1}"#, "blocks", .shape),
      (#"{"v":1,"blocks":[]}"#, "blocks", .value),
      (#"{"v":1,"blocks":[{"type":"cut"}],"x":1}"#, "x", .shape),
      (#"{"v":1,"blocks":[{"type":"cut"},7]}"#, "blocks[1]", .shape),
      (#"{"v":1,"blocks":[{"type":"drawer"}]}"#, "blocks[0].type", .value),
      (#"{"v":1,"blocks":[{"type":"cut","n":1}]}"#, "blocks[0].n", .shape),
      (#"{"v":1,"blocks":[{"type":"text"}]}"#, "blocks[0].text", .shape),
      (#"{"v":1,"blocks":[{"type":"text","text":1}]}"#, "blocks[0].text", .shape),
      (#"{"v":1,"blocks":[{"type":"text","text":"a","bold":1}]}"#, "blocks[0].bold", .shape),
      (#"{"v":1,"blocks":[{"type":"text","text":"a","width":9}]}"#, "blocks[0].width", .value),
      (#"{"v":1,"blocks":[{"type":"text","text":"a","align":"up"}]}"#, "blocks[0].align", .value),
      (#"{"v":1,"blocks":[{"type":"space","lines":1.5}]}"#, "blocks[0].lines", .shape),
      (#"{"v":1,"blocks":[{"type":"row","columns":[]}]}"#, "blocks[0].columns", .value),
      (
        #"{"v":1,"blocks":[{"type":"row","columns":[{"text":"a"},{"text":null}]}]}"#,
        "blocks[0].columns[1].text", .shape
      ),
      (
        #"{"v":1,"blocks":[{"type":"row","columns":[{"text":"a","width":1,"flex":1}]}]}"#,
        "blocks[0].columns[0]", .value
      ),
      (
        #"{"v":1,"blocks":[{"type":"barcode","symbology":"ean13","data":"4006381333932"}]}"#,
        "blocks[0].data", .value
      ),
      (#"{"v":1,"blocks":[{"type":"qr","data":""}]}"#, "blocks[0].data", .value),
    ]
  )
  func errors(text: String, path: String, kind: PrintDocumentError.Kind) throws {
    let error = #expect(throws: PrintDocumentError.self) { try document(text) }
    #expect(error?.path == path)
    #expect(error?.kind == kind)
  }

  @Test("a document is bounded as a whole")
  func bounds() throws {
    let text = JSON.object([
      "type": .string("text"), "text": .string(String(repeating: "x", count: 4096)),
    ])
    let eight = JSON.object(["v": .integer(1), "blocks": .array(Array(repeating: text, count: 8))])
    let nine = JSON.object(["v": .integer(1), "blocks": .array(Array(repeating: text, count: 9))])
    #expect(try PrintDocument(json: eight).blocks.count == 8)
    let error = #expect(throws: PrintDocumentError.self) { try PrintDocument(json: nine) }
    #expect(error?.path == "blocks[8]")
  }

  @Test("any bytes are answered with a document or an error, and what is read can be printed")
  func fuzz() throws {
    var random = SeededGenerator(seed: 7)
    let seed = Array(
      """
      {"v":1,"blocks":[{"type":"text","text":"会员 a-b，c","width":2},{"type":"row","columns":\
      [{"text":"票","width":5},{"text":"9","flex":3,"align":"right"}]},{"type":"rule"},\
      {"type":"qr","data":"x"},{"type":"barcode","symbology":"code128","data":"ab12"},\
      {"type":"cut"}]}
      """.utf8
    )
    let tokens = ["null", "-1", "9e9", "[]", "{}", "\"\\u0000\"", "8", "\"\\ud83d\\ude00\"", "1"]
    var readCount = 0
    for _ in 0..<20_000 {
      var bytes = seed
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        let index = Int.random(in: 0..<bytes.count, using: &random)
        if Bool.random(using: &random) {
          bytes[index] = UInt8.random(in: 0...255, using: &random)
        } else if let token = tokens.randomElement(using: &random),
          let digit = bytes[index...].firstIndex(where: { (0x30...0x39).contains($0) })
        {
          bytes.replaceSubrange(digit...digit, with: token.utf8)
        }
      }
      guard let json = try? JSONParser.parse(bytes),
        let document = try? PrintDocument(json: json)
      else { continue }
      readCount += 1
      for profile in PrinterProfile.all {
        guard
          let list = try? document.layout(
            for: profile,
            characterSet: GreedyCharacterSet(),
            policy: .mark
          )
        else { continue }
        #expect(!list.previewText().isEmpty)
        #expect(!EscPosEncoder.segments(of: list, for: profile, hasMultibyte: true).isEmpty)
      }
    }
    // Otherwise the test has looked at errors only.
    #expect(readCount > 500)
  }
}
