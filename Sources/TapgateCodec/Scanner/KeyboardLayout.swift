/// An accent that waits for the letter it belongs to.
public enum DeadKey: String, Hashable, Sendable, CaseIterable {
  case acute, grave, circumflex, diaeresis, tilde
  /// The tilde of the Polish programmers' layout, which makes the Polish letters.
  case polishTilde

  /// What it is on its own: before a space, or twice.
  public var spacing: Unicode.Scalar {
    switch self {
    case .acute: "´"
    case .grave: "`"
    case .circumflex: "^"
    case .diaeresis: "¨"
    case .tilde, .polishTilde: "~"
    }
  }

  /// The letter with its accent, or `nil` where there is none.
  public func composed(with base: Unicode.Scalar) -> Unicode.Scalar? {
    Self.compositions[self]?[base]
  }

  private static let compositions: [DeadKey: [Unicode.Scalar: Unicode.Scalar]] = [
    .acute: pairs("aáeéiíoóuúyýcćnńsśzźAÁEÉIÍOÓUÚYÝCĆNŃSŚZŹ"),
    .grave: pairs("aàeèiìoòuùAÀEÈIÌOÒUÙ"),
    .circumflex: pairs("aâeêiîoôuûAÂEÊIÎOÔUÛ"),
    .diaeresis: pairs("aäeëiïoöuüyÿAÄEËIÏOÖUÜYŸ"),
    .tilde: pairs("aãnñoõAÃNÑOÕ"),
    .polishTilde: pairs("aącćeęlłnńoósśxźzżAĄCĆEĘLŁNŃOÓSŚXŹZŻ"),
  ]

  private static func pairs(_ text: String) -> [Unicode.Scalar: Unicode.Scalar] {
    let scalars = Array(text.unicodeScalars)
    var table: [Unicode.Scalar: Unicode.Scalar] = [:]
    for place in stride(from: 0, to: scalars.count - 1, by: 2) {
      table[scalars[place]] = scalars[place + 1]
    }
    return table
  }
}

/// What the keys of a keyboard mean in one country.
///
/// A scanner that types is set to a country: it sends the keys that give its data there. The
/// layouts are those of Windows, for which the makers' settings are made, with what only Linux has
/// (xkeyboard-config) where Windows has nothing. A layout says nothing of the keypad, of Enter and
/// the like: those are the same everywhere.
public struct KeyboardLayout: Hashable, Sendable {
  /// A key with the modifiers that choose among its characters.
  public struct Stroke: Hashable, Sendable {
    /// The key's usage.
    public var usage: UInt16
    public var hasShift: Bool
    public var hasAltGr: Bool

    /// Creates a stroke.
    public init(_ usage: UInt16, hasShift: Bool = false, hasAltGr: Bool = false) {
      self.usage = usage
      self.hasShift = hasShift
      self.hasAltGr = hasAltGr
    }
  }

  /// What a stroke gives.
  public enum Symbol: Hashable, Sendable {
    case character(Unicode.Scalar)
    case dead(DeadKey)
  }

  /// As the configuration spells it: `us`, `gb`, `de`, `fr`, `es`, `it`, `tr`, `pl`.
  public let name: String
  /// The keypad's decimal key.
  public let decimal: Unicode.Scalar
  let symbols: [Stroke: Symbol]

  /// What a stroke gives, or `nil` where the layout has nothing there. CapsLock turns Shift round
  /// for letters, and for nothing else.
  public func symbol(of stroke: Stroke, hasCapsLock: Bool = false) -> Symbol? {
    var stroke = stroke
    // Makers use both usages for the key beside Enter.
    if stroke.usage == KeyUsage.nonUSHash { stroke.usage = KeyUsage.backslash }
    if hasCapsLock, isLetter(stroke) { stroke.hasShift.toggle() }
    return symbols[stroke]
  }

