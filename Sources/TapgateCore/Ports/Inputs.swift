public import TapgateModel

/// Why an input led to no credential; the wire's closed vocabulary.
public enum InputRefusal: String, Sendable, CaseIterable {
  case randomUid, nonUniqueUidNotEnrolled, paymentCard, transitCardNotEnabled, encryptedSwipe
  case maskedSwipe, badLRC, parity, noEndSentinel, tornTap, multipleCards, unreadable
  case unsupportedTechnology, authFailed, macInvalid, counterReplay, tokenExpired, tokenReplayed
  case tokenFuture, paymentCode, notAScan, tooShort, tooLong, charset, deviceBusy
  case deviceNotExclusive, alreadyPresent
}

/// One physical presence of a card on a reader, as its driver saw it.
public struct Presentation: Sendable {
  public var deviceID: String
  /// Counts up with every presence that this driver saw; one presence makes one presentation.
  public var presence: UInt64
  public var credential: Credential
  /// Such as `iso14443a.t2`, `iso14443a.isodep` (the vocabulary of the input events).
  public var technology: String
  public var assurance: Assurance
  /// The card lay there at start, or after an error, a resume or a restart of the backend: it makes
  /// no tap, only a status.
  public var isAlreadyPresent: Bool
  /// Monotonic nanoseconds at which the system told of the card: SCardGetStatusChange returned.
  public var detectedNanoseconds: UInt64
  public var isSimulated: Bool
  /// Why the grade is what it is, in words; empty where the technology says all.
  public var reasons: [String] = []
  /// What was presented: `card`, `phone`, `fob`, `paper`, `screen` or `unknown`.
  public var medium: String = "card"
  /// What proves that the credential is no copy of an earlier one; `nil` where nothing does.
  public var freshness: Freshness? = nil

  /// Creates a presentation.
  public init(
    deviceID: String,
    presence: UInt64,
    credential: Credential,
    technology: String,
    assurance: Assurance,
    isAlreadyPresent: Bool = false,
    detectedNanoseconds: UInt64,
    isSimulated: Bool = false
  ) {
    self.deviceID = deviceID
    self.presence = presence
    self.credential = credential
    self.technology = technology
    self.assurance = assurance
    self.isAlreadyPresent = isAlreadyPresent
    self.detectedNanoseconds = detectedNanoseconds
    self.isSimulated = isSimulated
  }
}

/// What a credential brings that no earlier one brought; the hub accepts each once, store-wide.
public enum Freshness: Hashable, Sendable {
  /// A counter of the card: it only rises, and may skip values.
  case counter(UInt64)
  /// The time step of a one-time code.
  case step(UInt64)
}

/// An input that led to no credential.
public struct RefusedInput: Sendable {
  public var deviceID: String
  /// The presence it belongs to; `nil` for inputs that have none, such as a swipe.
  public var presence: UInt64?
  public var refusal: InputRefusal
  /// What there is to do, for a technician; the till's screen has the refusal's own sentence.
  public var hint: String
  /// For the trace: which step, which status word; never a byte of the card's identity.
  public var detail: String
  public var detectedNanoseconds: UInt64
  public var isSimulated: Bool

  /// Creates a refusal.
  public init(
    deviceID: String,
    presence: UInt64?,
    refusal: InputRefusal,
    hint: String,
    detail: String,
    detectedNanoseconds: UInt64,
    isSimulated: Bool = false
  ) {
    self.deviceID = deviceID
    self.presence = presence
    self.refusal = refusal
    self.hint = hint
    self.detail = detail
    self.detectedNanoseconds = detectedNanoseconds
    self.isSimulated = isSimulated
  }
}

/// A scan, before it is known whether it is a member's code or a product's.
public struct ScannedCode: Sendable {
  public var deviceID: String
  /// The data without the AIM identifier.
  public var data: String
  /// The AIM symbology identifier, such as `]E0`, where the scanner gave one.
  public var aim: String?
  /// The symbology as UnifiedPOS spells it, such as `SCAN_SDT_EAN13`, where it is known.
  public var symbology: String?
  /// The scanner stopped before the code's end: the data may lack its last characters.
  public var isPartial: Bool
  public var detectedNanoseconds: UInt64
  public var isSimulated: Bool

  /// Creates a scan.
  public init(
    deviceID: String,
    data: String,
    aim: String? = nil,
    symbology: String? = nil,
    isPartial: Bool = false,
    detectedNanoseconds: UInt64,
    isSimulated: Bool = false
  ) {
    self.deviceID = deviceID
    self.data = data
    self.aim = aim
    self.symbology = symbology
    self.isPartial = isPartial
    self.detectedNanoseconds = detectedNanoseconds
    self.isSimulated = isSimulated
  }
}

/// What an input device, or the backend it hangs on, has to tell.
public enum InputReport: Sendable {
  /// A device appeared, or something about it changed.
  case device(DeviceDescription)
  /// A device is gone: unplugged, not merely silent.
  case deviceLost(id: String)
  case presented(Presentation)
  /// A card left the field; `presence` as in its presentation.
  case removed(deviceID: String, presence: UInt64, detectedNanoseconds: UInt64)
  case refused(RefusedInput)
  case scanned(ScannedCode)
}

/// Where input backends put what they see.
public protocol InputSink: Sendable {
  /// Takes a report. Never blocks; may be called from any thread. Reports of one device are handled
  /// in the order of the calls.
  func receive(_ report: InputReport)
}

/// A source of input devices: PC/SC, the simulator, USB and serial ports.
public protocol InputBackend: Sendable {
  /// A short stable name, such as `pcsc`.
  var name: String { get }

  /// Starts to look for devices and to report what they see.
  func start(sink: any InputSink)

  /// Ends every thread of this backend. Returns once they have ended, at most 2 s later.
  func stop() async

  /// What the backend knows about one of its devices, without disturbing it (`CH_INTERNAL`), or
  /// `nil` for a device it does not have.
  func checkHealth(deviceID: String) async -> HealthReport?

  /// UnifiedPOS statistics of one of its devices, by name; `nil` for a device it does not have.
  func statistics(deviceID: String) -> [String: Int64]?

  /// What keeps all of its devices from working, such as a service that does not run; without it a
  /// list without devices would say nothing. Never blocks.
  func troubles() -> [HealthReport.Finding]

  /// Shows or sounds on a device what became of an input, as far as the device can. Best effort:
  /// never blocks, takes at most 100 ms, never delays the next read; nothing for other devices.
  func feedback(_ feedback: Feedback, deviceID: String)
}

/// What a device shows or sounds to whoever stands before it.
public enum Feedback: String, Sendable { case read, resolved, refused }

extension InputBackend {
  public func troubles() -> [HealthReport.Finding] { [] }
  public func feedback(_ feedback: Feedback, deviceID: String) {}
}
