internal import TapgateCodec

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
    return result
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
