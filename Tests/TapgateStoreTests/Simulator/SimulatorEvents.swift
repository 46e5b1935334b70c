import TapgateModel

@testable import TapgateOracle
@testable import TapgateStore

/// What happens next, and how it is asked for.
extension SimulatorRun {
  /// The next operation; `nil` where what was drawn cannot be asked for.
  mutating func next(place: Int) throws -> Sent? {
    let name = oneOf(Self.names) ?? "a"
    let event = draw(name)
    guard let (body, subject) = try request(event, place: place) else { return nil }
    return Sent(operation: operation(body, on: subject), event: event, place: place)
  }

  private mutating func draw(_ name: String) -> NaiveEvent {
    let coupons = (naive.members[name]?.coupons.keys).map { $0.sorted() } ?? []
    switch pick(0...35) {
    case 0...2: return .topUp(name, oneOf([500, 1000, 20_000, 49_999, 50_000]) ?? 0)
    case 3, 4: return .spend(name, pick(1...30_000))
    case 5...7: return .earn(name, pick(1...200))
    case 8, 9: return .redeem(name, pick(1...150))
    case 10, 11:
      return .hold(
        name,
        points: pick(0...1) * pick(0...80),
        value: pick(0...1) * pick(0...9000),
        coupons: pick(0...1) == 1 ? oneOf(coupons).map { [$0] } ?? [] : [],
        seconds: pick(0...1) == 0 ? pick(1...600) : pick(1...604_800)
      )
    case 12, 13: return end(name)
    case 14, 15: return .issue(name, pick(1...3))
    case 16: return .use(name, oneOf(coupons) ?? 0)
    case 17: return .stamp(name, pick(1...14))
    case 18: return .signIn(name)
    case 19: return .buy(name)
    case 20: return .refundPaid(name)
    case 21 where pick(0...9) == 0: return .merge(name, into: oneOf(Self.names) ?? "a")
    case 22: return .buyPass(name)
    case 23: return .usePass(name, pick(1...4))
    case 24, 25: return .tap(name, pick(1...100))
    case 26: return .card(name, oneOf([.lose, .find, .find, .freeze, .thaw, .thaw]) ?? .find)
    case 27...31: return sale(name, coupons)
    case 32, 33: return refund()
    default: return oneOf(reversible).map { .reverse($0) } ?? .signIn(name)
    }
  }

  /// Receipts whose points have not expired: whether the mirror of others is refused depends on
  /// whether their expiry was entered before.
  private var reversible: [Int] {
    accruals.filter { naive.done[$0]?.added.allSatisfy { $0.expires >= naive.day } ?? true }
  }

  private mutating func sale(_ name: String, _ coupons: [Int]) -> NaiveEvent {
    let lines = (0..<pick(1...3)).map { _ in pick(1...12_000) }
    return .sale(
      name,
      lines: lines,
      coupon: pick(0...2) == 0 ? oneOf(coupons) : nil,
      points: pick(0...1) * pick(0...100),
      value: pick(0...1) * pick(0...6000)
    )
  }

  private mutating func refund() -> NaiveEvent {
    let place = oneOf(naive.sales.keys.sorted()) ?? 0
    let left = naive.sales[place]?.left ?? 1
    // Over several lines a part goes back by lines' shares, which the second opinion does not know.
    let isWhole = (naive.sales[place]?.lineCount ?? 1) > 1 || pick(0...2) == 0
    return .refund(place, amount: isWhole ? left : pick(1...max(1, left) + pick(0...1)))
  }

  /// Captures or voids a hold, mostly one that there is.
  private mutating func end(_ name: String) -> NaiveEvent {
    let open = Self.names.flatMap { owner in
      (naive.members[owner]?.holds.keys.sorted() ?? []).map { (owner, $0) }
    }
    guard let (owner, place) = oneOf(open), let hold = naive.members[owner]?.holds[place] else {
      return .void(name, hold: oneOf(rows.keys.sorted()) ?? 0)
    }
    if pick(0...3) == 0 { return .void(owner, hold: place) }
    return .capture(
      owner,
      hold: place,
      points: pick(0...hold.points.reduce(0) { $0 + $1.left }),
      value: pick(0...hold.principal + hold.bonus + pick(0...1)),
      coupons: pick(0...1) == 1 ? hold.coupons.keys.sorted() : [],
      final: pick(0...1) == 1
    )
  }

  // MARK: Requests

  private func code(_ serial: Int) -> CouponCode {
    checker.codes[Int64(serial)] ?? CouponCode(template: "c10", serial: Int64(serial))
  }

