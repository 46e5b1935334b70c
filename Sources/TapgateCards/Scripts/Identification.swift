internal import TapgateCodec
internal import TapgateModel

/// What a profile's method found on a card that is one of its.
struct CardClaim {
  /// The identity's one spelling.
  var value: String
  /// The kind of credential, where the profile names none.
  var kind: CredentialKind
  var technology: String
  var grade: CardGrade
  var reasons: [CardReason]
  var medium = CardMedium.card
  var counter: UInt64?
}

/// One card, read from beginning to end by the profiles. See `Conversation` for why it can be
/// written as one function a kind of card.
struct Identification {
  private let answer: [UInt8]
  private let profiles: [CardProfile]
  /// Whether a transit card that no profile takes is a card like any other.
  private let allowsTransit: Bool
  let cardClass: CardClass
  /// How the reader takes raw commands, where it is configured.
  let configuredTransport: TagTransport?
  var talk: Conversation
  /// How the reader takes raw commands, once that is known.
  var transport: TagTransport?
  /// What GET_VERSION said, once it was asked.
  var product: TagVersion.Product??
  /// The identifier that the reader gave; `nil` where it gave none that names a card.
  private var plainUID: [UInt8]?
  /// Why profiles that fit the kind of card did not take it.
  private var passed: [CardReason] = []

  init(
    answer: [UInt8],
    profiles: [CardProfile],
    transport: TagTransport?,
    allowsTransit: Bool,
    talk: Conversation
  ) {
    self.answer = answer
    self.profiles = profiles
    self.allowsTransit = allowsTransit
    cardClass = CardClass.of(answer)
    configuredTransport = transport
    self.talk = talk
  }

  mutating func run() throws(Stop) -> CardFinding {
    let fitting = profiles.filter(fits)
    guard case .storage = cardClass else {
      // Names first: they are the quickest question, and the only one that a phone answers.
      for profile in fitting.filter(\.method.hasName) + fitting.filter({ !$0.method.hasName }) {
        if let identity = try attempt(profile) { return .identified(identity) }
      }
      return try bare()
    }
    let plain = try bare()
    switch plain {
    case .identified, .refused(.randomUID, _): break
    case .refused: return plain
    }
    do throws(Stop) {
      for profile in fitting {
        guard let identity = try attempt(profile) else { continue }
        try closeTransport()
        return .identified(identity)
      }
      // Last, so that a profile may take such a card.
      if case .identified = plain, try isTransit() { throw Stop.refuse(.transitCard) }
    } catch {
      if case .ask = error { throw error }
      try closeTransport()
      throw error
    }
    try closeTransport()
    return withReasons(plain)
  }

  /// Whether a profile's method can be tried on this kind of card at all.
  private func fits(_ profile: CardProfile) -> Bool {
    switch (cardClass, profile.method) {
    case (.storage(let card), .classic): card.technology == "iso14443a.classic"
    case (.storage(let card), .ntag), (.storage(let card), .ultralightAES):
      card.technology == "iso14443a.t2"
    case (.storage(let card), .felica): card.technology == "felica"
    case (.storage(let card), .iso15693): card.radio == .iso15693
    case (.isoDEP, .desfire), (.isoDEP, .ntag424), (.isoDEP, .hce), (.isoDEP, .iso7816): true
    case (.isoDEP, .ntag(let method)): method.source == .content && !method.needsRawCommands
    case (.other, .iso7816): true
    default: false
    }
  }

  /// Tries a profile; `nil` where the card is not one of its.
  private mutating func attempt(_ profile: CardProfile) throws(Stop) -> CardIdentity? {
    talk.note("[\(profile.name)]")
    do throws(Stop) {
      return try identity(try claim(profile), profile)
    } catch {
      guard case .pass(let reason) = error else { throw error }
      if !passed.contains(reason) { passed.append(reason) }
      talk.note(reason.rawValue)
      return nil
    }
  }

  private mutating func claim(_ profile: CardProfile) throws(Stop) -> CardClaim {
    let uid = plainUID
    return switch profile.method {
    case .classic(let method): try classic(method)
    case .ntag(let method): try ntag(method, uid)
    case .ultralightAES(let method): try ultralight(method, uid)
    case .desfire(let method): try desfire(method)
    case .ntag424(let method): try dynamic(method)
    case .iso7816(let method): try file(method)
    case .hce(let method): try phone(method)
    case .felica(let method): try felica(method, uid)
    case .iso15693(let method): try vicinity(method, uid)
    }
  }

  private mutating func identity(
    _ claim: CardClaim,
    _ profile: CardProfile
  ) throws(Stop) -> CardIdentity {
    var grade = claim.grade
    var reasons = claim.reasons
    if let gradeMax = profile.gradeMax, gradeMax < grade {
      grade = gradeMax
      reasons.append(.gradeCapped)
    }
    do throws(Credential.Problem) {
      return CardIdentity(
        credential: try Credential(kind: profile.kind ?? claim.kind, value: claim.value),
        technology: claim.technology,
        grade: grade,
        reasons: reasons,
        medium: claim.medium,
        counter: claim.counter
      )
    } catch {
      talk.note("no usable \((profile.kind ?? claim.kind).rawValue)")
      throw .refuse(error == .paymentCard ? .paymentCard : .unreadable)
    }
  }

  // MARK: Without a profile

  /// What `CardScript` finds: a bank card, or the bare identifier.
  private mutating func bare() throws(Stop) -> CardFinding {
    var script = CardScript(answer: answer, allowsTransit: allowsTransit)
    var step = script.start()
    while true {
      switch step {
      case .transmit(let command):
        step = script.next(try talk.exchange(command))
      case .done(.identified(let uid, let technology)):
        plainUID = uid.bytes
        guard let identity = CardIdentity(uid: uid, technology: technology) else {
          return .refused(.unreadable, detail: "no usable identifier")
        }
        return withReasons(.identified(identity))
      case .done(.refused(let refusal, let detail)):
        let before = talk.detail
        return .refused(refusal, detail: before.isEmpty ? detail : before + "; " + detail)
      }
    }
  }

  /// Whether this is a FeliCa card of a transit network, as far as the reader lets the card be
  /// asked.
  private mutating func isTransit() throws(Stop) -> Bool {
    guard !allowsTransit, cardClass.technology == "felica", let plainUID else { return false }
    do throws(Stop) {
      return try !TransitCard.systems.isDisjoint(with: felicaSystems(plainUID))
    } catch {
      guard case .pass(let reason) = error else { throw error }
      if !passed.contains(reason) { passed.append(reason) }
      return false
    }
  }

  private func withReasons(_ finding: CardFinding) -> CardFinding {
    guard case .identified(var identity) = finding else { return finding }
    identity.reasons += passed.filter { !identity.reasons.contains($0) }
    return .identified(identity)
  }
}

extension CardMethod {
  /// Whether the card is asked for an application by name first.
  var hasName: Bool {
    switch self {
    case .desfire, .iso7816, .hce: true
    default: false
    }
  }
}
