import TapgateModel
import Testing

@Suite("Organisation and operators")
struct OrganisationTests {
  private static let nodes: [Organisation.Node] = [
    .init(id: "C02", kind: .counter, parent: "S2"),
    .init(id: "hq", kind: .headOffice), .init(id: "east", kind: .region, parent: "hq"),
    .init(id: "north-east", kind: .region, parent: "east"),
    .init(id: "S1", kind: .store, parent: "north-east"),
    .init(id: "S2", kind: .store, parent: "hq"),
  ]

  @Test("a node stands for all below it")
  func paths() throws {
    let company = try Organisation(Self.nodes)
    #expect(company.path(to: "S1") == ["hq", "east", "north-east", "S1"])
    #expect(company.path(store: "S2", counter: "C02") == ["hq", "S2", "C02"])
    #expect(company.path(store: "S1", counter: "C02") == ["hq", "east", "north-east", "S1"])
    #expect(company.path(store: "S9", counter: "C01") == ["hq", "S9"])
    #expect(company.isWithin("S1", "east") && !company.isWithin("S2", "east"))
    #expect(company.stores(within: "east") == ["S1"])
    #expect(company.stores(within: "hq") == ["S1", "S2"])
    #expect(company.stores(within: "C02") == ["S2"])
    #expect(company.stores(within: "S9") == ["S9"])
    #expect(Organisation().path(store: "S1", counter: "C1") == ["S1"])
  }

  @Test("what is no tree is refused by name")
  func problems() {
    func problem(_ nodes: [Organisation.Node]) -> Organisation.Problem? {
      do throws(Organisation.Problem) {
        _ = try Organisation(nodes)
        return nil
      } catch {
        return error
      }
    }
    let hq = Organisation.Node(id: "hq", kind: .headOffice)
    #expect(problem([hq, hq]) == .second(id: "hq"))
    let orphan = Organisation.Node(id: "S1", kind: .store, parent: "west")
    #expect(problem([hq, orphan]) == .unknownParent(id: "S1", parent: "west"))
    let low = Organisation.Node(id: "r", kind: .region, parent: "S1")
    let store = Organisation.Node(id: "S1", kind: .store, parent: "hq")
    #expect(problem([hq, store, low]) == .misplaced(id: "r", parent: "S1"))
    let one = Organisation.Node(id: "a", kind: .region, parent: "b")
    let two = Organisation.Node(id: "b", kind: .region, parent: "a")
    #expect(problem([one, two]) == .circle(id: "a"))
  }

