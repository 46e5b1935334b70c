import TapgateCodec
import TapgateModel
import Testing

/// Identifiers by ISO/IEC 14443-3 section 6.5.4, ISO/IEC 7816-6, ISO/IEC 15693-3 section 4.1 and
/// JIS X 6319-4.
@Suite("Which identifiers stand for a card")
struct CardIdentifierTests {
  struct Sample: CustomTestStringConvertible {
    let uid: String
    /// SS and NN NN of the storage card that gives it.
    var standard: UInt8 = 0x03
    var number: UInt16 = 0x0001
    /// The canonical identifier, or `nil` where it is refused.
    var canonical: String?
    var refusal: CardRefusal?
    var testDescription: String { "\(uid) of \(standard)" }
  }

  private static func good(
    _ uid: String,
    _ standard: UInt8 = 0x03,
    _ number: UInt16 = 0x0001,
    as canonical: String? = nil
  ) -> Sample {
    let plain = uid.filter { $0 != " " }
    return Sample(uid: uid, standard: standard, number: number, canonical: canonical ?? plain)
  }

  private static func bad(
    _ uid: String,
    _ refusal: CardRefusal,
    _ standard: UInt8 = 0x03,
    _ number: UInt16 = 0x0001
  ) -> Sample {
    Sample(uid: uid, standard: standard, number: number, refusal: refusal)
  }

  static let samples: [Sample] = [
    // 4 bytes: fixed numbers, and NUIDs whose first byte ends in F.
    good("DE AD BE EF"), good("01 02 03 04"), good("07 11 22 33"), good("09 11 22 33"),
    good("1F 22 33 44"), good("AF 01 02 03"), good("87 00 00 01"), good("E0 12 34 56"),
    // 08: random at each activation.
    bad("08 11 22 33", .randomUID), bad("08 00 00 00", .randomUID), bad("08 FF FF FF", .randomUID),
    // 88: the cascade tag; F8: reserved.
    bad("88 04 11 22", .unreadable), bad("F8 11 22 33", .unreadable),
    bad("00 00 00 00", .unreadable), bad("FF FF FF FF", .unreadable),
    bad("00 11 22 33", .unreadable), bad("FF 11 22 33", .unreadable),
    // 7 bytes: the manufacturer comes first.
    good("04 A1 B2 C3 D4 E5 80", 0x03, 0x0003), good("05 00 00 00 00 00 01", 0x03, 0x0003),
    good("08 11 22 33 44 55 66", 0x03, 0x0003), good("53 11 22 33 44 55 66", 0x03, 0x0003),
    bad("00 A1 B2 C3 D4 E5 80", .unreadable, 0x03, 0x0003),
    bad("88 04 A1 B2 C3 D4 E5", .unreadable, 0x03, 0x0003),
    bad("00 00 00 00 00 00 00", .unreadable, 0x03, 0x0003),
    bad("FF FF FF FF FF FF FF", .unreadable, 0x03, 0x0003),
    // 10 bytes.
    good("04 01 02 03 04 05 06 07 08 09"), bad("00 01 02 03 04 05 06 07 08 09", .unreadable),
    bad("88 01 02 03 04 05 06 07 08 09", .unreadable),
    // No card has these lengths.
    bad("04", .tooShort), bad("04 01 02", .tooShort), bad("04 01 02 03 04", .unreadable),
    bad("04 01 02 03 04 05", .unreadable), bad("04 01 02 03 04 05 06 07 08", .unreadable),
    bad("04 01 02 03 04 05 06 07 08 09 0A", .unreadable),
    // 8 bytes are no identifier of 14443-A.
    bad("E0 04 01 00 11 22 33 44", .unreadable),
    // ISO 15693: E0 first, also where the reader passes it on in the order of transmission.
    good("E0 04 01 00 11 22 33 44", 0x0B, 0x0014),
    good("44 33 22 11 00 01 04 E0", 0x0B, 0x0014, as: "E004010011223344"),
    bad("E0 04 01 00", .unreadable, 0x0B, 0x0014),
    // FeliCa's IDm.
    good("01 2E 3D 4C 5B 6A 79 88", 0x11, 0x003B), bad("01 2E 3D 4C", .unreadable, 0x11, 0x003B),
    // One that ends in E0 is no ISO 15693 identifier; 01 FE is drawn for one activation.
    good("01 2E 3D 4C 5B 6A 79 E0", 0x11, 0x003B), good("01 2E 3D 4C 5B 6A 79 E0", 0x03, 0xF011),
    bad("01 FE 3D 4C 5B 6A 79 88", .randomUID, 0x11, 0x003B),
    bad("01 FE 3D 4C 5B 6A 79 E0", .randomUID, 0x11, 0x003B),
    // PicoPass, by either radio, and an ISO 15693 card of a reader that names no standard.
    good("11 22 33 44 F7 FF 12 E0", 0x06, 0x0017, as: "E012FFF744332211"),
    good("44 33 22 11 00 01 04 E0", 0x00, 0x0014, as: "E004010011223344"),
    // 14443-B: four bytes are a pseudo-identifier, eight a chip's own.
    bad("11 22 33 44", .unsupportedTechnology, 0x07, 0x0007),
    good("D0 02 11 22 33 44 55 66", 0x07, 0x0007),
  ]

