/// How one printer carries text: for each scalar the bytes and, from them, the cells.
///
/// The order is: ASCII, the profile's single-byte pages, two bytes of the multibyte set, a
/// substitute that looks the same, four bytes where the font has them. Nothing ever becomes a
/// silent `?`.
struct TextCarrier {
  /// What is done with a scalar that no printer font carries.
  let policy: UnprintablePolicy
  let profile: PrinterProfile
  let characterSet: any PrinterCharacterSet

  /// What became of one scalar.
  enum Decision: Hashable {
    case carried(PrintedScalar)
    case substituted(PrintedScalar)
    /// Has no shape: control and zero-width characters.
    case stripped
    /// Stands on paper as a mark that says: one is missing here.
    case marked(PrintedScalar)
    case impossible
  }

  func decide(_ scalar: Unicode.Scalar) -> Decision {
    if Self.isShapeless(scalar) { return .stripped }
    if let printed = plain(scalar) { return .carried(printed) }
    if let other = Self.substitutes[scalar], let printed = plain(other) {
      return .substituted(printed)
    }
    if profile.allowsFourBytes, let bytes = characterSet.bytes(of: scalar), bytes.count == 4 {
      return .carried(PrintedScalar(scalar: scalar, carrier: .multibyte(bytes)))
    }
    switch policy {
    case .refuse: return .impossible
    case .mark:
      let mark = plain("\u{3013}") ?? PrintedScalar(scalar: "#", carrier: .ascii(0x23))
      return .marked(mark)
    }
  }

  private func plain(_ scalar: Unicode.Scalar) -> PrintedScalar? {
    if scalar.value >= 0x20, scalar.value < 0x7F {
      let byte = UInt8(truncatingIfNeeded: scalar.value)
      return PrintedScalar(scalar: scalar, carrier: .ascii(byte))
    }
    for page in profile.codePages {
      guard scalar.value != 0xA0, let byte = page.byte(of: scalar) else { continue }
      return PrintedScalar(scalar: scalar, carrier: .page(page.number, byte))
    }
    guard let bytes = characterSet.bytes(of: scalar), bytes.count == 2 else { return nil }
    return PrintedScalar(scalar: scalar, carrier: .multibyte(bytes))
  }

  /// Controls (C0 but for the line feed that layout takes out, DEL, C1) and zero-width characters.
  static func isShapeless(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x00..<0x20, 0x7F..<0xA0, 0xAD, 0x200B...0x200F, 0x202A...0x202E, 0x2060...0x2064,
      0xFE00...0xFE0F, 0xFEFF:
      true
    default: false
    }
  }

  /// Characters that fonts lack beside those that look the same and that they have.
  private static let substitutes: [Unicode.Scalar: Unicode.Scalar] = [
    "\u{A0}": " ", "\u{A2}": "\u{FFE0}", "\u{A3}": "\u{FFE1}", "\u{A5}": "\u{FFE5}",
    "\u{2022}": "\u{B7}", "\u{202F}": " ", "\u{2009}": " ", "\u{2212}": "-", "\u{2011}": "-",
    "\u{301C}": "\u{FF5E}", "\u{FFE5}": "\u{A5}", "\u{2018}": "'", "\u{2019}": "'",
    "\u{201C}": "\"", "\u{201D}": "\"", "\u{2013}": "-", "\u{2026}": "\u{22EF}",
  ]
}

/// What to do with a character that the printer cannot print.
public enum UnprintablePolicy: Hashable, Sendable {
  /// Refuse the document and say where the character stands: `print.submit`.
  case refuse
  /// Print `〓` (or `#`) in its place and count it: slips that the gateway itself makes, because a
  /// customer with a rare name still gets one.
  case mark
}

/// One character on paper.
struct PrintedScalar: Hashable {
  /// Which bytes carry it.
  enum Carrier: Hashable {
    case ascii(UInt8)
    /// A byte above 0x7F of the page with this `ESC t` operand.
    case page(UInt8, UInt8)
    case multibyte([UInt8])
  }

  let scalar: Unicode.Scalar
  let carrier: Carrier

  static let space = PrintedScalar(scalar: " ", carrier: .ascii(0x20))

  /// Cells it takes unscaled: what the encoder decided, never what a font table says.
  var cellCount: Int {
    if case .multibyte = carrier { 2 } else { 1 }
  }

  var isSpace: Bool { scalar == " " }

  /// Whether a line may break on either side: ideographs, kana, hangul and full-width forms.
  var isIdeographic: Bool { scalar.value >= 0x2E80 }
}
