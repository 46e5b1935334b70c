/// Which readers there are, by the lists that pcscd gives.
///
/// Missing from one list is not gone: lists falter while a hub enumerates. A reader is gone when an
/// event said so and the list agrees, or after several lists in a row.
struct ReaderRoster: Hashable, Sendable {
  /// What a list changed.
  struct Change: Hashable, Sendable {
    var added: [PCSCReaderName] = []
    var lost: [PCSCReaderName] = []
  }

  /// Lists in a row that a reader must be missing from.
  static let missCountMax = 3
  /// The same after a restart of pcscd, which finds its USB readers one by one.
  static let missCountMaxAfterRestart = 8

  private var misses: [PCSCReaderName: Int] = [:]
  private var patience: [PCSCReaderName: Int] = [:]

  /// Every reader that is not gone.
  var known: Set<PCSCReaderName> { Set(misses.keys) }

  /// Whether a reader is missing, so that the next list should come soon.
  var isUncertain: Bool { misses.values.contains { $0 > 0 } }

  /// Takes a list.
  mutating func take(_ names: [PCSCReaderName]) -> Change {
    var change = Change()
    for name in names {
      if misses[name] == nil { change.added.append(name) }
      misses[name] = 0
      patience[name] = Self.missCountMax
    }
    let listed = Set(names)
    for (name, count) in misses where !listed.contains(name) {
      if count + 1 >= patience[name] ?? Self.missCountMax {
        change.lost.append(name)
        misses[name] = nil
        patience[name] = nil
      } else {
        misses[name] = count + 1
      }
    }
    return change
  }

  /// An event said that `name` left: the next list without it is enough.
  mutating func sawLeave(_ name: PCSCReaderName) {
    if misses[name] != nil { patience[name] = 1 }
  }

  /// pcscd started anew: readers get longer to come back.
  mutating func restart() {
    for name in misses.keys { patience[name] = Self.missCountMaxAfterRestart }
  }
}
