public import TapgateModel

/// Why a card gave no identity.
public enum CardRefusal: String, Hashable, Sendable, CaseIterable {
  /// The identifier is made up anew at each tap: a phone, or a card that protects its holder.
  case randomUID
  /// A bank card: nothing of it is read, let alone kept.
  case paymentCard
  /// A transit card, which the shop does not take for a membership card.
  case transitCard
  /// The card answered, but not with an identifier.
  case unreadable
  /// Fewer bytes than any identifier has.
  case tooShort
  /// Neither card nor reader offers an identifier that stands for one card.
  case unsupportedTechnology
  /// Less than a status word came back: the card left the field.
  case torn
  /// The card refuses our key, or lets nobody read what it ought to hold.
  case authFailed
  /// The card took our challenge and could not answer it: it is a copy without the key.
  case forged
  /// What the card says bears a wrong MAC.
  case macInvalid
}

/// What a card turned out to be.
public enum CardVerdict: Hashable, Sendable {
  case identified(CardUID, technology: String)
  /// `detail` is for the trace: steps and status words, never a byte of the card.
  case refused(CardRefusal, detail: String)
}

/// The commands that identify one card, step by step: a value without clock or device.
///
/// A storage card is asked for its identifier. Any other card is first asked whether it has a
/// payment directory (EMV Contactless Book B section 3.3.2, `2PAY.SYS.DDF01`): if so it is refused
/// there and then. No GET PROCESSING OPTIONS, no READ RECORD, and no identifier of a bank card,
/// ever. Last, a card that has an identifier is asked for the names of transit applications, unless
/// those are allowed.
public struct CardScript: Sendable {
  /// What to do next.
  public enum Step: Hashable, Sendable {
    /// Send these bytes to the card and bring the answer to `next`.
    case transmit([UInt8])
    case done(CardVerdict)
  }

  /// Get Data of the identifier, PC/SC part 3 section 3.2.2.1.3.
  public static let getUID: [UInt8] = [0xFF, 0xCA, 0x00, 0x00, 0x00]

  /// SELECT by name of the payment directory `2PAY.SYS.DDF01`.
  public static let selectPaymentDirectory: [UInt8] =
    [0x00, 0xA4, 0x04, 0x00, 0x0E] + Array("2PAY.SYS.DDF01".utf8) + [0x00]

  private enum State: Sendable {
    case ready, selecting, asking
    /// Asked for the transit application with this index; the identifier if it has none.
    case probing(Int, CardVerdict)
    case ended(CardVerdict)
  }

  private let cardClass: CardClass
  private let allowsTransit: Bool
  private var state: State = .ready
  private var detail: String

  /// Prepares to identify the card that answered the reset with `answer`. With `allowsTransit` a
  /// transit card is a card like any other.
  public init(answer: [UInt8], allowsTransit: Bool = false) {
    cardClass = CardClass.of(answer)
    self.allowsTransit = allowsTransit
    switch AnswerToReset.parse(answer) {
    case .success: detail = ""
    case .failure(let malformed): detail = "atr.malformed(\(malformed.rawValue)); "
    }
  }

  /// The first step. Starts anew when called again, as after a reset of the card.
  public mutating func start() -> Step {
    if case .storage = cardClass {
      state = .asking
      return .transmit(Self.getUID)
    }
    state = .selecting
    return .transmit(Self.selectPaymentDirectory)
  }

