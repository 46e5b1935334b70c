internal import TapgateCore
internal import TapgateModel

/// An input that counts, on its way to its one recipient.
struct Tap: Sendable {
  /// What was read.
  enum Content: Sendable {
    case credential(Credential, technology: String, assurance: Assurance, presence: UInt64?)
    case scan(symbology: String?, text: String, isPartial: Bool)
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

/// Who got the last tap of a device.
struct DeliveredTap: Sendable {
  var presence: UInt64
  var recipient: ClientID
  var eventID: String
}