  /// The same layout where accents wait for no letter, as some scanners type it (Linux calls such
  /// layouts `nodeadkeys`). Its name ends so.
  public var withoutDeadKeys: KeyboardLayout {
    KeyboardLayout(
      name: name + "-nodeadkeys",
      decimal: decimal,
      symbols: symbols.mapValues { symbol in
        if case .dead(let key) = symbol { .character(key.spacing) } else { symbol }
      }
    )
  }

  private init(name: String, decimal: Unicode.Scalar, symbols: [Stroke: Symbol]) {
    self.name = name
    self.decimal = decimal
    self.symbols = symbols
  }

  /// The strokes that give `scalar`, the shortest way: a key, else an accent and a letter or space.
  public func strokes(for scalar: Unicode.Scalar) -> [Stroke]? {
    if scalar == " " { return [Stroke(KeyUsage.space)] }
    let wanted = Symbol.character(scalar)
    if let stroke = symbols.filter({ $0.value == wanted }).keys.min(by: Self.isSimpler) {
      return [stroke]
    }
    let dead = symbols.filter { if case .dead = $0.value { true } else { false } }
    for (stroke, symbol) in dead.sorted(by: { Self.isSimpler($0.key, $1.key) }) {
      guard case .dead(let key) = symbol else { continue }
      if key.spacing == scalar { return [stroke, Stroke(KeyUsage.space)] }
      for (base, symbol) in symbols {
        guard case .character(let letter) = symbol, key.composed(with: letter) == scalar else {
          continue
        }
        return [stroke, base]
      }
    }
    return nil
  }

  private static func isSimpler(_ left: Stroke, _ right: Stroke) -> Bool {
    func weight(_ stroke: Stroke) -> Int {
      (stroke.hasAltGr ? 0x20000 : 0) + (stroke.hasShift ? 0x10000 : 0) + Int(stroke.usage)
    }
    return weight(left) < weight(right)
  }

  private func isLetter(_ stroke: Stroke) -> Bool {
    var plain = stroke
    plain.hasShift = false
    var shifted = stroke
    shifted.hasShift = true
    guard case .character(let low) = symbols[plain], case .character(let high) = symbols[shifted]
    else { return false }
    return low.properties.isLowercase && high.properties.isUppercase
  }

  /// Builds a layout from what its keys are marked with: `plain` and `shift` have 48 characters,
  /// those of the keys 04 to 27, then 2D 2E 2F 30 31 33 34 35 36 37 38 64; the rest is by key.
  init(
    name: String,
    decimal: Unicode.Scalar = ".",
    plain: String,
    shift: String,
    altGr: [UInt16: Unicode.Scalar] = [:],
    shiftAltGr: [UInt16: Unicode.Scalar] = [:],
    dead: [Stroke: DeadKey] = [:]
  ) {
    self.name = name
    self.decimal = decimal
    var symbols: [Stroke: Symbol] = [:]
    let keys = Self.keys
    for (usage, scalar) in zip(keys, plain.unicodeScalars) where scalar != Self.none {
      symbols[Stroke(usage)] = .character(scalar)
    }
    for (usage, scalar) in zip(keys, shift.unicodeScalars) where scalar != Self.none {
      symbols[Stroke(usage, hasShift: true)] = .character(scalar)
    }
    for (usage, scalar) in altGr {
      symbols[Stroke(usage, hasAltGr: true)] = .character(scalar)
    }
    for (usage, scalar) in shiftAltGr {
      symbols[Stroke(usage, hasShift: true, hasAltGr: true)] = .character(scalar)
    }
    for (stroke, key) in dead { symbols[stroke] = .dead(key) }
    self.symbols = symbols
  }

  /// Stands for a key without character in the tables.
  private static let none: Unicode.Scalar = "\u{FFFF}"

  private static let keys: [UInt16] =
    Array(0x04...0x27) + [0x2D, 0x2E, 0x2F, 0x30, 0x31, 0x33, 0x34, 0x35, 0x36, 0x37, 0x38, 0x64]
}
