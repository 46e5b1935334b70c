/// A call of libpcsclite that failed.
struct PCSCError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The C function's name.
  let call: String
  /// The code as the manual prints it, such as 0x8010001D.
  let code: UInt32

  /// Such as `SCardEstablishContext: 0x8010001D`, which a technician can search for.
  var description: String {
    let digits = String(code, radix: 16, uppercase: true)
    return call + ": 0x" + String(repeating: "0", count: 8 - digits.count) + digits
  }
}

/// The codes of pcsclite.h that the gateway tells apart.
extension PCSCError {
  static let cancelled: UInt32 = 0x8010_0002
  static let invalidParameter: UInt32 = 0x8010_0004
  static let unknownReader: UInt32 = 0x8010_0009
  static let timeout: UInt32 = 0x8010_000A
  static let sharingViolation: UInt32 = 0x8010_000B
  static let noSmartcard: UInt32 = 0x8010_000C
  static let protocolMismatch: UInt32 = 0x8010_000F
  static let notTransacted: UInt32 = 0x8010_0016
  static let readerUnavailable: UInt32 = 0x8010_0017
  static let communication: UInt32 = 0x8010_0013
  static let noService: UInt32 = 0x8010_001D
  static let serviceStopped: UInt32 = 0x8010_001E
  static let noReaders: UInt32 = 0x8010_002E
  static let unresponsiveCard: UInt32 = 0x8010_0066
  static let unsupportedCard: UInt32 = 0x8010_0065
  static let unpoweredCard: UInt32 = 0x8010_0067
  static let resetCard: UInt32 = 0x8010_0068
  static let removedCard: UInt32 = 0x8010_0069
  static let securityViolation: UInt32 = 0x8010_006A
  static let invalidHandle: UInt32 = 0x8010_0003

  /// What a failure means for the reading that it ended.
  enum Meaning: Hashable, Sendable {
    /// Another program holds the card.
    case busy
    /// The system forbids the access (polkit).
    case denied
    /// The card was reset by another program: its state is gone.
    case reset
    /// The card has no power: idle, or it failed to come up.
    case unpowered
    /// The card left the field.
    case torn
    /// The card is there and cannot be talked to.
    case unreadable
    /// The reader left.
    case readerGone
    /// The context is dead: pcscd stopped or started anew.
    case serviceGone
  }

  /// Whether the call was one that polkit, or a limit of pcscd, may refuse.
  var isOpening: Bool { call == "SCardEstablishContext" || call == "SCardConnect" }

  var meaning: Meaning {
    switch code {
    case Self.sharingViolation: .busy
    // A pcscd that dies in the middle of another call looks the same.
    case Self.securityViolation: isOpening ? .denied : .serviceGone
    case Self.resetCard: .reset
    case Self.unpoweredCard: .unpowered
    case Self.removedCard, Self.notTransacted, Self.noSmartcard: .torn
    case Self.readerUnavailable, Self.unknownReader: .readerGone
    case Self.noService, Self.serviceStopped, Self.communication, Self.invalidHandle: .serviceGone
    default: .unreadable
    }
  }
}
