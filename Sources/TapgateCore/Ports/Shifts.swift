public import TapgateModel

/// Counts what was done at a counter since its shift was closed last.
public protocol ShiftDesk: Sendable {
  /// The shift of an operator at a counter, or of everybody there, up to the newest row on disk.
  func shift(
    store: String,
    counter: String,
    operatorName: String?
  ) async throws -> ShiftClose
}
