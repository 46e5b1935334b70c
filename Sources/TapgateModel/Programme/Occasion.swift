extension Programme {
  /// A span of the day in the store's local time, minutes after midnight; `start` may be later than
  /// `end`, and the span then reaches over midnight.
  public struct DaySpan: Hashable, Sendable {
    public var start: Int
    /// The first minute that does not belong to it.
    public var end: Int

    /// Creates a span.
    public init(start: Int, end: Int) {
      self.start = start
      self.end = end
    }

    /// Whether `minute`, 0 to 1,439, lies in it.
    public func contains(_ minute: Int) -> Bool {
      start <= end ? minute >= start && minute < end : minute >= start || minute < end
    }
  }

  /// How near to a birthday counts.
  public enum BirthdayWindow: String, Hashable, Sendable, CaseIterable { case day, week, month }

  /// When a rule counts. What is left empty does not matter; what is not empty must all hold.
  public struct Occasion: Hashable, Sendable {
    /// ISO weekdays, 1 is Monday.
    public var weekdays: Set<Int> = []
    /// Days of the month.
    public var monthDays: Set<Int> = []
    /// The time of day.
    public var time: DaySpan?
    /// The first and the last business date.
    public var from: BusinessDate?
    public var through: BusinessDate?
    public var birthday: BirthdayWindow?
    /// Tier ids of the free ladder.
    public var tiers: Set<String> = []
    /// Paid levels.
    public var paidLevels: Set<String> = []
    /// Types of the card that was shown.
    public var cardTypes: Set<String> = []
    /// Nodes of the organisation, such as `region-east` or a store; a node stands for all below it.
    public var nodes: Set<String> = []
    /// Counters' ids, as operations name them or as the organisation does.
    public var counters: Set<String> = []
    /// Kinds of tender of which the receipt must have one.
    public var tenders: Set<String> = []
    /// Categories and articles of lines: a rule with them counts for those lines only.
    public var categories: Set<String> = []
    public var skus: Set<String> = []
    /// Accounts of companies that have an agreement.
    public var agreements: Set<String> = []

    /// An occasion that is always.
    public init() {}

    /// Whether it looks at single lines.
    public var isOfLines: Bool { !categories.isEmpty || !skus.isEmpty }

    /// Whether nothing is asked for.
    public var isAlways: Bool { self == Occasion() }
  }

  /// What a rule's occasion is held against, beside the lines.
  public struct Situation: Hashable, Sendable {
    /// The business date.
    public var date: BusinessDate
    /// Minutes after midnight, local time; `nil` where nobody knows.
    public var minute: Int?
    public var store: String
    public var counter: String
    /// The place in the organisation, from the head office down to the store, and to the counter
    /// where that is a node.
    public var nodes: [String]
    public var tier: String?
    public var paidLevel: String?
    public var cardType: String?
    public var agreement: String?
    /// Month and day, where known.
    public var birthday: (month: Int, dayOfMonth: Int)? {
      get { birthdayCode.map { (Int($0) / 100, Int($0) % 100) } }
      set { birthdayCode = newValue.map { Int16($0.month * 100 + $0.dayOfMonth) } }
    }
    private var birthdayCode: Int16?
    /// Kinds of tender of the receipt.
    public var tenders: Set<String> = []

    /// Creates a situation.
    public init(date: BusinessDate, minute: Int? = nil, store: String = "", counter: String = "") {
      self.date = date
      self.minute = minute
      self.store = store
      self.counter = counter
      nodes = store.isEmpty ? [] : [store]
    }
  }
}

extension Programme.Occasion {
  /// Whether everything but the lines holds.
  public func holds(in situation: Programme.Situation) -> Bool {
    holdsOnDate(situation) && holdsForMember(situation)
      && (nodes.isEmpty || situation.nodes.contains { nodes.contains($0) })
      && (counters.isEmpty || counters.contains(situation.counter)
        || situation.nodes.contains { counters.contains($0) })
      && (tenders.isEmpty || !tenders.isDisjoint(with: situation.tenders))
  }

  /// Whether a line of this category and article counts.
  public func covers(category: String, sku: String) -> Bool {
    (categories.isEmpty && skus.isEmpty) || categories.contains(category) || skus.contains(sku)
  }

  private func holdsOnDate(_ situation: Programme.Situation) -> Bool {
    let date = situation.date
    if let from, date < from { return false }
    if let through, date > through { return false }
    if let time {
      guard let minute = situation.minute, time.contains(minute) else { return false }
    }
    return (weekdays.isEmpty || weekdays.contains(date.weekday))
      && (monthDays.isEmpty || monthDays.contains(date.parts.dayOfMonth))
  }

  private func holdsForMember(_ situation: Programme.Situation) -> Bool {
    if let birthday {
      guard let day = situation.birthday, birthday.contains(situation.date, birthday: day) else {
        return false
      }
    }
    return (tiers.isEmpty || situation.tier.map(tiers.contains) ?? false)
      && (paidLevels.isEmpty || situation.paidLevel.map(paidLevels.contains) ?? false)
      && (cardTypes.isEmpty || situation.cardType.map(cardTypes.contains) ?? false)
      && (agreements.isEmpty || situation.agreement.map(agreements.contains) ?? false)
  }
}

extension Programme.BirthdayWindow {
  /// Whether `date` is the birthday, in its ISO week or in its month. Who was born on 29 February
  /// has the birthday on 28 February in other years.
  func contains(_ date: BusinessDate, birthday: (month: Int, dayOfMonth: Int)) -> Bool {
    if self == .month { return date.parts.month == birthday.month }
    for year in [date.parts.year - 1, date.parts.year, date.parts.year + 1] {
      guard let day = Self.date(of: birthday, in: year) else { continue }
      if self == .day, day == date { return true }
      let monday = day.adding(days: 1 - day.weekday)
      if self == .week, date >= monday, date <= monday.adding(days: 6) { return true }
    }
    return false
  }

  /// The birthday in a year; `nil` where there is no such day in any.
  static func date(of birthday: (month: Int, dayOfMonth: Int), in year: Int) -> BusinessDate? {
    BusinessDate.date(in: year, month: birthday.month, dayOfMonth: birthday.dayOfMonth)
  }
}
