import TapgateCards
import TapgateCodec
import TapgateModel
import Testing

@testable import TapgateDevices

@Suite("Reading one card")
struct CardReadingTests {
  private static let reset = PCSCError(call: "SCardTransmit", code: PCSCError.resetCard)
  private static let unpowered = PCSCError(call: "SCardTransmit", code: PCSCError.unpoweredCard)

  /// A card whose answers, and failures, are written down beforehand.
  final class Scripted: CardChannel {
    var steps: [Result<[UInt8], PCSCError>]
    var connects: [Result<Void, PCSCError>]
    var calls: [String] = []

    init(_ steps: [Result<[UInt8], PCSCError>], connects: [Result<Void, PCSCError>] = []) {
      self.steps = steps
      self.connects = connects
    }

    func connect() throws(PCSCError) {
      calls.append("connect")
      if !connects.isEmpty { try connects.removeFirst().get() }
    }

    func reconnect(isCold: Bool) throws(PCSCError) {
      calls.append(isCold ? "reconnect cold" : "reconnect")
    }

    func answerToReset() throws(PCSCError) -> [UInt8] { [0x3B, 0x81, 0x80, 0x01, 0x80, 0x80] }

    func transmit(_ command: [UInt8]) throws(PCSCError) -> [UInt8] {
      // It is no transit card.
      if TransitCard.names.contains(where: { command == CardCommand.select(name: $0) }) {
        return [0x6A, 0x82]
      }
      calls.append(command[0] == 0xFF ? "uid" : "select")
      guard !steps.isEmpty else {
        Issue.record("a command that nobody expected")
        return []
      }
      return try steps.removeFirst().get()
    }

    func disconnect() { calls.append("disconnect") }
  }

  private static let uid: [UInt8] = [0x04, 1, 2, 3, 4, 5, 6]

  private static func identified() throws -> ReadOutcome {
    let uid = try CardUID.judge(uid).get()
    return .identified(try #require(CardIdentity(uid: uid, technology: "iso14443a.isodep")))
  }

  private func run(_ card: Scripted) -> ReadOutcome {
    var card = card
    return CardReading.run(&card, connected: {})
  }

  @Test("a card that was reset is read again from its first command")
  func restartAfterReset() throws {
    let card = Scripted([
      .success([0x6A, 0x82]), .failure(Self.reset),
      .success([0x6A, 0x82]), .success(Self.uid + [0x90, 0x00]),
    ])
    #expect(try run(card) == Self.identified())
    let expected = ["connect", "select", "uid", "reconnect", "select", "uid", "disconnect"]
    #expect(card.calls == expected)
  }

  @Test("a card that lost its power is brought up cold")
  func restartAfterPowerLoss() throws {
    let card = Scripted([
      .failure(Self.unpowered), .success([0x6A, 0x82]), .success(Self.uid + [0x90, 0x00]),
    ])
    #expect(try run(card) == Self.identified())
    #expect(card.calls.contains("reconnect cold"))
  }

  @Test("the second reset is a torn tap")
  func secondReset() {
    let card = Scripted([.failure(Self.reset), .failure(Self.reset)])
    #expect(run(card) == .refused(.torn, detail: "SCardTransmit: 0x80100068"))
    #expect(card.calls == ["connect", "select", "reconnect", "select", "disconnect"])
  }

  @Test("a bank card that was reset is refused before any identifier all the same")
  func paymentAfterReset() {
    let card = Scripted([.failure(Self.reset), .success([0x6F, 0x00, 0x90, 0x00])])
    guard case .refused(.paymentCard, _) = run(card) else {
      Issue.record("not refused")
      return
    }
    #expect(!card.calls.contains("uid"))
  }

  @Test(
    "an empty answer, a removed card and a failed command are torn taps",
    arguments: [
      PCSCError.removedCard, PCSCError.notTransacted, 0,
    ]
  )
  func torn(code: UInt32) {
    let error = PCSCError(call: "SCardTransmit", code: code)
    let card = Scripted([code == 0 ? .success([]) : .failure(error)])
    guard case .refused(.torn, _) = run(card) else {
      Issue.record("not torn")
      return
    }
    #expect(card.calls.last == "disconnect")
  }

  @Test(
    "what a failed connection means depends on its code",
    arguments: [
      (PCSCError.sharingViolation, PCSCError.Meaning.busy),
      (PCSCError.securityViolation, .denied),
      (PCSCError.noService, .serviceGone),
      (PCSCError.communication, .serviceGone),
      (PCSCError.readerUnavailable, .readerGone),
      (PCSCError.noSmartcard, .torn),
      (PCSCError.unresponsiveCard, .unreadable),
      (PCSCError.protocolMismatch, .unreadable),
    ]
  )
  func connection(code: UInt32, meaning: PCSCError.Meaning) {
    let error = PCSCError(call: "SCardConnect", code: code)
    #expect(error.meaning == meaning)
    let outcome = run(Scripted([], connects: [.failure(error)]))
    switch meaning {
    case .busy: #expect(outcome == .busy(error))
    case .denied: #expect(outcome == .denied(error))
    case .serviceGone, .readerGone: #expect(outcome == .gone(error))
    case .torn: #expect(outcome == .refused(.torn, detail: error.description))
    default: #expect(outcome == .refused(.unreadable, detail: error.description))
    }
  }

  @Test("a card without power at the connection is tried twice, then unreadable")
  func mute() {
    let error = PCSCError(call: "SCardConnect", code: PCSCError.unpoweredCard)
    let card = Scripted([], connects: [.failure(error), .failure(error)])
    #expect(run(card) == .refused(.unreadable, detail: "SCardConnect: 0x80100067"))
    #expect(card.calls.filter { $0 == "connect" }.count == 2)
  }
}
