/// A printer's resident multibyte set, handed in as a value: this module calls no C.
public protocol PrinterCharacterSet: Sendable {
  /// The configuration's name of it, such as `gb18030`.
  var name: String { get }

  /// The bytes that stand for `scalar`, two or four of them, or `nil` where there are none. Never
  /// asked for ASCII. Called on the printer's thread and by `print.submit`, so on any.
  func bytes(of scalar: Unicode.Scalar) -> [UInt8]?
}

/// No multibyte set: ASCII and the profile's code pages only.
public struct ASCIICharacterSet: PrinterCharacterSet {
  /// `ascii`.
  public let name = "ascii"

  /// Creates the set.
  public init() {}

  public func bytes(of scalar: Unicode.Scalar) -> [UInt8]? { nil }
}

/// A single-byte page behind `ESC t`.
public struct CodePage: Hashable, Sendable {
  /// The operand of `ESC t`.
  public let number: UInt8
  /// Such as `pc858`.
  public let name: String
  private let bytes: [Unicode.Scalar: UInt8]

  /// Creates a page from its upper half, 0x80 first.
  public init(number: UInt8, name: String, upperHalf: String) {
    self.number = number
    self.name = name
    var bytes: [Unicode.Scalar: UInt8] = [:]
    for (index, scalar) in upperHalf.unicodeScalars.prefix(128).enumerated() {
      bytes[scalar] = 0x80 + UInt8(truncatingIfNeeded: index)
    }
    self.bytes = bytes
  }

  /// The byte that stands for `scalar`, 0x80 or above, or `nil`.
  public func byte(of scalar: Unicode.Scalar) -> UInt8? { bytes[scalar] }

  /// Code page 858: Western Europe with the euro sign. `ESC t 19`.
  public static let pc858 = CodePage(
    number: 19,
    name: "pc858",
    upperHalf: """
      ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒáíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐└┴┬├─┼ãÃ╚╔╩╦╠═╬¤\
      ðÐÊËÈ€ÍÎÏ┘┌█▄¦Ì▀ÓßÔÒõÕµþÞÚÛÙýÝ¯´\u{AD}±‗¾¶§÷¸°¨·¹³²■\u{A0}
      """
  )
}
