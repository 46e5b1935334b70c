extension Programme.PointsAsCash {
  /// What `points` points pay, rounded down.
  func worth(of points: Int64) -> Int64? {
    Apportionment.scaled(points, by: minor, over: self.points)
  }

  /// The most points that `available` ones come to on a receipt of `payable` fen: full steps within
  /// the programme's share.
  func most(of available: Int64, on payable: Int64) -> Int64 {
    guard points > 0, minor > 0, step > 0, available > 0 else { return 0 }
    let cap = cap(on: payable)
    guard cap > 0 else { return 0 }
    // n points pay at most `cap` where n × minor < (cap + 1) × points.
    let bound = ((Int128(cap) + 1) * Int128(points) - 1) / Int128(minor)
    let most = min(available, Int64(clamping: bound)) / step * step
    return (worth(of: most) ?? 0) > 0 ? most : 0
  }

  /// The most of `payable` that points pay.
  func cap(on payable: Int64) -> Int64 {
    min(payable, Apportionment.scaled(payable, by: shareMaxBasisPoints, over: 10_000) ?? payable)
  }
}

extension Programme.ValueOrder {
  /// What `amount` takes of the two parts; `nil` where they do not suffice.
  ///
  /// In proportion, the principal's share is rounded down and the bonus takes the rest, but never
  /// more than there is.
  func split(_ amount: Int64, principal: Int64, bonus: Int64) -> ValueSplit? {
    let (principal, bonus) = (max(0, principal), max(0, bonus))
    let (sum, overflow) = principal.addingReportingOverflow(bonus)
    guard amount >= 0, overflow || amount <= sum else { return nil }
    let own: Int64 =
      switch self {
      case .principalFirst: min(amount, principal)
      case .bonusFirst: amount - min(amount, bonus)
      case .proRata:
        overflow || sum == 0
          ? min(amount, principal)
          : max(
            Apportionment.scaled(amount, by: principal, over: sum) ?? 0,
            amount - bonus
          )
      }
    return ValueSplit(principalMinor: own, bonusMinor: amount - own)
  }
}

extension Programme {
  /// What points and stored value pay of `payable`, or why they cannot.
  func payment(
    of payable: Int64,
    _ request: CheckoutRequest,
    for state: MemberState?,
    in context: CheckoutContext
  ) throws(CheckoutProblem) -> Quote.Payment {
    var payment = Quote.Payment()
    guard request.usePoints >= 0 else { throw .illegal("usePoints", "is negative") }
    guard request.useValueMinor >= 0 else { throw .illegal("useValueMinor", "is negative") }
    if request.usePoints > 0 {
      guard let state else { throw .illegal("usePoints", "needs a member") }
      payment.points = request.usePoints
      payment.pointsMinor = try pay(request.usePoints, of: payable, for: state, in: context)
    }
    let rest = payable - payment.pointsMinor
    if request.useValueMinor > 0 {
      guard let state else { throw .illegal("useValueMinor", "needs a member") }
      guard request.useValueMinor <= rest else {
        throw .illegal("useValueMinor", "is more than what is to be paid")
      }
      payment.value = try split(request.useValueMinor, for: state, in: context)
    }
    payment.dueMinor = rest - payment.valueMinor
    return payment
  }

  private func pay(
    _ points: Int64,
    of payable: Int64,
    for state: MemberState,
    in context: CheckoutContext
  ) throws(CheckoutProblem) -> Int64 {
    guard let rate = pointsAsCash, rate.step > 0, can("points", in: context.situation) else {
      throw .refused(.notSupportedByProgramme, "points as money")
    }
    guard points % rate.step == 0 else {
      throw .illegal("usePoints", "must be a multiple of \(rate.step)")
    }
    let available = context.points ?? state.pointsAvailable(on: context.today)
    guard available >= redeemMin else {
      throw .refused(.belowRedeemMinimum, "\(redeemMin - available) points are missing")
    }
    guard available >= points else {
      throw .refused(.insufficientPoints, "\(points - available) points are missing")
    }
    guard let minor = rate.worth(of: points), minor > 0 else {
      throw .illegal("usePoints", "is worth nothing")
    }
    guard minor <= rate.cap(on: payable) else {
      throw .refused(
        .limitExceeded,
        "at most \(rate.most(of: available, on: payable)) points on this receipt"
      )
    }
    return minor
  }

  private func split(
    _ amount: Int64,
    for state: MemberState,
    in context: CheckoutContext
  ) throws(CheckoutProblem) -> ValueSplit {
    guard can("sv", in: context.situation) else {
      throw .refused(.notSupportedByProgramme, "stored value by this type of card")
    }
    if let split = context.split {
      let parts: ValueSplit
      do { parts = try split(amount) } catch { throw .refused(error) }
      let (sum, overflow) = parts.principalMinor.addingReportingOverflow(parts.bonusMinor)
      guard !overflow, sum == amount, parts.principalMinor >= 0, parts.bonusMinor >= 0 else {
        throw .refused(.insufficientValue)
      }
      return parts
    }
    guard let order = valueOrder else { throw .refused(.notSupportedByProgramme, "stored value") }
    let parts = order.split(amount, principal: state.principalMinor, bonus: state.bonusMinor)
    guard let parts else {
      let (sum, overflow) = state.principalMinor.addingReportingOverflow(state.bonusMinor)
      let missing = overflow ? 0 : amount - sum
      throw .refused(.insufficientValue, "\(AccrualSlip.yuan(missing)) are missing")
    }
    return parts
  }

  /// Whether the card that was shown, if it is one of a known type, can do so.
  func can(_ capability: String, in situation: Situation) -> Bool {
    guard let type = cardTypes.first(where: { $0.id == situation.cardType }) else { return true }
    return type.can.contains(capability)
  }
}
