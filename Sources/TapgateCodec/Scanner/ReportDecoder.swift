/// Turns what an input device sends into scans and swipes.
///
/// A value without clock, thread or device: the time is handed in, in milliseconds of a clock that
/// does not go back (where it does, nothing times out). Total: no bytes trap it, and what it keeps
/// is bounded.
public protocol ReportDecoder: Sendable {
  /// Takes one report, or what one read of a serial port brought. A decoder copies what it needs of
  /// it: the caller overwrites the report afterwards.
  mutating func feed(_ report: [UInt8], at milliseconds: UInt64) -> [DecoderOutput]

  /// Lets time pass: ends what waits for more. Call it at `deadline`.
  mutating func tick(at milliseconds: UInt64) -> [DecoderOutput]

  /// Forgets what is half done, held keys with it: the device is gone, or was opened anew.
  mutating func reset() -> [DecoderOutput]

  /// When `tick` has something to do; `nil` while nothing waits.
  var deadline: UInt64? { get }

  /// What has been decoded so far, for the device's statistics.
  var counters: DecoderCounters { get }
}

/// What a decoder made of the bytes.
public enum DecoderOutput: Hashable, Sendable {
  case scan(DecodedScan)
  case swipe(DecodedSwipe)
  case refused(DecodedRefusal)
}

/// A scanned code.
public struct DecodedScan: Hashable, Sendable {
  /// The code's data as the scanner sent it, without affixes and AIM identifier. Of a keyboard
  /// wedge, which sends keys, the text in UTF-8.
  public var bytes: [UInt8]
  /// The data as text, decoded strictly: there is no U+FFFD in it but one that was scanned.
  public var text: String
  /// The AIM identifier, where the scanner gave one.
  public var aim: AimIdentifier?
  /// Extended Channel Interpretations that the data named, in order.
  public var interpretations: [UInt32]
  /// The time ran out before the suffix came: the data may lack its end.
  public var isPartial: Bool
  /// When its first byte came.
  public var firstMilliseconds: UInt64
  /// When it was complete.
  public var completeMilliseconds: UInt64

  /// Creates a scan.
  public init(
    bytes: [UInt8],
    text: String,
    aim: AimIdentifier? = nil,
    interpretations: [UInt32] = [],
    isPartial: Bool = false,
    firstMilliseconds: UInt64,
    completeMilliseconds: UInt64
  ) {
    self.bytes = bytes
    self.text = text
    self.aim = aim
    self.interpretations = interpretations
    self.isPartial = isPartial
    self.firstMilliseconds = firstMilliseconds
    self.completeMilliseconds = completeMilliseconds
  }
}

/// A card that was swiped and gave an identity. Nothing else of its tracks is kept.
public struct DecodedSwipe: Hashable, Sendable {
  /// What identifies the card, such as the digits of track 2 up to the separator.
  public var value: String
  /// The track it stands on: 1 or 2.
  public var track: Int
  /// When the first byte came.
  public var firstMilliseconds: UInt64
  /// When the swipe was complete.
  public var completeMilliseconds: UInt64

  /// In the words of the input events: `msr.t1`, `msr.t2`.
  public var technology: String { "msr.t\(track)" }

  /// Creates a swipe.
  public init(value: String, track: Int, firstMilliseconds: UInt64, completeMilliseconds: UInt64) {
    self.value = value
    self.track = track
    self.firstMilliseconds = firstMilliseconds
    self.completeMilliseconds = completeMilliseconds
  }
}

/// Why a decoder gave no data, in the words that the input events use.
public enum DecoderRefusal: String, Hashable, Sendable, CaseIterable {
  /// A payment card: refused and forgotten.
  case paymentCard
  /// The reader encrypts what it reads; nobody in the shop can decrypt it.
  case encryptedSwipe
  /// The reader hides digits, and what it shows in their place looks valid.
  case maskedSwipe
  case badLRC
  case parity
  case noEndSentinel
  /// The device said that it could not read, or sent what it never sends.
  case unreadable
  /// The scanner's own message, or a code without the prefix that is demanded.
  case notAScan
  case tooShort
  case tooLong
  /// A key or byte that stands for no character here; the position is told.
  case charset
}

/// An input that gave no data.
public struct DecodedRefusal: Hashable, Sendable {
  public var refusal: DecoderRefusal
  /// For the trace: what was wrong and where, never what was read.
  public var detail: String
  /// When the first byte came.
  public var firstMilliseconds: UInt64
  /// When it was refused.
  public var completeMilliseconds: UInt64

  /// Creates a refusal.
  public init(
    _ refusal: DecoderRefusal,
    detail: String,
    firstMilliseconds: UInt64,
    completeMilliseconds: UInt64
  ) {
    self.refusal = refusal
    self.detail = detail
    self.firstMilliseconds = firstMilliseconds
    self.completeMilliseconds = completeMilliseconds
  }
}

/// What a decoder has counted since it was made.
public struct DecoderCounters: Hashable, Sendable {
  /// Scans and swipes that gave data.
  public var accepted: UInt64 = 0
  public var refused: UInt64 = 0
  /// Messages without data, such as the second of two terminators.
  public var empty: UInt64 = 0
  /// Messages that were given up half done.
  public var abandoned: UInt64 = 0
  /// Reports that are not for this decoder, or that say nothing.
  public var ignored: UInt64 = 0

  /// Starts at 0.
  public init() {}

  mutating func count(_ outputs: [DecoderOutput]) {
    for output in outputs {
      if case .refused = output { refused &+= 1 } else { accepted &+= 1 }
    }
  }
}

// A scan may be a member's code and a swipe a card's number: neither shows in a log by accident.

extension DecodedScan: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  public var description: String {
    "scan of \(bytes.count) bytes \(aim?.text ?? "")\(isPartial ? " partial" : "")"
  }
  public var debugDescription: String { description }
  public var customMirror: Mirror { Mirror(self, children: ["byteCount": bytes.count]) }
}

extension DecodedSwipe: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  public var description: String { "swipe \(technology)" }
  public var debugDescription: String { description }
  public var customMirror: Mirror { Mirror(self, children: ["track": track]) }
}
