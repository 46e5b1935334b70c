import TapgateCodec
import Testing

@Suite("Keyboard layouts of wedges")
struct WedgeLayoutTests {
  private static let ascii = String(
    String.UnicodeScalarView((0x20...0x7E).map(Unicode.Scalar.init))
  )

  private func decode(
    _ reports: [[UInt8]],
    _ change: (inout WedgeConfiguration) -> Void = { _ in }
  ) -> [String] {
    var configuration = WedgeConfiguration()
    change(&configuration)
    var decoder = WedgeDecoder(configuration: configuration)
    return WedgeTyping.texts(
      WedgeTyping.feed(&decoder, reports + WedgeTyping.key(WedgeTyping.enter))
    )
  }

  @Test(
    "every ASCII character and the country's letters go there and back",
    arguments: [
      ("us", ""), ("gb", "£€áéíóú¬¦"), ("de", "äöüÄÖÜß€µ§°áéàèâê²³"),
      ("fr", "éèàùçâêîôûëïüãñ€£§°µ²¨"), ("es", "ñÑáéíóúüçÇ¿¡ºª€·àèâã"),
      ("it", "àèéìòùç€£§°"), ("tr", "ğüşiöçıĞÜŞİÖÇI€₺éâîû"), ("pl", "ąćęłńóśźżĄĆĘŁŃÓŚŹŻ€"),
    ]
  )
  func roundTrip(name: String, letters: String) throws {
    let layout = try #require(KeyboardLayout.named(name))
    for scalar in (Self.ascii + letters).unicodeScalars {
      var typing = WedgeTyping(layout)
      typing.type(String(scalar))
      #expect(decode(typing.reports) { $0.layout = layout } == [String(scalar)])
    }
    var typing = WedgeTyping(layout)
    let text = Self.ascii + letters
    typing.type(text)
    #expect(decode(typing.reports) { $0.layout = layout } == [text])
  }

  @Test("there are eight layouts, and another name gives none")
  func names() {
    #expect(KeyboardLayout.all.map(\.name) == ["us", "gb", "de", "fr", "es", "it", "tr", "pl"])
    #expect(KeyboardLayout.named("xx") == nil)
  }

  /// Positions that other tables and people mix up, by the keyboards' own markings.
  @Test(
    "single keys are where the country's keyboard has them",
    arguments: [
      ("us", 0x1F, 0x02, "@"), ("us", 0x34, 0x02, "\""), ("us", 0x31, 0, "\\"),
      ("gb", 0x1F, 0x02, "\""), ("gb", 0x34, 0x02, "@"), ("gb", 0x20, 0x02, "£"),
      ("gb", 0x32, 0, "#"), ("gb", 0x64, 0, "\\"), ("gb", 0x35, 0x02, "¬"),
      ("de", 0x1C, 0, "z"), ("de", 0x1D, 0, "y"), ("de", 0x2D, 0x40, "\\"), ("de", 0x14, 0x40, "@"),
      ("de", 0x24, 0x02, "/"), ("de", 0x64, 0x40, "|"), ("de", 0x33, 0, "ö"),
      ("de", 0x38, 0x02, "_"),
      ("fr", 0x04, 0, "q"), ("fr", 0x10, 0, ","), ("fr", 0x33, 0, "m"), ("fr", 0x1E, 0x02, "1"),
      ("fr", 0x1E, 0, "&"), ("fr", 0x27, 0x40, "@"), ("fr", 0x25, 0x40, "\\"), ("fr", 0x23, 0, "-"),
      ("es", 0x33, 0, "ñ"), ("es", 0x1F, 0x40, "@"), ("es", 0x35, 0x40, "\\"), ("es", 0x38, 0, "-"),
      ("it", 0x33, 0x40, "@"), ("it", 0x34, 0x40, "#"), ("it", 0x2F, 0x42, "{"),
      ("it", 0x2E, 0x02, "^"),
      ("tr", 0x0C, 0, "ı"), ("tr", 0x0C, 0x02, "I"), ("tr", 0x34, 0, "i"), ("tr", 0x34, 0x02, "İ"),
      ("tr", 0x14, 0x40, "@"), ("tr", 0x24, 0x02, "/"), ("tr", 0x38, 0, "."), ("tr", 0x2D, 0, "*"),
      ("pl", 0x04, 0x40, "ą"), ("pl", 0x1B, 0x40, "ź"), ("pl", 0x0F, 0x42, "Ł"),
      ("pl", 0x1F, 0x02, "@"),
    ] as [(String, UInt8, UInt8, String)]
  )
  func positions(name: String, usage: UInt8, modifiers: UInt8, text: String) throws {
    let layout = try #require(KeyboardLayout.named(name))
    #expect(decode(WedgeTyping.key(usage, modifiers)) { $0.layout = layout } == [text])
  }

