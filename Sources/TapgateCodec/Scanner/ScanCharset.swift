/// A multibyte set that this module has no table of, handed in as a value: GB18030 by glibc's
/// iconv, say. This module calls no C.
public protocol ScanCharacterSet: Sendable {
  /// The configuration's name of it, such as `gb18030`.
  var name: String { get }

  /// The text that `bytes` stand for. Fails with the first byte that stands for nothing; never
  /// puts another character in its place. Called on any thread.
  func text(of bytes: [UInt8]) throws(UndecodableByte) -> String
}

/// The first byte that stands for no character.
public struct UndecodableByte: Error, Hashable {
  /// Its place among the bytes, from 0.
  public var offset: Int

  /// Names a byte.
  public init(offset: Int) { self.offset = offset }
}

/// What a scanner's bytes mean.
public enum ScanCharset: Sendable {
  case ascii
  case utf8
  /// ISO/IEC 8859-1.
  case latin1
  /// Windows code page 1252.
  case windows1252
  /// Code page 437, what a character's number with ALT means.
  case codePage437
  case other(any ScanCharacterSet)

  /// The configuration's name of it.
  public var name: String {
    switch self {
    case .ascii: "ascii"
    case .utf8: "utf-8"
    case .latin1: "latin1"
    case .windows1252: "windows-1252"
    case .codePage437: "cp437"
    case .other(let set): set.name
    }
  }

  /// The text that `bytes` stand for. Fails at the first byte that stands for nothing.
  public func text(of bytes: [UInt8]) throws(UndecodableByte) -> String {
    switch self {
    case .utf8: return try Self.utf8Text(of: bytes)
    case .other(let set): return try set.text(of: bytes)
    default: break
    }
    var text = Self.heapText(bytes.count)
    for (offset, byte) in bytes.enumerated() {
      guard let scalar = scalar(of: byte) else { throw UndecodableByte(offset: offset) }
      text.append(scalar)
    }
    return String(text)
  }

  /// Room on the heap, for short texts, too: there whoever refuses a means of payment can overwrite
  /// it.
  private static func heapText(_ byteCount: Int) -> String.UnicodeScalarView {
    var text = String.UnicodeScalarView()
    text.reserveCapacity(max(16, byteCount))
    return text
  }

  /// The character of a byte in a set of single bytes; `nil` where there is none.
  func scalar(of byte: UInt8) -> Unicode.Scalar? {
    if byte < 0x80 { return Unicode.Scalar(byte) }
    switch self {
    case .latin1: return Unicode.Scalar(byte)
    case .windows1252:
      guard byte < 0xA0 else { return Unicode.Scalar(byte) }
      let scalar = Self.windows1252Upper[Int(byte) - 0x80]
      return scalar == Self.none ? nil : scalar
    case .codePage437: return Self.codePage437Upper[Int(byte) - 0x80]
    case .ascii, .utf8, .other: return nil
    }
  }

  /// The Unicode Standard 15, table 3-7: shortest form only, no surrogates.
  private static func utf8Text(of bytes: [UInt8]) throws(UndecodableByte) -> String {
    var text = heapText(bytes.count)
    var parser = Unicode.UTF8.ForwardParser()
    var source = bytes.makeIterator()
    var offset = 0
    while true {
      switch parser.parseScalar(from: &source) {
      case .valid(let encoded):
        text.append(Unicode.UTF8.decode(encoded))
        offset += encoded.count
      case .emptyInput: return String(text)
      case .error: throw UndecodableByte(offset: offset)
      }
    }
  }

  /// Stands for a byte without character in the table below.
  private static let none: Unicode.Scalar = "\u{FFFF}"

  /// Windows code page 1252, 80 to 9F; 81, 8D, 8F, 90 and 9D are free.
  private static let windows1252Upper = Array(
    "€\u{FFFF}‚ƒ„…†‡ˆ‰Š‹Œ\u{FFFF}Ž\u{FFFF}\u{FFFF}‘’“”•–—˜™š›œ\u{FFFF}žŸ".unicodeScalars
  )

  /// Code page 437, 80 to FF.
  private static let codePage437Upper = Array(
    """
    ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪\
    ┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{A0}
    """.unicodeScalars
  )
}
