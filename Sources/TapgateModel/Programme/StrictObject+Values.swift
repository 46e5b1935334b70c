internal import TapgateJSON

extension StrictObject {
  /// The largest amount of a rule: ten thousand million yuan.
  static let minorMax: Int64 = 1_000_000_000_000
  /// The largest number of points of a rule.
  static let pointsMax: Int64 = 1_000_000_000

  static func isText(_ text: String) -> Bool { !text.isEmpty && text.utf8.count <= 200 }

  mutating func text(_ name: String) throws(ProgrammeError) -> String {
    guard case .string(let text) = try need(name), Self.isText(text) else {
      throw error(name, "must be a text of 1 to 200 bytes")
    }
    return text
  }

  mutating func text(_ name: String, default value: String) throws(ProgrammeError) -> String {
    has(name) ? try text(name) : value
  }

  /// An id: a text without blanks and control characters, which stand in logs and on slips.
  mutating func identifier(_ name: String) throws(ProgrammeError) -> String {
    guard case .string(let text) = try need(name), Self.isText(text), text.utf8.count <= 64,
      text.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F })
    else { throw error(name, "must be a text of 1 to 64 bytes without blanks") }
    return text
  }

  mutating func integer(
    _ name: String,
    in range: ClosedRange<Int64>
  ) throws(ProgrammeError) -> Int64 {
    guard case .integer(let value) = try need(name), range.contains(value) else {
      throw error(name, "must be an integer from \(range.lowerBound) to \(range.upperBound)")
    }
    return value
  }

  mutating func integerIfAny(
    _ name: String,
    in range: ClosedRange<Int64>
  ) throws(ProgrammeError) -> Int64? {
    has(name) ? try integer(name, in: range) : nil
  }

  /// An amount in fen, at least one.
  mutating func fen(_ name: String) throws(ProgrammeError) -> Int64 {
    try integer(name, in: 1...Self.minorMax)
  }

  mutating func flag(_ name: String, default value: Bool = false) throws(ProgrammeError) -> Bool {
    guard let json = take(name) else { return value }
    guard case .bool(let flag) = json else { throw error(name, "must be true or false") }
    return flag
  }

  /// A flag that the format fixes.
  mutating func flag(
    _ name: String,
    mustBe value: Bool,
    because reason: String
  ) throws(ProgrammeError) {
    guard try need(name) == .bool(value) else {
      throw error(name, "must be \(value): \(reason)")
    }
  }

  mutating func choice(_ name: String, of choices: [String]) throws(ProgrammeError) -> String {
    guard case .string(let value) = try need(name), choices.contains(value) else {
      throw error(name, "must be one of: \(choices.joined(separator: ", "))")
    }
    return value
  }

  /// One of the raw values of a type.
  mutating func choice<Choice: RawRepresentable & CaseIterable>(
    _ name: String,
    as type: Choice.Type
  ) throws(ProgrammeError) -> Choice where Choice.RawValue == String {
    let value = try choice(name, of: type.allCases.map(\.rawValue))
    guard let choice = Choice(rawValue: value) else { throw error(name, "is unknown") }
    return choice
  }

  mutating func date(_ name: String) throws(ProgrammeError) -> BusinessDate {
    guard case .string(let text) = try need(name), let date = BusinessDate(text) else {
      throw error(name, "must be a date, YYYY-MM-DD")
    }
    return date
  }

  mutating func dateIfAny(_ name: String) throws(ProgrammeError) -> BusinessDate? {
    has(name) ? try date(name) : nil
  }

  /// A time of day in minutes after midnight; 24:00 where it is the end of a span.
  mutating func minutes(_ name: String, isEnd: Bool = false) throws(ProgrammeError) -> Int {
    let problem = error(name, "must be a time, HH:MM")
    guard case .string(let text) = try need(name) else { throw problem }
    let digits = Array(text.utf8)
    guard digits.count == 5, digits[2] == UInt8(ascii: ":"),
      digits.enumerated().allSatisfy({ $0.offset == 2 || (0x30...0x39).contains($0.element) })
    else { throw problem }
    let hour = Int(digits[0] - 0x30) * 10 + Int(digits[1] - 0x30)
    let minute = Int(digits[3] - 0x30) * 10 + Int(digits[4] - 0x30)
    guard minute < 60, hour < 24 || (isEnd && hour == 24 && minute == 0) else { throw problem }
    return hour * 60 + minute
  }

  /// A span of the calendar that is not empty, at most a hundred years.
  mutating func period(_ name: String) throws(ProgrammeError) -> Programme.Period {
    guard case .string(let text) = try need(name), let period = Programme.Period(iso8601: text),
      period.months + period.days > 0, period.months <= 1200, period.days <= 36_525
    else {
      throw error(
        name,
        "must be a duration of up to 100 years in years, months, weeks or days, "
          + "such as P1Y"
      )
    }
    return period
  }

  /// A span of time in seconds.
  mutating func seconds(
    _ name: String,
    upTo max: Int64
  ) throws(ProgrammeError) -> Int64 {
    guard case .string(let text) = try need(name), let duration = ISODuration(text),
      let seconds = duration.totalSeconds, (1...max).contains(seconds)
    else {
      throw error(name, "must be a duration from PT1S to PT\(max)S, such as PT5M or PT24H")
    }
    return seconds
  }
}

extension Programme.Period {
  /// Reads an ISO 8601 duration of years, months, weeks or days: `P1Y`, `P90D`.
  public init?(iso8601 text: String) {
    guard let duration = ISODuration(text), duration.seconds == 0 else { return nil }
    self.init(months: duration.months, days: duration.days)
  }
}