  @Test("Ctrl with ALT is AltGr, and the right Shift is Shift")
  func modifierPairs() throws {
    let de = try #require(KeyboardLayout.named("de"))
    #expect(decode(WedgeTyping.key(0x14, 0x05)) { $0.layout = de } == ["@"])
    #expect(decode(WedgeTyping.key(0x04, 0x20)) == ["A"])
  }

  @Test("a dead key waits for its letter; before a space or a stranger it is itself")
  func deadKeys() throws {
    let de = try #require(KeyboardLayout.named("de"))
    let acute = WedgeTyping.key(0x2E)
    let circumflex = WedgeTyping.key(0x35)
    let space = WedgeTyping.key(0x2C)
    let e = WedgeTyping.key(0x08)
    func text(_ keys: [[UInt8]]...) -> [String] {
      decode(keys.flatMap(\.self)) { $0.layout = de }
    }
    #expect(text(acute, e) == ["é"])
    #expect(text(circumflex, space, e) == ["^e"])
    #expect(text(circumflex, circumflex) == ["^"])
    #expect(text(circumflex, WedgeTyping.key(0x1B)) == ["^x"])
    #expect(text(acute, circumflex, e) == ["´ê"])
    #expect(text(circumflex) == ["^"])
    #expect(text(circumflex, WedgeTyping.key(0x59)) == ["^1"])
    let plain = de.withoutDeadKeys
    #expect(decode(circumflex + e) { $0.layout = plain } == ["^e"])
    #expect(plain.name == "de-nodeadkeys")
  }

  @Test("CapsLock turns letters round and nothing else; NumLock does nothing")
  func locks() throws {
    let keys =
      WedgeTyping.key(0x39) + WedgeTyping.key(0x04) + WedgeTyping.key(0x05, 0x02)
      + WedgeTyping.key(0x1E) + WedgeTyping.key(0x53) + WedgeTyping.key(0x59)
      + WedgeTyping.key(0x39) + WedgeTyping.key(0x06)
    #expect(decode(keys) == ["Ab11c"])
    let tr = try #require(KeyboardLayout.named("tr"))
    let i = WedgeTyping.key(0x39) + WedgeTyping.key(0x0C) + WedgeTyping.key(0x34)
    #expect(decode(i) { $0.layout = tr } == ["Iİ"])
  }

  @Test("the keypad types digits and signs, with Shift as well")
  func keypad() throws {
    let keys = [0x62, 0x59, 0x61, 0x63, 0x54, 0x55, 0x56, 0x57, 0x67].flatMap {
      WedgeTyping.key($0)
    }
    #expect(decode(keys) == ["019./*-+="])
    #expect(decode(WedgeTyping.key(0x5A, 0x02)) == ["2"])
    let de = try #require(KeyboardLayout.named("de"))
    #expect(decode(WedgeTyping.key(0x63)) { $0.layout = de } == [","])
  }

  // MARK: Control characters

  @Test(
    "Ctrl with a key is a control character: GS of a GS1 code is Ctrl and ]",
    arguments: [
      ("us", 0x30, 0x01, "\u{1D}"), ("us", 0x04, 0x01, "\u{1}"), ("us", 0x2F, 0x10, "\u{1B}"),
      ("us", 0x31, 0x01, "\u{1C}"), ("us", 0x23, 0x01, "\u{1E}"), ("us", 0x2D, 0x01, "\u{1F}"),
      ("us", 0x1F, 0x01, "\0"), ("us", 0x2D, 0x03, "\u{1F}"), ("us", 0x17, 0x01, "\u{14}"),
      ("de", 0x30, 0x01, "\u{1D}"), ("fr", 0x30, 0x01, "\u{1D}"), ("de", 0x1C, 0x01, "\u{1A}"),
      ("tr", 0x30, 0x01, "\u{1D}"),
    ] as [(String, UInt8, UInt8, String)]
  )
  func control(name: String, usage: UInt8, modifiers: UInt8, text: String) throws {
    let layout = try #require(KeyboardLayout.named(name))
    #expect(decode(WedgeTyping.key(usage, modifiers)) { $0.layout = layout } == [text])
  }

  @Test(
    "keys that mean no data refuse the scan",
    arguments: [
      (0x3A, 0), (0x4A, 0), (0x04, 0x08), (0x04, 0x04), (0x2C, 0x01), (0xFF, 0), (0x64, 0x40),
    ] as [(UInt8, UInt8)]
  )
  func refused(usage: UInt8, modifiers: UInt8) {
    #expect(decode(WedgeTyping.key(usage, modifiers)) == ["!charset"])
  }

