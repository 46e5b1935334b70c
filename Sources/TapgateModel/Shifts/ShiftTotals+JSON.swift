public import TapgateJSON

/// Whose shift is closed, and what the back office counted of it already.
public struct ShiftClose: Hashable, Sendable {
  /// The operator whose shift it is; `nil` for everybody at the counter.
  public var operatorName: String?
  /// The rows up to this one are counted in `counted`.
  public var through: Int64
  /// Where the shift begins: the row after the last close.
  public var firstSequence: Int64
  public var counted: ShiftTotals

  /// Creates a close.
  public init(
    operatorName: String?,
    through: Int64,
    firstSequence: Int64,
    counted: ShiftTotals
  ) {
    self.operatorName = operatorName
    self.through = through
    self.firstSequence = firstSequence
    self.counted = counted
  }
}

extension ShiftTotals {
  /// The totals as the result of `shift.close` has them; its row keeps them so.
  public func members(of close: ShiftClose) -> JSONObject {
    JSONObject([
      .init(name: "shiftOperator", value: .optional(close.operatorName)),
      .init(name: "firstSequence", value: .integer(close.firstSequence)),
      .init(name: "operations", value: .integer(operationCount)),
      .init(name: "receipts", value: .integer(receiptCount)),
      .init(name: "receiptsMinor", value: .integer(receiptsMinor)),
      .init(name: "refunds", value: .integer(refundCount)),
      .init(name: "refundedMinor", value: .integer(refundedMinor)),
      .init(
        name: "tenders",
        value: .array(
          tenders.sorted { $0.key < $1.key }.map { kind, sum in
            .object([
              "kind": .string(kind), "inMinor": .integer(sum.inMinor),
              "outMinor": .integer(sum.outMinor),
            ])
          }
        )
      ),
      .init(name: "topUps", value: .integer(topUpCount)),
      .init(name: "topUpMinor", value: .integer(topUpMinor)),
      .init(name: "topUpBonusMinor", value: .integer(topUpBonusMinor)),
      .init(name: "principalSpentMinor", value: .integer(principalSpentMinor)),
      .init(name: "bonusSpentMinor", value: .integer(bonusSpentMinor)),
      .init(name: "pointsIssued", value: .integer(pointsIssued)),
      .init(name: "pointsSpent", value: .integer(pointsSpent)),
      .init(name: "cardsIssued", value: .integer(cardsIssued)),
      .init(name: "enrolments", value: .integer(enrolmentCount)),
      .init(name: "openHolds", value: .array(openHolds.sorted().map { .string("H\($0)") })),
      .init(name: "openHoldCount", value: .integer(Int64(openHolds.count))),
    ])
  }
}
