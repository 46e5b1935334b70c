/// One line for a terminal. Colours are the command line's business; the role tells what they are
/// to say.
public struct ReportLine: Hashable, Sendable {
  /// What a line is.
  public enum Role: Hashable, Sendable {
    case title
    case heading
    case rule
    case row
    case totals
    case note
    case proof(isEqual: Bool)
    case plot
  }

  public var role: Role
  /// Clean of control characters.
  public var text: String

  /// Creates a line.
  public init(_ role: Role, _ text: String) {
    self.role = role
    self.text = text
  }
}
