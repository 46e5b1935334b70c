import TapgateModel
import Testing

@Suite("Organisation and operators")
struct OrganisationTests {
  private static let nodes: [Organisation.Node] = [
    .init(id: "C02", kind: .counter, parent: "S2"),
    .init(id: "hq", kind: .hq), .init(id: "east", kind: .region, parent: "hq"),
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
    let hq = Organisation.Node(id: "hq", kind: .hq)
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

  private func denial(
    _ book: OperatorBook,
    _ method: String,
    by id: String? = "li",
    store: String = "S1",
    channel: String? = nil,
    amount: Int64? = nil
  ) throws -> OperatorBook.Denial? {
    let act = OperatorBook.Act(
      method: method,
      store: store,
      counter: "C01",
      channel: channel,
      amountMinor: amount
    )
    let company = try Organisation(Self.nodes)
    do throws(OperatorBook.Denial) {
      try book.check(act, by: id, in: company)
      return nil
    } catch {
      return error
    }
  }

  @Test("an operator may do what stands in the book, where, how and how much")
  func permissions() throws {
    let li = OperatorBook.Entry(
      id: "li",
      node: "east",
      permissions: [
        .init(method: "points.*"),
        .init(method: "value.topUp", channels: ["store_terminal"], maxMinor: 50_000),
        .init(method: "value.topUp", channels: ["bank_card"], maxMinor: 100_000),
      ]
    )
    let book = OperatorBook([li], asked: ["value.*"])
    #expect(try denial(book, "points.accrue") == nil)
    #expect(try denial(book, "card.close") == .method)
    #expect(try denial(book, "points.accrue", store: "S2") == .place)
    #expect(try denial(book, "points.accrue", by: "wang") == .unknown(operator: "wang"))
    #expect(try denial(book, "value.topUp", channel: "web_self") == .channel)
    let card = "bank_card"
    #expect(try denial(book, "value.topUp", channel: card, amount: 100_000) == nil)
    #expect(
      try denial(book, "value.topUp", channel: "store_terminal", amount: 50_001)
        == .amount(max: 50_000)
    )
    #expect(try denial(book, "points.accrue", by: nil) == nil)
    #expect(try denial(book, "value.topUp", by: nil) == .nobody)
    #expect(try denial(OperatorBook(), "card.close", by: "anybody") == nil)
  }
}
