internal import TapgateModel

/// A programme with what belongs to it: its canonical hash and its calendar.
///
/// A class, so that a decision that asks for the one in force copies a reference.
final class ActiveProgramme: Sendable {
  let programme: Programme
  let calendar: BusinessCalendar
  /// Whether some rule asks for the member's birthday, which is read for it only then.
  let asksForBirthday: Bool
  /// Whether members who have no coupons, passes and the like have something to show as well.
  let showsAssetsOfAll: Bool
  /// The canonical JSON.
  let text: [UInt8]
  /// SHA-256 of the canonical JSON.
  let hash: [UInt8]
  /// The first 8 bytes of the hash; every journal row names them.
  let revision: [UInt8]

  init(bytes: [UInt8]) throws {
    programme = try Programme.parse(bytes, for: .engine)
    guard
      let calendar = BusinessCalendar(
        zone: programme.zone,
        cutoverMinutes: programme.cutoverMinutes
      )
    else { throw ProgrammeError.unknownZone }
    self.calendar = calendar
    asksForBirthday = programme.asksForBirthday
    showsAssetsOfAll = !programme.benefits.isEmpty || programme.pointsPending != nil
    text = try Programme.canonicalForm(bytes)
    hash = KeyRing.hash(text)
    revision = Array(hash.prefix(8))
  }
}

extension ProgrammeError {
  static let unknownZone = ProgrammeError(
    path: "zone",
    problem: "must be a time zone's IANA name, such as Asia/Shanghai"
  )
}
