public import TapgateCodec

/// The commands that identify one card by the shop's profiles, step by step: a value without clock
/// or device.
///
/// Order: a storage card's identifier, then the profiles that fit it. Any other card: the profiles
/// with an application's name in their order, then those of an NDEF message; where none takes the
/// card, `CardScript`'s question for a payment directory and the bare identifier. The first profile
/// that takes a card decides: a card that fails its authentication is refused, and never falls back
/// to its identifier. Without profiles the commands are `CardScript`'s.
public struct CardDialogue: Sendable {
  /// What to do next.
  public enum Step: Hashable, Sendable {
    /// Send these bytes to the card and bring the answer to `next`.
    case transmit([UInt8])
    case done(CardFinding)
  }

  /// Random bytes that a dialogue may need: four challenges.
  public static let randomByteCount = 64

  private let answer: [UInt8]
  private let profiles: [CardProfile]
  private let transport: TagTransport?
  private let allowsTransit: Bool
  private var randomness: [UInt8] = []
  private var answers: [[UInt8]] = []
  private var finding: CardFinding?

  /// Prepares to identify the card that answered the reset with `answer`. `transport` is how the
  /// reader takes raw commands; `nil` where that is to be found out. With `allowsTransit` a transit
  /// card that no profile takes is a card like any other; otherwise it is refused.
  public init(
    answer: [UInt8],
    profiles: [CardProfile],
    transport: TagTransport? = nil,
    allowsTransit: Bool = false
  ) {
    self.answer = answer
    self.profiles = profiles
    self.transport = transport
    self.allowsTransit = allowsTransit
  }

  /// The first step. Starts anew when called again, as after a reset of the card: then, too, with
  /// `randomness` that was never used before, `randomByteCount` bytes of it.
  public mutating func start(randomness: [UInt8]) -> Step {
    self.randomness = randomness
    answers = []
    finding = nil
    return advance()
  }

  /// The step after `response`, the card's whole answer with its status word.
  public mutating func next(_ response: [UInt8]) -> Step {
    if let finding { return .done(finding) }
    answers.append(response)
    return advance()
  }

  private mutating func advance() -> Step {
    let step = outcome()
    guard case .done(let result) = step else { return step }
    // Nothing of the card is kept.
    for index in answers.indices { SecretBytes.wipe(&answers[index]) }
    answers = []
    SecretBytes.wipe(&randomness)
    finding = result
    return step
  }

  private func outcome() -> Step {
    var identification = Identification(
      answer: answer,
      profiles: profiles,
      transport: transport,
      allowsTransit: allowsTransit,
      talk: Conversation(answers: answers, randomness: randomness)
    )
    do throws(Stop) {
      return .done(try identification.run())
    } catch {
      switch error {
      case .ask(let command): return .transmit(command)
      case .refuse(let refusal):
        return .done(.refused(refusal, detail: identification.talk.detail))
      case .pass: return .done(.refused(.unreadable, detail: identification.talk.detail))
      }
    }
  }
}
