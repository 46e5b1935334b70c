public import TapgateCodec

internal import Glibc

/// GB18030 or GBK as glibc's `iconv` maps them, for the printer's encoder.
///
/// The target is always GB18030, and the length of the result tells the sets apart: two bytes are
/// what a GBK font has, four what only a GB18030 font has. (iconv's own GBK has a euro sign at
/// 0x80, which printers do not know.) The Basic Multilingual Plane is looked up in a table made
/// once.
public struct IconvCharacterSet: PrinterCharacterSet {
  public let name: String
  private let codes: [UInt32]
  private let hasFourBytes: Bool

  /// Creates the set called `name`: `gb18030` or `gbk`; `nil` for other names, and where glibc was
  /// installed without its converters. Takes about 10 ms; may be called on any thread.
  public init?(name: String) {
    guard name == "gb18030" || name == "gbk", let converter = IconvConverter() else { return nil }
    self.name = name
    hasFourBytes = name == "gb18030"
    var codes = [UInt32](repeating: 0, count: 0x10000)
    for value in UInt32(0x80)...0xFFFF {
      guard let scalar = Unicode.Scalar(value), !Self.isPrivate(scalar) else { continue }
      let bytes = converter.bytes(of: scalar)
      guard bytes.count == 2 || (bytes.count == 4 && hasFourBytes) else { continue }
      codes[Int(value)] = bytes.reduce(0) { $0 << 8 | UInt32($1) }
    }
    self.codes = codes
  }

  public func bytes(of scalar: Unicode.Scalar) -> [UInt8]? {
    guard scalar.value < 0x10000 else {
      guard hasFourBytes, !Self.isPrivate(scalar), let converter = IconvConverter() else {
        return nil
      }
      let bytes = converter.bytes(of: scalar)
      return bytes.count == 4 ? bytes : nil
    }
    let code = codes[Int(scalar.value)]
    if code == 0 { return nil }
    if code <= 0xFFFF { return [UInt8(code >> 8), UInt8(code & 0xFF)] }
    return [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: code >> $0) }
  }

  /// Private-use code points have codes in GB18030 and nothing in any font.
  private static func isPrivate(_ scalar: Unicode.Scalar) -> Bool {
    (0xE000...0xF8FF).contains(scalar.value) || scalar.value >= 0xF0000
  }
}

/// One `iconv_t` from UTF-8 to GB18030. For one thread.
private final class IconvConverter {
  private let descriptor: iconv_t

  init?() {
    guard let descriptor = iconv_open("GB18030", "UTF-8"), descriptor != iconv_t(bitPattern: -1)
    else { return nil }
    self.descriptor = descriptor
  }

  deinit { iconv_close(descriptor) }

  /// iconv(3); empty where there is no code.
  func bytes(of scalar: Unicode.Scalar) -> [UInt8] {
    var input = String(scalar).utf8.map { CChar(bitPattern: $0) }
    var output = [CChar](repeating: 0, count: 8)
    var inputCount = input.count
    var outputCount = output.count
    // Safety: both buffers outlive the call and are as long as the counts say.
    let result = input.withUnsafeMutableBufferPointer { source in
      output.withUnsafeMutableBufferPointer { target in
        var from = source.baseAddress
        var to = target.baseAddress
        return iconv(descriptor, &from, &inputCount, &to, &outputCount)
      }
    }
    // The result is an Int here: -1 says why in errno, above 0 the character was replaced by
    // another.
    guard result == 0, inputCount == 0 else { return [] }
    return output.prefix(8 - outputCount).map(UInt8.init(bitPattern:))
  }
}
