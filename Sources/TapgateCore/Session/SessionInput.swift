public import TapgateModel

/// One input of a recorded session: what a backend reported, with every credential replaced.
///
/// A file of such lines can be given away: it drives the same pipeline elsewhere, and nothing in it
/// comes from a card.
public enum SessionInput: Hashable, Sendable {
  case device(id: String, deviceClass: DeviceClass, name: String, lane: String?)
  case deviceLost(id: String)
  case presented(SessionPresentation)
  case removed(deviceID: String, presence: UInt64)
  case refused(deviceID: String, presence: UInt64?, InputRefusal, detail: String)
  case scanned(SessionScan)
}

/// A presentation of a session.
public struct SessionPresentation: Hashable, Sendable {
  public var deviceID: String
  public var presence: UInt64
  /// A stand-in of the same kind and form.
  public var credential: Credential
  public var technology: String
  public var assurance: Assurance
  public var reasons: [String]
  public var medium: String
  /// A counter as it was: it says nothing about the card. A time step becomes its distance from
  /// the step of that moment.
  public var freshness: SessionFreshness?
  public var isAlreadyPresent: Bool

  /// Creates a presentation.
  public init(
    deviceID: String,
    presence: UInt64,
    credential: Credential,
    technology: String,
    assurance: Assurance,
    reasons: [String],
    medium: String,
    freshness: SessionFreshness?,
    isAlreadyPresent: Bool
  ) {
    self.deviceID = deviceID
    self.presence = presence
    self.credential = credential
    self.technology = technology
    self.assurance = assurance
    self.reasons = reasons
    self.medium = medium
    self.freshness = freshness
    self.isAlreadyPresent = isAlreadyPresent
  }
}

/// A token of a session.
public enum SessionFreshness: Hashable, Sendable {
  case counter(UInt64)
  /// Time steps ahead of the clock; negative for the past.
  case stepOffset(Int64)
}

/// A scan of a session.
public struct SessionScan: Hashable, Sendable {
  /// What was scanned.
  public enum Form: Hashable, Sendable {
    /// A stand-in text of the same length and kinds of characters.
    case text(String)
    /// A rotating code: a stand-in for its reference, its distance in time, whether it was genuine.
    case rotating(reference: String, stepOffset: Int64, isAuthentic: Bool)
    /// A payment service's code: which one's, and how many digits.
    case paymentCode(service: String, length: Int)
    /// A payment card's number.
    case paymentCard(length: Int)
  }

  public var deviceID: String
  public var form: Form
  public var aim: String?
  public var symbology: String?
  public var isPartial: Bool

  /// Creates a scan.
  public init(
    deviceID: String,
    form: Form,
    aim: String?,
    symbology: String?,
    isPartial: Bool
  ) {
    self.deviceID = deviceID
    self.form = form
    self.aim = aim
    self.symbology = symbology
    self.isPartial = isPartial
  }
}
