internal import TapgateModel

extension RefusalReason {
  /// The reason as a sentence in English.
  var english: String {
    switch self {
    case .cardLost: "This card was reported lost."
    case .cardFrozen: "This card is frozen."
    case .cardReplaced: "This card was replaced by another."
    case .cardClosed: "This card is closed."
    case .memberFrozen: "This membership is frozen."
    case .memberSuspended: "This membership is suspended."
    case .memberMerged: "This membership was merged into another."
    case .memberErased: "This membership was erased."
    case .credentialTaken: "This card or code belongs to another member."
    case .insufficientPoints: "There are not enough points."
    case .belowRedeemMinimum: "That is less than can be redeemed."
    case .rewardUnavailable: "This reward is not available."
    case .insufficientValue: "There is not enough stored value."
    case .limitExceeded: "A limit is exceeded."
    case .balanceCapExceeded: "The balance would exceed its cap."
    case .pinRequired: "The PIN is needed."
    case .pinWrong: "The PIN is wrong."
    case .assuranceTooLow: "This kind of card is not enough for that."
    case .operatorNotAllowed: "The operator may not do that."
    case .couponUsed: "This coupon was used already."
    case .couponExpired: "This coupon has expired."
    case .couponNotApplicable: "This coupon does not apply here."
    case .holdExpired: "The hold has expired."
    case .holdEnded: "The hold has ended already."
    case .quoteStale: "The quote is out of date."
    case .receiptUsed: "This receipt number was used already."
    case .refundExceedsReceipt: "The refund is more than the receipt."
    case .alreadyReversed: "This was reversed already."
    case .dependentOperations: "Later operations depend on this one."
    case .currencyMismatch: "This is not the programme's currency."
    case .businessTimeOutOfRange: "The business time is out of range."
    case .notSupportedByProgramme: "The programme does not have this."
    }
  }

  /// The reason as a sentence in Chinese.
  var chinese: String {
    switch self {
    case .cardLost: "此卡已挂失。"
    case .cardFrozen: "此卡已冻结。"
    case .cardReplaced: "此卡已换卡。"
    case .cardClosed: "此卡已注销。"
    case .memberFrozen: "该会员已冻结。"
    case .memberSuspended: "该会员已停用。"
    case .memberMerged: "该会员已合并到其他会员。"
    case .memberErased: "该会员资料已删除。"
    case .credentialTaken: "该卡或码已属于其他会员。"
    case .insufficientPoints: "积分不足。"
    case .belowRedeemMinimum: "低于最低兑换积分。"
    case .rewardUnavailable: "该礼品不可兑换。"
    case .insufficientValue: "储值余额不足。"
    case .limitExceeded: "超出限额。"
    case .balanceCapExceeded: "余额将超过上限。"
    case .pinRequired: "需要输入密码。"
    case .pinWrong: "密码错误。"
    case .assuranceTooLow: "此类凭证不能用于该操作。"
    case .operatorNotAllowed: "操作员无权执行此操作。"
    case .couponUsed: "该券已使用。"
    case .couponExpired: "该券已过期。"
    case .couponNotApplicable: "该券不适用。"
    case .holdExpired: "预占已过期。"
    case .holdEnded: "预占已结束。"
    case .quoteStale: "报价已过期。"
    case .receiptUsed: "该小票号已使用。"
    case .refundExceedsReceipt: "退款超过小票金额。"
    case .alreadyReversed: "该操作已冲正。"
    case .dependentOperations: "后续操作依赖于该操作。"
    case .currencyMismatch: "币种与会员计划不符。"
    case .businessTimeOutOfRange: "营业时间超出允许范围。"
    case .notSupportedByProgramme: "会员计划不支持此功能。"
    }
  }
}
