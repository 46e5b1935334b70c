internal import TapgateLock
internal import TapgateModel

/// Names and the last digits of phones, opened, in memory only: what a search walks through.
///
/// An entry is opened when it is first asked for (or by the warm-up after the start) and forgotten
/// when the member changes. Walking a million entries takes milliseconds; searches have their own
/// lane.
final class NameIndex: Sendable {
  struct Entry: Sendable {
    var id: String
    var name: String
    var phone: String
    /// The name as a look-up shows it.
    var masked: String
    /// Its first letters, in pinyin where it is Chinese.
    var initials: String
    /// Those of another reading of the surname.
    var otherInitials: String?
  }

  private struct State {
    var entries: ContiguousArray<Entry?> = []
    /// Counts up with every profile that changed: an entry that was opened before is not kept.
    var generation = 0
  }

  private let state = Mutex(State())
  private let pinyin = PinyinInitials()

  func forget(_ number: UInt32) {
    state.withLock { state in
      state.generation += 1
      if Int(number) < state.entries.count { state.entries[Int(number)] = nil }
    }
  }

  /// The entry of member `number`; opens it where it is not known yet.
  func entry(_ number: UInt32, _ views: MemberViews) -> Entry? {
    let (known, generation) = state.withLock { state in
      (Int(number) < state.entries.count ? state.entries[Int(number)] : nil, state.generation)
    }
    if let known { return known }
    guard let row = views.memory.row(number),
      let identity = try? MemberState.identity(packed: row.state)  // `verify` tells of damage.
    else { return nil }
    let profile = views.profile(row.profile, memberID: identity.id)
    let initials = pinyin.initials(of: profile.name ?? "")
    let entry = Entry(
      id: identity.id,
      name: profile.name ?? "",
      phone: profile.phone ?? "",
      masked: MemberProfile.masked(name: profile.name),
      initials: initials.usual,
      otherInitials: initials.other
    )
    state.withLock { state in
      guard state.generation == generation else { return }
      if state.entries.count <= Int(number) {
        let missing = max(Int(number) + 1, state.entries.count * 3 / 2) - state.entries.count
        state.entries.append(contentsOf: repeatElement(nil, count: missing))
      }
      state.entries[Int(number)] = entry
    }
    return entry
  }

  /// Numbers of members who fit `text`, newest first: a part of the name, the start of its first
  /// letters (two at least), the start of the id, or at least four last digits of the phone.
  func search(_ text: String, limit: Int, newest: UInt32, _ views: MemberViews) -> [UInt32] {
    let wanted = text.lowercased()
    let isDigits = wanted.count >= 4 && wanted.allSatisfy { $0.isASCII && $0.isNumber }
    let isLetters = wanted.utf8.count >= 2 && wanted.utf8.allSatisfy { (97...122).contains($0) }
    var found: [UInt32] = []
    var number = newest
    while number > 0, found.count < limit {
      if let entry = entry(number, views) {
        let fits =
          entry.name.lowercased().contains(wanted) || entry.id.lowercased().hasPrefix(wanted)
          || (isDigits && entry.phone.hasSuffix(wanted))
          || (isLetters && entry.hasInitials(wanted))
        if fits { found.append(number) }
      }
      number -= 1
    }
    return found
  }
}

extension NameIndex.Entry {
  fileprivate func hasInitials(_ wanted: String) -> Bool {
    initials.hasPrefix(wanted) || otherInitials?.hasPrefix(wanted) ?? false
  }
}
