import TapgateCodec
import TapgateJSON

/// A few characters of GB 18030 with their codes as the standard prints them.
struct SmallCharacterSet: PrinterCharacterSet {
  let name = "small"
  private static let codes: [Unicode.Scalar: [UInt8]] = [
    "会": [0xBB, 0xE1], "员": [0xD4, 0xB1], "小": [0xD0, 0xA1], "票": [0xC6, 0xB1],
    "。": [0xA1, 0xA3], "，": [0xA3, 0xAC], "（": [0xA3, 0xA8], "￥": [0xA3, 0xA4],
    "·": [0xA1, 0xA4], "〓": [0xA1, 0xFE], "㐀": [0x81, 0x39, 0xEE, 0x39],
    "\u{A5}": [0x81, 0x30, 0x84, 0x36],
  ]

  func bytes(of scalar: Unicode.Scalar) -> [UInt8]? { Self.codes[scalar] }
}

/// Says that it has every ideograph, so that random text gets through.
struct GreedyCharacterSet: PrinterCharacterSet {
  let name = "greedy"

  func bytes(of scalar: Unicode.Scalar) -> [UInt8]? {
    scalar.value >= 0x2E80 ? [0xB0, 0xA1] : nil
  }
}

/// SplitMix64: the same numbers for the same seed, on every machine.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

/// The document that `text` is, with the errors of both steps.
func document(_ text: String) throws -> PrintDocument {
  try PrintDocument(json: try JSONParser.parse(Array(text.utf8)))
}

/// One block's document on 12 cells, so that expected lines can be read.
func preview(_ block: String, columnCount: Int = 12) throws -> [String] {
  var profile = PrinterProfile.generic80
  profile.columnCount = columnCount
  let document = try document(#"{"v":1,"blocks":[\#(block)]}"#)
  let list = try document.layout(for: profile, characterSet: GreedyCharacterSet())
  return list.previewText().split(separator: "\n", omittingEmptySubsequences: false)
    .dropLast().map(String.init)
}
