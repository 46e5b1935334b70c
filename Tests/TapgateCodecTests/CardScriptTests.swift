import TapgateCodec
import TapgateModel
import Testing

@Suite("Identifying a card")
struct CardScriptTests {
  /// An answer to reset of a storage card.
  static func storage(_ standard: UInt8, _ number: UInt16) -> [UInt8] {
    isoDEP(
      [0x80, 0x4F, 0x0C, 0xA0, 0x00, 0x00, 0x03, 0x06, standard]
        + [UInt8(number >> 8), UInt8(number & 0xFF), 0, 0, 0, 0]
    )
  }

  /// An answer to reset with these historical bytes.
  static func isoDEP(_ historical: [UInt8]) -> [UInt8] {
    let body = [0x80 | UInt8(historical.count), 0x80, 0x01] + historical
    return [0x3B] + body + [body.reduce(0, ^)]
  }

  static func bytes(_ text: String) -> [UInt8] {
    text.split(separator: " ").map { UInt8($0, radix: 16) ?? 0 }
  }

  /// Runs a script against answers, and returns the commands with the verdict.
  static func run(
    _ answer: [UInt8],
    _ answers: [[UInt8]],
    allowsTransit: Bool = false
  ) -> ([[UInt8]], CardVerdict?) {
    var script = CardScript(answer: answer, allowsTransit: allowsTransit)
    var commands: [[UInt8]] = []
    var step = script.start()
    var left = answers[...]
    while true {
      switch step {
      case .done(let verdict): return (commands, verdict)
      case .transmit(let command):
        commands.append(command)
        guard let next = left.popFirst() else { return (commands, nil) }
        step = script.next(next)
      }
    }
  }

  @Test("a storage card is asked for its identifier and nothing else")
  func storageCard() throws {
    let (commands, verdict) = Self.run(
      Self.storage(0x03, 0x0003),
      [Self.bytes("04 A1 B2 C3 D4 E5 80 90 00")]
    )
    #expect(commands == [[0xFF, 0xCA, 0x00, 0x00, 0x00]])
    let uid = try CardUID.judge(Self.bytes("04 A1 B2 C3 D4 E5 80")).get()
    #expect(verdict == .identified(uid, technology: "iso14443a.t2"))
  }

  @Test(
    "a payment directory ends the script: no identifier is asked for",
    arguments: ["6F 02 84 00 90 00", "90 00", "61 20", "62 83", "6F 00 6A 82"]
  )
  func paymentCard(answer: String) {
    let (commands, verdict) = Self.run(Self.isoDEP([0x4A]), [Self.bytes(answer)])
    #expect(commands == [Self.bytes("00 A4 04 00 0E") + Array("2PAY.SYS.DDF01".utf8) + [0x00]])
    guard case .refused(.paymentCard, _) = verdict else {
      Issue.record("\(String(describing: verdict))")
      return
    }
  }

  @Test(
    "without a payment directory the identifier decides",
    arguments: ["6A 82", "6D 00", "6E 00", "69 85", "63 00", "91 1C"]
  )
  func otherCard(answer: String) throws {
    let (commands, verdict) = Self.run(
      Self.isoDEP([0x80]),
      [Self.bytes(answer), Self.bytes("04 01 02 03 04 05 06 90 00")]
        + TransitCard.names.map { _ in Self.bytes(answer) }
    )
    #expect(commands.count == 2 + TransitCard.names.count)
    let uid = try CardUID.judge(Self.bytes("04 01 02 03 04 05 06")).get()
    #expect(verdict == .identified(uid, technology: "iso14443a.isodep"))
  }

  @Test("a card that an ACS reader names by its SAK is probed where SAK says 14443-4")
  func nameIsSAK() {
    let (probed, _) = Self.run(Self.storage(0x03, 0xFF20), [])
    #expect(probed == [CardScript.selectPaymentDirectory])
    let (plain, _) = Self.run(Self.storage(0x03, 0xFF08), [])
    #expect(plain == [CardScript.getUID])
  }

  @Test(
    "an answer that is no identifier is refused",
    arguments: [
      ("63 00", CardRefusal.unreadable),
      ("6A 81", .unsupportedTechnology),
      ("6D 00", .unsupportedTechnology),
      ("6F 00", .unreadable),
      ("90 00", .unreadable),
      ("04 A1 B2 C3 63 00", .unreadable),
      ("04 A1 B2 C3 6C 04", .unreadable),
      ("04 A1 B2 C3 62 82", .unreadable),
      ("01 02 03 04 05 90 00", .unreadable),
      ("90", .torn),
      ("", .torn),
    ]
  )
  func noIdentifier(answer: String, refusal: CardRefusal) {
    let (_, verdict) = Self.run(Self.storage(0x03, 0x0001), [Self.bytes(answer)])
    guard case .refused(refusal, let detail) = verdict else {
      Issue.record("\(String(describing: verdict))")
      return
    }
    #expect(!detail.contains("A1"), "no byte of the card in the trace, except in a status")
  }

  @Test("a type B pseudo-identifier is no identity")
  func typeB() {
    let answer = Self.isoDEP(Self.bytes("00 00 00 00 33 81 81 00"))
    #expect(CardClass.of(answer) == .isoDEP(isTypeB: true))
    let (_, verdict) = Self.run(answer, [[0x6A, 0x82], Self.bytes("11 22 33 44 90 00")])
    guard case .refused(.unsupportedTechnology, _) = verdict else {
      Issue.record("\(String(describing: verdict))")
      return
    }
  }

  @Test("a malformed answer to reset is named, and identifying goes on")
  func malformedAnswer() {
    var answer = Self.storage(0x03, 0x0001)
    answer[answer.count - 1] ^= 1
    let (commands, verdict) = Self.run(answer, [Self.bytes("63 00")])
    #expect(commands == [CardScript.getUID])
    let expected = "atr.malformed(checkByte); Get Data 6300"
    #expect(verdict == .refused(.unreadable, detail: expected))
    let (_, good) = Self.run([], [[0x6D, 0x00], Self.bytes("DE AD BE EF 90 00")])
    guard case .identified = good else {
      Issue.record("\(String(describing: good))")
      return
    }
  }

  @Test("start begins anew, and a script that ended stays ended")
  func again() {
    var script = CardScript(answer: Self.isoDEP([0x80]))
    #expect(script.start() == .transmit(CardScript.selectPaymentDirectory))
    #expect(script.next([0x6A, 0x82]) == .transmit(CardScript.getUID))
    #expect(script.start() == .transmit(CardScript.selectPaymentDirectory))
    guard case .done(let verdict) = script.next([0x90, 0x00]) else {
      Issue.record("not done")
      return
    }
    #expect(script.next(Self.bytes("DE AD BE EF 90 00")) == .done(verdict))
  }

  @Test("a response does not show its data")
  func masked() throws {
    let response = try #require(ResponseAPDU(Self.bytes("DE AD BE EF 90 00")))
    var dumped = ""
    dump(response, to: &dumped)
    for text in ["\(response)", String(reflecting: response), dumped] {
      #expect(!text.contains("222"))
      #expect(!text.uppercased().contains("DEADBEEF"))
    }
    #expect(response.statusText == "9000")
    #expect(ResponseAPDU([0x00, 0x0A])?.statusText == "000A")
  }
}
