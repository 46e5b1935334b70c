extension KeyboardLayout {
  /// Every layout, the commonest first.
  public static let all: [KeyboardLayout] = [us, gb, de, fr, es, it, tr, pl]

  /// The layout of that name, or `nil`.
  public static func named(_ name: String) -> KeyboardLayout? {
    all.lazy.flatMap { [$0, $0.withoutDeadKeys] }.first { $0.name == name }
  }

  /// United States.
  public static let us = KeyboardLayout(
    name: "us",
    plain: #"abcdefghijklmnopqrstuvwxyz1234567890-=[]\;'`,./\"#,
    shift: #"ABCDEFGHIJKLMNOPQRSTUVWXYZ!@#$%^&*()_+{}|:"~<>?|"#
  )

  /// United Kingdom.
  public static let gb = KeyboardLayout(
    name: "gb",
    plain: #"abcdefghijklmnopqrstuvwxyz1234567890-=[]#;'`,./\"#,
    shift: #"ABCDEFGHIJKLMNOPQRSTUVWXYZ!"£$%^&*()_+{}~:@¬<>?|"#,
    altGr: [0x04: "á", 0x08: "é", 0x0C: "í", 0x12: "ó", 0x18: "ú", 0x21: "€", 0x35: "¦"],
    shiftAltGr: [0x04: "Á", 0x08: "É", 0x0C: "Í", 0x12: "Ó", 0x18: "Ú"]
  )

  /// Germany and Austria.
  public static let de = KeyboardLayout(
    name: "de",
    decimal: ",",
    plain: "abcdefghijklmnopqrstuvwxzy1234567890ß´ü+#öä^,.-<",
    shift: #"ABCDEFGHIJKLMNOPQRSTUVWXZY!"§$%&/()=?`Ü*'ÖÄ°;:_>"#,
    altGr: [
      0x08: "€", 0x10: "µ", 0x14: "@", 0x1F: "²", 0x20: "³", 0x24: "{", 0x25: "[", 0x26: "]",
      0x27: "}", 0x2D: "\\", 0x30: "~", 0x64: "|",
    ],
    shiftAltGr: [0x2D: "ẞ"],
    dead: [
      Stroke(0x2E): .acute, Stroke(0x2E, hasShift: true): .grave, Stroke(0x35): .circumflex,
    ]
  )

  /// France.
  public static let fr = KeyboardLayout(
    name: "fr",
    plain: "qbcdefghijkl,noparstuvzxyw&é\"'(-è_çà)=^$*mù²;:!<",
    shift: "QBCDEFGHIJKL?NOPARSTUVZXYW1234567890°+¨£µM%\u{FFFF}./§>",
    altGr: [
      0x08: "€", 0x20: "#", 0x21: "{", 0x22: "[", 0x23: "|", 0x25: "\\", 0x26: "^", 0x27: "@",
      0x2D: "]", 0x2E: "}", 0x30: "¤",
    ],
    dead: [
      Stroke(0x2F): .circumflex, Stroke(0x2F, hasShift: true): .diaeresis,
      Stroke(0x1F, hasAltGr: true): .tilde, Stroke(0x24, hasAltGr: true): .grave,
    ]
  )

  /// Spain.
  public static let es = KeyboardLayout(
    name: "es",
    plain: "abcdefghijklmnopqrstuvwxyz1234567890'¡`+çñ´º,.-<",
    shift: #"ABCDEFGHIJKLMNOPQRSTUVWXYZ!"·$%&/()=?¿^*ÇÑ¨ª;:_>"#,
    altGr: [
      0x08: "€", 0x1E: "|", 0x1F: "@", 0x20: "#", 0x22: "€", 0x23: "¬", 0x2F: "[", 0x30: "]",
      0x31: "}", 0x34: "{", 0x35: "\\",
    ],
    dead: [
      Stroke(0x2F): .grave, Stroke(0x2F, hasShift: true): .circumflex, Stroke(0x34): .acute,
      Stroke(0x34, hasShift: true): .diaeresis, Stroke(0x21, hasAltGr: true): .tilde,
    ]
  )

  /// Italy. Windows gives the grave accent and the tilde on no key; Linux gives them beside 0.
  public static let it = KeyboardLayout(
    name: "it",
    plain: #"abcdefghijklmnopqrstuvwxyz1234567890'ìè+ùòà\,.-<"#,
    shift: #"ABCDEFGHIJKLMNOPQRSTUVWXYZ!"£$%&/()=?^é*§ç°|;:_>"#,
    altGr: [
      0x08: "€", 0x22: "€", 0x24: "{", 0x27: "}", 0x2D: "`", 0x2E: "~", 0x2F: "[", 0x30: "]",
      0x33: "@", 0x34: "#",
    ],
    shiftAltGr: [0x2F: "{", 0x30: "}"]
  )

  /// Turkey, the Q layout.
  public static let tr = KeyboardLayout(
    name: "tr",
    plain: #"abcdefghıjklmnopqrstuvwxyz1234567890*-ğü,şi"öç.<"#,
    shift: "ABCDEFGHIJKLMNOPQRSTUVWXYZ!'^+%&/()=?_ĞÜ;Şİé\u{D6}Ç:>",
    altGr: [
      0x04: "æ", 0x08: "€", 0x0C: "i", 0x14: "@", 0x16: "ß", 0x17: "₺", 0x1E: ">", 0x1F: "£",
      0x20: "#", 0x21: "$", 0x22: "½", 0x24: "{", 0x25: "[", 0x26: "]", 0x27: "}", 0x2D: "\\",
      0x2E: "|", 0x35: "<", 0x64: "|",
    ],
    shiftAltGr: [0x04: "Æ", 0x0C: "İ"],
    dead: [
      Stroke(0x20, hasShift: true): .circumflex, Stroke(0x2F, hasAltGr: true): .diaeresis,
      Stroke(0x30, hasAltGr: true): .tilde, Stroke(0x31, hasAltGr: true): .grave,
      Stroke(0x33, hasAltGr: true): .acute,
    ]
  )

  /// Poland, the programmers' layout, where the tilde waits for a letter.
  public static let pl = KeyboardLayout(
    name: "pl",
    plain: #"abcdefghijklmnopqrstuvwxyz1234567890-=[]\;'`,./\"#,
    shift: #"ABCDEFGHIJKLMNOPQRSTUVWXYZ!@#$%^&*()_+{}|:"~<>?|"#,
    altGr: [
      0x04: "ą", 0x06: "ć", 0x08: "ę", 0x0F: "ł", 0x11: "ń", 0x12: "ó", 0x16: "ś", 0x18: "€",
      0x1B: "ź", 0x1D: "ż",
    ],
    shiftAltGr: [
      0x04: "Ą", 0x06: "Ć", 0x08: "Ę", 0x0F: "Ł", 0x11: "Ń", 0x12: "Ó", 0x16: "Ś", 0x1B: "Ź",
      0x1D: "Ż",
    ],
    dead: [Stroke(0x35, hasShift: true): .polishTilde]
  )
}
