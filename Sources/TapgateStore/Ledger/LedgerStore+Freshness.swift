public import TapgateCore
public import TapgateModel

extension LedgerStore: FreshnessGuard {
  public func accept(
    _ freshness: Freshness,
    of credential: Credential,
    completion: @escaping @Sendable (FreshnessVerdict) -> Void
  ) {
    let token = LedgerToken(
      reference: shared.keys.reference(of: credential),
      freshness: freshness,
      completion: completion
    )
    guard !inbox.put(.token(token)) else { return }
    completion(.undecided(hint: inbox.isClosed ? "the ledger is closing" : "the ledger is full"))
  }
}

/// A token that is to be accepted once, and who wants to know.
struct LedgerToken: Sendable {
  var reference: CardReference
  var freshness: Freshness
  var completion: @Sendable (FreshnessVerdict) -> Void
}
