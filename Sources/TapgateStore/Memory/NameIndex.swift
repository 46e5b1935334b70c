internal import Synchronization
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
  }

  private let entries = Mutex<ContiguousArray<Entry?>>([])

  func forget(_ number: UInt32) {
    entries.withLock { entries in
      if Int(number) < entries.count { entries[Int(number)] = nil }
    }
  }

  /// The entry of member `number`; opens it where it is not known yet.
  func entry(_ number: UInt32, _ views: MemberViews) -> Entry? {
    let known = entries.withLock { entries in
      Int(number) < entries.count ? entries[Int(number)] : nil
    }
    if let known { return known }
    guard let row = views.memory.row(number),
      let identity = try? MemberState.identity(packed: row.state)  // `verify` tells of damage.
    else { return nil }
    let profile = views.profile(row.profile, memberID: identity.id)
    let entry = Entry(id: identity.id, name: profile.name ?? "", phone: profile.phone ?? "")
    entries.withLock { entries in
      while entries.count <= Int(number) { entries.append(nil) }
      entries[Int(number)] = entry
    }
    return entry
  }

  /// Numbers of members who fit `text`, newest first: a part of the name, the start of the id, or
  /// at least four last digits of the phone.
  func search(_ text: String, limit: Int, newest: UInt32, _ views: MemberViews) -> [UInt32] {
    let wanted = text.lowercased()
    let isDigits = wanted.count >= 4 && wanted.allSatisfy { $0.isASCII && $0.isNumber }
    var found: [UInt32] = []
    var number = newest
    while number > 0, found.count < limit {
      if let entry = entry(number, views) {
        let fits =
          entry.name.lowercased().contains(wanted) || entry.id.lowercased().hasPrefix(wanted)
          || (isDigits && entry.phone.hasSuffix(wanted))
        if fits { found.append(number) }
      }
      number -= 1
    }
    return found
  }
}
