public import TapgateCodec

extension ScannerSettings {
  /// What a decoder of key strokes is told.
  var wedge: WedgeConfiguration {
    var result = WedgeConfiguration()
    result.layout = KeyboardLayout.named(layout) ?? .us
    result.suffix =
      switch suffix {
      case .cr: .cr
      case .lf: .lf
      case .crlf, .stxEtx, nil: .crlf
      case .tab: .tab
      case .keypadEnter: .keypadEnter
      case .escape: .escape
      case .silence: .none
      }
    result.prefix = prefix
    result.isPrefixRequired = isPrefixRequired
    if let idleMilliseconds { result.idleMilliseconds = UInt64(clamping: idleMilliseconds) }
    result.altCodes =
      switch altCodes {
      case .windows: .windows
      case .unicode: .unicode
      case .bytes: .bytes(scanCharset)
      }
    result.hasAimIdentifier = hasAimIdentifier
    result.countsRepeatedReports = countsRepeatedReports
    for (name, text) in overrides {
      guard let stroke = Self.stroke(name) else { continue }
      result.overrides[stroke] = text
    }
    return result
  }

  /// The stroke that `overrides` calls `name`; `nil` for what is none.
  static func stroke(_ name: String) -> KeyboardLayout.Stroke? {
    let parts = name.split(separator: "+", omittingEmptySubsequences: false).map(String.init)
    guard parts[0].hasPrefix("0x"), let usage = UInt16(parts[0].dropFirst(2), radix: 16),
      (0x04..<0xE0).contains(usage)
    else { return nil }
    let modifiers = Set(parts.dropFirst())
    guard modifiers.count == parts.count - 1, modifiers.isSubset(of: ["shift", "altgr"]) else {
      return nil
    }
    return KeyboardLayout.Stroke(
      usage,
      hasShift: modifiers.contains("shift"),
      hasAltGr: modifiers.contains("altgr")
    )
  }

  /// Whether `overrides` may have this name.
  public static func isStroke(_ name: String) -> Bool { stroke(name) != nil }

  /// What `overrides` calls a stroke.
  public static func name(of stroke: KeyboardLayout.Stroke) -> String {
    let digits = String(stroke.usage, radix: 16, uppercase: true)
    return "0x" + (digits.count == 1 ? "0" : "") + digits + (stroke.hasShift ? "+shift" : "")
      + (stroke.hasAltGr ? "+altgr" : "")
  }

  /// What a framer of a serial line is told.
  var serial: SerialScanConfiguration {
    var result = SerialScanConfiguration()
    result.terminator =
      switch suffix {
      case .cr: .cr
      case .lf: .lf
      case .crlf, .keypadEnter, .escape, nil: .crlf
      case .tab: .tab
      case .stxEtx: .stxEtx
      case .silence: .none
      }
    if let idleMilliseconds { result.idleMilliseconds = UInt64(clamping: idleMilliseconds) }
    result.prefix = Array(prefix.utf8)
    result.isPrefixRequired = isPrefixRequired
    result.hasAimIdentifier = hasAimIdentifier
    result.charset = scanCharset
    return result
  }

  /// What a decoder of HID POS reports is told.
  var pos: POSScannerConfiguration {
    var result = POSScannerConfiguration()
    result.charset = scanCharset
    return result
  }

  /// How identifiers are read, where the device sends such.
  var typedUID: TypedUIDFormat? {
    switch uidFormat {
    case .hexBE: .hexBE
    case .hexLE: .hexLE
    case .decimalBE: .decimalBE
    case .decimalLE: .decimalLE
    case nil: nil
    }
  }

  /// Which swipes are members' cards.
  var swipes: SwipePolicy {
    var result = SwipePolicy()
    result.ownRanges = ownCards.compactMap {
      SwipePolicy.OwnRange(prefix: $0.prefix, digitCount: $0.digitCount)
    }
    result.acceptsWithFaultyTrack = acceptsFaultyTracks
    return result
  }

  /// The decoders' value for `charset`. Where glibc was installed without its converters, GB18030
  /// is refused byte by byte, as ASCII.
  private var scanCharset: ScanCharset {
    switch charset {
    case .ascii: .ascii
    case .utf8: .utf8
    case .latin1: .latin1
    case .windows1252: .windows1252
    case .cp437: .codePage437
    case .gb18030: GB18030Text().map { .other($0) } ?? .ascii
    }
  }
}
