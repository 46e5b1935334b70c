internal import TapgateModel

/// Where an entry lies, as a report's dates and stores see it.
enum ReportPlace: Hashable, Sendable {
  case inside
  case otherDates
  /// Within the dates, but of another store, member or operator.
  case otherScope
}

extension ReportRequest {
  /// Where an entry lies.
  func place(of entry: ReportEntry) -> ReportPlace {
    guard holds(entry.businessDate) else { return .otherDates }
    return holds(store: entry.store, counter: entry.counter) ? .inside : .otherScope
  }
}

/// What a report's table leaves out of a sum over the whole journal. What it counts is not kept
/// here: the table itself has to tell that.
struct ScopedSum {
  private(set) var otherDates: Int128 = 0
  private(set) var otherScope: Int128 = 0

  mutating func add(_ amount: Int128, at place: ReportPlace) {
    switch place {
    case .inside: break
    case .otherDates: otherDates += amount
    case .otherScope: otherScope += amount
    }
  }

  /// The summands of a proof: the table's own sum, then what it leaves out, where there is any.
  func parts(table: Int128) -> [ReportProof.Part] {
    var parts = [ReportProof.Part(Wording("本表", "this table"), table)]
    if otherDates != 0 {
      parts.append(ReportProof.Part(Wording("其他日期", "other dates"), otherDates))
    }
    if otherScope != 0 {
      parts.append(ReportProof.Part(Wording("其他范围", "outside the scope"), otherScope))
    }
    return parts
  }
}
