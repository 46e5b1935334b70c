import TapgateCore
import TapgateJSON
import TapgateModel
import Testing

@testable import TapgateStore

@Suite("Slips in the store")
struct SlipTests {
  private let world: StoreWorld
  private let member: MemberKey
  private let enrolled: OperationOutcome

  init() async throws {
    world = try StoreWorld(programme: AssetProgramme.text, printer: "receipt")
    enrolled = await world.perform(
      .enrol(
        profile: ProfileChange(name: "欧阳小明"),
        credential: try uid("04AABBCCDDEE61"),
        cardType: nil
      )
    )
    member = .memberID(try #require(enrolled.result?[path: "member.id"]?.string))
  }

  /// Every text of the slip that an operation printed.
  private func slip(_ outcome: OperationOutcome) async throws -> [String] {
    let id = try #require(outcome.result?["printJobId"]?.string, "\(outcome)")
    let job = try #require(try await world.store.printJob(id: id))
    var texts: [String] = []
    for block in job.document["blocks"]?.array ?? [] {
      if let text = block["text"]?.string { texts.append(text) }
      let columns = (block["columns"]?.array ?? []).compactMap { $0["text"]?.string }
      if !columns.isEmpty { texts.append(columns.joined(separator: " ")) }
    }
    return texts
  }

  private func perform(_ request: LedgerRequest) async -> OperationOutcome {
    await world.perform(.assets(request), on: member)
  }

  @Test("each kind prints what its row says, and masks the holder")
  func kinds() async throws {
    let welcome = try await slip(enrolled)
    #expect(welcome.contains("会员入会") && welcome.contains("卡类型 personal"))
    #expect(!welcome.joined().contains("小明"))
    let paid = await perform(.topUp(TopUpRequest(amountMinor: 50_000, channel: "cash")))
    let topUp = try await slip(paid)
    for text in ["会员充值", "渠道 现金", "充值本金 500.00", "赠送金额 100.00", "本金余额 500.00"] {
      #expect(topUp.contains(text), "\(text): \(topUp)")
    }
    #expect(topUp.contains { $0.contains("顾客签名") })
    let remote = TopUpRequest(amountMinor: 2_000, channel: "web_self", reference: "W1")
    let open = await perform(.topUp(remote))
    #expect(try await slip(open).contains("充值受理"))
    let id = try #require(open.result?["topUpId"]?.string.flatMap { Int64($0.dropFirst()) })
    let cancelled = await world.perform(.assets(.cancelTopUp(id: id)))
    #expect(try await slip(cancelled).contains("充值取消"))
    _ = await world.accrue(member, 150_000, receipt: "A1")
    let redeemed = try await slip(await perform(.redeem(reward: "cup", points: nil)))
    #expect(redeemed.contains("积分兑换") && redeemed.contains("使用积分 1000"))
    let drawn = try await slip(await perform(.draw("wheel", nonce: "n1")))
    #expect(drawn.contains("积分抽奖") && drawn.contains { $0.hasPrefix("公示值：") })
    #expect(drawn.contains("随机数 n1"))
  }

  @Test("cards: lost, found, frozen, replaced, closed, with the reason")
  func cards() async throws {
    let card = try uid("04AABBCCDDEE61")
    let titles: [(CardAction, String)] = [
      (.reportLost, "挂失"), (.cancelLost, "取消挂失"), (.freeze, "冻结"), (.unfreeze, "解冻"),
    ]
    for (action, title) in titles {
      let outcome = await world.perform(.changeCard(action, reason: "客户要求"), on: card)
      let texts = try await slip(outcome)
      #expect(texts.contains(title) && texts.contains("原因 客户要求"), "\(texts)")
    }
    let replaced = await world.perform(
      .replaceCard(new: try uid("04AABBCCDDEE62"), reason: nil),
      on: card
    )
    #expect(try await slip(replaced).contains("补卡/换卡"))
    let closed = await world.perform(
      .changeCard(.close, reason: nil),
      on: try uid("04AABBCCDDEE62")
    )
    #expect(try await slip(closed).contains("退卡"))
  }

  @Test("a refund tells what went back so far")
  func refunds() async throws {
    let sold = await world.accrue(member, 10_000, receipt: "A1")
    let receipt = try #require(sold.result?["receiptId"]?.string.flatMap { Int64($0.dropFirst()) })
    _ = await world.perform(.assets(.refund(receipt: receipt, .amount(1_000))))
    let second = await world.perform(.assets(.refund(receipt: receipt, .amount(2_000))))
    let texts = try await slip(second)
    #expect(texts.contains("退款 20.00") && texts.contains("累计已退 30.00"), "\(texts)")
    #expect(texts.contains("扣回积分 20"))
  }

  @Test("who wants no slip gets none, and every other committed one has its job")
  func jobs() async throws {
    var operation = TapgateModel.Operation(
      id: "quiet",
      method: "test",
      content: [1],
      subject: member,
      body: .assets(.topUp(TopUpRequest(amountMinor: 2_000, channel: "cash"))),
      store: "S001",
      counter: "C01"
    )
    operation.wantsSlip = false
    let (store, ready) = (world.store, operation)
    let outcome = await withCheckedContinuation { continuation in
      store.submit(ready) { continuation.resume(returning: $0) }
    }
    #expect(outcome.result?["printJobId"] == .null)
    let loud = await perform(.topUp(TopUpRequest(amountMinor: 2_000, channel: "cash")))
    let id = try #require(loud.result?["printJobId"]?.string)
    try await world.restart()
    let waiting = try await world.store.unsettledJobs(printer: "receipt")
    #expect(waiting.contains { $0.id == id })
    #expect(try world.verify().problems == [])
  }
}
