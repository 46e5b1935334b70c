internal import TapgateModel

/// Which swipes are members' cards.
public struct SwipePolicy: Hashable, Sendable {
  /// Card numbers that the shop's own cards have, though track 2 bears a date and a service code or
  /// track 1 is of format B.
  ///
  /// The range may lie in a payment scheme's, as closed-loop cards do that begin with 60 or 62. But
  /// no number in it that could be a bank card's is one of the shop's: with a scheme's first
  /// digits, of 12 digits or more, and with the check digit that every such number has (ISO/IEC
  /// 7812-1). No mistake in a file may make a bank card a member's.
  public struct OwnRange: Hashable, Sendable {
    /// The first digits, six at least: an issuer identification number (ISO/IEC 7812-1).
    public let prefix: String
    /// Digits of the whole number.
    public let digitCount: Int

    /// Whether its numbers begin like those of a payment scheme.
    private let isSchemeRange: Bool

    /// Creates a range; `nil` where the prefix has less than six digits, other characters, or more
    /// digits than the number, and where the number would be no card's.
    public init?(prefix: String, digitCount: Int) {
      let digits = Array(prefix.utf8)
      guard digits.count >= 6, digits.allSatisfy(TrackFields.isDigit),
        digits.count <= digitCount, digitCount <= 19
      else { return nil }
      self.prefix = prefix
      self.digitCount = digitCount
      isSchemeRange = PaymentCardNumber.isSchemeRange(digits)
    }

    func contains(_ number: some BidirectionalCollection<UInt8>) -> Bool {
      number.count == digitCount && number.allSatisfy(TrackFields.isDigit)
        && number.starts(with: prefix.utf8)
        && !(isSchemeRange && digitCount >= 12 && PaymentCardNumber.hasCheckDigit(number))
    }
  }

  /// Numbers that count as a member's, whatever else stands on their tracks.
  public var ownRanges: [OwnRange] = []
  /// A card of which one track cannot be read counts by the other.
  public var acceptsWithFaultyTrack = false

  /// No own ranges, no faulty tracks.
  public init() {}

  /// What a swipe comes to. Nothing of a payment card is in it.
  public enum Verdict: Hashable, Sendable {
    case identified(value: String, track: TrackNumber)
    /// `detail` tells of tracks and faults, never of data.
    case refused(DecoderRefusal, detail: String)
  }

  /// Judges a swipe and zeroes what was read.
  ///
  /// A payment card is refused before anything else of its tracks is looked at. The identity is
  /// what stands on track 2 before the separator; without track 2, what stands on a track 1 of
  /// format `L`.
  public func judge(_ reading: inout SwipeReading) -> Verdict {
    defer { reading.wipe() }
    if reading.isEncrypted { return .refused(.encryptedSwipe, detail: "encrypted by the reader") }
    if reading.isMasked { return .refused(.maskedSwipe, detail: "digits hidden by the reader") }
    if isPaymentCard(reading) { return .refused(.paymentCard, detail: "a payment card") }
    var faults: [String] = []
    var first: TrackFault?
    for track in TrackNumber.allCases {
      guard case .faulty(let fault) = reading[track] else { continue }
      faults.append("track \(track.rawValue) \(fault.rawValue)")
      first = first ?? fault
    }
    if let first, !acceptsWithFaultyTrack {
      return .refused(first.refusal, detail: faults.joined(separator: ", "))
    }
    if let found = identity(in: reading) { return found }
    if let first { return .refused(first.refusal, detail: faults.joined(separator: ", ")) }
    let isBlank = TrackNumber.allCases.allSatisfy { reading[$0].isEmpty }
    return .refused(
      .unreadable,
      detail: isBlank ? "no data on any track" : "no member's number on tracks 1 and 2"
    )
  }

  private func identity(in reading: SwipeReading) -> Verdict? {
    if case .data(let bytes) = reading.track2, var fields = TrackFields.track2(bytes) {
      defer { fields.wipe() }
      guard !fields.accountNumber.isEmpty, fields.accountNumber.allSatisfy(TrackFields.isDigit)
      else { return nil }
      return .identified(value: String(decoding: fields.accountNumber, as: UTF8.self), track: .two)
    }
    guard case .data(let bytes) = reading.track1, var fields = TrackFields.track1(bytes) else {
      return nil
    }
    defer { fields.wipe() }
    guard fields.formatCode == UInt8(ascii: "L"), !fields.accountNumber.isEmpty else { return nil }
    return .identified(value: String(decoding: fields.accountNumber, as: UTF8.self), track: .one)
  }

  // MARK: Payment cards

  /// Whether any track says that the card pays: format B on track 1; on track 2 12 to 19 digits
  /// whose check digit is right, with date and service code; or a scheme's number anywhere.
  public func isPaymentCard(_ reading: SwipeReading) -> Bool {
    if case .data(let bytes) = reading.track1, var fields = TrackFields.track1(bytes) {
      defer { fields.wipe() }
      var number: [UInt8] = []
      number.reserveCapacity(fields.accountNumber.count)
      defer { number.wipe() }
      for byte in fields.accountNumber where byte != 0x20 { number.append(byte) }
      if !isOwn(number) {
        if fields.formatCode == UInt8(ascii: "B") { return true }
        if PaymentCardNumber.isContained(in: number) { return true }
      }
    }
    if case .data(let bytes) = reading.track2, var fields = TrackFields.track2(bytes) {
      defer { fields.wipe() }
      if !isOwn(fields.accountNumber) {
        if fields.isFinancial, (12...19).contains(fields.accountNumber.count),
          PaymentCardNumber.hasCheckDigit(fields.accountNumber)
        {
          return true
        }
        if PaymentCardNumber.isContained(in: fields.accountNumber) { return true }
      }
    }
    guard case .data(let bytes) = reading.track3 else { return false }
    // ISO/IEC 4909: two digits of format code, then the account number.
    return isPaymentNumber(bytes.dropFirst()) || isPaymentNumber(bytes.dropFirst(3))
  }

  /// Whether the digits that come first are a scheme's number.
  private func isPaymentNumber(_ bytes: ArraySlice<UInt8>) -> Bool {
    let number = bytes.prefix { TrackFields.isDigit($0) }
    return !isOwn(number) && PaymentCardNumber.isContained(in: number)
  }

  private func isOwn(_ number: some BidirectionalCollection<UInt8>) -> Bool {
    ownRanges.contains { $0.contains(number) }
  }
}
