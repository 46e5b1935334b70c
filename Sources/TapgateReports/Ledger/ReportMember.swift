public import TapgateModel

/// A member as reports read it: the state that the ledger holds now, and of the profile only what a
/// report may show.
public struct ReportMember: Hashable, Sendable {
  /// The number of the member's row.
  public var number: Int64
  public var state: MemberState
  /// Masked.
  public var displayName: String
  public var birthday: BusinessDate?

  /// Creates a member.
  public init(
    number: Int64,
    state: MemberState,
    displayName: String = "",
    birthday: BusinessDate? = nil
  ) {
    self.number = number
    self.state = state
    self.displayName = displayName
    self.birthday = birthday
  }

  /// Points that the member's lots and holds bear, expired ones that nobody took away yet included.
  var points: Int128 {
    state.lots.reduce(Int128(state.pointsHeld)) { $0 + Int128($1.remaining) }
  }

  /// Whether the member still takes part: neither merged into another nor erased.
  var isLive: Bool { state.status != .merged && state.status != .erased }
}
