import TapgateCore
import Testing

@Suite("Claims")
struct ClaimBoardTests {
  private static let anna = ClientID(1)
  private static let bert = ClientID(2)
  private static let cleo = ClientID(3)

  private var board: ClaimBoard = {
    var board = ClaimBoard()
    board.deviceSeen("reader", lane: "1")
    board.deviceSeen("scanner", lane: "1")
    board.deviceSeen("far", lane: "2")
    return board
  }()

  /// Asks, and answers the claim where it was granted at once.
  private mutating func ask(
    _ client: ClientID,
    _ target: ClaimTarget,
    _ number: UInt64,
    wait: UInt64 = 0,
    contest: Bool = false,
    at now: UInt64 = 0
  ) -> [ClaimAction] {
    board.request(
      ClaimRequest(
        number: number,
        client: client,
        target: target,
        waitMilliseconds: wait,
        isContest: contest
      ),
      now: now
    )
  }

  private func granted(_ actions: [ClaimAction]) -> [UInt64] {
    actions.compactMap { action in
      if case .grant(let request, _, _) = action { request } else { nil }
    }
  }

  private func denied(_ actions: [ClaimAction]) -> [UInt64: ClientID?] {
    actions.reduce(into: [:]) { denials, action in
      if case .deny(let request, let holder) = action {
        denials.updateValue(holder?.client, forKey: request)
      }
    }
  }

  @Test("a device is one client's, and who asks next is told whose")
  mutating func conflict() {
    #expect(granted(ask(Self.anna, .device("reader"), 1)) == [1])
    #expect(denied(ask(Self.bert, .device("reader"), 2)) == [2: Self.anna])
    #expect(granted(ask(Self.bert, .device("scanner"), 3)) == [3])
    #expect(board.holder(ofDevice: "reader", lane: "1")?.client == Self.anna)
  }

  @Test("a lane's claim and a device's exclude each other, both ways")
  mutating func lanes() {
    #expect(granted(ask(Self.anna, .lane("1"), 1)) == [1])
    #expect(denied(ask(Self.bert, .device("scanner"), 2)) == [2: Self.anna])
    #expect(granted(ask(Self.bert, .device("far"), 3)) == [3])
    #expect(denied(ask(Self.cleo, .lane("2"), 4)) == [4: Self.bert])
  }

  @Test("a lane's claim covers devices that come later")
  mutating func devicesToCome() throws {
    _ = ask(Self.anna, .lane("1"), 1)
    board.deviceSeen("new", lane: "1")
    let claim = try #require(board.holder(ofDevice: "new", lane: "1"))
    #expect(claim.client == Self.anna)
    #expect(board.devices(of: claim) == ["new", "reader", "scanner"])
  }

  @Test("who holds a claim and asks again gets the same one")
  mutating func again() {
    _ = ask(Self.anna, .device("reader"), 1)
    #expect(granted(ask(Self.anna, .device("reader"), 2)) == [2])
    #expect(board.current.count == 1)
  }

  @Test("who waits is served in the order of asking when the holder leaves")
  mutating func queue() {
    _ = ask(Self.anna, .device("reader"), 1)
    #expect(ask(Self.bert, .device("reader"), 2, wait: 5000).isEmpty)
    #expect(ask(Self.cleo, .device("reader"), 3, wait: 5000).isEmpty)
    #expect(granted(board.clientLeft(Self.anna, now: 10)) == [2])
    #expect(granted(board.clientLeft(Self.bert, now: 20)) == [3])
  }

  @Test("nobody overtakes who stands in line for the same")
  mutating func noOvertaking() {
    _ = ask(Self.anna, .device("reader"), 1)
    _ = ask(Self.bert, .lane("1"), 2, wait: 5000)
    // The scanner is free, but Bert wants the whole lane and came first.
    #expect(denied(ask(Self.cleo, .device("scanner"), 3)) == [3: nil])
    #expect(granted(board.clientLeft(Self.anna, now: 10)) == [2])
  }

  @Test("a wait ends at its deadline, not before")
  mutating func deadline() {
    _ = ask(Self.anna, .device("reader"), 1)
    _ = ask(Self.bert, .device("reader"), 2, wait: 300, at: 100)
    #expect(board.nextDeadline == 400)
    #expect(board.tick(now: 399).isEmpty)
    #expect(denied(board.tick(now: 400)) == [2: Self.anna])
    #expect(board.nextDeadline == nil)
  }

