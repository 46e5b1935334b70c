extension ProgrammeAudit {
  /// Members among whom the generated receipts are spread.
  private static let memberCount = 256

  /// Decides the generated receipts, each also with a little more spent and for the next higher
  /// tier.
  func decideReceipts(_ findings: inout Findings) {
    guard !programme.levels.isEmpty, receiptCount > 0 else { return }
    var generator = ReceiptGenerator(programme, seed: seed)
    var members = (0..<Self.memberCount).map {
      MemberState(
        id: "A\($0)",
        joinedOn: programme.validFrom,
        tier: programme.levels[0].id
      )
    }
    var seen: Set<Kind> = []
    for index in 0..<receiptCount {
      let date = programme.validFrom.adding(days: index * 540 / receiptCount)
      let place = generator.number(below: Self.memberCount)
      let accrual = generator.receipt(index, of: place)
      let sequence = Int64(index) + 1
      do throws(AccrualProblem) {
        let decision = try decide(accrual, members[place], date, sequence)
        note(decision, &findings)
        try compare(
          decision,
          with: generator.larger(accrual),
          members[place],
          date,
          &seen,
          &findings
        )
        members[place] = decision.after
      } catch {
        guard seen.insert(.receiptRefused).inserted else { continue }
        findings.add(
          .receiptRefused,
          "earn",
          "a receipt of \(ReceiptGenerator.amount(of: accrual)) fen on \(date) is refused",
          "\(date) 一笔 \(ReceiptGenerator.amount(of: accrual)) 分的小票被拒绝"
        )
      }
    }
    for member in members { findings.memberCounts[member.tier, default: 0] += 1 }
  }

  private func note(_ decision: AccrualDecision, _ findings: inout Findings) {
    findings.receiptCount += 1
    findings.totalMinor &+= decision.totalMinor
    findings.pointsEarned &+= decision.earned
    for fired in decision.fired { findings.firedCounts[fired.id, default: 0] += 1 }
  }

  private func compare(
    _ decision: AccrualDecision,
    with larger: Accrual,
    _ member: MemberState,
    _ date: BusinessDate,
    _ seen: inout Set<Kind>,
    _ findings: inout Findings
  ) throws(AccrualProblem) {
    let more = try decide(larger, member, date, 1 << 40)
    if more.earned < decision.earned || more.growth < decision.growth,
      seen.insert(.pointsFall).inserted
    {
      findings.add(
        .pointsFall,
        "earn",
        "on \(date) \(decision.totalMinor) fen bring \(decision.earned) points, and "
          + "\(more.totalMinor) fen \(more.earned)",
        "\(date) 消费 \(decision.totalMinor) 分得 \(decision.earned) 积分，"
          + "消费 \(more.totalMinor) 分却得 \(more.earned) 积分"
      )
    }
    let level = programme.levelIndex(member.tier)
    guard level + 1 < programme.levels.count else { return }
    var higher = member
    higher.tier = programme.levels[level + 1].id
    let above = try decide(larger, higher, date, 1 << 40)
    guard above.earned < more.earned, seen.insert(.higherTierEarnsLess).inserted else { return }
    findings.add(
      .higherTierEarnsLess,
      "tiers.levels[\(higher.tier)]",
      "on \(date) \(more.totalMinor) fen bring \(more.earned) points to \(member.tier), and "
        + "\(above.earned) to \(higher.tier)",
      "\(date) 消费 \(more.totalMinor) 分，\(member.tier) 得 \(more.earned) 积分，"
        + "\(higher.tier) 只得 \(above.earned) 积分"
    )
  }
}
