internal import TapgateCodec
internal import TapgateCore

/// Everything that is plugged in, what the rules make of it, and its stations.
///
/// A value without clock, thread or library, like `ScannerStation`.
struct ScannerCensus: Sendable {
  /// How long the system may take to bind drivers and make device files.
  static let settleNanoseconds: UInt64 = 700_000_000
  /// Stations of devices that left which are remembered with their counters.
  static let memoryCountMax = 64
  /// Room for the routes of one station in the numbers of sessions.
  private static let sessionStride: UInt64 = 8

  /// One device that is there.
  private struct Unit: Sendable {
    var facts: DeviceFacts
    var identity: ScannerIdentity
    let since: UInt64
    var isJudged = false
    /// Ids of its stations.
    var stations: [String] = []
  }

  let rules: ScannerRules
  private var identities = ScannerIdentities()
  private var units: [DeviceFacts.Link: Unit] = [:]
  private(set) var stations: [String: ScannerStation] = [:]
  /// Which station a session belongs to.
  private var sessions: [UInt64: String] = [:]
  private var nextSession: UInt64 = 8
  /// Ids of stations that left, the oldest first.
  private var retired: [String] = []

  init(rules: ScannerRules) { self.rules = rules }

  /// Effects with the station that they are of.
  typealias Effects = [(station: String, effect: ScannerStation.Effect)]

  /// The devices that the configuration names one by one are shown from the beginning on.
  mutating func begin(at now: UInt64) -> Effects {
    var effects: Effects = []
    for entry in rules.entries where entry.match.isOfOneDevice {
      let id = Self.id(ofEntry: entry.id)
      var station = ScannerStation(
        id: id,
        identity: "configuration",
        name: entry.match.path ?? entry.id,
        lane: entry.lane ?? rules.lane,
        deviceClass: entry.mode == .magstripe ? .msr : .scanner
      )
      let function = ScannerRules.function(ofPath: entry, lane: rules.lane)
      let told = function.map { station.take($0, at: now) } ?? station.told(at: now)
      stations[id] = station
      effects += told.map { (id, $0) }
    }
    return effects
  }

  /// What a device that an entry pins is called.
  static func id(ofEntry id: String) -> String { "scanner:\(id)" }

  // MARK: Devices

  /// Devices came: all that came together, so that doubles among them are seen as such.
  mutating func arrived(_ devices: [DeviceFacts], at now: UInt64) -> Effects {
    // Another device at a place that nobody told had become free.
    let replaced = devices.filter { new in
      units[new.link].map { $0.facts.nodePath != new.nodePath } ?? false
    }
    var effects = left(replaced.map(\.link), at: now)
    let fresh = devices.filter { units[$0.link] == nil }
    for facts in fresh {
      let others = units.values.map(\.facts) + fresh.filter { $0.link != facts.link }
      let identity = identities.identify(facts, others: others)
      units[facts.link] = Unit(facts: facts, identity: identity, since: now)
    }
    for facts in fresh { effects += noteDoubles(of: facts, at: now) }
    for facts in fresh { effects += judge(facts.link, at: now) }
    return effects
  }

  /// Devices went.
  mutating func left(_ links: [DeviceFacts.Link], at now: UInt64) -> Effects {
    var effects: Effects = []
    for link in links {
      guard let unit = units.removeValue(forKey: link) else { continue }
      identities.left(unit.facts)
      for id in unit.stations {
        effects += change(id) { $0.depart(at: now) }
        retire(id)
      }
    }
    return effects
  }

  /// The system has bound drivers to a device's interfaces, or taken them away.
  mutating func rebound(
    _ link: DeviceFacts.Link,
    _ bindings: [UInt8: DeviceBinding],
    at now: UInt64
  ) -> Effects {
    guard var unit = units[link] else { return [] }
    for (number, var binding) in bindings {
      // While an interface is ours nobody can read its descriptor from the system.
      let known = unit.facts.bindings[number]?.reportDescriptor
      binding.reportDescriptor = binding.reportDescriptor ?? known
      unit.facts.bindings[number] = binding
    }
    units[link] = unit
    let isInUse = unit.stations.contains { stations[$0]?.session != nil }
    guard !isInUse else { return [] }
    for id in unit.stations { stations[id]?.hurry(at: now) }
    return judge(link, at: now)
  }

  /// The devices that are there, by where they are.
  var links: Set<DeviceFacts.Link> { Set(units.keys) }

  /// What is known of a device.
  func facts(_ link: DeviceFacts.Link) -> DeviceFacts? { units[link]?.facts }

  private mutating func judge(_ link: DeviceFacts.Link, at now: UInt64) -> Effects {
    guard var unit = units[link] else { return [] }
    let isSettled = now &- unit.since >= Self.settleNanoseconds
    var judgement = rules.judge(unit.facts, isSettled: isSettled)
    if case .taken(let functions) = judgement { judgement = admit(functions, unit) }
    if judgement == .unsettled { return [] }
    unit.isJudged = true
    let before = unit.stations
    var effects: Effects = []
    switch judgement {
    case .unsettled, .ignored: unit.stations = []
    case .left(let verdict, let reason):
      let id = makeStation(unit.identity.id, unit, basis: unit.identity.basis)
      unit.stations = [id]
      // What is no input device is in nobody's lane, and cannot be claimed.
      let (isInput, lane) = (unit.facts.canBeInput, rules.lane)
      effects += change(id) { station in
        if !isInput || station.deviceClass == .other {
          station.deviceClass = isInput ? .scanner : .other
          station.lane = isInput ? lane : nil
        }
        return station.leave(verdict, reason: reason, at: now)
      }
    case .taken(let functions):
      unit.stations = []
      for (index, function) in functions.enumerated() {
        let id = stationID(function, isFirst: index == 0, unit)
        let basis = function.isPinned ? "configuration" : unit.identity.basis
        unit.stations.append(makeStation(id, unit, basis: basis))
        effects += change(id) { $0.take(function, at: now) }
      }
    }
    units[link] = unit
    for id in before where !unit.stations.contains(id) {
      effects += change(id) { $0.depart(at: now) }
      retire(id)
    }
    return effects
  }