  @Test("an override holds before the layout")
  func overrides() {
    let stroke = KeyboardLayout.Stroke(0x41)
    #expect(decode(WedgeTyping.key(0x41)) { $0.overrides = [stroke: "\u{1D}"] } == ["\u{1D}"])
  }

  // MARK: Numbers with ALT

  /// A small part of GB18030 (GB 18030-2005, tables of the two-byte area), as the device layer's
  /// iconv would give it.
  struct SampleSet: ScanCharacterSet {
    let name = "gb18030"
    static let pairs: [[UInt8]: Unicode.Scalar] = [
      [0xD6, 0xD0]: "中", [0xCE, 0xC4]: "文", [0xBB, 0xE1]: "会", [0xD4, 0xB1]: "员",
    ]

    func text(of bytes: [UInt8]) throws(UndecodableByte) -> String {
      var text = String.UnicodeScalarView()
      var place = 0
      while place < bytes.count {
        if bytes[place] < 0x80 {
          text.append(Unicode.Scalar(bytes[place]))
          place += 1
        } else if let scalar = Self.pairs[Array(bytes[place...].prefix(2))] {
          text.append(scalar)
          place += 2
        } else {
          throw UndecodableByte(offset: place)
        }
      }
      return String(text)
    }
  }

  @Test(
    "without a leading zero code page 437, with one Windows-1252",
    arguments: [
      ("65", "A"), ("130", "é"), ("0233", "é"), ("225", "ß"), ("0223", "ß"), ("0128", "€"),
      ("029", "\u{1D}"), ("156", "£"), ("0169", "©"), ("8364", "€"), ("20013", "中"),
      ("0129", "!charset"), ("9999999", "!charset"), ("55296", "!charset"),
    ]
  )
  func windowsNumbers(digits: String, text: String) {
    var typing = WedgeTyping()
    typing.typeAlt(digits)
    #expect(decode(typing.reports) == [text])
  }

  @Test("numbers between keys keep their place, and plus makes them hexadecimal")
  func mixed() {
    var typing = WedgeTyping()
    typing.type("M")
    typing.typeAlt("0252")
    typing.type("ller")
    typing.typeAlt("4E2D", plus: true)
    #expect(decode(typing.reports) == ["Müller中"])
    // ALT alone gives nothing.
    var empty = WedgeTyping()
    empty.typeAlt("")
    #expect(decode(empty.reports).isEmpty)
  }

  @Test("GB18030 as one number of two bytes, or as two numbers of one")
  func gb18030() {
    func set(_ configuration: inout WedgeConfiguration) {
      configuration.altCodes = .bytes(.other(SampleSet()))
    }
    var one = WedgeTyping()
    one.typeAlt("54992")  // D6 D0
    one.typeAlt("52932")  // CE C4
    one.type("7")
    #expect(decode(one.reports, set) == ["中文7"])
    var two = WedgeTyping()
    for digits in ["187", "225", "0212", "177"] { two.typeAlt(digits) }
    #expect(decode(two.reports, set) == ["会员"])
    var broken = WedgeTyping()
    broken.type("1")
    broken.typeAlt("214")
    #expect(decode(broken.reports, set) == ["!charset"])
    var large = WedgeTyping()
    large.typeAlt("70000")
    #expect(decode(large.reports, set) == ["!charset"])
  }

  @Test("UTF-8 byte by byte, and code points")
  func otherNumbers() {
    var bytes = WedgeTyping()
    for digits in ["228", "184", "173"] { bytes.typeAlt(digits) }
    #expect(decode(bytes.reports) { $0.altCodes = .bytes(.utf8) } == ["中"])
    var points = WedgeTyping()
    points.typeAlt("233")
    #expect(decode(points.reports) { $0.altCodes = .unicode } == ["é"])
  }

  @Test("Ctrl+Shift+U and hexadecimal digits, ended by a space or by letting go")
  func unicodeInput() {
    var spaced = WedgeTyping()
    spaced.press(0x18, 0x03)
    for usage: UInt8 in [0x21, 0x08, 0x1F, 0x07] { spaced.press(usage) }  // 4 e 2 d
    spaced.press(0x2C)
    spaced.type("x")
    #expect(decode(spaced.reports) == ["中x"])
    let held: [[UInt8]] = [
      [3, 0, 0x18, 0, 0, 0, 0, 0], [3, 0, 0, 0, 0, 0, 0, 0], [3, 0, 0x08, 0, 0, 0, 0, 0],
      [3, 0, 0, 0, 0, 0, 0, 0], [3, 0, 0x26, 0, 0, 0, 0, 0], WedgeTyping.released,
    ]
    #expect(decode(held) == ["é"])
  }
}
