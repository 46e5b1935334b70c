/// Commands to a card itself, in short form.
///
/// ISO/IEC 7816-4:2020 sections 11.2 (SELECT), 11.3 (READ BINARY), 11.5.2 (INTERNAL AUTHENTICATE)
/// and 11.7.1 (GET RESPONSE); DESFire's own commands as NXP's MF3D(H)x3 data sheet wraps them. All
/// functions are total: what does not fit a short field is cut off.
public enum CardCommand {
  /// Bytes that a READ BINARY may ask for: one less than 256, which some readers take for none.
  public static let readByteCountMax = 255
  /// The greatest offset that READ BINARY's P1 and P2 can say: 15 bits.
  public static let offsetMax = 0x7FFF

  /// SELECT by DF name (an AID), first occurrence, with its file control information.
  public static func select(name: [UInt8]) -> [UInt8] {
    let name = name.prefix(16)
    return [0x00, 0xA4, 0x04, 0x00, UInt8(name.count)] + name + [0x00]
  }

  /// SELECT by file identifier under the current DF, without an answer: NFC Forum, "Type 4 Tag
  /// Technical Specification" 1.1, section 5.4.4.
  public static func select(file: UInt16) -> [UInt8] {
    [0x00, 0xA4, 0x00, 0x0C, 0x02, UInt8(file >> 8), UInt8(file & 0xFF)]
  }

  /// READ BINARY of the current file.
  public static func readBinary(offset: Int, count: Int) -> [UInt8] {
    let offset = UInt16(clamping: min(max(0, offset), offsetMax))
    return [0x00, 0xB0, UInt8(offset >> 8), UInt8(offset & 0xFF), readCount(count)]
  }

  /// READ BINARY that selects a file by its short identifier, 1 to 30; `offset` 0 to 255.
  public static func readBinary(shortFile: UInt8, offset: Int, count: Int) -> [UInt8] {
    [0x00, 0xB0, 0x80 | shortFile & 0x1F, UInt8(clamping: offset), readCount(count)]
  }

  /// GET RESPONSE for `count` bytes; 0 means 256.
  public static func getResponse(_ count: UInt8) -> [UInt8] { [0x00, 0xC0, 0x00, 0x00, count] }

  /// INTERNAL AUTHENTICATE with the application's own algorithm and key.
  public static func internalAuthenticate(_ challenge: [UInt8]) -> [UInt8] {
    let challenge = challenge.prefix(255)
    return [0x00, 0x88, 0x00, 0x00, UInt8(challenge.count)] + challenge + [0x00]
  }

  /// A command of DESFire's own set in ISO/IEC 7816-4 clothes: CLA 90.
  public static func native(_ instruction: UInt8, _ data: [UInt8] = []) -> [UInt8] {
    let data = data.prefix(255)
    guard !data.isEmpty else { return [0x90, instruction, 0x00, 0x00, 0x00] }
    return [0x90, instruction, 0x00, 0x00, UInt8(data.count)] + data + [0x00]
  }

  private static func readCount(_ count: Int) -> UInt8 {
    UInt8(min(max(1, count), readByteCountMax))
  }
}

/// Commands to a reader about the storage card in its field.
///
/// PC/SC Workgroup, "Interoperability Specification for ICCs and Personal Computer Systems", part 3
/// sections 3.2.2.1.3 to 3.2.2.1.8 (2.02.00).
public enum ReaderCommand {
  /// Which of a MIFARE Classic sector's two keys.
  public enum MifareKey: UInt8, Hashable, Sendable {
    case a = 0x60
    case b = 0x61
  }

  /// Load Keys: a card key into one of the reader's volatile slots.
  public static func loadKey(_ key: [UInt8], slot: UInt8) -> [UInt8] {
    let key = key.prefix(255)
    return [0xFF, 0x82, 0x00, slot, UInt8(key.count)] + key
  }

  /// General Authenticate for the sector that `block` lies in.
  public static func authenticate(block: UInt8, key: MifareKey, slot: UInt8) -> [UInt8] {
    [0xFF, 0x86, 0x00, 0x00, 0x05, 0x01, 0x00, block, key.rawValue, slot]
  }

  /// Read Binary: `address` is a block or a page, `count` the bytes.
  public static func read(address: UInt8, count: UInt8) -> [UInt8] {
    [0xFF, 0xB0, 0x00, address, count]
  }
}
