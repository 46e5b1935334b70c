internal import Glibc

/// A font that has every character of GB18030: glibc's `iconv`, read backwards.
public enum GB18030Font {
  /// The character that `bytes`, two or four of them, stand for; `nil` where they stand for none.
  public static func text(of bytes: [UInt8]) -> String? {
    guard let descriptor = iconv_open("UTF-8", "GB18030"), descriptor != iconv_t(bitPattern: -1)
    else { return nil }
    defer { iconv_close(descriptor) }
    var input = bytes.map { CChar(bitPattern: $0) }
    var output = [CChar](repeating: 0, count: 16)
    var inputCount = input.count
    var outputCount = output.count
    // Safety: both buffers outlive the call and are at least as long as the counts say.
    let result = input.withUnsafeMutableBufferPointer { source in
      output.withUnsafeMutableBufferPointer { target in
        var from = source.baseAddress
        var to = target.baseAddress
        return iconv(descriptor, &from, &inputCount, &to, &outputCount)
      }
    }
    guard result != -1, inputCount == 0 else { return nil }
    return String(
      decoding: output.prefix(16 - outputCount).map(UInt8.init(bitPattern:)),
      as: UTF8.self
    )
  }
}
