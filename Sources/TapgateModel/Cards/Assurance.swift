/// How far a credential can be trusted, from a claim (A0) to mutual authentication (A4).
public enum Assurance: String, Sendable, Comparable, CaseIterable {
  case a0 = "A0"
  case a1 = "A1"
  case a2 = "A2"
  case a3 = "A3"
  case a4 = "A4"

  /// The grade's number, 0 to 4; stored in packed rows.
  public var rank: UInt8 {
    switch self {
    case .a0: 0
    case .a1: 1
    case .a2: 2
    case .a3: 3
    case .a4: 4
    }
  }

  /// The grade whose number is `rank`.
  public init?(rank: UInt8) {
    guard let grade = Self.allCases.first(where: { $0.rank == rank }) else { return nil }
    self = grade
  }

  /// Weaker comes first.
  public static func < (left: Assurance, right: Assurance) -> Bool { left.rank < right.rank }
}

/// How a request's credential came to the gateway.
public struct Evidence: Hashable, Sendable {
  public var assurance: Assurance
  /// The technology of the event that brought it; `nil` for what a till wrote into its request.
  public var technology: String?

  /// Creates evidence.
  public init(_ assurance: Assurance, technology: String? = nil) {
    self.assurance = assurance
    self.technology = technology
  }

  /// A till's word: A1.
  public static let word = Evidence(.a1)

  /// What a credential is worth that a till wrote into its request: a phone number that a customer
  /// said is a claim, anything else the till's word.
  public static func typed(_ kind: CredentialKind) -> Evidence {
    kind == .phoneNumber ? Evidence(.a0) : .word
  }
}

/// What each act asks of the credential that it comes by.
public struct AssurancePolicy: Hashable, Sendable {
  /// An act that a grade may or may not do.
  public enum Act: Sendable { case earn, redeem, value }

  /// What becomes of a card that is shown by weaker means than it was enrolled by.
  public enum Downgrade: String, Sendable, CaseIterable {
    /// It may do nothing: it may be a copy.
    case refuse
    /// It counts as a claim, A0.
    case claim
  }

  public var earn: Assurance
  public var redeem: Assurance
  public var value: Assurance
  public var downgrade: Downgrade

  /// Creates a policy; the defaults are those of the API's contract.
  public init(
    earn: Assurance = .a0,
    redeem: Assurance = .a1,
    value: Assurance = .a1,
    downgrade: Downgrade = .refuse
  ) {
    self.earn = earn
    self.redeem = redeem
    self.value = value
    self.downgrade = downgrade
  }

  /// Refuses `act` where the evidence is too weak for it. `enrolled` is the grade by which the card
  /// was bound; `nil` where it is not known or no card is named.
  public func check(
    _ act: Act,
    _ evidence: Evidence,
    enrolled: Assurance?
  ) throws(Refusal) {
    var grade = evidence.assurance
    if let enrolled, grade < enrolled {
      let detail = "shown as \(grade.rawValue), enrolled as \(enrolled.rawValue)"
      guard downgrade == .claim else { throw Refusal(.assuranceTooLow, detail: detail) }
      grade = .a0
    }
    let wanted = demand(of: act)
    guard grade < wanted else { return }
    throw Refusal(
      .assuranceTooLow,
      detail: "\(wanted.rawValue) is asked for, \(grade.rawValue) was shown"
    )
  }

  private func demand(of act: Act) -> Assurance {
    switch act {
    case .earn: earn
    case .redeem: redeem
    case .value: value
    }
  }
}
