import TapgateCodec
import TapgateModel
import Testing

/// Names: JT/T 978 (RID A000000632) and the city cards' own; the directory's form is EMV
/// Contactless Book B section 3.3.2.
@Suite("Transit cards")
struct TransitCardTests {
  private static let union: [UInt8] = [0xA0, 0x00, 0x00, 0x06, 0x32, 0x01, 0x01, 0x05]
  private static let bank: [UInt8] = [0xA0, 0x00, 0x00, 0x03, 0x33, 0x01, 0x01, 0x01]
  private static let card = CardScriptTests.isoDEP([0x80])
  private static let uid = CardScriptTests.bytes("04 01 02 03 04 05 06 90 00")

  /// A payment directory that lists these applications, with its status.
  private static func directory(_ names: [[UInt8]]) -> [UInt8] {
    let entries: [UInt8] = names.flatMap { (name: [UInt8]) -> [UInt8] in
      [0x61, UInt8(name.count + 5), 0x4F, UInt8(name.count)] + name + [0x87, 0x01, 0x01]
    }
    let issuer: [UInt8] = [0xBF, 0x0C, UInt8(entries.count)] + entries
    let proprietary: [UInt8] = [0xA5, UInt8(issuer.count)] + issuer
    let body: [UInt8] = [0x84, 0x0E] + Array("2PAY.SYS.DDF01".utf8) + proprietary
    return [0x6F, UInt8(body.count)] + body + [0x90, 0x00]
  }

  private func refusal(_ verdict: CardVerdict?) -> CardRefusal? {
    guard case .refused(let refusal, _) = verdict else { return nil }
    return refusal
  }

  @Test("a card that has one of the names is refused, whichever it is")
  func names() {
    for index in TransitCard.names.indices {
      let before = (0..<index).map { _ in [0x6A, 0x82] as [UInt8] }
      let answers = [[0x6A, 0x82], Self.uid] + before + [[0x6F, 0x00, 0x90, 0x00]]
      let (commands, verdict) = CardScriptTests.run(Self.card, answers)
      #expect(refusal(verdict) == .transitCard)
      #expect(commands.count == 3 + index)
      #expect(commands.last == CardCommand.select(name: TransitCard.names[index]))
    }
  }

  @Test("where they are allowed, no card is asked for a name, and each is a card like any other")
  func allowed() throws {
    let (commands, verdict) = CardScriptTests.run(
      Self.card,
      [[0x6A, 0x82], Self.uid],
      allowsTransit: true
    )
    #expect(commands == [CardScript.selectPaymentDirectory, CardScript.getUID])
    let uid = try CardUID.judge(Array(Self.uid.dropLast(2))).get()
    #expect(verdict == .identified(uid, technology: "iso14443a.isodep"))
    let listed = [Self.directory([Self.union]), Self.uid]
    let (_, second) = CardScriptTests.run(Self.card, listed, allowsTransit: true)
    #expect(second == .identified(uid, technology: "iso14443a.isodep"))
  }

  @Test("a directory of transit applications only is no bank card's; one more makes it one")
  func directories() {
    for isAllowed in [false, true] {
      for names in [[Self.bank], [Self.union, Self.bank], [Self.bank, Self.union]] {
        let (commands, verdict) = CardScriptTests.run(
          Self.card,
          [Self.directory(names)],
          allowsTransit: isAllowed
        )
        #expect(refusal(verdict) == .paymentCard)
        #expect(commands.count == 1)
      }
    }
    let (commands, verdict) = CardScriptTests.run(Self.card, [Self.directory([Self.union])])
    #expect(refusal(verdict) == .transitCard)
    #expect(commands.count == 1, "no identifier is asked for")
  }

  @Test("a directory that cannot be read to its end is a bank card's")
  func cutOff() {
    let whole = Array(Self.directory([Self.union]).dropLast(2))
    #expect(TransitCard.isAllOf(directory: whole))
    for count in 0..<whole.count {
      #expect(!TransitCard.isAllOf(directory: Array(whole.prefix(count))), "\(count) bytes")
    }
    var nested: [UInt8] = [0x4F, 0x08] + Self.bank
    for _ in 0..<20 { nested = [0x61, UInt8(nested.count)] + nested }
    #expect(!TransitCard.isAllOf(directory: [0x4F, 0x08] + Self.union + nested))
    #expect(!TransitCard.isAllOf(directory: [0x61, 0x82, 0x00, 0x00]))
    #expect(!TransitCard.isAllOf(directory: [0x9F]))
  }

  @Test("a phone, a bank card and a storage card are asked for no transit name")
  func notAsked() {
    let random: [UInt8] = [0x08, 0x01, 0x02, 0x03, 0x90, 0x00]
    let (phone, verdict) = CardScriptTests.run(Self.card, [[0x6A, 0x82], random])
    #expect(phone.count == 2)
    #expect(refusal(verdict) == .randomUID)
    let storage = CardScriptTests.storage(0x03, 0x0001)
    #expect(CardScriptTests.run(storage, [Self.uid]).0.count == 1)
  }

  @Test("a card that leaves while it is asked is a torn tap")
  func torn() {
    let (_, verdict) = CardScriptTests.run(Self.card, [[0x6A, 0x82], Self.uid, []])
    #expect(refusal(verdict) == .torn)
  }
}
