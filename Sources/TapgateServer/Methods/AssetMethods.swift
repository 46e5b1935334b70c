internal import TapgateAPI
internal import TapgateCore
internal import TapgateJSON
internal import TapgateModel

/// Stored value, points, coupons, holds, passes, paid levels, lotteries, and a member's standing.
extension Switchboard {
  // MARK: Stored value

  /// `value.topUp`.
  func topUp(_ call: Call) throws(Failure) {
    let parameters = call.parameters
    let request = TopUpRequest(
      amountMinor: try parameters.requiredInteger("amountMinor"),
      channel: try parameters.requiredText("channel"),
      reference: parameters.text("tenderReference") ?? ""
    )
    try submit(call, onMember: .topUp(request))
  }

  /// `value.confirmTopUp`.
  func confirmTopUp(_ call: Call) throws(Failure) {
    let reference = try call.parameters.requiredText("channelReference")
    let id = try rowID(call, "topUpId", letter: "T")
    try submit(call, subject: nil, .assets(.confirmTopUp(id: id, channelReference: reference)))
  }

  /// `value.cancelTopUp`.
  func cancelTopUp(_ call: Call) throws(Failure) {
    let id = try rowID(call, "topUpId", letter: "T")
    try submit(call, subject: nil, .assets(.cancelTopUp(id: id)))
  }

  /// `value.spend`.
  func spendValue(_ call: Call) throws(Failure) {
    let amount = try call.parameters.requiredInteger("amountMinor")
    try submit(call, onMember: .spend(amountMinor: amount))
  }

  // MARK: Points

  /// `points.redeem`.
  func redeem(_ call: Call) throws(Failure) {
    let parameters = call.parameters
    if let reward = parameters.text("reward") {
      let points = parameters.integer("points")
      return try submit(call, onMember: .redeem(reward: reward, points: points))
    }
    guard parameters.flag("cash") == true else {
      throw .faulty(-32602, .missingField(field: "reward"), field: "reward")
    }
    let points = try parameters.requiredInteger("points")
    try submit(call, onMember: .redeemCash(points: points))
  }

  /// `points.event`.
  func countEvent(_ call: Call) throws(Failure) {
    try submit(call, onMember: .event(try call.parameters.requiredText("event")))
  }

  /// `draw.spin`.
  func spin(_ call: Call) throws(Failure) {
    let draw = try call.parameters.requiredText("draw")
    let nonce = call.parameters.text("clientNonce") ?? ""
    try submit(call, onMember: .draw(draw, nonce: nonce))
  }

  /// `draw.commitment`.
  func drawCommitment(_ call: Call) throws(Failure) {
    let draw = try call.parameters.requiredText("draw")
    let backOffice = ports.backOffice
    try inBackOffice(call) {
      guard let commitment = try await backOffice.drawCommitment(draw) else {
        throw Failure.result(.noExist, .unknown, field: "draw")
      }
      return .object(["draw": .string(draw), "commitment": .string(commitment)])
    }
  }

  // MARK: Holds

  /// `hold.create`.
  func createHold(_ call: Call) throws(Failure) {
    let seconds = call.parameters.integer("seconds")
    try submit(call, onMember: .hold(try legs(call), seconds: seconds))
  }

  /// `hold.capture`.
  func captureHold(_ call: Call) throws(Failure) {
    let id = try rowID(call, "holdId", letter: "H")
    let isFinal = call.parameters.flag("final") ?? true
    let request = LedgerRequest.capture(hold: id, try legs(call), isFinal: isFinal)
    try submit(call, subject: nil, .assets(request))
  }

  /// `hold.void`.
  func voidHold(_ call: Call) throws(Failure) {
    let id = try rowID(call, "holdId", letter: "H")
    try submit(call, subject: nil, .assets(.void(hold: id)))
  }

  private func legs(_ call: Call) throws(Failure) -> HoldLegs {
    var legs = HoldLegs()
    legs.points = call.parameters.integer("points") ?? 0
    legs.valueMinor = call.parameters.integer("valueMinor") ?? 0
    for text in call.parameters["coupons"]?.array ?? [] {
      legs.coupons.append(try Self.code(text.string ?? "", field: "coupons"))
    }
    return legs
  }

  // MARK: Coupons, passes, benefits

  /// `coupon.issue`.
  func issueCoupons(_ call: Call) throws(Failure) {
    let parameters = call.parameters
    if parameters["segment"] != nil { return try issueToSegment(call) }
    let request = LedgerRequest.issueCoupons(
      template: try parameters.requiredText("template"),
      count: parameters.integer("count") ?? 1
    )
    let names = ["credential", "memberId", "eventId"]
    guard names.contains(where: { parameters[$0].map { !$0.isNull } ?? false }) else {
      return try submit(call, subject: nil, .assets(request))
    }
    try submit(call, onMember: request)
  }

  /// `coupon.use`.
  func useCoupon(_ call: Call) throws(Failure) {
    let code = try couponCode(call)
    let receiptNo = try call.parameters.requiredText("receiptNo")
    let request = LedgerRequest.useCoupon(code, receiptNo: receiptNo)
    try submit(call, subject: try optionalMember(call), .assets(request))
  }