  /// Leaves out what another device does already: an entry for one device is for one device.
  private func admit(_ functions: [ScannerFunction], _ unit: Unit) -> ScannerJudgement {
    let free = functions.filter { function in
      guard function.isPinned, let entry = function.entryID else { return true }
      let id = Self.id(ofEntry: entry)
      return unit.stations.contains(id) || stations[id]?.isPresent != true
    }
    if !free.isEmpty { return .taken(free) }
    let entry = functions.first?.entryID ?? ""
    let reason =
      "duplicateSerial: the [[scanner]] \"\(entry)\" fits this device and another one that has"
      + " its place. Name the port of each."
    return .left(.usable, reason: reason)
  }

  private func stationID(_ function: ScannerFunction, isFirst: Bool, _ unit: Unit) -> String {
    if function.isPinned, let entry = function.entryID { return Self.id(ofEntry: entry) }
    guard !isFirst, let interface = function.interface else { return unit.identity.id }
    return "\(unit.identity.id)#\(interface)"
  }

  private mutating func makeStation(_ id: String, _ unit: Unit, basis: String) -> String {
    var station =
      stations[id]
      ?? ScannerStation(
        id: id,
        identity: basis,
        name: unit.facts.title,
        lane: rules.lane,
        deviceClass: .scanner
      )
    station.identity = basis
    station.name = unit.facts.title
    station.note = unit.identity.note
    stations[id] = station
    retired.removeAll { $0 == id }
    return id
  }

  /// A device with the serial number of one that is there already: that one is told of it, too.
  private mutating func noteDoubles(of facts: DeviceFacts, at now: UInt64) -> Effects {
    var effects: Effects = []
    let doubles = units.filter {
      $0.key != facts.link && ScannerIdentities.areDoubles($0.value.facts, facts)
    }
    for link in doubles.keys {
      let note = ScannerIdentities.doubleNote([facts.port].compactMap(\.self))
      units[link]?.identity.note = note
      for id in units[link]?.stations ?? [] {
        effects += change(id) { station in
          station.note = note
          return station.told(at: now)
        }
      }
    }
    return effects
  }

  private mutating func retire(_ id: String) {
    // A device that the configuration names is shown for ever.
    guard !id.hasPrefix(Self.id(ofEntry: "")) else { return }
    retired.removeAll { $0 == id }
    retired.append(id)
    guard retired.count > Self.memoryCountMax else { return }
    stations[retired.removeFirst()] = nil
  }

  // MARK: Sessions

  /// What a session needs to be opened: the device of a station.
  func facts(ofStation id: String) -> DeviceFacts? {
    units.values.first { $0.stations.contains(id) }?.facts
  }

  private func link(ofStation id: String) -> DeviceFacts.Link? {
    units.first { $0.value.stations.contains(id) }?.key
  }

  /// The station of a session, while it is that station's.
  func station(of session: UInt64) -> ScannerStation? {
    guard let id = sessions[session], let station = stations[id] else { return nil }
    return station.session == session ? station : nil
  }

  /// Lets the station of a session take an event; one that has moved on is left alone.
  mutating func update(
    _ session: UInt64,
    _ event: (inout ScannerStation) -> [ScannerStation.Effect]
  ) -> Effects {
    guard let id = sessions[session], stations[id]?.session == session else { return [] }
    return change(id, event)
  }

  /// Lets a station take an event.
  mutating func change(
    _ id: String,
    _ event: (inout ScannerStation) -> [ScannerStation.Effect]
  ) -> Effects {
    guard var station = stations[id] else { return [] }
    stations[id] = nil  // The only owner changes it in place.
    let effects = event(&station)
    stations[id] = station
    for effect in effects {
      if case .open(let session, _) = effect { sessions[session] = id }
    }
    return effects.map { (id, $0) }
  }

  /// What waits for another try is tried at once.
  mutating func hurry(at now: UInt64) -> Effects {
    for id in stations.keys { stations[id]?.hurry(at: now) }
    return []
  }

  /// A session is over, and nothing more is heard of it.
  mutating func forget(_ session: UInt64) { sessions[session] = nil }

  // MARK: Time

  /// Looks at the time.
  mutating func tick(at now: UInt64) -> Effects {
    var effects: Effects = []
    for (link, unit) in units
    where !unit.isJudged && now &- unit.since >= Self.settleNanoseconds {
      effects += judge(link, at: now)
    }
    for (id, station) in stations {
      guard let due = station.due, due <= now else { continue }
      // What the system has done since the last try may have opened another way.
      if case .waiting = station.phase, let link = link(ofStation: id) {
        effects += judge(link, at: now)
      }
      let session = nextSession
      nextSession += Self.sessionStride
      effects += change(id) { $0.tick(at: now, session: session) }
    }
    return effects
  }

  /// When `tick` has something to do; `nil` where nothing is awaited.
  var due: UInt64? {
    let settling = units.values.filter { !$0.isJudged }
      .map { $0.since + Self.settleNanoseconds }
    return (settling + stations.values.compactMap(\.due)).min()
  }

  /// Everything is over: sessions are closed, nothing is told any more.
  mutating func end() -> Effects {
    let open = stations.compactMap { id, station in station.session.map { (id, $0) } }
    units = [:]
    stations = [:]
    sessions = [:]
    return open.map { ($0.0, .close(session: $0.1)) }
  }
}
