internal import Glibc
internal import TapgateCodec

/// GB18030 as glibc's `iconv` reads it, for codes of scanners.
struct GB18030Text: ScanCharacterSet {
  let name = "gb18030"

  /// `nil` where glibc was installed without its converters.
  init?() {
    guard GB18030Reader() != nil else { return nil }
  }

  func text(of bytes: [UInt8]) throws(UndecodableByte) -> String {
    guard let reader = GB18030Reader() else { throw UndecodableByte(offset: 0) }
    return try reader.text(of: bytes)
  }
}

/// One `iconv_t` from GB18030 to UTF-8. For one thread.
private final class GB18030Reader {
  private let descriptor: iconv_t

  init?() {
    guard let descriptor = iconv_open("UTF-8", "GB18030"), descriptor != iconv_t(bitPattern: -1)
    else { return nil }
    self.descriptor = descriptor
  }

  deinit { iconv_close(descriptor) }

  /// iconv(3). GB18030 to UTF-8 grows by half at most: two bytes become three.
  func text(of bytes: [UInt8]) throws(UndecodableByte) -> String {
    var input = bytes
    var output = [UInt8](repeating: 0, count: bytes.count * 2 + 16)
    var inputLeft = input.count
    var outputLeft = output.count
    // Safety: both pointers stay within their arrays, whose lengths iconv is given.
    let result = input.withUnsafeMutableBytes { source in
      output.withUnsafeMutableBytes { target in
        var from = source.baseAddress?.assumingMemoryBound(to: CChar.self)
        var to = target.baseAddress?.assumingMemoryBound(to: CChar.self)
        return iconv(descriptor, &from, &inputLeft, &to, &outputLeft)
      }
    }
    defer {
      for index in input.indices { input[index] = 0 }
      for index in output.indices { output[index] = 0 }
    }
    // What is left over stands for nothing, or is the beginning of a character without its end.
    guard result == 0, inputLeft == 0 else {
      throw UndecodableByte(offset: bytes.count - inputLeft)
    }
    return String(decoding: output.prefix(output.count - outputLeft), as: UTF8.self)
  }
}
