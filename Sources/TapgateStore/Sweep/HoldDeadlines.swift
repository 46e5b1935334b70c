internal import TapgateLock
internal import TapgateModel

/// When the next hold of each member ends who has one open. Any thread.
final class HoldDeadlines: Sendable {
  private let earliest = Mutex<[UInt32: Int64]>([:])

  /// Takes a member's state as it was committed.
  func note(_ state: MemberState, of number: UInt32) {
    let deadline = state.hasNoAssets ? nil : state.assets.holds.map(\.deadline).min()
    earliest.withLock { earliest in
      if deadline == nil, earliest.isEmpty { return }
      earliest[number] = deadline
    }
  }

  /// Takes a state that may be older than what `note` was told.
  func noteIfUnknown(_ state: MemberState, of number: UInt32) {
    guard !state.hasNoAssets, let deadline = state.assets.holds.map(\.deadline).min() else {
      return
    }
    earliest.withLock { $0[number] = $0[number] ?? deadline }
  }

  /// Forgets a member in whom no hold was found.
  func forget(_ number: UInt32) { earliest.withLock { $0[number] = nil } }

  /// Members with a hold whose time is over.
  func due(at now: Timestamp) -> [UInt32] {
    earliest.withLock { earliest in
      guard !earliest.isEmpty else { return [] }
      return earliest.filter { $0.value <= now.microseconds }.keys.sorted()
    }
  }

  var isEmpty: Bool { earliest.withLock(\.isEmpty) }
}
