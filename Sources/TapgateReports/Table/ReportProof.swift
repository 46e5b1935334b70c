/// The line with which a table ends: what it comes to, together with what it leaves out, against
/// what the ledger holds. The two sides are found by different ways, the one through the journal,
/// the other through the members' rows or the journal's own numbering.
public struct ReportProof: Hashable, Sendable {
  /// One summand of what was reported.
  public struct Part: Hashable, Sendable {
    public var name: Wording
    public var amount: Int128

    /// Creates a summand.
    public init(_ name: Wording, _ amount: Int128) {
      self.name = name
      self.amount = amount
    }
  }

  /// What must be equal.
  public var claim: Wording
  /// `integer` or `money`.
  public var kind: ReportColumnKind
  /// What was reported, and what the report's dates and stores leave out.
  public var parts: [Part]
  /// What the sum must be.
  public var ledger: Int128
  /// What the other side is.
  public var ledgerName: Wording

  /// Creates a proof.
  public init(
    claim: Wording,
    kind: ReportColumnKind = .integer,
    parts: [Part],
    ledger: Int128,
    ledgerName: Wording = Wording("会员账户", "members' rows")
  ) {
    self.claim = claim
    self.kind = kind
    self.parts = parts
    self.ledger = ledger
    self.ledgerName = ledgerName
  }

  /// What the parts come to.
  public var reported: Int128 { parts.reduce(0) { $0 + $1.amount } }

  /// Whether the report and the ledger agree.
  public var isEqual: Bool { reported == ledger }

  /// The line as it is shown.
  public func text(_ language: ReportLanguage) -> String {
    let shown = parts.enumerated().map { index, part in
      let amount = CellText.number(part.amount, kind)
      return (index == 0 ? "" : " + ") + part.name.text(language) + " " + amount
    }.joined()
    let sum = parts.count > 1 ? " = " + CellText.number(reported, kind) : ""
    let other = ledgerName.text(language) + " " + CellText.number(ledger, kind)
    switch language {
    case .zh:
      let verdict = isEqual ? "相符" : "不符，相差 " + CellText.number(reported - ledger, kind)
      return "核对（\(claim.zh)）：\(shown)\(sum)；\(other)；\(verdict)"
    case .en:
      let verdict = isEqual ? "equal" : "NOT EQUAL by " + CellText.number(reported - ledger, kind)
      return "Proof (\(claim.en)): \(shown)\(sum); \(other): \(verdict)"
    }
  }
}
