/// A card without own commands, as a reader names it in the answer to reset that it makes up.
///
/// PC/SC Workgroup, "Interoperability Specification for ICCs and Personal Computer Systems", part 3
/// section 3.1.3.2.3 and its supplemental document: the historical bytes are
/// `80 4F 0C A0 00 00 03 06 SS NN NN` and four reserved ones, where SS is the standard and NN NN
/// the card's name. Only the three bytes together mean a card.
public struct StorageCard: Hashable, Sendable {
  /// How a card is reached.
  public enum Radio: Hashable, Sendable {
    case iso14443a, iso14443b, iso15693, felica, lowFrequency, contact, unknown
  }

  /// SS, the standard byte.
  public let standard: UInt8
  /// NN NN, the card's name.
  public let number: UInt16

  /// Creates a name from SS and NN NN.
  public init(standard: UInt8, number: UInt16) {
    self.standard = standard
    self.number = number
  }

  /// Reads the name from historical bytes; `nil` where they name no storage card.
  public init?(historicalBytes: [UInt8]) {
    let start: [UInt8] = [0x80, 0x4F, 0x0C, 0xA0, 0x00, 0x00, 0x03, 0x06]
    guard historicalBytes.count >= 11, historicalBytes.starts(with: start) else { return nil }
    standard = historicalBytes[8]
    number = UInt16(historicalBytes[9]) << 8 | UInt16(historicalBytes[10])
  }

  /// What SS says.
  public var radio: Radio {
    switch standard {
    case 0x01...0x03: .iso14443a
    case 0x05...0x07: .iso14443b
    case 0x09...0x0C: .iso15693
    case 0x0D...0x10: .contact
    case 0x11: .felica
    case 0x40: .lowFrequency
    default: .unknown
    }
  }

  /// The card's name, or `nil` where the standard gives this SS with this NN NN no name.
  public var name: String? {
    if number >> 8 == 0xF0 || number >> 8 == 0xFF { return makersName }
    guard let entry = Self.entry(number), entry.radios.contains(radio) else { return nil }
    return entry.name
  }

  /// Whether the card speaks ISO/IEC 14443-4 in spite of its name: ACS readers write FF and SAK,
  /// and bit 6 of SAK says so (ISO/IEC 14443-3 section 6.5.3).
  public var isISODEP: Bool {
    radio == .iso14443a && number >> 8 == 0xFF && number & 0x20 != 0
  }

  /// The technology in the words of the input events, such as `iso14443a.t2`.
  public var technology: String {
    if number == 0xF011 || number == 0xF012 { return "felica" }
    switch radio {
    case .iso14443a: return isISODEP ? "iso14443a.isodep" : "iso14443a" + suffix
    case .iso14443b: return "iso14443b"
    case .iso15693: return "iso15693"
    case .felica: return "felica"
    case .lowFrequency: return "lf"
    case .contact: return "iso7816"
    case .unknown:
      let radios = Self.entry(number)?.radios ?? []
      guard radios == [.iso14443a] else { return "unknown" }
      return "iso14443a" + suffix
    }
  }

  private var suffix: String {
    switch number {
    case 0x0001, 0x0002, 0x0026, 0x0036...0x0039: ".classic"
    case 0x0003, 0x0027, 0x0028, 0x003A, 0x003D: ".t2"
    case 0x002F, 0x0030, 0xF004: ".t1"
    case 0xFF00...0xFFFF: number & 0x08 != 0 ? ".classic" : ""
    default: ""
    }
  }

  /// Names outside the standard's list: ACS, "ACR122U Application Programming Interface", 3.1.
  private var makersName: String? {
    switch (radio, number) {
    case (.iso14443a, 0xF004): "Topaz or Jewel"
    case (.iso14443a, 0xF011), (.felica, 0xF011): "FeliCa 212K"
    case (.iso14443a, 0xF012), (.felica, 0xF012): "FeliCa 424K"
    case (.iso14443a, 0xFF00...0xFFFF): "card with its SAK as name"
    default: nil
    }
  }
}
