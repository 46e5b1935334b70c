internal import TapgateCore
public import TapgateJSON
internal import TapgateLock
internal import TapgateModel

/// Which programme rules when: the one in force, those before it as far back as a receipt may be
/// entered, and one that waits for its day. Any thread.
final class ProgrammeSchedule: Sendable {
  /// A programme with its first business date.
  struct Entry: Sendable {
    /// `nil` for the first one: it rules whatever came before.
    var from: BusinessDate?
    var active: ActiveProgramme
  }

  private let entries: Mutex<[Entry]>
  /// The programme that a changed file has brought with this start; `nil` where none has.
  let file: ActiveProgramme?

  /// `entries` by their dates, the earliest first; never empty.
  init(_ entries: [Entry], changedBy file: ActiveProgramme? = nil) {
    self.entries = Mutex(entries)
    self.file = file
  }

  var all: [Entry] { entries.withLock { $0 } }

  func replace(_ entries: [Entry]) { self.entries.withLock { $0 = entries } }

  /// The programme that rules what happened at `instant`: each begins at the cut-over of its own
  /// first day, by its own calendar.
  func active(at instant: @autoclosure () -> Timestamp) -> ActiveProgramme {
    let all = all
    guard all.count > 1 else { return all[0].active }
    let instant = instant()
    for entry in all.reversed() {
      guard let from = entry.from else { return entry.active }
      if entry.active.calendar.date(of: instant) >= from { return entry.active }
    }
    return all[0].active
  }

  /// The entries with `next` from `from` on: it takes the place of what was to come into force that
  /// day or later, and of what waits. What no receipt can be of any more is left out.
  static func entries(
    _ known: [Entry],
    adding next: ActiveProgramme,
    from: BusinessDate,
    today: BusinessDate
  ) -> [Entry] {
    var entries = known.filter { entry in
      guard let date = entry.from else { return true }
      return date < from && date <= today
    }
    entries.append(Entry(from: from, active: next))
    // Receipts may be 400 days old (`LedgerEngine.isPlausible`), and a cut-over lies between.
    let oldest = today.adding(days: -402)
    while entries.count > 1, let date = entries[1].from, date < oldest { entries.removeFirst() }
    entries[0].from = nil
    return entries
  }

  // MARK: As it is kept

  static let metaName = "programme:schedule"
  /// Holds the hash of the programme file that the gateway was started with.
  static let fileName = "programme:file"

  static func packed(_ entries: [Entry]) -> [UInt8] {
    JSON.array(
      entries.map { entry in
        .object([
          "from": .optional(entry.from?.description), "hash": .string(entry.active.hexHash),
        ])
      }
    ).encoded()
  }

  /// The dates and hashes that `packed` wrote; `nil` where it is damaged.
  static func unpacked(_ bytes: [UInt8]) -> [(from: BusinessDate?, hash: String)]? {
    guard let list = (try? JSONParser.parse(bytes))?.array, !list.isEmpty else { return nil }
    var entries: [(from: BusinessDate?, hash: String)] = []
    for value in list {
      guard let hash = value["hash"]?.string else { return nil }
      entries.append((value["from"]?.string.flatMap { BusinessDate($0) }, hash))
    }
    return entries
  }
}

extension ActiveProgramme {
  /// The hash in hexadecimal.
  var hexHash: String { Self.hexadecimal(hash) }

  static func hexadecimal(_ bytes: [UInt8]) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  /// What the wire tells of it; `from` is its first day.
  func json(from: BusinessDate?) -> JSON {
    .object([
      "id": .string(programme.id), "revision": .integer(programme.revision),
      "hash": .string(Self.hexadecimal(revision)), "from": .optional(from?.description),
      "currency": .string(programme.currency),
      "examples": .array(programme.examples.map(JSON.string)),
    ])
  }
}

extension LedgerStore {
  /// The programme in force, the one that waits for its day, and those before.
  public func programmes() async throws -> JSON {
    let entries = shared.schedule.all
    let active = shared.active
    let index = entries.lastIndex { $0.active === active } ?? 0
    let pending = index + 1 < entries.count ? entries[index + 1] : nil
    return .object([
      "active": active.json(from: entries[index].from),
      "pending": pending.map { $0.active.json(from: $0.from) } ?? .null,
      "earlier": .array(entries[..<index].map { $0.active.json(from: $0.from) }),
    ])
  }

  /// Calls `observer` when another programme has come into force; while it is swept for
  /// (`startSweeping`).
  public func observeProgramme(_ observer: @escaping @Sendable (JSON) -> Void) {
    sweeper.observeProgramme(observer)
  }
}
