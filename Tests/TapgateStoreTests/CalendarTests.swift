import TapgateCore
import TapgateJSON
import TapgateModel
import Testing

@testable import TapgateStore

/// F9 and F10: business dates, leap years, month ends, zones, terms, waiting points.
@Suite("The calendar in the store")
struct CalendarTests {
  @Test(
    "a business date is the local one after the cut-over hour, through both changes of the clock",
    arguments: [
      // America/New_York goes to summer time on 8 March 2026 and back on 1 November.
      ("America/New_York", "2026-03-08T08:59:59Z", "2026-03-08"),
      ("America/New_York", "2026-03-08T08:00:00Z", "2026-03-08"),
      ("America/New_York", "2026-03-08T07:59:59Z", "2026-03-07"),
      ("America/New_York", "2026-03-07T08:59:59Z", "2026-03-06"),
      ("America/New_York", "2026-03-07T09:00:00Z", "2026-03-07"),
      ("America/New_York", "2026-11-01T05:30:00Z", "2026-10-31"),
      ("America/New_York", "2026-11-01T06:30:00Z", "2026-10-31"),
      ("America/New_York", "2026-11-01T08:59:59Z", "2026-10-31"),
      ("America/New_York", "2026-11-01T09:00:00Z", "2026-11-01"),
      // Lord Howe Island moves by half an hour.
      ("Australia/Lord_Howe", "2026-04-04T17:29:59Z", "2026-04-04"),
      ("Australia/Lord_Howe", "2026-04-04T17:30:00Z", "2026-04-05"),
      ("Asia/Kathmandu", "2026-02-28T22:14:59Z", "2026-02-28"),
      ("Asia/Kathmandu", "2026-02-28T22:15:00Z", "2026-03-01"),
      ("Asia/Shanghai", "2027-12-31T19:59:59Z", "2027-12-31"),
      ("Asia/Shanghai", "2027-12-31T20:00:00Z", "2028-01-01"),
      ("Asia/Shanghai", "2028-02-28T20:00:00Z", "2028-02-29"),
      ("Asia/Shanghai", "1969-12-31T19:59:59Z", "1969-12-31"),
    ]
  )
  func dates(_ zone: String, _ instant: String, _ date: String) throws {
    let calendar = try #require(BusinessCalendar(zone: zone, cutoverMinutes: 240))
    let moment = try #require(Timestamp(rfc3339: instant))
    #expect(calendar.date(of: moment).description == date)
  }

  @Test("a member day begins and ends at the cut-over, to the second")
  func memberDay() async throws {
    let world = try StoreWorld()
    let id = try await world.enrol()
    for (time, points) in [
      ("2026-03-11T03:59:59+08:00", 10), ("2026-03-11T04:00:00+08:00", 20),
      ("2026-03-12T03:59:59+08:00", 20), ("2026-03-12T04:00:00+08:00", 10),
    ] {
      world.clock.set(time)
      let done = await world.accrue(.memberID(id), 1000)
      #expect(done.result?["earned"]?.integer == Int64(points), "\(time)")
    }
  }

  @Test(
    "a year later, to the day: 29 February ends on the 28th",
    arguments: [
      ("2028-02-29T12:00:00+08:00", "2029-02-28"), ("2027-02-28T12:00:00+08:00", "2028-02-28"),
      ("2026-12-31T12:00:00+08:00", "2027-12-31"), ("2026-03-11T03:59:59+08:00", "2027-03-10"),
    ]
  )
  func expiry(_ time: String, _ end: String) async throws {
    let world = try StoreWorld(at: time)
    let id = try await world.enrol()
    let done = await world.accrue(.memberID(id), 1000)
    #expect(done.result?["lots"]?.array?.first?["expires"] == .string(end))
    let last = try #require(BusinessDate(end))
    world.clock.set("\(last.adding(days: 1))T03:59:59+08:00")
    #expect(world.view(id)?.pointsAvailable == 10)
    #expect(await world.store.sweep().rowCount == 0)
    world.clock.set("\(last.adding(days: 1))T04:00:00+08:00")
    #expect(world.view(id)?.pointsAvailable == 0)
    #expect(await world.store.sweep().rowCount == 1)
  }

