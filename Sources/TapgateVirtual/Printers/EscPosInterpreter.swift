/// Reads ESC/POS as a printer does and keeps what would be on the paper.
///
/// Source: Epson ESC/POS Command Reference. It shares no code with the encoder, so that a mistake
/// there shows here. It answers every byte string: what it does not know is listed and skipped.
struct EscPosInterpreter {
  /// Turns the bytes of one multibyte character into text; `nil` where they are none.
  typealias Decoder = @Sendable ([UInt8]) -> String?

  private let columnCount: Int
  private let decode: Decoder
  private var command: [UInt8] = []
  private var line = ""
  private var lineCells = 0
  private var alignment: UInt8 = 0
  private var widthScale = 1
  private var isMultibyte = false
  private var page: UInt8 = 0
  private var lines: [String] = []
  private var qrContent: [UInt8] = []
  /// What came out of the cutter, each with a line feed after every line.
  private(set) var cuts: [String] = []
  /// What was printed and is no command that is known here, at most 100 of them.
  private(set) var unknown: [String] = []
  /// Lines printed so far.
  private(set) var lineCount = 0
  /// What the printer answers, in order; the owner takes it away.
  var replies: [UInt8] = []
  var isPaperLow = false

  init(columnCount: Int, decode: @escaping Decoder) {
    self.columnCount = columnCount
    self.decode = decode
  }

  /// The paper: what was cut off, then what still hangs in the printer, where there is something.
  var paper: [String] { lines.isEmpty ? cuts : cuts + [text(of: lines)] }

  /// As after power was off: what was received and not printed is gone.
  mutating func powerCycle() {
    command = []
    qrContent = []
    replies = []
    initialise()
  }

  /// Takes the next byte of the receive buffer.
  mutating func take(_ byte: UInt8) {
    command.append(byte)
    switch command[0] {
    case 0x1B: escape()
    case 0x1C: fileSeparator()
    case 0x1D: groupSeparator()
    case 0x10: dataLink()
    case 0x80...0xFF where isMultibyte: multibyte()
    default:
      plain(command[0])
      command = []
    }
  }

  // MARK: Text

  private mutating func plain(_ byte: UInt8) {
    switch byte {
    case 0x00, 0x0D: break
    case 0x0A: feed()
    case 0x20...0x7E: put(String(UnicodeScalar(byte)), cells: 1)
    case 0x80...0xFF: put("<\(page):\(String(byte, radix: 16, uppercase: true))>", cells: 1)
    default: note([byte])
    }
  }

  private mutating func multibyte() {
    guard command.count >= 2 else { return }
    let isFour = (0x30...0x39).contains(command[1])
    guard command.count == (isFour ? 4 : 2) else { return }
    let code = command
    command = []
    guard let text = decode(code) else { return note(code) }
    put(text, cells: 2)
  }

  private mutating func put(_ text: String, cells: Int) {
    if lineCells + cells * widthScale > columnCount { feed() }
    line += text
    lineCells += cells * widthScale
  }

  private mutating func feed() {
    let room = max(0, columnCount - lineCells)
    let before = alignment == 1 ? room / 2 : alignment == 2 ? room : 0
    let isEmpty = lineCells == 0
    lines.append(isEmpty ? "" : String(repeating: " ", count: before) + line)
    lineCount += 1
    line = ""
    lineCells = 0
  }

  private mutating func symbol(_ text: String) {
    if lineCells > 0 { feed() }
    put(text, cells: 0)
    lineCells = min(text.unicodeScalars.count, columnCount)
    feed()
  }

  private mutating func cut() {
    if lineCells > 0 { feed() }
    cuts.append(text(of: lines))
    lines = []
  }

  private func text(of lines: [String]) -> String {
    lines.map { $0 + "\n" }.joined()
  }

  private mutating func note(_ bytes: [UInt8]) {
    guard unknown.count < 100 else { return }
    unknown.append(bytes.prefix(16).map { String($0, radix: 16) }.joined(separator: " "))
  }

  private mutating func initialise() {
    line = ""
    lineCells = 0
    alignment = 0
    widthScale = 1
    isMultibyte = false
    page = 0
  }

  // MARK: Commands

  /// Ends the command at hand once it has `count` bytes; `nil` before.
  private mutating func finished(_ count: Int) -> [UInt8]? {
    guard command.count >= count else { return nil }
    defer { command = [] }
    return command
  }

  private mutating func escape() {
    guard command.count >= 2 else { return }
    switch command[1] {
    case UInt8(ascii: "@"):
      initialise()
      command = []
    case UInt8(ascii: "2"): command = []
    case UInt8(ascii: "a"):
      if let bytes = finished(3) { alignment = bytes[2] & 0x0F }
    case UInt8(ascii: "t"):
      if let bytes = finished(3) { page = bytes[2] }
    case UInt8(ascii: "d"):
      guard let bytes = finished(3) else { return }
      if lineCells > 0 { feed() }
      for _ in 0..<bytes[2] { feed() }
    case UInt8(ascii: "E"), UInt8(ascii: "-"), UInt8(ascii: "M"), UInt8(ascii: " "),
      UInt8(ascii: "3"), UInt8(ascii: "G"), UInt8(ascii: "J"), UInt8(ascii: "R"),
      UInt8(ascii: "{"), UInt8(ascii: "!"):
      _ = finished(3)
    case UInt8(ascii: "$"), UInt8(ascii: "\\"): _ = finished(4)
    case UInt8(ascii: "p"): _ = finished(5)
    default:
      note(command)
      command = []
    }
  }

