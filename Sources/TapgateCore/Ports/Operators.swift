public import TapgateJSON
public import TapgateModel

/// Why an operator's PIN was not set.
public enum OperatorPINFailure: Error, Hashable, Sendable {
  /// The configuration has no such operator.
  case unknown
  /// It is not 4 to 12 digits.
  case malformed
  /// One that anybody would try first: 0000, 1234.
  case trivial
  /// It could not be hashed or written; a sentence for a technician.
  case notWritten(String)
}

/// Who stands at counters, in which company, and what proves it.
public protocol OperatorDesk: Sendable {
  /// The nodes of the company.
  var organisation: Organisation { get }

  /// Tells `then` what is known of `pin`: at once where the operator needs none or it was proven
  /// before, else from a thread of its own, a tenth of a second later.
  ///
  /// What is told comes in the order of the calls.
  ///
  /// - Returns: `false` where too many wait already; then nothing is told.
  func prove(
    _ operatorName: String?,
    pin: String?,
    then: @escaping @Sendable (OperatorProof) -> Void
  ) -> Bool

  /// Sets an operator's PIN and forgets wrong tries. It is on disk when this returns.
  func setPIN(_ pin: String, of operatorName: String) async throws(OperatorPINFailure)

  /// Every operator with place, permissions and the PIN's state; never with a PIN.
  func operators() -> JSON
}

/// What a reading of the configuration anew has changed.
public struct ReloadReport: Hashable, Sendable {
  /// What is in force now: `node`, `operator`.
  public var applied: [String]
  /// What differs and waits for a restart, by the configuration's own names.
  public var pending: [String]

  /// Creates a report.
  public init(applied: [String], pending: [String]) {
    self.applied = applied
    self.pending = pending
  }
}

/// Why the configuration was not read anew; everything stays as it was. The words name file, line
/// and column.
public struct ReloadFailure: Error, Hashable, Sendable {
  public var problem: String

  /// Creates a failure.
  public init(problem: String) { self.problem = problem }
}
