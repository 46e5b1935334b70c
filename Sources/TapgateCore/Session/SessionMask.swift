public import TapgateModel

/// Replaces credentials by stand-ins of the same kind, length and validity: the same one by the
/// same one within a session, and by another in every other session.
///
/// Stand-ins are drawn from a keyed hash (the standard library's SipHash with this process's random
/// key, and the session's own number), so that they cannot be led back and nothing real is kept.
public struct SessionMask: Sendable {
  private let session: UInt64
  private let classifier: ScanClassifier

  /// Creates a mask. `session` is drawn at random by the caller.
  public init(session: UInt64, classifier: ScanClassifier) {
    self.session = session
    self.classifier = classifier
  }

  // MARK: Credentials

  /// A stand-in for a credential; `nil` where none of its kind can be made.
  public func standIn(for credential: Credential) -> Credential? {
    let text = credential.reveal()
    for attempt in 0..<64 {
      var draw = draws(credential.kind.rawValue, text, attempt)
      let candidate =
        switch credential.kind {
        case .cardUid: Self.uid(like: text, &draw)
        case .phoneNumber: Self.phone(like: text, &draw)
        default: Self.text(like: text, keeping: 0, &draw)
        }
      // A draw that is no such credential (a UID with a reserved start, say) is drawn again.
      guard Self.isUnlike(candidate, text),
        let made = try? Credential(kind: credential.kind, value: candidate),
        made.reveal() == candidate
      else { continue }
      return made
    }
    return nil
  }

  /// A stand-in for the reference of a rotating code.
  public func reference(_ text: String) -> String {
    var draw = draws("reference", text, 0)
    return Base32.encode((0..<10).map { _ in UInt8(truncatingIfNeeded: draw.next()) })
  }

  /// A stand-in for a scanned text: whatever the configuration makes of the one, it makes of the
  /// other. A pattern's prefix stays: it is the shop's, not the customer's.
  public func scan(_ text: String, aim: String?) -> String {
    let kind = classifier.classify(text, aim: aim)
    let pattern = classifier.patterns.first { $0.matches(text) }
    let kept = pattern.map(\.prefix.count) ?? 0
    let isTradeItem = ScannedNumber.isTradeItemNumber(text)
    for attempt in 0..<64 {
      var draw = draws("scan", text, attempt)
      let candidate = Self.text(like: text, keeping: kept, &draw)
      guard Self.isUnlike(candidate, text) || kept >= text.count else { continue }
      // One number in ten of a GTIN's length is one by chance.
      guard ScannedNumber.isTradeItemNumber(candidate) == isTradeItem else { continue }
      if classifier.classify(candidate, aim: aim).isLike(kind) { return candidate }
    }
    return String(repeating: "X", count: text.count)
  }

  /// Whether nothing of `text` shows: not the whole, nor the end, which is what people are asked
  /// for. A text of marks only has nothing to show.
  private static func isUnlike(_ candidate: String, _ text: String) -> Bool {
    candidate.suffix(4) != text.suffix(4)
      || !text.contains { $0.isLetter || $0.isNumber }
  }

  // MARK: Drawing

  private func draws(_ label: String, _ text: String, _ attempt: Int) -> Draw {
    var hasher = Hasher()
    hasher.combine(session)
    hasher.combine(label)
    hasher.combine(text)
    hasher.combine(attempt)
    return Draw(state: UInt64(bitPattern: Int64(hasher.finalize())))
  }

  /// SplitMix64 (Steele, Lea, Flood 2014): spreads one hash over as many characters as are needed.
  private struct Draw: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var mixed = state
      mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
      mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
      return mixed ^ mixed >> 31
    }
  }

  /// A UID of as many bytes whose first one tells the same standard and nobody's manufacturer.
  private static func uid(like text: String, _ draw: inout Draw) -> String {
    let first = text.utf8.count == 16 && text.hasPrefix("E0") ? "E0" : "04"
    let digits = Array("0123456789ABCDEF")
    return first
      + String((2..<max(text.utf8.count, 2)).map { _ in digits[draw.index(16)] })
  }

  private static func phone(like text: String, _ draw: inout Draw) -> String {
    let first = text.hasPrefix("+86") ? "+861" : "+9"
    let count = max(text.count - first.count, 0)
    return first + String((0..<count).map { _ in Character("\(draw.index(10))") })
  }

  /// Every character by another of its kind; what is neither letter nor digit stays, and a GTIN
  /// stays one.
  private static func text(like text: String, keeping count: Int, _ draw: inout Draw) -> String {
    let isHexadecimal =
      text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x41...0x46).contains($0) }
      && text.utf8.contains { $0 >= 0x41 }
    var made = ""
    for (position, character) in text.enumerated() {
      guard position >= count else {
        made.append(character)
        continue
      }
      switch character {
      case "0"..."9" where !isHexadecimal: made.append("\(draw.index(10))")
      case "0"..."9",
        "A"..."F" where isHexadecimal:
        made.append(String(draw.index(16), radix: 16, uppercase: true))
      case "A"..."Z": made.append(Character(Unicode.Scalar(UInt8(65 + draw.index(26)))))
      case "a"..."z": made.append(Character(Unicode.Scalar(UInt8(97 + draw.index(26)))))
      case _ where character.isASCII: made.append(character)
      default: made.append("某")
      }
    }
    guard ScannedNumber.isTradeItemNumber(text) else { return made }
    let digits = made.utf8.dropLast().map { $0 - 0x30 }
    return String(made.dropLast()) + "\(ScannedNumber.tradeItemCheckDigit(digits))"
  }
}

extension RandomNumberGenerator {
  fileprivate mutating func index(_ count: Int) -> Int {
    Int(truncatingIfNeeded: next() >> 33) % count
  }
}

extension ScanClassifier.Kind {
  /// Whether both are the same kind of scan, whatever they hold.
  func isLike(_ other: Self) -> Bool {
    switch (self, other) {
    case (.empty, .empty), (.paymentCard, .paymentCard), (.other, .other): true
    case (.paymentCode(let one), .paymentCode(let two)): one == two
    case (.rotating(let one), .rotating(let two)): (one == nil) == (two == nil)
    case (.member(let one), .member(let two)): one.kind == two.kind
    default: false
    }
  }
}
