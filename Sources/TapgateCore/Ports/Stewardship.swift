public import TapgateJSON
public import TapgateModel

/// What a manager looks after beside the counter: programmes, the date, invitations. Reads and
/// rare changes; never ahead of the fast path.
public protocol Stewardship: Sendable {
  /// The programme in force, the one that waits for its day (or `null`), and those before.
  func programmes() async throws -> JSON

  /// Calls `observer` with the programme when another one has come into force; it must not block.
  func observeProgramme(_ observer: @escaping @Sendable (JSON) -> Void)

  /// Follows the machine's clock again after it was set by so much that nobody believed it. `date`
  /// is what a person says that the business date is.
  ///
  /// - Returns: The date by the machine's clock where it is another: then nothing was changed.
  func confirm(_ date: BusinessDate) async -> BusinessDate?

  /// The code by which a member invites others; `nil` where there is no such member.
  func inviteCode(memberID: String) async -> String?
}
