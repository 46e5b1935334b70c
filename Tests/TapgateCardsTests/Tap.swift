import TapgateCodec
import TapgateModel
import TapgateRigs

@testable import TapgateCards

/// One tap of a virtual card, without a reader between: what was sent, and what came of it.
struct Tap {
  var commands: [[UInt8]] = []
  var finding: CardFinding?

  /// Puts a card before a dialogue. `tear` is the command after which the card is gone; `nil` for a
  /// card that stays.
  init(
    _ card: TapgateRigs.CardProfile,
    _ profiles: [TapgateCards.CardProfile],
    transport: TagTransport? = nil,
    allowsTransit: Bool = false,
    tear: Int? = nil
  ) {
    card.reset()
    var dialogue = CardDialogue(
      answer: card.answerToReset,
      profiles: profiles,
      transport: transport,
      allowsTransit: allowsTransit
    )
    var step = dialogue.start(randomness: Self.randomness)
    while case .transmit(let command) = step, commands.count < 1000 {
      commands.append(command)
      // A contact card of T=0 is sent no Le behind data: what the channel does.
      let sent = card.answerToReset == [0x3B, 0x00] ? Self.withoutLe(command) : command
      let isTorn = tear.map { commands.count > $0 } ?? false
      step = dialogue.next(isTorn ? [] : card.respond(sent))
    }
    if case .done(let finding) = step { self.finding = finding }
  }

  /// The identity, where there is one.
  var identity: CardIdentity? {
    guard case .identified(let identity) = finding else { return nil }
    return identity
  }

  /// The refusal, where there is one.
  var refusal: CardRefusal? {
    guard case .refused(let refusal, _) = finding else { return nil }
    return refusal
  }

  /// What the trace says of a refusal.
  var detail: String {
    guard case .refused(_, let detail) = finding else { return "" }
    return detail
  }

  /// Kind and value of the credential.
  var credential: String? {
    identity.map { $0.credential.kind.rawValue + ":" + $0.credential.reveal() }
  }

  /// Fresh random bytes, as many as a dialogue takes.
  static var randomness: [UInt8] {
    (0..<CardDialogue.randomByteCount).map { _ in UInt8.random(in: 0...255) }
  }

  private static func withoutLe(_ command: [UInt8]) -> [UInt8] {
    guard command.count > 5, command.count == 6 + Int(command[4]) else { return command }
    return command.dropLast()
  }
}

/// A profile with a name.
func profile(
  _ method: CardMethod,
  name: String = "members",
  gradeMax: CardGrade? = nil
) -> TapgateCards.CardProfile {
  TapgateCards.CardProfile(name: name, method: method, gradeMax: gradeMax)
}

/// A pattern that a test wrote.
func pattern(_ text: String) -> TextPattern? { try? TextPattern.parse(text).get() }

/// A key that a test wrote.
func cardKey(_ digits: String) -> CardKey {
  // A test's key has a length that keys have.
  CardKey(bytes(digits)) ?? CardKey(zeroKey)
}

/// A short NDEF message of one URI record with `https://` in front.
func uriMessage(_ rest: String) -> [UInt8] {
  [0xD1, 0x01, UInt8(rest.utf8.count + 1), 0x55, 0x04] + Array(rest.utf8)
}
