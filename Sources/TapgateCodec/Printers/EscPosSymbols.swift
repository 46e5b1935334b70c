/// Bar codes and QR codes in ESC/POS: `GS k` function B and `GS ( k`.
enum EscPosSymbols {
  /// Height 80 dots, text below in font A, then the symbol. The content was checked before.
  static func barcode(_ barcode: Barcode, moduleDots: Int) -> [UInt8] {
    var bytes: [UInt8] = [0x1D, 0x68, 80]  // GS h n: height in dots
    bytes += [0x1D, 0x77, UInt8(truncatingIfNeeded: moduleDots)]  // GS w n: module width
    bytes += [0x1D, 0x48, 2]  // GS H n: text below
    bytes += [0x1D, 0x66, 0]  // GS f n: in font A
    let content = content(of: barcode)
    bytes += [0x1D, 0x6B, kind(of: barcode.symbology), UInt8(truncatingIfNeeded: content.count)]
    return bytes + content
  }

  private static func kind(of symbology: Barcode.Symbology) -> UInt8 {
    switch symbology {
    case .upca: 65
    case .ean13: 67
    case .ean8: 68
    case .code39: 69
    case .itf: 70
    case .codabar: 71
    case .code128: 73
    }
  }

  private static func content(of barcode: Barcode) -> [UInt8] {
    let text = Array(barcode.content.utf8)
    guard barcode.symbology == .code128 else { return text }
    if barcode.isCode128Pairs {
      var bytes = Array("{C".utf8)
      for index in stride(from: 0, to: text.count - 1, by: 2) {
        bytes.append((text[index] - 0x30) * 10 + text[index + 1] - 0x30)
      }
      return bytes
    }
    var bytes = Array("{B".utf8)
    for byte in text {
      if byte == UInt8(ascii: "{") { bytes.append(byte) }  // "{{" stands for "{".
      bytes.append(byte)
    }
    return bytes
  }

  /// Model 2, error correction M, UTF-8.
  static func qr(_ text: String, moduleDots: Int) -> [UInt8] {
    let content = Array(text.utf8)
    let count = content.count + 3
    var bytes: [UInt8] = [0x1D, 0x28, 0x6B, 4, 0, 0x31, 0x41, 0x32, 0]  // function 165: model 2
    bytes += [0x1D, 0x28, 0x6B, 3, 0, 0x31, 0x43, UInt8(truncatingIfNeeded: moduleDots)]  // 167
    bytes += [0x1D, 0x28, 0x6B, 3, 0, 0x31, 0x45, 0x31]  // function 169: level M
    bytes += [0x1D, 0x28, 0x6B]  // function 180: store
    bytes += [UInt8(truncatingIfNeeded: count & 0xFF), UInt8(truncatingIfNeeded: count >> 8)]
    bytes += [0x31, 0x50, 0x30] + content
    bytes += [0x1D, 0x28, 0x6B, 3, 0, 0x31, 0x51, 0x30]  // function 181: print
    return bytes
  }
}

/// The commands around a job.
public enum EscPosLine {
  /// `GS r 1`: answered when everything before was executed.
  public static let paperFence: [UInt8] = [0x1D, 0x72, 0x01]
  /// `DLE EOT` 1 to 4: answered at once, in this order.
  public static let statusInquiry: [UInt8] = [
    0x10, 0x04, 1, 0x10, 0x04, 2, 0x10, 0x04, 3, 0x10, 0x04, 4,
  ]
  /// Ends a command that a lost connection cut in two (none of ours takes more bytes), then starts
  /// afresh: NUL is not printed, `ESC @` drops the unfinished line.
  public static let flush: [UInt8] = Array(repeating: 0, count: 2400) + [0x1B, 0x40]

  /// `GS ( H` function 48: the printer sends `id`, four bytes of 0x20 to 0x7E, back once everything
  /// before is on paper.
  public static func processFence(_ id: [UInt8]) -> [UInt8] {
    [0x1D, 0x28, 0x48, 6, 0, 0x30, 0x30] + id.prefix(4)
  }
}
