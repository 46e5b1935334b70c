public import TapgateModel

/// Issues coupons to many members, exactly once each, whatever happens meanwhile.
public protocol CouponBatchDesk: Sendable {
  /// The numbers of the members' rows in a segment, from one state of the ledger. May read the
  /// whole journal.
  func members(of segment: Segment) async throws -> [UInt32]

  /// Issues the batch that `operation` is (`LedgerRequest.issueBatch`): its own row first, then one
  /// for each member, then the one that ends it. Asked again under the same id it goes on where it
  /// was; what was begun goes on by itself after a restart.
  func issue(_ operation: Operation) async -> OperationOutcome
}
