public import TapgateModel

/// Opens members' profiles. Never on the fast path.
public protocol ProfileReading: Sendable {
  /// The profile in clear, as it is committed; `nil` where there is no such member, or none can be
  /// read. Who shows it in clear has it in the journal first.
  func profile(memberID: String) async -> MemberProfile?
}
