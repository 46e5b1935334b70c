extension Programme {
  /// Every rule that has an occasion, but for multipliers.
  var rulesWithOccasion: [(path: String, when: Occasion)] {
    var rules: [(path: String, when: Occasion)] = []
    rules += earn.map { ("earn[\($0.id)]", $0.when) }
    rules += events.map { ("earn[\($0.id)]", $0.when) }
    rules += memberPrices.map { ("member_price[\($0.id)]", $0.when) }
    rules += promotions.map { ("promotions[\($0.id)]", $0.when) }
    rules += rewards.map { ("catalogue[\($0.id)]", $0.when) }
    rules += draws.map { ("draws[\($0.id)]", $0.when) }
    rules += benefits.map { ("benefits[\($0.id)]", $0.when) }
    return rules
  }
}

extension ProgrammeAudit {
  /// Rules that name a store, a region or a counter's node which the company does not have: they
  /// never count. A counter's own id may be anything.
  public static func unknownNodes(
    in programme: Programme,
    of company: Organisation
  ) -> [Anomaly] {
    var findings = Findings()
    let multipliers = programme.multipliers.map { ("multipliers[\($0.id)]", $0.when) }
    for (path, when) in programme.rulesWithOccasion + multipliers {
      for node in when.nodes.sorted() where company.node(node) == nil {
        findings.add(
          .nodeUnknown,
          path,
          "counts in \(node), which the organisation does not have",
          "限定于 \(node)，但组织中没有该节点"
        )
      }
    }
    return findings.anomalies
  }
}
