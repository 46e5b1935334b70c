/// How a scanner at a serial line is set up.
public struct SerialScanConfiguration: Sendable {
  /// What ends a scan.
  public enum Terminator: String, Hashable, Sendable, CaseIterable {
    case cr
    case lf
    /// CR or LF, or both of them in either order.
    case crlf
    case tab
    /// STX before and ETX behind; what is outside counts for nothing.
    case stxEtx
    /// Nothing: silence ends it.
    case none
  }

  /// What `idleMilliseconds` may be.
  public static let idleMillisecondsRange: ClosedRange<UInt64> = 20...1500

  public var terminator: Terminator = .crlf
  /// The silence that ends a scan without terminator, and gives up waiting for one.
  public var idleMilliseconds: UInt64 = 60 {
    didSet {
      let range = Self.idleMillisecondsRange
      idleMilliseconds = min(max(idleMilliseconds, range.lowerBound), range.upperBound)
    }
  }
  /// Bytes before each scan, which are taken off. Empty for none.
  public var prefix: [UInt8] = []
  /// Scans without the prefix are refused.
  public var isPrefixRequired = false
  /// The scanner sends its AIM identifier before the data.
  public var hasAimIdentifier = false
  /// What the bytes mean.
  public var charset: ScanCharset = .utf8
  /// Codes, or the tracks of cards as text.
  public var content: ScanContent = .codes

  /// A line's end behind each scan, UTF-8.
  public init() {}
}

/// Finds the scans in what a scanner sends over RS-232 or CDC-ACM.
///
/// The bytes are taken as they come, in pieces of any size; nothing of a scan is trimmed but what
/// the configuration names. The line must be in raw mode: a terminal that turns CR into LF changes
/// data.
public struct SerialScanFramer: ReportDecoder {
  /// A message that grows longer is refused, and thrown away up to its terminator.
  public static let byteCountMax = 8192

  private let configuration: SerialScanConfiguration
  private let finisher: ScanFinisher
  private var bytes: [UInt8] = []
  private var isDiscarding = false
  /// After STX, or always where no STX is waited for.
  private var isInside: Bool
  /// A CR or LF now belongs to the terminator that was just there.
  private var followsTerminator = false
  private var firstMilliseconds: UInt64 = 0
  private var lastMilliseconds: UInt64 = 0
  public private(set) var counters = DecoderCounters()

  /// Prepares for a line.
  public init(configuration: SerialScanConfiguration = SerialScanConfiguration()) {
    self.configuration = configuration
    finisher = ScanFinisher(
      charset: configuration.charset,
      content: configuration.content,
      hasAimIdentifier: configuration.hasAimIdentifier
    )
    isInside = configuration.terminator != .stxEtx
  }

  public var deadline: UInt64? {
    hasContent ? lastMilliseconds &+ configuration.idleMilliseconds : nil
  }

  public mutating func feed(_ report: [UInt8], at milliseconds: UInt64) -> [DecoderOutput] {
    var outputs = tick(at: milliseconds)
    guard !report.isEmpty else { return outputs }
    lastMilliseconds = max(lastMilliseconds, milliseconds)
    for byte in report { outputs += take(byte, at: milliseconds) }
    return outputs
  }

  public mutating func tick(at milliseconds: UInt64) -> [DecoderOutput] {
    guard milliseconds > lastMilliseconds,
      milliseconds - lastMilliseconds >= configuration.idleMilliseconds
    else { return [] }
    followsTerminator = false
    guard hasContent else { return [] }
    return end(isComplete: configuration.terminator == .none, at: milliseconds)
  }

  public mutating func reset() -> [DecoderOutput] {
    if hasContent { counters.abandoned &+= 1 }
    forget()
    followsTerminator = false
    return []
  }

  private var hasContent: Bool {
    !bytes.isEmpty || isDiscarding || (isInside && configuration.terminator == .stxEtx)
  }

  private mutating func take(_ byte: UInt8, at milliseconds: UInt64) -> [DecoderOutput] {
    if configuration.terminator == .stxEtx {
      if byte == 0x02 {
        if hasContent, !isDiscarding { counters.abandoned &+= 1 }
        forget()
        isInside = true
        firstMilliseconds = milliseconds
        return []
      }
      guard isInside else {
        counters.ignored &+= 1
        return []
      }
    }
    if isTerminator(byte) {
      if bytes.isEmpty, !isDiscarding { firstMilliseconds = milliseconds }
      return end(isComplete: true, at: milliseconds)
    }
    if followsTerminator, bytes.isEmpty, !isDiscarding, byte == 0x0D || byte == 0x0A {
      counters.empty &+= 1
      return []
    }
    followsTerminator = false
    guard !isDiscarding else { return [] }
    if bytes.isEmpty, configuration.terminator != .stxEtx { firstMilliseconds = milliseconds }
    bytes.appendTracelessly(CollectionOfOne(byte))
    guard bytes.count > Self.byteCountMax else { return [] }
    bytes.wipe()
    isDiscarding = true
    let detail = "more than \(Self.byteCountMax) bytes without terminator"
    let refusal = ScanFinisher.refused(.tooLong, detail, circumstances(true, milliseconds))
    counters.count([refusal])
    return [refusal]
  }

  private func isTerminator(_ byte: UInt8) -> Bool {
    switch configuration.terminator {
    case .cr: byte == 0x0D
    case .lf: byte == 0x0A
    case .crlf: byte == 0x0D || byte == 0x0A
    case .tab: byte == 0x09
    case .stxEtx: byte == 0x03
    case .none: false
    }
  }

  private mutating func end(isComplete: Bool, at milliseconds: UInt64) -> [DecoderOutput] {
    defer {
      forget()
      followsTerminator = isComplete
    }
    guard !isDiscarding else { return [] }
    if bytes.starts(with: configuration.prefix) {
      bytes.wipeFirst(configuration.prefix.count)
    } else if configuration.isPrefixRequired, !bytes.isEmpty {
      let refusal = ScanFinisher.refused(
        .notAScan,
        "without the prefix",
        circumstances(isComplete, milliseconds)
      )
      counters.count([refusal])
      return [refusal]
    }
    let outputs = finisher.outputs(of: &bytes, circumstances(isComplete, milliseconds))
    counters.count(outputs)
    if outputs.isEmpty { counters.empty &+= 1 }
    return outputs
  }

  private func circumstances(
    _ isComplete: Bool,
    _ milliseconds: UInt64
  ) -> ScanFinisher.Circumstances {
    ScanFinisher.Circumstances(
      isPartial: !isComplete,
      firstMilliseconds: firstMilliseconds,
      completeMilliseconds: milliseconds
    )
  }

  private mutating func forget() {
    bytes.wipe()
    isDiscarding = false
    isInside = configuration.terminator != .stxEtx
  }
}
