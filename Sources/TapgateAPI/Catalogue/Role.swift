/// What a client of the socket may do; each role holds the ones before it.
public enum Role: String, Sendable, CaseIterable, Comparable {
  case observe, pos, technician, manager

  /// Weaker comes first.
  public static func < (left: Role, right: Role) -> Bool { left.rank < right.rank }

  private var rank: Int {
    switch self {
    case .observe: 0
    case .pos: 1
    case .technician: 2
    case .manager: 3
    }
  }
}
