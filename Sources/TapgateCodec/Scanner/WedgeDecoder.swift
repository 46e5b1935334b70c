/// Decodes a scanner, or a card reader, that types like a keyboard.
///
/// HID 1.11 appendix B and C, HID Usage Tables 1.5 section 10. The keys are taken below the host's
/// layout: what counts is the country that the scanner is set to.
public struct WedgeDecoder: ReportDecoder {
  /// Characters of one scan, more than the largest code has that a scanner types (QR Code 40-L
  /// holds 4,296 letters or 2,953 bytes).
  public static let characterCountMax = 4096

  private let configuration: WedgeConfiguration
  private let finisher: ScanFinisher
  private var reader: KeyboardReportReader?
  private var translator: KeyTranslator
  public private(set) var counters = DecoderCounters()

  // What was typed since the last scan.
  private var characters: [Unicode.Scalar] = []
  /// Bytes of a multibyte set, typed as numbers, that are not characters yet.
  private var bytes: [UInt8] = []
  private var problem: Problem?
  private var firstMilliseconds: UInt64?
  private var lastMilliseconds: UInt64 = 0
  /// A CR or LF now belongs to the suffix that was just there.
  private var followsSuffix = false
  /// A track 3 now belongs to the swipe that was just there.
  private var followsSwipe = false

  private enum Problem: Hashable, Sendable {
    /// Refused when the scan ends.
    case charset(String)
    /// Refused already; what follows is thrown away.
    case tooLong
  }

  /// Decodes boot reports of 8 bytes, and key events.
  public init(configuration: WedgeConfiguration = WedgeConfiguration()) {
    self.init(configuration: configuration, reader: .boot)
  }

  /// Decodes the reports that `descriptor` tells of; `nil` where it has no keys.
  public init?(descriptor: HIDReportDescriptor, configuration: WedgeConfiguration) {
    guard let reader = KeyboardReportReader(descriptor: descriptor) else { return nil }
    self.init(configuration: configuration, reader: reader)
  }

  private init(configuration: WedgeConfiguration, reader: KeyboardReportReader?) {
    self.configuration = configuration
    self.reader = reader
    self.reader?.countsRepeatedReports = configuration.countsRepeatedReports
    finisher = ScanFinisher(
      content: configuration.content,
      hasAimIdentifier: configuration.hasAimIdentifier
    )
    translator = KeyTranslator(
      layout: configuration.layout,
      altCodes: configuration.altCodes,
      overrides: configuration.overrides
    )
  }

  public var deadline: UInt64? {
    hasContent ? lastMilliseconds &+ configuration.idleMilliseconds : nil
  }

  public mutating func feed(_ report: [UInt8], at milliseconds: UInt64) -> [DecoderOutput] {
    var outputs = tick(at: milliseconds)
    let events = reader?.events(of: report) ?? []
    if events.isEmpty { counters.ignored &+= 1 }
    for event in events { outputs += take(event, at: milliseconds) }
    return outputs
  }

  /// Takes a key event as Linux's evdev gives it (`EV_KEY`): `value` is 1 for down, 0 for up, 2 for
  /// a repetition, which counts for nothing. The other kinds of events are not for this decoder;
  /// after `SYN_DROPPED` call `reset`.
  public mutating func takeLinuxKey(
    code: UInt16,
    value: Int32,
    at milliseconds: UInt64
  ) -> [DecoderOutput] {
    let outputs = tick(at: milliseconds)
    guard value == 0 || value == 1 else { return outputs }
    let usage = KeyUsage.ofLinuxKey(code) ?? 0
    return outputs + take(KeyEvent(usage: usage, isDown: value == 1), at: milliseconds)
  }

  public mutating func tick(at milliseconds: UInt64) -> [DecoderOutput] {
    guard milliseconds > lastMilliseconds,
      milliseconds - lastMilliseconds >= configuration.idleMilliseconds
    else { return [] }
    followsSuffix = false
    followsSwipe = false
    guard hasContent else { return [] }
    return end(isComplete: configuration.suffix == .none, at: milliseconds)
  }

  public mutating func reset() -> [DecoderOutput] {
    if hasContent { counters.abandoned &+= 1 }
    forget()
    followsSuffix = false
    followsSwipe = false
    translator.reset()
    reader?.reset()
    return []
  }

  private var hasContent: Bool {
    !characters.isEmpty || !bytes.isEmpty || problem != nil || translator.isPending
  }

  // MARK: Keys

  private mutating func take(_ event: KeyEvent, at milliseconds: UInt64) -> [DecoderOutput] {
    lastMilliseconds = max(lastMilliseconds, milliseconds)
    var outputs: [DecoderOutput] = []
    for output in translator.take(event) { outputs += take(output, at: milliseconds) }
    if hasContent, firstMilliseconds == nil { firstMilliseconds = milliseconds }
    return outputs
  }

