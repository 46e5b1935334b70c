/// What an answer to reset says about how to talk to a card.
public enum CardClass: Hashable, Sendable {
  /// The reader speaks for the card: pseudo-commands only.
  case storage(StorageCard)
  /// An ISO/IEC 14443-4 card: chip cards, bank cards, phones. `isTypeB` where the reader built the
  /// answer from an ATQB.
  case isoDEP(isTypeB: Bool)
  /// A contact card, or an answer that no standard explains.
  case other

  /// Classifies `answer`. A malformed answer is classified by what can be read of it: the check
  /// byte that a reader miscounts is no reason to turn a customer away.
  public static func of(_ answer: [UInt8]) -> CardClass {
    let historical: [UInt8]
    switch AnswerToReset.parse(answer) {
    case .success(let parsed): historical = parsed.historicalBytes
    case .failure: historical = Array(answer.dropFirst(4).prefix(15))
    }
    // PC/SC part 3 section 3.1.3.2.3.1: both kinds start 3B 8n 80 01.
    guard answer.count >= 4, answer[0] == 0x3B, answer[1] & 0xF0 == 0x80,
      answer[2] == 0x80, answer[3] == 0x01
    else { return .other }
    if let card = StorageCard(historicalBytes: historical), !card.isISODEP {
      return .storage(card)
    }
    return .isoDEP(isTypeB: isBuiltFromATQB(historical))
  }

  /// The technology in the words of the input events.
  public var technology: String {
    switch self {
    case .storage(let card): card.technology
    case .isoDEP(let isTypeB): isTypeB ? "iso14443b" : "iso14443a.isodep"
    case .other: "iso7816"
    }
  }

  /// Part 3, table 3-5: four bytes of application data, three of protocol information and MBLI in
  /// the high half of the eighth. The protocol type in the second of the three is 1 for ISO/IEC
  /// 14443-4 (ISO/IEC 14443-3 section 7.9.4).
  private static func isBuiltFromATQB(_ historical: [UInt8]) -> Bool {
    historical.count == 8 && historical[7] & 0x0F == 0 && historical[5] & 0x0F == 1
  }
}