  @Test("each of the identifiers is taken or refused as the standards have it", arguments: samples)
  func identifier(sample: Sample) throws {
    let bytes = CardScriptTests.bytes(sample.uid)
    let answer = CardScriptTests.storage(sample.standard, sample.number)
    let (_, verdict) = CardScriptTests.run(answer, [bytes + [0x90, 0x00]])
    switch try #require(verdict) {
    case .identified(let uid, _): #expect(uid.hexadecimal == sample.canonical)
    case .refused(let refusal, _): #expect(refusal == sample.refusal)
    }
  }

  @Test("of those that are taken, the ones of four bytes may be several cards'", arguments: samples)
  func shared(sample: Sample) throws {
    guard let canonical = sample.canonical else { return }
    let credential = try Credential(kind: .cardUid, value: canonical)
    #expect(credential.isPossiblyShared == (canonical.utf8.count == 8))
    // A number that is written somewhere is no identifier, however long.
    #expect(!(try Credential(kind: .memberNumber, value: canonical)).isPossiblyShared)
  }

  @Test("there are at least thirty of them")
  func sampleCount() { #expect(Self.samples.count >= 30) }

  @Test(
    "a name needs all three bytes",
    arguments: [
      (UInt8(0x03), UInt16(0x0001), Optional("Mifare Standard 1K"), "iso14443a.classic"),
      (0x03, 0x0002, "Mifare Standard 4K", "iso14443a.classic"),
      (0x03, 0x0003, "Mifare Ultra light", "iso14443a.t2"),
      (0x03, 0x0004, "SLE55R_XXXX", "iso14443a"),
      (0x06, 0x0006, "SR176", "iso14443b"),
      (0x06, 0x0007, "SRI X4K", "iso14443b"),
      (0x03, 0x0026, "Mifare Mini", "iso14443a.classic"),
      (0x03, 0x0036, "MIFARE Plus SL1_2K", "iso14443a.classic"),
      (0x03, 0x003A, "MIFARE Ultralight C", "iso14443a.t2"),
      (0x03, 0x003D, "MIFARE Ultralight EV1", "iso14443a.t2"),
      (0x11, 0x003B, "FeliCa", "felica"),
      (0x0B, 0x0014, "ICODESLI", "iso15693"),
      (0x0A, 0x0018, "PicoPass 2KS", "iso15693"),
      (0x03, 0xF004, "Topaz or Jewel", "iso14443a.t1"),
      (0x03, 0x0007, nil, "iso14443a"),
      (0x0B, 0x0001, nil, "iso15693"),
      (0x03, 0x2600, nil, "iso14443a"),
      (0x40, 0x0001, nil, "lf"),
      (0x03, 0x003E, nil, "iso14443a"),
    ]
  )
  func names(standard: UInt8, number: UInt16, name: String?, technology: String) {
    let card = StorageCard(standard: standard, number: number)
    #expect(card.name == name)
    #expect(card.technology == technology)
    let answer = CardScriptTests.storage(standard, number)
    #expect(CardClass.of(answer) == .storage(card))
  }

  @Test("every number of the standard's list has a name under one of its standards")
  func allNames() {
    for number in UInt16(0x0001)...0x003D where number != 0x0005 {
      let names = (UInt8(0)...0x40).compactMap { StorageCard(standard: $0, number: number).name }
      #expect(Set(names).count == 1, "\(number)")
    }
  }
}