  @Test("a store that nobody wrote down is below the head office, and so is what has no parent")
  func loose() throws {
    var nodes = Self.nodes
    nodes.append(.init(id: "S5", kind: .store))
    nodes.append(.init(id: "S2/C01", kind: .counter, parent: "S2"))
    let company = try Organisation(nodes)
    #expect(company.stores(within: "hq") == ["S1", "S2", "S5"])
    #expect(company.path(store: "S5", counter: "C01") == ["hq", "S5"])
    #expect(company.path(store: "S2", counter: "C01") == ["hq", "S2", "S2/C01"])
    #expect(throws: Organisation.Problem.secondHeadOffice(id: "hq2")) {
      try Organisation(nodes + [.init(id: "hq2", kind: .headOffice)])
    }
  }

  private static let li = OperatorBook.Entry(
    id: "li",
    scope: "east",
    permissions: [
      .init(verbs: ["points.*"], maxPointsPerDay: 300),
      .init(
        verbs: ["value.topUp"],
        channels: ["store_terminal"],
        maxMinor: 50_000,
        maxMinorPerDay: 60_000
      ),
      .init(verbs: ["value.topUp"], channels: ["bank_card"], maxMinor: 100_000),
    ]
  )
  private static let book = OperatorBook([
    li,
    OperatorBook.Entry(id: "zhao", needsPIN: true, permissions: [.init(verbs: ["*"])]),
  ])

  private func begin(
    _ method: String,
    by id: String? = "li",
    store: String = "S1",
    proof: OperatorProof = .missing,
    book: OperatorBook = book
  ) throws -> OperatorDenial? {
    let act = OperatorBook.Act(method: method, store: store, counter: "C01")
    let company = try Organisation(Self.nodes)
    do throws(OperatorDenial) {
      try book.check(act, by: id, proof: proof, in: company)
      return nil
    } catch {
      return error
    }
  }

  private func weigh(
    _ weight: OperatorWeight,
    _ method: String = "value.topUp",
    today: OperatorTally = OperatorTally(day: BusinessDate("2026-03-10") ?? .init(day: 0))
  ) -> OperatorDenial? {
    do throws(OperatorDenial) {
      try Self.book.check(weight, of: method, by: "li", today: today)
      return nil
    } catch {
      return error
    }
  }

  @Test("who, where and what are asked before anything is decided")
  func beginnings() throws {
    #expect(try begin("points.accrue") == nil)
    #expect(try begin("card.close") == .verb("card.close"))
    #expect(try begin("points.accrue", store: "S2") == .place("east"))
    #expect(try begin("points.accrue", by: "wang") == .unknown("wang"))
    #expect(try begin("points.accrue", by: nil) == .nobody)
    #expect(try begin("card.close", by: "anybody", book: OperatorBook()) == nil)
    #expect(try begin("card.close", by: nil, book: OperatorBook()) == nil)
  }

  @Test("the PIN is asked for where the operator's entry says so")
  func pins() throws {
    #expect(try begin("card.close", by: "zhao", proof: .right) == nil)
    #expect(try begin("card.close", by: "zhao") == .pinMissing)
    #expect(try begin("card.close", by: "zhao", proof: .unset) == .pinUnset)
    #expect(try begin("card.close", by: "zhao", proof: .wrong(left: 2)) == .pinWrong(left: 2))
    #expect(try begin("card.close", by: "zhao", proof: .locked) == .pinLocked)
    #expect(try begin("points.accrue", proof: .wrong(left: 1)) == nil)
  }

  @Test("channels and amounts: the widest permission counts, a day's limit with what was done")
  func amounts() throws {
    let terminal: Set = ["store_terminal"]
    #expect(weigh(OperatorWeight(channels: ["web_self"], minor: 1)) == .channel("web_self"))
    #expect(weigh(OperatorWeight(channels: ["bank_card"], minor: 100_000)) == nil)
    #expect(weigh(OperatorWeight(channels: terminal, minor: 50_000)) == nil)
    #expect(
      weigh(OperatorWeight(channels: terminal, minor: 50_001)) == .amount(maxMinor: 50_000)
    )
    let day = try #require(BusinessDate("2026-03-10"))
    var today = OperatorTally(day: day)
    today.add(OperatorWeight(channels: terminal, minor: 40_000), of: "value.topUp", by: "li")
    today.add(OperatorWeight(channels: terminal, minor: 90_000), of: "value.topUp", by: "wang")
    today.add(OperatorWeight(channels: ["bank_card"], minor: 9), of: "value.topUp", by: "li")
    today.add(OperatorWeight(minor: 70_000), of: "value.spend", by: "li")
    #expect(weigh(OperatorWeight(channels: terminal, minor: 20_000), today: today) == nil)
    #expect(
      weigh(OperatorWeight(channels: terminal, minor: 20_001), today: today)
        == .dayAmount(leftMinor: 20_000)
    )
    today.add(OperatorWeight(points: 300), of: "points.redeem", by: "li")
    let more = OperatorWeight(points: 1)
    #expect(weigh(more, "points.redeem", today: today) == .dayPoints(left: 0))
    #expect(weigh(OperatorWeight(minor: 5), "points.accrue", today: today) == nil)
  }

  @Test("what an operation weighs is read from its row")
  func weights() {
    let topUp: [Effect] = [
      .tendered(kind: "cash", amountMinor: 20_000, reference: ""),
      .post(.tenderClearing, -20_000), .post(.principal, 20_000),
      .post(.bonusExpense, -5_000), .post(.bonus, 5_000),
    ]
    #expect(
      OperatorWeight(of: .topUp, topUp) == OperatorWeight(channels: ["cash"], minor: 20_000)
    )
    let spend: [Effect] = [
      .post(.pointsAvailable, -50), .post(.pointsExpired, 50), .swept,
      .post(.principal, -800), .post(.bonus, -200), .post(.valueConsumed, 1_000),
    ]
    #expect(OperatorWeight(of: .spend, spend) == OperatorWeight(minor: 1_000))
    let hold: [Effect] = [.post(.pointsAvailable, -70), .post(.pointsHeld, 70)]
    #expect(OperatorWeight(of: .holdCreate, hold) == OperatorWeight(points: 70))
    #expect(OperatorWeight(of: .holdVoid, hold) == OperatorWeight())
    let refund = OperatorWeight(
      of: .refund,
      [],
      reply: Array(#"{"amountMinor":500,"tenders":[{"kind":"cash","amountMinor":500}]}"#.utf8)
    )
    #expect(refund == OperatorWeight(channels: ["cash"], minor: 500))
    #expect(OperatorWeight(of: .spend, [.post(.principal, .min)]).minor == .max)
  }

  @Test("a denial is read back from what the journal keeps of it")
  func codes() {
    let all: [OperatorDenial] = [
      .nobody, .unknown("li:wang"), .place("east"), .verb("value.topUp"), .channel("cash"),
      .amount(maxMinor: 1), .points(max: 2), .dayAmount(leftMinor: 3), .dayPoints(left: 4),
      .pinMissing, .pinUnset, .pinWrong(left: 5), .pinLocked,
    ]
    for denial in all { #expect(OperatorDenial(code: denial.code) == denial) }
    #expect(Set(all.map(\.code)).count == all.count)
    #expect(OperatorDenial(code: "cardType") == nil)
    #expect(OperatorDenial(code: "operator.amount:x") == nil)
  }
}
