internal import TapgateCore
internal import TapgateModel

/// A credential as it was presented.
struct PresentedCredential: Sendable {
  var credential: Credential
  var technology: String
  var assurance: Assurance
  /// Why the grade is what it is.
  var reasons: [String] = []
  /// `card`, `phone`, `fob`, `paper`, `screen` or `unknown`.
  var medium = "card"
  /// The bar code's symbology, where it is one and the scanner said so.
  var symbology: String?
  /// `nil` for scans and swipes.
  var presence: UInt64?
  /// What is to be accepted once before the credential may go out.
  var freshness: Freshness?
}

/// A scan that names nobody.
struct ScannedText: Sendable {
  var text: String
  /// The UnifiedPOS name, else the AIM identifier.
  var symbology: String?
  var aim: String?
  var isPartial = false
}

/// An input that counts, on its way to its one recipient.
struct Tap: Sendable {
  /// What was read.
  enum Content: Sendable {
    case credential(PresentedCredential)
    case scan(ScannedText)
  }

  var content: Content
  var eventID: String
  var deviceID: String
  var lane: String?
  /// RFC 3339.
  var at: String
  var detectedNanoseconds: UInt64
  var isSimulated: Bool

  /// The header of the tap's events.
  var header: EventHeader {
    EventHeader(
      eventID: eventID,
      deviceID: deviceID,
      lane: lane,
      at: at,
      monotonicMicroseconds: Int64(clamping: detectedNanoseconds / 1000),
      isSimulated: isSimulated
    )
  }

  /// The credential that was presented, if it is one.
  var presented: PresentedCredential? {
    if case .credential(let presented) = content { presented } else { nil }
  }
}

/// A change of a device, or of a card that rests on it, that may come faster than anybody follows.
enum DeviceNotice: Sendable {
  case device(DeviceDescription)
  case card(EventHeader, isPresent: Bool, reason: String?)
}

/// Who got the last tap of a device.
struct DeliveredTap: Sendable {
  var presence: UInt64
  var recipient: ClientID
  var eventID: String
}

/// A tap whose token the ledger decides about, and what its device reported meanwhile.
struct UndecidedTap: Sendable {
  /// Tells this question from a later one of the same device.
  var number: UInt64
  var tap: Tap
  /// Reports with the times at which they came, monotonic milliseconds.
  var waiting: [(report: InputReport, at: UInt64)] = []

  /// Whether a removal of this presence has its tap here.
  func awaits(_ presence: UInt64) -> Bool {
    tap.presented?.presence == presence
      || waiting.contains {
        if case .presented(let other) = $0.report { other.presence == presence } else { false }
      }
  }

  /// Whether a removal of this presence waits already.
  func isRemoved(_ presence: UInt64) -> Bool {
    waiting.contains {
      if case .removed(_, let other, _) = $0.report { other == presence } else { false }
    }
  }
}

extension InputReport {
  /// The device whose order among its reports matters; `nil` for what says that a device is there.
  var deviceInOrder: String? {
    switch self {
    case .device: nil
    case .deviceLost(let id): id
    case .presented(let presentation): presentation.deviceID
    case .removed(let deviceID, _, _): deviceID
    case .refused(let input): input.deviceID
    case .scanned(let code): code.deviceID
    }
  }
}
