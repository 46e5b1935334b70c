import Testing

@testable import TapgateModel

@Suite("Packed assets")
struct AssetPackingTests {
  static let day = BusinessDate(day: 20_000)
  static let card = CardReference(high: 1, low: .max)
  static let lot = PointLot(
    id: 256,
    earnedOn: day,
    expiresOn: day.adding(days: 9),
    original: 50,
    remaining: 30,
    maturesOn: day.adding(days: 1)
  )

  static func coupon(_ serial: Int64, isBearer: Bool = false) -> CouponState {
    CouponState(
      serial: serial,
      template: "十元",
      nonce: isBearer ? .max : 0,
      issuedOn: day,
      expiresOn: serial == 1 ? nil : day,
      isBearer: isBearer
    )
  }

  static var hold: Hold {
    var hold = Hold(id: 9, deadline: .max, card: card, madeOn: day)
    hold.points = [lot]
    hold.principalMinor = 5
    hold.bonusMinor = 6
    hold.coupons = [coupon(3)]
    return hold
  }

  static let topUp = TopUp(
    id: 4,
    amountMinor: 20_000,
    bonusMinor: 5000,
    channel: "web_self",
    reference: "r1",
    openedOn: day,
    gifts: [
      .points(5), .coupon(template: "c", count: 2), .item(sku: "s", quantity: 1),
      .counted(asset: "wash", quantity: 3),
    ],
    boost: 20_000
  )

  static var state: MemberState {
    var state = MemberState(id: "m", joinedOn: day, tier: "gold")
    state.lots = [lot]
    var assets = MemberAssets()
    assets.holds = [hold]
    assets.coupons = [coupon(1), coupon(2)]
    assets.counted = [CountedLot(asset: "wash", lot: lot)]
    assets.paid = PaidMembership(
      level: "year",
      from: day,
      through: day.adding(days: 364),
      paidMinor: 36_500
    )
    assets.limits = Programme.Limit.Span.allCases.map {
      LimitCounter(key: LimitKey("event:signin", per: $0, on: day), count: 3)
    }
    assets.topUps = [topUp]
    assets.principalHeldMinor = 5
    assets.bonusHeldMinor = 6
    assets.valueDebtMinor = 7
    assets.parent = "p"
    assets.tierEnd = day
    assets.pins = [PinFacts(card: card, verifier: [1, 2, 3])]
    assets.mergedInto = "other"
    assets.boost = 15_000
    assets.inviter = "friend"
    state.assets = assets
    return state
  }

  static var effects: [Effect] {
    let key = LimitKey("reward:cup", per: .month, on: day)
    let paid = state.assets.paid
    return [
      .lotTaken(lot), .lotRestored(lot), .hold(hold), .holdEnded(9, .expired),
      .couponAdded(coupon(1)), .couponRemoved(coupon(2), .used),
      .bearerCoupon(from: nil, to: coupon(3, isBearer: true)),
      .bearerCoupon(from: coupon(3), to: coupon(3, isBearer: true)),
      .countedAdded(asset: "a", lot), .countedTaken(asset: "b", lot),
      .countedRestored(asset: "c", lot), .paid(from: nil, to: paid), .paid(from: paid, to: nil),
      .counted(key, quantity: -2), .topUpOpened(topUp), .topUpEnded(topUp, .cancelled),
      .parent(from: nil, to: "p"), .tierEnd(from: day, to: nil),
      .pin(PinFacts(card: card, verifier: [])), .pinRemoved(card), .mergedInto("x"),
      .boost(from: 0, to: .max), .invited(from: "a", to: nil), .lifetime(.min),
      .tendered(kind: "cash", amountMinor: -1, reference: ""), .goods(sku: "s", quantity: 1),
      .shopCount("prize:w/1", 1), .couponSerials(2), .swept, .sale([1, 2]), .sale([]),
      .refunded(receipt: 7, progress: [9]),
    ] + Account.allCases.map { .post($0, -5) }
  }

