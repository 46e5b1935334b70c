internal import TapgateCore
internal import TapgateModel

/// An input that counts, on its way to its one recipient.
struct Tap: Sendable {
  /// What was read.
  enum Content: Sendable {
    case credential(Credential, technology: String, assurance: Assurance, presence: UInt64?)
    case scan(symbology: String?, text: String)
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