  private mutating func fileSeparator() {
    guard command.count >= 2 else { return }
    switch command[1] {
    case UInt8(ascii: "&"):
      isMultibyte = true
      command = []
    case UInt8(ascii: "."):
      // Some firmware forgets the page here: an encoder that relies on it shows as a wrong page.
      isMultibyte = false
      page = 0
      command = []
    case UInt8(ascii: "!"), UInt8(ascii: "-"), UInt8(ascii: "C"), UInt8(ascii: "W"):
      _ = finished(3)
    case UInt8(ascii: "S"): _ = finished(4)
    default:
      note(command)
      command = []
    }
  }

  private mutating func dataLink() {
    guard command.count >= 2 else { return }
    switch command[1] {
    case 0x04, 0x05: _ = finished(3)  // Answered when they came in; nothing is left to do here.
    case 0x14:
      guard command.count >= 3 else { return }
      _ = finished(command[2] == 8 ? 10 : 5)
    default:
      note(command)
      command = []
    }
  }

  private mutating func groupSeparator() {
    guard command.count >= 2 else { return }
    switch command[1] {
    case UInt8(ascii: "!"):
      if let bytes = finished(3) { widthScale = Int(bytes[2] >> 4 & 7) + 1 }
    case UInt8(ascii: "r"):
      if finished(3) != nil { replies.append(isPaperLow ? 0x03 : 0x00) }
    case UInt8(ascii: "a"):
      if let bytes = finished(3), bytes[2] != 0 { replies += [0x10, 0, 0, 0] }
    case UInt8(ascii: "I"): identity()
    case UInt8(ascii: "B"), UInt8(ascii: "h"), UInt8(ascii: "w"), UInt8(ascii: "H"),
      UInt8(ascii: "f"):
      _ = finished(3)
    case UInt8(ascii: "L"), UInt8(ascii: "W"), UInt8(ascii: "P"): _ = finished(4)
    case UInt8(ascii: "V"): cutCommand()
    case UInt8(ascii: "k"): barcode()
    case UInt8(ascii: "("): parenthesis()
    case UInt8(ascii: "v"): raster()
    default:
      note(command)
      command = []
    }
  }

  private mutating func identity() {
    guard let bytes = finished(3) else { return }
    switch bytes[2] {
    case 1, 2, 3, 49, 50, 51: replies.append(0x02)
    default: replies += [0x5F] + Array("VIRTUAL".utf8) + [0]
    }
  }

  private mutating func cutCommand() {
    guard command.count >= 3 else { return }
    switch command[2] {
    case 0, 1, 48, 49:
      command = []
      cut()
    case 65, 66, 97, 98, 103, 104:
      if finished(4) != nil { cut() }
    default:
      note(command)
      command = []
    }
  }

  private mutating func barcode() {
    guard command.count >= 4 else { return }
    if command[2] <= 6 {
      guard command.last == 0 else {
        // Function A ends with NUL; no bar code has as many characters.
        if command.count > 260 { command = [] }
        return
      }
      let content = Array(command[3...].dropLast())
      let kind = command[2]
      command = []
      return symbol("[barcode \(kind + 65) \(ascii(content))]")
    }
    guard let bytes = finished(4 + Int(command[3])) else { return }
    symbol("[barcode \(bytes[2]) \(barcodeText(bytes[2], Array(bytes[4...])))]")
  }

  /// Code 128 comes with its code set: `{B` text, `{C` pairs of digits.
  private func barcodeText(_ kind: UInt8, _ content: [UInt8]) -> String {
    guard kind == 73, content.count >= 2, content[0] == 0x7B else { return ascii(content) }
    let rest = Array(content.dropFirst(2))
    if content[1] == UInt8(ascii: "C") {
      return rest.map { ($0 < 10 ? "0" : "") + String($0) }.joined()
    }
    var text: [UInt8] = []
    var index = 0
    while index < rest.count {
      text.append(rest[index])
      index += rest[index] == 0x7B ? 2 : 1
    }
    return ascii(text)
  }

  private func ascii(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

  private mutating func parenthesis() {
    guard command.count >= 5 else { return }
    let count = Int(command[3]) | Int(command[4]) << 8
    guard let bytes = finished(5 + count) else { return }
    let body = Array(bytes[5...])
    switch bytes[2] {
    case UInt8(ascii: "k"): qr(body)
    case UInt8(ascii: "H"):
      if body.count == 6, body[0] == 0x30 { replies += [0x37, 0x22] + body[2...] + [0] }
    case UInt8(ascii: "D"), UInt8(ascii: "E"), UInt8(ascii: "K"), UInt8(ascii: "L"): break
    default: note(bytes)
    }
  }

  private mutating func qr(_ body: [UInt8]) {
    guard body.count >= 2, body[0] == 0x31 else { return note(body) }
    switch body[1] {
    case 0x41, 0x43, 0x45: break
    case 0x50: qrContent = Array(body.dropFirst(3))
    case 0x51: symbol("[qr \(String(decoding: qrContent, as: UTF8.self))]")
    default: note(body)
    }
  }

  private mutating func raster() {
    guard command.count >= 8 else { return }
    let width = Int(command[4]) | Int(command[5]) << 8
    let height = Int(command[6]) | Int(command[7]) << 8
    guard finished(8 + width * height) != nil else { return }
    symbol("[image \(width * 8)x\(height)]")
  }
}
