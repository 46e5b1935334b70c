/// Why a workbook could not be written.
public struct WorkbookError: Error, Hashable, Sendable {
  /// libxlsxwriter's `lxw_error`, or the system's error number where `isSystem`.
  public var code: Int32
  /// Whether `code` is an `errno`.
  public var isSystem: Bool
  /// What the library or the system says.
  public var problem: String

  /// Creates an error.
  public init(code: Int32, isSystem: Bool, problem: String) {
    self.code = code
    self.isSystem = isSystem
    self.problem = problem
  }
}
