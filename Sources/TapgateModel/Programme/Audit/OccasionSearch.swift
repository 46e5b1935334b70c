/// Looks for a moment at which a rule's occasion holds.
struct OccasionSearch: Sendable {
  let programme: Programme
  /// The tiers that somebody can have.
  let tiers: Set<String>

  /// Situations on the first days, at most `limit`, on which `when` holds and nothing is told that
  /// it does not ask for; no later than `end`.
  func situations(
    for when: Programme.Occasion,
    through end: BusinessDate? = nil,
    limit: Int
  ) -> [Programme.Situation] {
    var found: [Programme.Situation] = []
    var dayCount = 0
    let first = max(programme.validFrom, when.from ?? programme.validFrom)
    for offset in 0..<ProgrammeAudit.dayCount where dayCount < limit {
      let date = first.adding(days: offset)
      if let through = when.through, date > through { break }
      if let end, date > end { break }
      let holding = situations(meeting: when, on: date).filter { when.holds(in: $0) }
      if !holding.isEmpty { dayCount += 1 }
      found += holding
    }
    return found
  }

  /// Whether there is a moment at which `when` holds.
  func isEver(_ when: Programme.Occasion, through end: BusinessDate? = nil) -> Bool {
    !situations(for: when, through: end, limit: 1).isEmpty
  }

  /// A day's situations: each of the tiers, times and so on that `when` names.
  private func situations(
    meeting when: Programme.Occasion,
    on date: BusinessDate
  ) -> [Programme.Situation] {
    var start = Programme.Situation(date: date, counter: when.counters.min() ?? "")
    start.tenders = when.tenders
    var all = [start]
    func vary<Value>(
      _ values: [Value],
      _ path: WritableKeyPath<Programme.Situation, Value>
    ) {
      guard !values.isEmpty else { return }
      all = all.flatMap { situation in
        values.prefix(8).map { value in
          var situation = situation
          situation[keyPath: path] = value
          return situation
        }
      }
      if all.count > 512 { all.removeLast(all.count - 512) }
    }
    if let time = when.time {
      let length = (time.end - time.start + 1440) % 1440
      let offsets = [0, length / 2, max(1, length) - 1]
      vary(offsets.map { (time.start + $0) % 1440 }, \.minute)
    }
    if when.birthday != nil {
      all = all.flatMap { situation in
        [0, 1, -1, 5, -5, 15, -15].map { offset in
          let day = date.adding(days: offset).parts
          var situation = situation
          situation.birthday = (day.month, day.dayOfMonth)
          return situation
        }
      }
    }
    vary(when.tiers.isEmpty ? [] : when.tiers.intersection(tiers).sorted(), \.tier)
    vary(when.paidLevels.sorted(), \.paidLevel)
    vary(when.cardTypes.sorted(), \.cardType)
    vary(when.agreements.sorted(), \.agreement)
    vary(when.nodes.sorted().map { [$0] }, \.nodes)
    return all
  }
}

extension Programme.Occasion {
  /// Whether this one holds, and covers a line, whenever `other` does.
  func includes(_ other: Programme.Occasion) -> Bool {
    includesDates(of: other)
      && Self.includes(tiers, other.tiers) && Self.includes(paidLevels, other.paidLevels)
      && Self.includes(cardTypes, other.cardTypes) && Self.includes(nodes, other.nodes)
      && Self.includes(counters, other.counters) && Self.includes(tenders, other.tenders)
      && Self.includes(agreements, other.agreements)
      && (!isOfLines
        || (other.isOfLines && categories.isSuperset(of: other.categories)
          && skus.isSuperset(of: other.skus)))
  }

  private func includesDates(of other: Programme.Occasion) -> Bool {
    if let from {
      guard let otherFrom = other.from, otherFrom >= from else { return false }
    }
    if let through {
      guard let otherThrough = other.through, otherThrough <= through else { return false }
    }
    return (time == nil || time == other.time) && (birthday == nil || birthday == other.birthday)
      && Self.includes(weekdays, other.weekdays) && Self.includes(monthDays, other.monthDays)
  }

  private static func includes<Value>(_ wide: Set<Value>, _ narrow: Set<Value>) -> Bool {
    wide.isEmpty || (!narrow.isEmpty && wide.isSuperset(of: narrow))
  }
}
