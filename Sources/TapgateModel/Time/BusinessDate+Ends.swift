extension BusinessDate {
  /// The last day of this date's month.
  public var monthEnd: BusinessDate {
    let next = adding(days: 1 - parts.dayOfMonth).adding(days: 31)
    return max(self, next.adding(days: -next.parts.dayOfMonth))
  }

  /// 31 December of this date's year.
  public var yearEnd: BusinessDate {
    BusinessDate(year: parts.year, month: 12, dayOfMonth: 31) ?? self
  }

  /// The next date after this one with that month and day; 29 February is 28 February in other
  /// years. `nil` where no year has such a day, and past the calendar's end.
  public func next(month: Int, dayOfMonth: Int) -> BusinessDate? {
    let year = parts.year
    for candidate in year...(year + 1) {
      guard let date = Self.date(in: candidate, month: month, dayOfMonth: dayOfMonth) else {
        continue
      }
      if date > self { return date }
    }
    return nil
  }

  /// That day in a year, 29 February as 28 February where the year has none.
  static func date(in year: Int, month: Int, dayOfMonth: Int) -> BusinessDate? {
    if let date = BusinessDate(year: year, month: month, dayOfMonth: dayOfMonth) { return date }
    guard month == 2, dayOfMonth == 29 else { return nil }
    return BusinessDate(year: year, month: 2, dayOfMonth: 28)
  }
}