  private func legs(_ points: Int, _ value: Int, _ coupons: [Int]) -> HoldLegs {
    HoldLegs(points: Int64(points), valueMinor: Int64(value), coupons: coupons.map(code))
  }

  private func request(
    _ event: NaiveEvent,
    place: Int
  ) throws -> (OperationBody, MemberKey?)? {
    func on(_ name: String, _ request: LedgerRequest) -> (OperationBody, MemberKey?) {
      (.assets(request), member(name))
    }
    switch event {
    case .topUp(let name, let amount):
      return on(name, .topUp(TopUpRequest(amountMinor: Int64(amount), channel: "cash")))
    case .spend(let name, let amount): return on(name, .spend(amountMinor: Int64(amount)))
    case .redeem(let name, let points): return on(name, .redeemCash(points: Int64(points)))
    case .hold(let name, let points, let value, let coupons, let seconds):
      return on(name, .hold(legs(points, value, coupons), seconds: Int64(seconds)))
    case .capture(_, let hold, let points, let value, let coupons, let final):
      guard let row = rows[hold] else { return nil }
      let request = LedgerRequest.capture(hold: row, legs(points, value, coupons), isFinal: final)
      return (.assets(request), nil)
    case .void(_, let hold): return rows[hold].map { (.assets(.void(hold: $0)), nil) }
    case .issue(let name, let count):
      return on(name, .issueCoupons(template: "c10", count: Int64(count)))
    case .use(let name, let serial):
      return on(name, .useCoupon(code(serial), receiptNo: "C\(place)"))
    case .stamp(let name, let count): return on(name, .addStamps("tea", quantity: Int64(count)))
    case .signIn(let name): return on(name, .event("in"))
    case .buy(let name):
      return on(name, .membership(PaidRequest(level: "month", tender: "cash", isRenewal: true)))
    case .refundPaid(let name): return on(name, .refundMembership(tender: "cash"))
    case .merge(let from, let into):
      return on(into, .merge(from: ids[from] ?? "", reason: "one person"))
    case .buyPass(let name): return on(name, .redeem(reward: "wash3", points: nil))
    case .usePass(let name, let count): return on(name, .usePass("wash", quantity: Int64(count)))
    default: return try receipt(event, place: place)
    }
  }

  private func receipt(
    _ event: NaiveEvent,
    place: Int
  ) throws -> (OperationBody, MemberKey?)? {
    switch event {
    case .earn(let name, let points): return (accrual(points, place), member(name))
    case .tap(let name, let points): return (accrual(points, place), try card(name))
    case .card(let name, let action):
      let actions: [NaiveCard.Action: CardAction] = [
        .lose: .reportLost, .find: .cancelLost, .freeze: .freeze, .thaw: .unfreeze,
      ]
      return (.changeCard(actions[action] ?? .freeze, reason: nil), try card(name))
    case .sale(let name, let lines, let coupon, let points, let value):
      let net = max(0, lines.reduce(0, +) - (coupon == nil ? 0 : NaiveLedger.couponOff))
      let due = Int64(net - points - value)
      let order = CheckoutOrder(
        request: CheckoutRequest(
          lines: lines.enumerated().map {
            BasketLine(
              sku: "S\($0.offset)",
              category: "goods",
              quantity: 1,
              unitPriceMinor: Int64($0.element)
            )
          },
          usePoints: Int64(points),
          useValueMinor: Int64(value)
        ),
        coupons: coupon.map { [code($0)] } ?? [],
        receiptNo: "R\(place)",
        tenders: due > 0 ? [Tender(kind: "cash", amountMinor: due)] : []
      )
      return (.assets(.checkout(order)), member(name))
    case .refund(let sale, let amount):
      guard let row = rows[sale], let amount else { return nil }
      return (.assets(.refund(receipt: row, .amount(Int64(amount)))), nil)
    case .reverse(let other):
      guard let id = operations[other] else { return nil }
      return (.reverse(operationID: id, reason: "wrong"), nil)
    default: return nil
    }
  }

  private func accrual(_ points: Int, _ place: Int) -> OperationBody {
    .accrue(Accrual(receiptNo: "R\(place)", amountMinor: Int64(points) * 100, lines: nil))
  }

  private func member(_ name: String) -> MemberKey { .memberID(ids[name] ?? "") }

  private func card(_ name: String) throws -> MemberKey {
    let index = Self.names.firstIndex(of: name) ?? 0
    return .credential(try Credential(kind: .cardUid, value: "04A1B2C3D4E5\(80 + index)"))
  }
}
