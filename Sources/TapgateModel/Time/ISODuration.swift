/// A duration as ISO 8601-1:2019 (5.5.2.2) writes it: `P1Y`, `P90D`, `PT5M`, `P1DT12H`.
///
/// Months and days are kept apart from seconds, for a month has no fixed length. Whole numbers
/// only, each designator once and in the standard's order; `P2W` stands alone.
public struct ISODuration: Hashable, Sendable {
  /// Years count as twelve.
  public var months: Int
  /// Weeks count as seven.
  public var days: Int
  /// Hours, minutes and seconds.
  public var seconds: Int64

  /// The largest number that may stand before a designator.
  public static let numberMax = 1_000_000

  /// Creates a duration.
  public init(months: Int = 0, days: Int = 0, seconds: Int64 = 0) {
    self.months = months
    self.days = days
    self.seconds = seconds
  }

  /// Reads a duration; `nil` for any other text.
  public init?(_ text: String) {
    var reader = Reader(bytes: Array(text.utf8))
    guard let duration = reader.duration() else { return nil }
    self = duration
  }

  /// Whether nothing passes in it.
  public var isZero: Bool { months == 0 && days == 0 && seconds == 0 }

  /// The whole in seconds, a day as 24 hours; `nil` where months make that impossible.
  public var totalSeconds: Int64? {
    months == 0 ? Int64(days) * 86_400 + seconds : nil
  }
}

extension ISODuration {
  private struct Reader {
    fileprivate enum Unit: Int { case year, month, week, day, hour, minute, second }

    let bytes: [UInt8]
    private var index = 0
    private var last: Unit?
    private var isTime = false

    init(bytes: [UInt8]) { self.bytes = bytes }

    mutating func duration() -> ISODuration? {
      guard bytes.count <= 64, bytes.first == UInt8(ascii: "P") else { return nil }
      index = 1
      var duration = ISODuration()
      var partCount = 0
      while index < bytes.count {
        if bytes[index] == UInt8(ascii: "T") {
          guard !isTime, index + 1 < bytes.count else { return nil }
          isTime = true
          index += 1
        }
        guard let value = number(), let unit = unit(), isInOrder(unit) else { return nil }
        duration.add(value, unit)
        last = unit
        partCount += 1
      }
      guard partCount > 0, last != .week || partCount == 1 else { return nil }
      return duration
    }

    private func isInOrder(_ unit: Unit) -> Bool {
      guard let last else { return true }
      return last != .week && unit.rawValue > last.rawValue
    }

    private mutating func number() -> Int? {
      var value = 0
      let start = index
      while index < bytes.count, (0x30...0x39).contains(bytes[index]) {
        value = value * 10 + Int(bytes[index] - 0x30)
        guard value <= ISODuration.numberMax else { return nil }
        index += 1
      }
      return index > start ? value : nil
    }

    private mutating func unit() -> Unit? {
      guard index < bytes.count else { return nil }
      let designator = bytes[index]
      index += 1
      switch (designator, isTime) {
      case (UInt8(ascii: "Y"), false): return .year
      case (UInt8(ascii: "M"), false): return .month
      case (UInt8(ascii: "W"), false): return .week
      case (UInt8(ascii: "D"), false): return .day
      case (UInt8(ascii: "H"), true): return .hour
      case (UInt8(ascii: "M"), true): return .minute
      case (UInt8(ascii: "S"), true): return .second
      default: return nil
      }
    }
  }

  private mutating func add(_ value: Int, _ unit: Reader.Unit) {
    switch unit {
    case .year: months += value * 12
    case .month: months += value
    case .week: days += value * 7
    case .day: days += value
    case .hour: seconds += Int64(value) * 3600
    case .minute: seconds += Int64(value) * 60
    case .second: seconds += Int64(value)
    }
  }
}
