import TapgateCards
import TapgateCodec
import TapgateRigs
import Testing

@testable import TapgateDevices

@Suite("Reading issued cards")
struct IssuedCardReadingTests {
  /// A virtual card without pcscd, which another program resets before some commands.
  final class Resetting: CardChannel {
    let card: TapgateRigs.CardProfile
    var resets: Set<Int>
    var sent: [[UInt8]] = []
    var calls: [String] = []

    init(_ card: TapgateRigs.CardProfile, resets: Set<Int>) {
      self.card = card
      self.resets = resets
    }

    func connect() throws(PCSCError) { calls.append("connect") }

    func reconnect(isCold: Bool) throws(PCSCError) { calls.append("reconnect") }

    func answerToReset() throws(PCSCError) -> [UInt8] { card.answerToReset }

    func transmit(_ command: [UInt8]) throws(PCSCError) -> [UInt8] {
      if resets.remove(sent.count) != nil {
        card.reset()
        throw PCSCError(call: "SCardTransmit", code: PCSCError.resetCard)
      }
      sent.append(command)
      return card.respond(command)
    }

    func disconnect() { calls.append("disconnect") }
  }

  private static let rules = CardRules(profiles: IssuedCards.profiles, transport: nil)

  @Test("a card that is reset in the middle is read again from its first command, once")
  func reset() {
    let whole = Resetting(IssuedCards.desfire(), resets: [])
    var channel = whole
    guard
      case .identified(let identity) = CardReading.run(&channel, rules: Self.rules, connected: {})
    else {
      Issue.record("not read")
      return
    }
    for place in 0..<whole.sent.count {
      var once = Resetting(IssuedCards.desfire(), resets: [place])
      let outcome = CardReading.run(&once, rules: Self.rules, connected: {})
      #expect(outcome == .identified(identity), "reset before command \(place)")
      #expect(once.calls == ["connect", "reconnect", "disconnect"])
      #expect(Array(once.sent.dropFirst(place).prefix(3)) == Array(whole.sent.prefix(3)))
      let proofs = once.sent.filter { $0.starts(with: [0x90, 0xAF, 0, 0, 0x20]) }
      #expect(Set(proofs).count == proofs.count, "no challenge is used twice")
      var twice = Resetting(IssuedCards.desfire(), resets: [place, place + 1])
      guard case .refused(.torn, _) = CardReading.run(&twice, rules: Self.rules, connected: {})
      else {
        Issue.record("a second reset before command \(place + 1) is no torn tap")
        return
      }
    }
  }

  @Test("a fresh message's counter goes on when the first reading was torn")
  func counterAfterReset() {
    let card = IssuedCards.dynamicTag()
    var torn = Resetting(card, resets: [7])
    guard case .identified(let identity) = CardReading.run(&torn, rules: Self.rules, connected: {})
    else {
      Issue.record("not read")
      return
    }
    #expect(identity.counter ?? 0 >= 61)
    #expect(identity.grade == .a3)
  }
}