  @Test("states, effects, the shop and bearers' coupons are read back")
  func roundTrip() throws {
    #expect(try MemberState(packed: Self.state.packed()) == Self.state)
    #expect(try Effect.unpacked(Effect.packed(Self.effects)) == Self.effects)
    let coupon = Self.coupon(77, isBearer: true)
    #expect(try CouponState(packed: coupon.packed()) == coupon)
    var shop = ShopState()
    let applied1 = shop.apply([.couponSerials(5), .shopCount("coupon:c", 2), .shopCount("a", 1)])
    #expect(applied1)
    #expect(try ShopState(packed: shop.packed()) == shop)
    let applied2 = shop.apply([.shopCount("a", -2)])
    #expect(!applied2)
  }

  @Test("a member without assets takes not one byte for them")
  func nothing() throws {
    var state = Self.state
    state.assets = MemberAssets()
    #expect(state.hasNoAssets)
    state.lots = []
    var other = MemberState(id: "m", joinedOn: Self.day, tier: "gold")
    #expect(state.packed() == other.packed())
    #expect(state.packed().count == 35)
    other.assets.boost = 1
    other.assets.boost = 0
    #expect(other == state)
  }

  @Test("no damaged byte string traps, and none is taken for a state with empty sections")
  func damage() throws {
    var shop = ShopState()
    let applied3 = shop.apply([.couponSerials(5), .shopCount("coupon:c", 2)])
    #expect(applied3)
    let readers: [([UInt8], ([UInt8]) throws -> Void)] = [
      (Self.state.packed(), { _ = try MemberState(packed: $0) }),
      (Effect.packed(Self.effects), { _ = try Effect.unpacked($0) }),
      (Self.coupon(1).packed(), { _ = try CouponState(packed: $0) }),
      (shop.packed(), { _ = try ShopState(packed: $0) }),
    ]
    for (bytes, read) in readers {
      for end in bytes.indices { _ = try? read(Array(bytes[..<end])) }
      for index in bytes.indices {
        for bit in 0..<8 {
          var changed = bytes
          changed[index] ^= 1 << bit
          _ = try? read(changed)
        }
        for byte in [0, 0x7F, 0x80, 0xFF] as [UInt8] {
          var changed = bytes
          changed[index] = byte
          _ = try? read(changed)
        }
      }
    }
    var plain = MemberState(id: "m", joinedOn: Self.day, tier: "gold").packed()
    plain += [1, 1, 0]
    #expect(throws: PackedError.self) { try MemberState(packed: plain) }
  }

  @Test("damaged states and effects that can be read never trap when they are applied")
  func damagedEffects() throws {
    let bytes = Effect.packed(Self.effects)
    for index in bytes.indices {
      for bit in 0..<8 {
        var changed = bytes
        changed[index] ^= 1 << bit
        guard let effects = try? Effect.unpacked(changed) else { continue }
        var shop = ShopState()
        for effect in effects {
          var state = Self.state
          _ = state.apply([effect], sequence: 1)
          _ = shop.apply([effect])
        }
      }
    }
  }

  @Test("a code's check character is that of ISO/IEC 7064 MOD 37,36")
  func checkCharacter() throws {
    // The Global Release Identifier's published example, A1-2425G-ABC1234002-M.
    #expect(CouponCode.checkCharacter(of: Array("A12425GABC1234002".utf8)) == UInt8(ascii: "M"))
    let code = CouponCode(template: "满减-10", serial: 12, nonce: 4_000_000_000)
    let text = code.description
    #expect(CouponCode(text) == code)
    #expect(CouponCode(text.lowercased()) == code)

    var wrong = 0
    let plain = CouponCode(template: "c10", serial: 123_456).description
    for index in plain.indices {
      for other in "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-." where other != plain[index] {
        var changed = plain
        changed.replaceSubrange(index...index, with: String(other))
        if changed.lowercased() == plain.lowercased() { continue }
        if let read = CouponCode(changed), read.description.lowercased() != plain.lowercased() {
          wrong += 1
        }
      }
    }
    #expect(wrong == 0)
    for text in [
      "", "-", "c10", "c10-", "c10-1", "c10-00000", "c10-000001", "c-9999999999999999999Z",
    ] {
      #expect(CouponCode(text) == nil)
    }
  }
}
