/// What `checkout.quote` and `checkout.commit` of a request have in common.
class JSONBaskets: JSONLines {
  fileprivate let desk: CheckoutDesk
  /// `"lines":[…]` of each kind of basket.
  private let lines: [[UInt8]]

  init(desk: CheckoutDesk) {
    self.desk = desk
    lines = desk.baskets.kinds.map { kind in
      let lines = kind.map {
        #"{"sku":"\#($0.sku)","category":"\#($0.category)","quantity":\#($0.quantity),"#
          + #""unitPriceMinor":\#($0.unitPriceMinor)}"#
      }
      return Array((#","lines":["# + lines.joined(separator: ",") + "]").utf8)
    }
  }

  fileprivate func appendMember(ofRequest number: UInt64, to bytes: inout [UInt8]) {
    bytes.append(contentsOf: #""memberId":""#.utf8)
    desk.population.appendMemberID(desk.population.member(ofRequest: number), to: &bytes)
    bytes.append(UInt8(ascii: "\""))
  }

  /// Writes basket, coupon, points and value.
  fileprivate func appendBasket(ofRequest number: UInt64, to bytes: inout [UInt8]) {
    bytes.append(contentsOf: lines[Baskets.kind(ofRequest: number)])
    bytes.append(contentsOf: #","coupons":[""#.utf8)
    bytes.append(contentsOf: desk.coupon(ofRequest: number))
    bytes.append(contentsOf: #""],"usePoints":"#.utf8)
    bytes.appendDecimal(UInt64(Baskets.pointsSpent))
    bytes.append(contentsOf: #","useValueMinor":"#.utf8)
    bytes.appendDecimal(UInt64(Baskets.valueSpentMinor))
  }

  fileprivate func due(ofRequest number: UInt64) -> UInt64 {
    UInt64(max(0, desk.dueMinor[Baskets.kind(ofRequest: number)]))
  }
}

/// `checkout.commit` of 20 lines with a coupon, points, stored value and a tender.
final class JSONCheckouts: JSONBaskets {
  private static let durable = Array(#""durable":"local""#.utf8)
  private static let replay = Array(#""replay":false"#.utf8)
  private let identity: RunIdentity

  init(desk: CheckoutDesk, identity: RunIdentity) {
    self.identity = identity
    super.init(desk: desk)
  }

  override func appendRequest(_ number: UInt64, slot: Int, to bytes: inout [UInt8]) {
    bytes.append(contentsOf: #"{"jsonrpc":"2.0","id":"#.utf8)
    bytes.appendDecimal(UInt64(slot))
    bytes.append(contentsOf: #","method":"checkout.commit","params":{"operationId":""#.utf8)
    identity.appendOperationID(number, to: &bytes)
    bytes.append(contentsOf: #"","#.utf8)
    appendMember(ofRequest: number, to: &bytes)
    bytes.append(contentsOf: #","receiptNo":""#.utf8)
    identity.appendReceiptNumber(number, to: &bytes)
    bytes.append(UInt8(ascii: "\""))
    appendBasket(ofRequest: number, to: &bytes)
    bytes.append(contentsOf: #","tenders":[{"kind":"bank_card","amountMinor":"#.utf8)
    bytes.appendDecimal(due(ofRequest: number))
    bytes.append(contentsOf: #","reference":""#.utf8)
    bytes.appendDecimal(number, digitCount: 12)
    bytes.append(contentsOf: "\"}],\"print\":false}}\n".utf8)
  }

  /// The reply must say that the row is on disk, that it is new, and that it used the coupon up.
  override func isRight(_ frame: Frame, to number: UInt64, in buffer: ReceiveBuffer) -> Bool {
    frame.kind == .result && buffer.contains(Self.durable, in: 0..<frame.byteCount)
      && buffer.contains(Self.replay, in: 0..<frame.byteCount)
      && buffer.contains(desk.coupon(ofRequest: number), in: 0..<frame.byteCount)
  }
}

/// `checkout.quote` of the same baskets. The first `CheckoutDesk.couponCount` requests come again
/// and again: a quote uses nothing up.
final class JSONQuotes: JSONBaskets {
  private func turn(_ number: UInt64) -> UInt64 { number % UInt64(max(1, desk.couponCount)) }

  override func appendRequest(_ number: UInt64, slot: Int, to bytes: inout [UInt8]) {
    bytes.append(contentsOf: #"{"jsonrpc":"2.0","id":"#.utf8)
    bytes.appendDecimal(UInt64(slot))
    bytes.append(contentsOf: #","method":"checkout.quote","params":{"#.utf8)
    appendMember(ofRequest: turn(number), to: &bytes)
    appendBasket(ofRequest: turn(number), to: &bytes)
    bytes.append(contentsOf: "}}\n".utf8)
  }

  /// The reply must tell what the tender has to pay of this basket.
  override func isRight(_ frame: Frame, to number: UInt64, in buffer: ReceiveBuffer) -> Bool {
    guard frame.kind == .result else { return false }
    var expected = Array(#""dueMinor":"#.utf8)
    expected.appendDecimal(due(ofRequest: turn(number)))
    expected.append(UInt8(ascii: ","))
    return buffer.contains(expected, in: 0..<frame.byteCount)
  }

  /// A quote's line bears its member; an echo must bring it back.
  override func appendMark(of number: UInt64, to bytes: inout [UInt8]) {
    appendMember(ofRequest: turn(number), to: &bytes)
  }
}
