/// A symbology identifier as AIM made it: `]`, a code character, a modifier (ISO/IEC 15424:2008).
public struct AimIdentifier: Hashable, Sendable {
  /// The code character, an ASCII letter: which symbology.
  public let code: UInt8
  /// The modifier, a digit or an ASCII letter: which of its options were used.
  public let modifier: UInt8

  /// Creates an identifier; `nil` where the characters are no identifier's. One that the standard
  /// does not list is kept as it is.
  public init?(code: UInt8, modifier: UInt8) {
    guard Self.isLetter(code), Self.isLetter(modifier) || Self.isDigit(modifier) else {
      return nil
    }
    self.code = code
    self.modifier = modifier
  }

  /// Reads the identifier that `bytes` begin with; `nil` where there is none.
  public init?(prefixOf bytes: [UInt8]) {
    guard bytes.count >= 3, bytes[0] == 0x5D else { return nil }
    self.init(code: bytes[1], modifier: bytes[2])
  }

  /// Reads an identifier's text, such as `]Q1`.
  public init?(_ text: String) {
    let bytes = Array(text.utf8)
    guard bytes.count == 3 else { return nil }
    self.init(prefixOf: bytes)
  }

  /// Such as `]Q1`.
  public var text: String { "]" + Self.character(code) + Self.character(modifier) }

  /// The symbology. For a family that one code character names, the length of the data tells which
  /// member it is, as far as it can.
  public func symbology(dataByteCount: Int) -> Symbology {
    switch code {
    case UInt8(ascii: "E"): ean(dataByteCount)
    case UInt8(ascii: "e"): databar(dataByteCount)
    case UInt8(ascii: "L"): "345".utf8.contains(modifier) ? .microPDF417 : .pdf417
    case UInt8(ascii: "O"): codablock
    case UInt8(ascii: "o"): opticalCharacters
    default: Self.variants[text] ?? Self.symbologies[code] ?? .unknown
    }
  }

  /// The data are element strings of GS1: FNC1 stood in first place, and within the data GS (1D)
  /// stands for it (GS1 General Specifications, section 7.8).
  public var isGS1: Bool {
    switch text {
    case "]C1", "]d2", "]d5", "]Q3", "]Q4", "]e0", "]e1", "]e2", "]J1", "]J4", "]h2", "]z1", "]z4":
      true
    default: false
    }
  }

  /// The data hold Extended Channel Interpretations: `\` and six digits, and `\\` for a backslash.
  public var hasInterpretations: Bool {
    switch code {
    case UInt8(ascii: "Q"): "246".utf8.contains(modifier)
    case UInt8(ascii: "d"): "456".utf8.contains(modifier)
    case UInt8(ascii: "z"): "3459AB".utf8.contains(modifier)
    case UInt8(ascii: "J"): "345".utf8.contains(modifier)
    case UInt8(ascii: "U"): "23".utf8.contains(modifier)
    case UInt8(ascii: "L"), UInt8(ascii: "h"): modifier == UInt8(ascii: "1")
    default: false
    }
  }

  /// The symbology can hold them, whatever the modifier says.
  var mayHaveInterpretations: Bool { "QdzJULh".utf8.contains(code) }

  private func ean(_ dataByteCount: Int) -> Symbology {
    switch (modifier, dataByteCount) {
    case (UInt8(ascii: "0"), 12): .upcA
    case (UInt8(ascii: "0"), ...8): .upcE
    case (UInt8(ascii: "0"), _): .ean13
    case (UInt8(ascii: "3"), 14), (UInt8(ascii: "3"), 17): .upcASupplement
    case (UInt8(ascii: "3"), _): .ean13Supplement
    case (UInt8(ascii: "4"), ...8): .ean8
    case (UInt8(ascii: "4"), _): .ean8Supplement
    default: .eanSupplement
    }
  }

  /// A GTIN and nothing else, or more.
  private func databar(_ dataByteCount: Int) -> Symbology {
    guard modifier == UInt8(ascii: "0") else { return .gs1Composite }
    return dataByteCount == 14 || dataByteCount == 16 ? .gs1DataBar : .gs1DataBarExpanded
  }

  private var codablock: Symbology {
    switch modifier {
    case UInt8(ascii: "4"), UInt8(ascii: "5"): .codablockF
    case UInt8(ascii: "6"): .codablockA
    default: .codablock256
    }
  }

  private var opticalCharacters: Symbology {
    switch modifier {
    case UInt8(ascii: "1"): .ocrA
    case UInt8(ascii: "2"): .ocrB
    default: .micr
    }
  }

  /// Where the modifier makes another symbology of it.
  private static let variants: [String: Symbology] = [
    "]A1": .code39Checked, "]A5": .code39Checked, "]C1": .gs1128, "]C4": .isbt128,
    "]I1": .itfChecked, "]J1": .gs1DotCode, "]J4": .gs1DotCode, "]Q3": .gs1QRCode,
    "]Q4": .gs1QRCode, "]Z1": .magneticStripe, "]Z2": .radioTag, "]d2": .gs1DataMatrix,
    "]d5": .gs1DataMatrix,
  ]

  /// By code character, ISO/IEC 15424 table 1, with what AIM added later: J, g and h.
  private static let symbologies: [UInt8: Symbology] = [
    UInt8(ascii: "A"): .code39, UInt8(ascii: "B"): .telepen, UInt8(ascii: "C"): .code128,
    UInt8(ascii: "D"): .codeOne, UInt8(ascii: "F"): .codabar, UInt8(ascii: "G"): .code93,
    UInt8(ascii: "H"): .code11, UInt8(ascii: "I"): .itf, UInt8(ascii: "J"): .dotCode,
    UInt8(ascii: "K"): .code16K, UInt8(ascii: "M"): .msi, UInt8(ascii: "N"): .anker,
    UInt8(ascii: "P"): .plessey, UInt8(ascii: "Q"): .qrCode, UInt8(ascii: "R"): .straight2of5,
    UInt8(ascii: "S"): .iata2of5, UInt8(ascii: "T"): .code49, UInt8(ascii: "U"): .maxiCode,
    UInt8(ascii: "X"): .other, UInt8(ascii: "Y"): .other, UInt8(ascii: "Z"): .noBarCode,
    UInt8(ascii: "c"): .channelCode, UInt8(ascii: "d"): .dataMatrix,
    UInt8(ascii: "g"): .gridMatrix, UInt8(ascii: "h"): .hanXin, UInt8(ascii: "p"): .posiCode,
    UInt8(ascii: "s"): .superCode, UInt8(ascii: "z"): .aztec,
  ]

  private static func isLetter(_ byte: UInt8) -> Bool {
    (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

  private static func character(_ byte: UInt8) -> String { String(Unicode.Scalar(byte)) }
}
