extension StorageCard {
  /// One line of the list.
  struct Entry: Sendable {
    let number: UInt16
    let name: String
    /// The standards under which the name makes sense.
    let radios: Set<Radio>
  }

  /// The line of `number`, or `nil`.
  static func entry(_ number: UInt16) -> Entry? {
    guard let last = entries.last, number <= last.number else { return nil }
    return entries.first { $0.number == number }
  }

  private static let a: Set<Radio> = [.iso14443a]
  private static let b: Set<Radio> = [.iso14443b]
  private static let v: Set<Radio> = [.iso15693]
  /// PicoPass answers to both.
  private static let bv: Set<Radio> = [.iso14443b, .iso15693]
  private static let f: Set<Radio> = [.felica]

  /// PC/SC part 3, supplemental document, "Registered Application Provider Identifier: NN"
  /// (2.01.14).
  static let entries: [Entry] = [
    Entry(number: 0x0001, name: "Mifare Standard 1K", radios: a),
    Entry(number: 0x0002, name: "Mifare Standard 4K", radios: a),
    Entry(number: 0x0003, name: "Mifare Ultra light", radios: a),
    Entry(number: 0x0004, name: "SLE55R_XXXX", radios: a),
    Entry(number: 0x0006, name: "SR176", radios: b),
    Entry(number: 0x0007, name: "SRI X4K", radios: b),
    Entry(number: 0x0008, name: "AT88RF020", radios: b),
    Entry(number: 0x0009, name: "AT88SC0204CRF", radios: b),
    Entry(number: 0x000A, name: "AT88SC0808CRF", radios: b),
    Entry(number: 0x000B, name: "AT88SC1616CRF", radios: b),
    Entry(number: 0x000C, name: "AT88SC3216CRF", radios: b),
    Entry(number: 0x000D, name: "AT88SC6416CRF", radios: b),
    Entry(number: 0x000E, name: "SRF55V10P", radios: v),
    Entry(number: 0x000F, name: "SRF55V02P", radios: v),
    Entry(number: 0x0010, name: "SRF55V10S", radios: v),
    Entry(number: 0x0011, name: "SRF55V02S", radios: v),
    Entry(number: 0x0012, name: "TAG_IT", radios: v),
    Entry(number: 0x0013, name: "LRI512", radios: v),
    Entry(number: 0x0014, name: "ICODESLI", radios: v),
    Entry(number: 0x0015, name: "TEMPSENS", radios: v),
    Entry(number: 0x0016, name: "I.CODE1", radios: v),
    Entry(number: 0x0017, name: "PicoPass 2K", radios: bv),
    Entry(number: 0x0018, name: "PicoPass 2KS", radios: bv),
    Entry(number: 0x0019, name: "PicoPass 16K", radios: bv),
    Entry(number: 0x001A, name: "PicoPass 16Ks", radios: bv),
    Entry(number: 0x001B, name: "PicoPass 16K(8x2)", radios: bv),
    Entry(number: 0x001C, name: "PicoPass 16KS(8x2)", radios: bv),
    Entry(number: 0x001D, name: "PicoPass 32KS(16+16)", radios: bv),
    Entry(number: 0x001E, name: "PicoPass 32KS(16+8x2)", radios: bv),
    Entry(number: 0x001F, name: "PicoPass 32KS(8x2+16)", radios: bv),
    Entry(number: 0x0020, name: "PicoPass 32KS(8x2+8x2)", radios: bv),
    Entry(number: 0x0021, name: "LRI64", radios: v),
    Entry(number: 0x0022, name: "I.CODE UID", radios: v),
    Entry(number: 0x0023, name: "I.CODE EPC", radios: v),
    Entry(number: 0x0024, name: "LRI12", radios: v),
    Entry(number: 0x0025, name: "LRI128", radios: v),
    Entry(number: 0x0026, name: "Mifare Mini", radios: a),
    Entry(number: 0x0027, name: "my-d move (SLE 66R01P)", radios: a),
    Entry(number: 0x0028, name: "my-d NFC (SLE 66RxxP)", radios: a),
    Entry(number: 0x0029, name: "my-d proximity 2 (SLE 66RxxS)", radios: a),
    Entry(number: 0x002A, name: "my-d proximity enhanced (SLE 55RxxE)", radios: a),
    Entry(number: 0x002B, name: "my-d light (SRF 55V01P)", radios: v),
    Entry(number: 0x002C, name: "PJM Stack Tag (SRF 66V10ST)", radios: v),
    Entry(number: 0x002D, name: "PJM Item Tag (SRF 66V10IT)", radios: v),
    Entry(number: 0x002E, name: "PJM Light (SRF 66V01ST)", radios: v),
    Entry(number: 0x002F, name: "Jewel Tag", radios: a),
    Entry(number: 0x0030, name: "Topaz NFC Tag", radios: a),
    Entry(number: 0x0031, name: "AT88SC0104CRF", radios: b),
    Entry(number: 0x0032, name: "AT88SC0404CRF", radios: b),
    Entry(number: 0x0033, name: "AT88RF01C", radios: b),
    Entry(number: 0x0034, name: "AT88RF04C", radios: b),
    Entry(number: 0x0035, name: "i-Code SL2", radios: v),
    Entry(number: 0x0036, name: "MIFARE Plus SL1_2K", radios: a),
    Entry(number: 0x0037, name: "MIFARE Plus SL1_4K", radios: a),
    Entry(number: 0x0038, name: "MIFARE Plus SL2_2K", radios: a),
    Entry(number: 0x0039, name: "MIFARE Plus SL2_4K", radios: a),
    Entry(number: 0x003A, name: "MIFARE Ultralight C", radios: a),
    Entry(number: 0x003B, name: "FeliCa", radios: f),
    Entry(number: 0x003C, name: "Melexis Sensor Tag (MLX90129)", radios: v),
    Entry(number: 0x003D, name: "MIFARE Ultralight EV1", radios: a),
  ]
}
