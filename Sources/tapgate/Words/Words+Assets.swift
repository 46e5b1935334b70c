extension Words {
  // MARK: Stored value, rewards, coupons

  static let aboutTopUp = Phrase("Pays money into stored value.", "储值充值。")
  static let aboutSpend = Phrase("Pays with stored value.", "储值消费。")
  static let helpChannel = Phrase(
    "How the money comes in: a channel of the programme.",
    "充值渠道（见会员方案）。"
  )
  static let helpTenderReference = Phrase("The payment's own number.", "支付流水号。")
  static let aboutRedeem = Phrase(
    "Exchanges points for a reward, or for cash off a bill.",
    "积分兑换礼品或抵现。"
  )
  static let helpReward = Phrase("The reward's id in the programme.", "礼品编号（见会员方案）。")
  static let helpRedeemPoints = Phrase("Points that become cash.", "抵现的积分数。")
  static let redeemEither = Phrase(
    "give either --reward or --points",
    "请在 --reward 和 --points 中选择一个"
  )
  static let aboutCoupon = Phrase("Coupons.", "优惠券。")
  static let aboutCouponIssue = Phrase(
    "Issues coupons to a member, or to whoever has the code.",
    "向会员发券，或发不记名券。"
  )
  static let aboutCouponVerify = Phrase("Whether a coupon can be used now.", "查验优惠券。")
  static let aboutCouponUse = Phrase("Uses a coupon for a receipt.", "核销优惠券。")
  static let aboutCouponUnuse = Phrase("Gives a used coupon back.", "撤销核销。")
  static let helpCouponTemplate = Phrase("The kind's id in the programme.", "券模板编号。")
  static let helpCouponMember = Phrase(
    "Whom it is for; left out for a bearer's coupon.",
    "发给哪位会员；不记名券不填。"
  )
  static let helpCouponCount = Phrase("How many.", "张数。")
  static let helpCouponCode = Phrase("The coupon's code.", "券码。")
}
