/// Why a measurement could not go on.
public struct BenchError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What kind of fault it is; stable.
  public enum Code: String, Sendable {
    /// A system call failed.
    case system
    /// A peer's program is not on this machine.
    case notInstalled
    /// A peer did not start, stopped, or broke its protocol.
    case peer
    /// Somebody asked this program to stop.
    case interrupted
  }

  public let code: Code
  /// What was being done, as a verb phrase.
  public let doing: String
  /// The lower layer's words.
  public let cause: String

  /// Creates an error.
  public init(_ code: Code, doing: String, cause: String) {
    self.code = code
    self.doing = doing
    self.cause = cause
  }

  /// One sentence.
  public var description: String { "could not \(doing): \(cause)" }
}