  @Test("whoever was born on 29 February has the birthday on the 28th of other years")
  func birthday() async throws {
    let programme = ShippedProgrammes.pointsOnly.replacingFirst(
      "\"multipliers\": [",
      with: """
        "multipliers": [
          {"id":"birthday","bp":30000,"group":"calendar","when":{"birthday":{"window":"day"}}},
        """
    )
    let world = try StoreWorld(at: "2027-01-01T12:00:00+08:00", programme: programme)
    let profile = ProfileChange(name: "张三", birthday: BusinessDate("2000-02-29"))
    let enrol = OperationBody.enrol(profile: profile, credential: nil, cardType: nil)
    let id = try #require(await world.perform(enrol).result?[path: "member.id"]?.string)
    // None of them is a Wednesday.
    for (date, points) in [
      ("2027-02-27", 10), ("2027-02-28", 30), ("2027-03-01", 10), ("2028-02-28", 10),
      ("2028-02-29", 30), ("2032-02-29", 30),
    ] {
      world.clock.set("\(date)T12:00:00+08:00")
      let done = await world.accrue(.memberID(id), 1000)
      #expect(done.result?["earned"]?.integer == Int64(points), "\(date)")
    }
  }

  @Test("a month that is bought on the 31st ends with the next month's last day")
  func months() async throws {
    let world = try StoreWorld(at: "2026-01-31T12:00:00+08:00", programme: AssetProgramme.text)
    let id = try await world.enrol()
    let buy = LedgerRequest.membership(
      PaidRequest(level: "month", tender: "cash", isRenewal: false)
    )
    #expect(await world.perform(.assets(buy), on: .memberID(id)).result != nil)
    world.clock.set("2026-02-28T03:59:59+08:00")
    #expect(await world.store.sweep().rowCount == 0)
    world.clock.set("2026-02-28T04:00:00+08:00")
    #expect(await world.store.sweep().rowCount == 1)
    #expect(try world.verify().accounts["earnedIncome"] == 3100)
  }

  @Test("a store that moves to another zone: each date is used up once, and in order")
  func zones() async throws {
    for (zone, begins) in [
      ("Asia/Tokyo", "2026-03-12T03:00:00+08:00"), ("Asia/Urumqi", "2026-03-12T06:00:00+08:00"),
    ] {
      let world = try StoreWorld(programme: AssetProgramme.text)
      let id = try await world.enrol()
      let moved = AssetProgramme.text.replacingFirst("Asia/Shanghai", with: zone)
        .replacingFirst("\"rev\": 1", with: "\"rev\": 2")
      let from = BusinessDate("2026-03-12")
      let request = LedgerRequest.activate(programme: Array(moved.utf8), from: from)
      #expect(await world.perform(.assets(request)).result?["state"] == "scheduled")
      let start = try #require(Timestamp(rfc3339: begins))
      var dates: [BusinessDate] = []
      for hours in -30...30 {
        let instant = Timestamp(microseconds: start.microseconds + Int64(hours) * 3_600_000_000)
        world.clock.set(instant.rfc3339(offsetSeconds: 0))
        dates.append(world.store.today)
        let revision = try await world.store.programmes()[path: "active.revision"]
        #expect(revision == (hours < 0 ? 1 : 2), "\(zone) \(hours)")
      }
      #expect(dates == dates.sorted(), "\(zone): \(dates)")
      #expect(await world.accrue(.memberID(id), 1000).result != nil)
      #expect(try world.verify().problems == [])
    }
  }

  // MARK: Waiting points and tiers with a term

  /// Points wait for 7 days; tiers last a year and are earned again, with 10 days of grace.
  private static let terms = ShippedProgrammes.pointsOnly
    .replacingFirst("\"pending\":\"P0D\"", with: "\"pending\":\"P7D\"")
    .replacingFirst(
      "\"validity\":\"forever\",\"downgrade\":\"none\",\n",
      with: "\"validity\":{\"rolling\":\"P12M\"},\"downgrade\":\"reassess\",\"grace\":\"P10D\",\n"
    )
    .replacingFirst("keep_until_review", with: "reassess")