  private mutating func take(
    _ output: KeyTranslator.Output,
    at milliseconds: UInt64
  ) -> [DecoderOutput] {
    if firstMilliseconds == nil { firstMilliseconds = milliseconds }
    switch output {
    // No set of several bytes has a second byte below 20.
    case .byte(let byte) where byte >= 0x20:
      followsSuffix = false
      guard problem != .tooLong else { return [] }
      bytes.append(byte)
      return bytes.count > Self.characterCountMax ? refuseLength(at: milliseconds) : []
    case .byte(let byte):
      return take(.character(Unicode.Scalar(byte), isKeypadEnter: false), at: milliseconds)
    case .unmapped(let key):
      followsSuffix = false
      decodeBytes()
      if problem == nil {
        problem = .charset("no character for \(key), position \(characters.count + 1)")
      }
      return []
    case .character(let scalar, let isKeypadEnter):
      decodeBytes()
      if isSuffix(scalar, isKeypadEnter: isKeypadEnter), !expectsTrack {
        return end(isComplete: true, at: milliseconds)
      }
      if followsSuffix, !hasContent, scalar == "\r" || scalar == "\n" {
        counters.empty &+= 1
        firstMilliseconds = nil
        return []
      }
      followsSuffix = false
      guard problem != .tooLong else { return [] }
      characters.append(scalar)
      return characters.count > Self.characterCountMax ? refuseLength(at: milliseconds) : []
    }
  }

  private func isSuffix(_ scalar: Unicode.Scalar, isKeypadEnter: Bool) -> Bool {
    switch configuration.suffix {
    case .cr: scalar == "\r"
    case .lf: scalar == "\n"
    case .crlf: scalar == "\r" || scalar == "\n"
    case .tab: scalar == "\t"
    case .keypadEnter: isKeypadEnter
    case .escape: scalar == "\u{1B}"
    case .none: false
    }
  }

  /// Some readers type the suffix after each track: behind track 1 it ends nothing.
  private var expectsTrack: Bool {
    guard case .swipes = configuration.content, problem == nil else { return false }
    return characters.contains("%") && !characters.contains(";")
  }

  /// Puts the characters of the bytes that were typed as numbers in their place.
  private mutating func decodeBytes() {
    guard !bytes.isEmpty else { return }
    defer { bytes.wipe() }
    guard case .bytes(let charset) = configuration.altCodes, problem == nil else { return }
    do {
      characters += try charset.text(of: bytes).unicodeScalars
    } catch {
      let position = characters.count + error.offset + 1
      problem = .charset("a byte that is not \(charset.name), position \(position)")
    }
  }

  private mutating func refuseLength(at milliseconds: UInt64) -> [DecoderOutput] {
    let refusal = refusal(
      .tooLong,
      detail: "more than \(Self.characterCountMax) characters without suffix",
      at: milliseconds
    )
    forget()
    problem = .tooLong
    return [refusal]
  }

  // MARK: The end of a scan

  private mutating func end(isComplete: Bool, at milliseconds: UInt64) -> [DecoderOutput] {
    for output in translator.flush() {
      // Accents that waited: characters, and no suffix.
      if case .character(let scalar, _) = output { characters.append(scalar) }
    }
    decodeBytes()
    defer {
      forget()
      followsSuffix = isComplete
      followsSwipe = isComplete
    }
    switch problem {
    case .tooLong: return []
    case .charset(let detail): return [refusal(.charset, detail: detail, at: milliseconds)]
    case nil: break
    }
    let prefix = Array(configuration.prefix.unicodeScalars)
    if characters.starts(with: prefix) {
      characters.removeFirst(prefix.count)
    } else if configuration.isPrefixRequired, !characters.isEmpty {
      return [refusal(.notAScan, detail: "without the prefix", at: milliseconds)]
    }
    guard !characters.isEmpty, !isRestOfSwipe else {
      counters.empty &+= 1
      return []
    }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(characters.count)
    for scalar in characters { bytes += UTF8.encode(scalar).map { Array($0) } ?? [] }
    let outputs = finisher.outputs(
      of: &bytes,
      ScanFinisher.Circumstances(
        isPartial: !isComplete,
        firstMilliseconds: firstMilliseconds ?? milliseconds,
        completeMilliseconds: milliseconds
      )
    )
    counters.count(outputs)
    if outputs.isEmpty { counters.empty &+= 1 }
    return outputs
  }

  /// Track 3, typed with a suffix of its own behind a swipe that was complete without it.
  private var isRestOfSwipe: Bool {
    guard case .swipes = configuration.content, followsSwipe else { return false }
    return characters.first == "+"
  }

  private mutating func refusal(
    _ refusal: DecoderRefusal,
    detail: String,
    at milliseconds: UInt64
  ) -> DecoderOutput {
    counters.refused &+= 1
    return .refused(
      DecodedRefusal(
        refusal,
        detail: detail,
        firstMilliseconds: firstMilliseconds ?? milliseconds,
        completeMilliseconds: milliseconds
      )
    )
  }

  private mutating func forget() {
    for index in characters.indices { characters[index] = "\0" }
    characters.removeAll(keepingCapacity: true)
    bytes.wipe()
    problem = nil
    firstMilliseconds = nil
  }
}
