/// Lets at most two statements about a device through in a second, and counts how often it went.
///
/// A loose plug comes and goes fifty times a second; every client would be told each time. Pure:
/// times are monotonic nanoseconds.
struct FlapGate: Hashable, Sendable {
  static let statementCountMax = 2
  static let windowNanoseconds: UInt64 = 1_000_000_000
  /// A device that stays for so long has stopped flapping.
  static let calmNanoseconds: UInt64 = 60_000_000_000
  /// Departures in a row from which on it is called flapping.
  static let flapCountMin = 3
  /// How long a flapping device must stay before it is opened again.
  static let patienceNanoseconds: UInt64 = 500_000_000

  private var told: [UInt64] = []
  private var departures = 0
  private var lastDeparture: UInt64 = 0

  /// How often the device went lately; 0 once it has stayed for a minute.
  func flapCount(at now: UInt64) -> Int {
    now &- lastDeparture > Self.calmNanoseconds ? 0 : departures
  }

  /// Whether it comes and goes more than anybody replugs it.
  func isFlapping(at now: UInt64) -> Bool { flapCount(at: now) >= Self.flapCountMin }

  /// The device went.
  mutating func departed(at now: UInt64) {
    departures = flapCount(at: now) + 1
    lastDeparture = now
  }

  /// Whether something may be said now; if so, it counts as said.
  mutating func admit(at now: UInt64) -> Bool {
    told.removeAll { now &- $0 >= Self.windowNanoseconds }
    guard told.count < Self.statementCountMax else { return false }
    told.append(now)
    return true
  }

  /// When it has stopped flapping, if it stays.
  var calm: UInt64 { lastDeparture + Self.calmNanoseconds + 1 }

  /// When the next statement may be made.
  var nextAdmission: UInt64 {
    told.count < Self.statementCountMax ? 0 : (told.first ?? 0) + Self.windowNanoseconds
  }
}
