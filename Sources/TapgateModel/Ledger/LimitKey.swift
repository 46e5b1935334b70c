/// What a limit counts, and in which span of the calendar.
public struct LimitKey: Hashable, Sendable {
  /// What is counted, such as `event:signin` or `reward:cup`.
  public var name: String
  public var span: Programme.Limit.Span
  /// The day, month or year that is counted; 0 for a life.
  public var bucket: Int32

  /// Creates a key for the span in which `date` lies.
  public init(_ name: String, per span: Programme.Limit.Span, on date: BusinessDate) {
    self.name = name
    self.span = span
    bucket = Self.bucket(of: span, on: date)
  }

  init(name: String, span: Programme.Limit.Span, bucket: Int32) {
    self.name = name
    self.span = span
    self.bucket = bucket
  }

  /// The number of the day, month or year in which `date` lies.
  public static func bucket(of span: Programme.Limit.Span, on date: BusinessDate) -> Int32 {
    switch span {
    case .day: date.day
    case .month: Int32(clamping: date.parts.year * 12 + date.parts.month - 1)
    case .year: Int32(clamping: date.parts.year)
    case .life: 0
    }
  }
}

/// How often something that is limited happened.
public struct LimitCounter: Hashable, Sendable {
  public var key: LimitKey
  public var count: Int64

  /// Creates a counter.
  public init(key: LimitKey, count: Int64) {
    self.key = key
    self.count = count
  }
}

extension Programme.Limit.Span {
  /// The span's number in packed rows; never reused.
  var number: UInt8 {
    switch self {
    case .day: 1
    case .month: 2
    case .year: 3
    case .life: 4
    }
  }

  init?(number: UInt8) {
    guard let span = Self.allCases.first(where: { $0.number == number }) else { return nil }
    self = span
  }
}
