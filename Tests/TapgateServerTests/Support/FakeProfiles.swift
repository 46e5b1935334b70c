import TapgateCore
import TapgateLock
import TapgateModel

/// Profiles that a test sets.
final class FakeProfiles: ProfileReading {
  let all = Mutex<[String: MemberProfile]>([:])

  func profile(memberID: String) async -> MemberProfile? { all.withLock { $0[memberID] } }
}