  /// `coupon.verify`.
  func verifyCoupon(_ call: Call) throws(Failure) {
    let code = try couponCode(call)
    let store = call.parameters.text("store") ?? configuration.store
    let counter = call.parameters.text("counter") ?? configuration.counter
    let backOffice = ports.backOffice
    try inBackOffice(call) {
      guard let coupon = try await backOffice.coupon(code, store: store, counter: counter) else {
        throw Failure.result(.noExist, .unknown, field: "code")
      }
      return coupon
    }
  }

  /// `coupon.unuse`.
  func unuseCoupon(_ call: Call) throws(Failure) {
    let code = try couponCode(call)
    let reason = try call.parameters.requiredText("reason")
    let request = LedgerRequest.unuseCoupon(code, reason: reason)
    try submit(call, subject: try optionalMember(call), .assets(request))
  }

  private func couponCode(_ call: Call) throws(Failure) -> CouponCode {
    try Self.code(try call.parameters.requiredText("code"), field: "code")
  }

  /// A code whose check character is wrong is told from one that nobody has.
  static func code(_ text: String, field: String) throws(Failure) -> CouponCode {
    guard let code = CouponCode(text) else {
      let hint = "the check character does not fit: scan or type it again"
      throw .result(.illegal, .impossibleValue(field: field), field: field, hint: hint)
    }
    return code
  }

  /// `pass.use`.
  func usePass(_ call: Call) throws(Failure) {
    let request = LedgerRequest.usePass(
      try call.parameters.requiredText("pass"),
      quantity: call.parameters.integer("quantity") ?? 1
    )
    try submit(call, onMember: request)
  }

  /// `stamp.add`.
  func addStamps(_ call: Call) throws(Failure) {
    let request = LedgerRequest.addStamps(
      try call.parameters.requiredText("stamp"),
      quantity: call.parameters.integer("quantity") ?? 1
    )
    try submit(call, onMember: request)
  }

  /// `benefit.use`.
  func useBenefit(_ call: Call) throws(Failure) {
    try submit(call, onMember: .useBenefit(try call.parameters.requiredText("benefit")))
  }

  // MARK: Paid levels

  /// `membership.buy` and `.renew`.
  func buyMembership(_ call: Call, isRenewal: Bool) throws(Failure) {
    let parameters = call.parameters
    let request = PaidRequest(
      level: try parameters.requiredText("level"),
      priceMinor: parameters.integer("amountMinor"),
      tender: parameters.text("tender") ?? "cash",
      reference: parameters.text("tenderReference") ?? "",
      isRenewal: isRenewal
    )
    try submit(call, onMember: .membership(request))
  }

  /// `membership.refund`.
  func refundMembership(_ call: Call) throws(Failure) {
    let tender = call.parameters.text("tender") ?? "cash"
    try submit(call, onMember: .refundMembership(tender: tender))
  }

  // MARK: The member as such

  /// `member.setTier`.
  func setTier(_ call: Call) throws(Failure) {
    let tier = try call.parameters.requiredText("tier")
    let reason = try call.parameters.requiredText("reason")
    try submit(call, onMember: .setTier(tier, reason: reason))
  }

  /// `member.suspend`, `.resume`, `.freeze`, `.unfreeze`.
  func changeMember(_ call: Call, _ action: MemberAction) throws(Failure) {
    let reason = try call.parameters.requiredText("reason")
    try submit(call, onMember: .status(action, reason: reason))
  }

  /// `member.erase`.
  func eraseMember(_ call: Call) throws(Failure) {
    let id = try call.parameters.requiredText("memberId")
    let reason = try call.parameters.requiredText("reason")
    let request = LedgerRequest.erase(reason: reason, tender: call.parameters.text("refundTender"))
    try submit(call, subject: .memberID(id), .assets(request))
  }

  /// `member.merge`.
  func mergeMembers(_ call: Call) throws(Failure) {
    let from = try call.parameters.requiredText("from")
    let into = try call.parameters.requiredText("into")
    let reason = call.parameters.text("reason") ?? ""
    try submit(call, subject: .memberID(into), .assets(.merge(from: from, reason: reason)))
  }

  // MARK: Helpers

  private func submit(_ call: Call, onMember request: LedgerRequest) throws(Failure) {
    let (key, _) = try memberKey(call)
    try submit(call, subject: key, .assets(request))
  }

  /// The member that a request may name, and need not.
  func optionalMember(_ call: Call) throws(Failure) -> MemberKey? {
    let names = ["credential", "memberId", "eventId"]
    let isNamed = names.contains { call.parameters[$0].map { !$0.isNull } ?? false }
    return isNamed ? try memberKey(call).key : nil
  }

  /// The sequence that an id such as `T17` stands for.
  func rowID(_ call: Call, _ field: String, letter: Character) throws(Failure) -> Int64 {
    let text = try call.parameters.requiredText(field)
    guard text.first == letter, let number = Int64(text.dropFirst()), number > 0 else {
      throw .result(.noExist, .unknown, field: field)
    }
    return number
  }
}