  @Test("a contested holder that says nothing loses after a second")
  mutating func contestWon() throws {
    _ = ask(Self.anna, .device("reader"), 1)
    let claim = try #require(board.current.first)
    let asked = ask(Self.bert, .device("reader"), 2, contest: true, at: 50)
    #expect(asked == [.askHolder(claim: claim, by: Self.bert, deadline: 1050)])
    #expect(board.tick(now: 1049).isEmpty)
    let actions = board.tick(now: 1050)
    #expect(actions.first == .tellLoss(claim: claim, by: Self.bert))
    #expect(granted(actions) == [2])
    #expect(board.holder(ofDevice: "reader", lane: "1")?.client == Self.bert)
  }

  @Test("a holder that retains keeps its claim, and who did not mean to wait is denied at once")
  mutating func contestLost() throws {
    _ = ask(Self.anna, .device("reader"), 1)
    let claim = try #require(board.current.first)
    _ = ask(Self.bert, .device("reader"), 2, contest: true)
    _ = ask(Self.cleo, .device("reader"), 3, wait: 5000, contest: true)
    let answer = board.retain(claim.number, client: Self.anna, now: 500)
    let actions = try #require(answer)
    #expect(denied(actions) == [2: Self.anna])
    #expect(board.tick(now: 1500).isEmpty)
    #expect(granted(board.clientLeft(Self.anna, now: 2000)) == [3])
  }

  @Test("a contest ends when who asked is gone, and the holder keeps its claim")
  mutating func contesterLeft() {
    _ = ask(Self.anna, .device("reader"), 1)
    _ = ask(Self.bert, .device("reader"), 2, contest: true)
    #expect(board.clientLeft(Self.bert, now: 100).isEmpty)
    #expect(board.tick(now: 5000).isEmpty)
    #expect(board.holder(ofDevice: "reader", lane: "1")?.client == Self.anna)
  }

  @Test("only the holder can release or retain")
  mutating func strangers() throws {
    _ = ask(Self.anna, .device("reader"), 1)
    let number = try #require(board.current.first?.number)
    let strangersAnswers = [
      board.release(number, client: Self.bert, now: 0),
      board.retain(number, client: Self.bert, now: 0),
    ]
    #expect(strangersAnswers == [nil, nil])
    let own = board.release(number, client: Self.anna, now: 0)
    #expect(own == [])
    #expect(board.current.isEmpty)
  }

  @Test("the line has an end")
  mutating func bounded() {
    board = ClaimBoard(waiterCountMax: 1)
    _ = ask(Self.anna, .device("reader"), 1)
    #expect(ask(Self.bert, .device("reader"), 2, wait: 100).isEmpty)
    #expect(denied(ask(Self.cleo, .device("reader"), 3, wait: 100)) == [3: nil])
  }

  @Test("over random happenings, no device ever has two holders and no request two answers")
  func random() {
    for seed in 1...100 as ClosedRange<UInt64> {
      var generator = Seeded(state: seed)
      var board = ClaimBoard()
      for (id, lane) in [("a", "1"), ("b", "1"), ("c", "2")] {
        board.deviceSeen(id, lane: lane)
      }
      let targets: [ClaimTarget] = [
        .device("a"), .device("b"), .device("c"), .lane("1"), .lane("2"),
      ]
      var now: UInt64 = 0
      var answered: Set<UInt64> = []
      for number in 1...60 as ClosedRange<UInt64> {
        now += UInt64.random(in: 0...700, using: &generator)
        let client = ClientID(UInt64.random(in: 1...4, using: &generator))
        var actions = board.tick(now: now)
        switch Int.random(in: 0...5, using: &generator) {
        case 0: actions += board.clientLeft(client, now: now)
        case 1:
          if let own = board.current.first(where: { $0.client == client }) {
            actions += board.release(own.number, client: client, now: now) ?? []
          }
        default:
          let request = ClaimRequest(
            number: number,
            client: client,
            target: targets[Int.random(in: 0..<targets.count, using: &generator)],
            waitMilliseconds: [0, 500, 2000][Int.random(in: 0...2, using: &generator)],
            isContest: Bool.random(using: &generator)
          )
          actions += board.request(request, now: now)
        }
        for action in actions {
          switch action {
          case .grant(let request, _, _), .deny(let request, _):
            #expect(answered.insert(request).inserted, "seed \(seed), request \(request)")
          case .askHolder, .tellLoss: break
          }
        }
        for (id, lane) in [("a", "1"), ("b", "1"), ("c", "2")] {
          let holders = board.current.filter { claim in
            claim.target == .device(id) || claim.target == .lane(lane)
          }
          #expect(Set(holders.map(\.client)).count <= 1, "seed \(seed), device \(id)")
        }
      }
    }
  }
}