  @Test("points wait, are shown, cannot be spent, and are there on their day without an entry")
  func pending() async throws {
    let world = try StoreWorld(
      programme: AssetProgramme.text.replacingFirst(
        "\"expiry\":{\"after\":\"P1Y\"},",
        with: "\"expiry\":{\"after\":\"P1Y\"},\"pending\":\"P7D\","
      )
    )
    let id = try await world.enrol()
    let done = await world.accrue(.memberID(id), 200_000, id: "sale")
    #expect(done.result?["earned"] == 2000 && done.result?["available"] == 0)
    #expect(done.result?["lots"]?.array?.first?["matures"] == "2026-03-17")
    let cash = LedgerRequest.redeemCash(points: 1000)
    #expect(await world.perform(.assets(cash), on: .memberID(id)).refusal == .belowRedeemMinimum)
    #expect(world.view(id)?.pointsPending == 2000 && world.view(id)?.pointsAvailable == 0)
    world.clock.set("2026-03-17T03:59:59+08:00")
    #expect(world.view(id)?.pointsPending == 2000)
    world.clock.set("2026-03-17T04:00:00+08:00")
    #expect(world.view(id)?.pointsPending == 0 && world.view(id)?.pointsAvailable == 2000)
    #expect(await world.store.sweep().rowCount == 0)
    #expect(await world.perform(.assets(cash), on: .memberID(id)).result != nil)
    _ = await world.accrue(.memberID(id), 100_000, id: "back")
    let reversed = await world.perform(.reverse(operationID: "back", reason: "x"))
    #expect(reversed.result?["points"] == -1000)
    #expect(world.view(id)?.pointsPending == 0 && world.view(id)?.pointsAvailable == 1000)
    #expect(try world.verify().problems == [])
  }

  @Test("a tier ends after its term and its grace, once, by the sweep or by whoever comes first")
  func terms() async throws {
    let world = try StoreWorld(programme: Self.terms)
    let (id, other) = (try await world.enrol(), try await world.enrol("李四"))
    for member in [id, other] { _ = await world.accrue(.memberID(member), 100_000) }
    #expect(world.view(id)?.tier.id == "gold")
    #expect(world.view(id)?.tier.until?.description == "2027-03-10")
    world.clock.set("2027-03-20T12:00:00+08:00")
    #expect(world.view(id)?.tier.id == "gold")
    #expect(await world.store.sweep().rowCount == 2, "the points end, the tiers do not")
    #expect(world.view(id)?.tier.id == "gold")
    world.clock.set("2027-03-21T04:00:00+08:00")
    // What the facts of the last day are worth: 1,000 in the year before, without that day's.
    let first = await world.accrue(.memberID(other), 100)
    #expect(first.result?["tierBefore"] == "silver", "\(first)")
    #expect(await world.store.sweep().rowCount == 1)
    #expect(await world.store.sweep().rowCount == 0)
    for member in [id, other] {
      #expect(world.view(member)?.tier.id == "silver")
      #expect(world.view(member)?.tier.until?.description == "2028-03-10")
    }
    try await world.restart()
    #expect(await world.store.sweep().rowCount == 0)
    #expect(try world.verify().problems == [])
  }

  @Test("a refund lowers the tier at once where the programme says so")
  func reassessed() async throws {
    let world = try StoreWorld(programme: Self.terms)
    let id = try await world.enrol()
    let big = await world.accrue(.memberID(id), 30_000)
    #expect(world.view(id)?.tier.id == "silver")
    let receipt = try #require(big.result?["sequence"]?.integer)
    let refund = await world.perform(.assets(.refund(receipt: receipt, .amount(20_000))))
    #expect(refund.result?["tierAfter"] == "normal", "\(refund)")
    #expect(world.view(id)?.tier.id == "normal" && world.view(id)?.tier.until == nil)
    #expect(try world.verify().problems == [])
  }
  @Test("a reversal gives the tier back with the day it was had since and the end of its term")
  func reversed() async throws {
    let world = try StoreWorld(programme: Self.terms)
    let id = try await world.enrol()
    _ = await world.accrue(.memberID(id), 25_000)
    world.clock.set("2026-05-10T12:00:00+08:00")
    let before = try #require(world.view(id))
    #expect(before.tier.id == "silver" && before.tier.until?.description == "2027-03-10")
    for (operation, request) in [
      ("sale", nil), ("hand", LedgerRequest.setTier("diamond", reason: "x")),
    ] {
      if let request {
        _ = await world.perform(.assets(request), on: .memberID(id), id: operation)
      } else {
        _ = await world.accrue(.memberID(id), 200_000, id: operation)
      }
      #expect(world.view(id)?.tier.until?.description == "2027-05-10", "\(operation)")
      let back = await world.perform(.reverse(operationID: operation, reason: "x"))
      #expect(back.result?["tierAfter"] == "silver", "\(operation): \(back)")
      #expect(world.view(id)?.tier == before.tier, "\(operation)")
    }
    let memory = world.store.shared.memory
    let number = try #require(memory.number(ofMember: id))
    let row = try #require(memory.row(number))
    #expect(try MemberState(packed: row.state).tierSince.description == "2026-03-10")
    #expect(try world.verify().problems == [])
  }
}