  /// The step after `response`, the card's whole answer with its status word.
  public mutating func next(_ response: [UInt8]) -> Step {
    switch state {
    case .ready: return start()
    case .ended(let verdict): return .done(verdict)
    case .selecting:
      guard let answer = ResponseAPDU(response) else {
        return end(.refused(.torn, detail: detail + "SELECT PPSE without status"))
      }
      detail += "SELECT PPSE \(answer.statusText); "
      if Self.isPaymentDirectory(answer) {
        let isTransit = TransitCard.isAllOf(directory: answer.payload)
        guard isTransit, allowsTransit else {
          let refusal: CardRefusal = isTransit ? .transitCard : .paymentCard
          return end(.refused(refusal, detail: detail + "no further command"))
        }
      }
      state = .asking
      return .transmit(Self.getUID)
    case .asking:
      guard let answer = ResponseAPDU(response) else {
        return end(.refused(.torn, detail: detail + "Get Data without status"))
      }
      detail += "Get Data \(answer.statusText)"
      let verdict = judge(answer)
      if case .identified = verdict, case .isoDEP = cardClass, !allowsTransit {
        return probe(0, verdict)
      }
      return end(verdict)
    case .probing(let index, let verdict):
      guard let answer = ResponseAPDU(response) else {
        return end(.refused(.torn, detail: detail + "; SELECT transit without status"))
      }
      if Self.isPaymentDirectory(answer) {
        let said = "; SELECT transit \(answer.statusText)"
        return end(.refused(.transitCard, detail: detail + said))
      }
      return probe(index + 1, verdict)
    }
  }

  /// Asks for the transit application with this index; the verdict stands where there is none left.
  private mutating func probe(_ index: Int, _ verdict: CardVerdict) -> Step {
    guard TransitCard.names.indices.contains(index) else { return end(verdict) }
    state = .probing(index, verdict)
    return .transmit(CardCommand.select(name: TransitCard.names[index]))
  }

  private mutating func end(_ verdict: CardVerdict) -> Step {
    state = .ended(verdict)
    return .done(verdict)
  }

  /// A directory or application that is there counts, also where it is blocked (62 83) or long
  /// (61 xx).
  private static func isPaymentDirectory(_ answer: ResponseAPDU) -> Bool {
    switch answer.status {
    case 0x9000, 0x6100...0x62FF: true
    default: answer.payload.first == 0x6F
    }
  }

  private func judge(_ answer: ResponseAPDU) -> CardVerdict {
    switch answer.status {
    case 0x9000: break
    // Not supported: by this reader, or for this card.
    case 0x6A81, 0x6D00, 0x6E00: return .refused(.unsupportedTechnology, detail: detail)
    default: return .refused(.unreadable, detail: detail)
    }
    let count = answer.payload.count
    guard !(1..<4).contains(count) else {
      return .refused(.tooShort, detail: detail + ", \(count) bytes")
    }
    guard legalCounts.contains(count) else {
      return .refused(.unreadable, detail: detail + ", \(count) bytes")
    }
    if count == 4, isTypeB {
      return .refused(.unsupportedTechnology, detail: detail + ", a 14443-B pseudo-identifier")
    }
    switch CardUID.judge(answer.payload, of: family) {
    case .success(let uid): return .identified(uid, technology: cardClass.technology)
    case .failure(.random): return .refused(.randomUID, detail: detail + ", random")
    case .failure(let problem):
      return .refused(.unreadable, detail: detail + ", \(problem.rawValue)")
    }
  }

  /// Whose rules hold for an identifier of eight bytes. PicoPass answers to ISO 15693 as well as to
  /// 14443-B, by the same identifier.
  private var family: CardUID.Family {
    guard case .storage(let card) = cardClass else { return .other }
    switch card.radio {
    case .iso15693: return .iso15693
    case .iso14443b, .unknown:
      let radios = StorageCard.entry(card.number)?.radios ?? []
      return radios.contains(.iso15693) ? .iso15693 : .other
    default: return .other
    }
  }

  private var isTypeB: Bool {
    switch cardClass {
    case .storage(let card): card.radio == .iso14443b
    case .isoDEP(let isTypeB): isTypeB
    case .other: false
    }
  }

  /// Bytes that an identifier of the card's technology can have.
  private var legalCounts: [Int] {
    switch cardClass {
    case .isoDEP: [4, 7, 10]
    case .other: [4, 7, 8, 10]
    case .storage(let card):
      switch card.radio {
      case .iso14443a: card.number >> 8 == 0xF0 ? [4, 7, 8, 10] : [4, 7, 10]
      case .iso14443b: [4, 8]
      case .iso15693, .felica: [8]
      case .lowFrequency, .contact, .unknown: [4, 7, 8, 10]
      }
    }
  }
}
