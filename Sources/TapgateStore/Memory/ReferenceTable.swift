/// An open-addressing table from 128-bit keys, which are evenly spread already, to member numbers.
///
/// No objects and no reference counting in the probe loop. Removal shifts the run back, so there
/// are no tombstones.
struct ReferenceTable {
  private struct Entry {
    var high: UInt64
    var low: UInt64
    /// 0 is a free place.
    var number: UInt32
  }

  private var entries: ContiguousArray<Entry>
  private var count = 0

  init(capacity: Int = 16) {
    var size = 16
    while size * 3 / 4 < capacity { size *= 2 }
    entries = ContiguousArray(repeating: Entry(high: 0, low: 0, number: 0), count: size)
  }

  subscript(high: UInt64, low: UInt64) -> UInt32? {
    let mask = entries.count - 1
    var place = Int(truncatingIfNeeded: low) & mask
    while entries[place].number != 0 {
      if entries[place].high == high, entries[place].low == low { return entries[place].number }
      place = (place + 1) & mask
    }
    return nil
  }

  mutating func insert(high: UInt64, low: UInt64, number: UInt32) {
    if (count + 1) * 4 > entries.count * 3 { grow() }
    place(Entry(high: high, low: low, number: number))
  }

  private mutating func place(_ entry: Entry) {
    let mask = entries.count - 1
    var place = Int(truncatingIfNeeded: entry.low) & mask
    while entries[place].number != 0 {
      if entries[place].high == entry.high, entries[place].low == entry.low {
        entries[place].number = entry.number
        return
      }
      place = (place + 1) & mask
    }
    entries[place] = entry
    count += 1
  }

  mutating func remove(high: UInt64, low: UInt64) {
    let mask = entries.count - 1
    var hole = Int(truncatingIfNeeded: low) & mask
    while entries[hole].number != 0 {
      if entries[hole].high == high, entries[hole].low == low { break }
      hole = (hole + 1) & mask
    }
    guard entries[hole].number != 0 else { return }
    count -= 1
    var next = hole
    while true {
      next = (next + 1) & mask
      guard entries[next].number != 0 else { break }
      let home = Int(truncatingIfNeeded: entries[next].low) & mask
      let isBetween = hole <= next ? (hole < home && home <= next) : (hole < home || home <= next)
      if !isBetween {
        entries[hole] = entries[next]
        hole = next
      }
    }
    entries[hole].number = 0
  }

  private mutating func grow() {
    let old = entries
    let free = Entry(high: 0, low: 0, number: 0)
    entries = ContiguousArray(repeating: free, count: old.count * 2)
    count = 0
    for entry in old where entry.number != 0 { place(entry) }
  }
}
