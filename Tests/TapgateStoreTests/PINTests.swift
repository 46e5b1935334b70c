import Dispatch
import Foundation
import TapgateCore
import TapgateJSON
import TapgateLock
import TapgateModel
import Testing

@testable import TapgateStore

/// PINs through the store: hashed beside the ledger's thread, counted in the journal.
@Suite("PINs", .timeLimit(.minutes(2)))
struct PINTests {
  private static let old = PIN("482913")
  private static let new = PIN("771204")
  private static let wrong = PIN("111111")

  /// A world with member `M1`, who holds a card with 200 yuan and the PIN `old`.
  private func world(_ policy: PINPolicy = PINPolicy()) async throws -> (StoreWorld, MemberKey) {
    let world = try StoreWorld(programme: AssetProgramme.text, pins: policy)
    let card = try Credential(kind: .cardUid, value: "04A1B2C3D4E5F6")
    let phone = try Credential(kind: .phoneNumber, value: "13800138000")
    try await world.committed(
      .enrol(
        profile: ProfileChange(name: "张三", phone: phone),
        credential: .credential(card),
        cardType: nil
      )
    )
    let key = MemberKey.credential(card)
    try await world.committed(
      .assets(.topUp(TopUpRequest(amountMinor: 20_000, channel: "cash"))),
      on: key
    )
    let set = try await world.set(Self.old, on: key)
    #expect(set["pin"]?.string == "set")
    return (world, key)
  }

  @Test("stored value asks for the PIN where one is set, by whatever names the member")
  func asked() async throws {
    let (world, card) = try await world()
    let phone = MemberKey.credential(try Credential(kind: .phoneNumber, value: "13800138000"))
    let spend = OperationBody.assets(.spend(amountMinor: 100))
    for key in [card, .memberID("M1")] {
      #expect(await world.refusal(spend, on: key) == .pinRequired)
      #expect(await world.refusal(spend, on: key, pin: Self.wrong) == .pinWrong)
      try await world.committed(spend, on: key, pin: Self.old)
    }
    // A claim cannot spend, and cannot lock what it does not hold.
    for _ in 0..<4 {
      let refusal = await world.refusal(
        spend,
        on: phone,
        pin: Self.wrong,
        evidence: .typed(.phoneNumber)
      )
      #expect(refusal == .assuranceTooLow)
    }
    try await world.committed(spend, on: card, pin: Self.old)
    let hold = OperationBody.assets(.hold(HoldLegs(valueMinor: 100), seconds: nil))
    #expect(await world.refusal(hold, on: card) == .pinRequired)
    try await world.committed(hold, on: card, pin: Self.old)
    // Points ask for none by default, but one that is entered must be right.
    try await world.committed(.assets(.event("signin")), on: card)
    await world.store.stop()
    #expect(try world.verify().problems == [])
  }

  @Test("wrong entries are counted, lock the PIN, and a restart forgives none of them")
  func locked() async throws {
    let (world, card) = try await world()
    let spend = OperationBody.assets(.spend(amountMinor: 100))
    #expect(await world.detail(spend, on: card, pin: Self.wrong) == "2 tries are left")
    #expect(await world.detail(spend, on: card, pin: Self.wrong) == "1 try is left")
    try await world.restart()
    #expect(await world.detail(spend, on: card, pin: Self.wrong)?.contains("locked now") == true)
    #expect(await world.refusal(spend, on: card, pin: Self.old) == .pinWrong)
    try await world.restart()
    #expect(await world.refusal(spend, on: card, pin: Self.old) == .pinWrong)
    // Whoever knows the PIN cannot unlock it either; a manager can.
    #expect(await world.refusal(.setPin(Self.new), on: card, pin: Self.old) == .pinWrong)
    try await world.committed(.setPin(Self.new, isByManager: true), on: card)
    #expect(await world.refusal(spend, on: card, pin: Self.old) == .pinWrong)
    try await world.committed(spend, on: card, pin: Self.new)
    await world.store.stop()
    #expect(try world.verify().problems == [])
  }

  @Test("a right entry forgives the wrong ones before it")
  func forgiven() async throws {
    let (world, card) = try await world(PINPolicy(triesMax: 2))
    let spend = OperationBody.assets(.spend(amountMinor: 100))
    for _ in 0..<3 {
      #expect(await world.detail(spend, on: card, pin: Self.wrong) == "1 try is left")
      try await world.committed(spend, on: card, pin: Self.old)
    }
  }

  @Test("one wrong entry counts once, however often its operation is repeated")
  func repeated() async throws {
    let (world, card) = try await world()
    let spend = OperationBody.assets(.spend(amountMinor: 100))
    for _ in 0..<5 {
      let outcome = await world.perform(spend, on: card, id: "same", pin: Self.wrong)
      guard case .refused(let refusal, _) = outcome else {
        Issue.record("not refused: \(outcome)")
        return
      }
      #expect(refusal.reason == .pinWrong)
    }
    #expect(await world.detail(spend, on: card, pin: Self.wrong) == "1 try is left")
  }

  @Test("a PIN is changed by who knows it, and taken away")
  func changed() async throws {
    let (world, card) = try await world()
    let spend = OperationBody.assets(.spend(amountMinor: 100))
    #expect(await world.refusal(.setPin(Self.new), on: card) == .pinRequired)
    #expect(await world.refusal(.setPin(Self.new), on: card, pin: Self.wrong) == .pinWrong)
    try await world.committed(.setPin(Self.new), on: card, pin: Self.old)
    try await world.committed(spend, on: card, pin: Self.new)
    let reply = try await world.committed(.setPin(nil), on: card, pin: Self.new)
    #expect(reply["pin"]?.string == "none")
    try await world.committed(spend, on: card)
  }

  @Test("a PIN follows its card to the one that replaces it")
  func replaced() async throws {
    let (world, card) = try await world()
    let next = MemberKey.credential(try Credential(kind: .cardUid, value: "04A1B2C3D4E5F7"))
    try await world.committed(.replaceCard(new: next, reason: nil), on: card)
    let spend = OperationBody.assets(.spend(amountMinor: 100))
    #expect(await world.refusal(spend, on: next) == .pinRequired)
    try await world.committed(spend, on: next, pin: Self.old)
    await world.store.stop()
    #expect(try world.verify().problems == [])
  }

  @Test("operations of one member keep their order around a PIN")
  func order() async throws {
    let (world, card) = try await world()
    let answers = GivenAnswers()
    let group = DispatchGroup()
    let spend = OperationBody.assets(.spend(amountMinor: 100))
    let signIn = OperationBody.assets(.event("signin"))
    for number in 0..<12 {
      // Every third needs its PIN checked; those behind it, by another name, must not overtake it.
      let isSlow = number % 3 == 0
      let operation = world.operation(
        isSlow ? spend : signIn,
        on: isSlow ? card : .memberID("M1"),
        pin: isSlow ? Self.old : nil
      )
      group.enter()
      world.store.submit(operation) { _ in
        answers.add(number)
        group.leave()
      }
    }
    await group.finished()
    #expect(answers.all == Array(0..<12))
  }

  @Test("a flood of PINs is told to wait, and nobody else is")
  func flood() async throws {
    let (world, card) = try await world()
    let other = try Credential(kind: .cardUid, value: "04A1B2C3D4E5F8")
    let enrol = OperationBody.enrol(
      profile: ProfileChange(),
      credential: .credential(other),
      cardType: nil
    )
    try await world.committed(enrol)
    let busy = GivenAnswers()
    let group = DispatchGroup()
    for number in 0..<400 {
      let spend = world.operation(.assets(.spend(amountMinor: 1)), on: card, pin: Self.old)
      group.enter()
      world.store.submit(spend) { outcome in
        if case .busy? = outcome.failure { busy.add(number) }
        group.leave()
      }
    }
    await group.finished()
    #expect(!busy.all.isEmpty)
    #expect(busy.all.count < 400)
    try await world.committed(.assets(.event("signin")), on: .credential(other))
  }

  @Test("no PIN, and nothing that tells one, is in the data folder")
  func canary() async throws {
    let (world, card) = try await world()
    let spend = OperationBody.assets(.spend(amountMinor: 100))
    try await world.committed(spend, on: card, pin: Self.old)
    _ = await world.refusal(spend, on: card, pin: PIN("90417735"))
    await world.store.stop()
    for digits in ["482913", "90417735"] {
      #expect(try !world.filesContain(digits))
    }
    #expect(try world.filesContain("$scrypt$ln="))
  }
}

/// Numbers in the order in which they were added, on any thread.
final class GivenAnswers: Sendable {
  private let numbers = Mutex<[Int]>([])

  var all: [Int] { numbers.withLock { $0 } }

  func add(_ number: Int) { numbers.withLock { $0.append(number) } }
}

extension DispatchGroup {
  /// Waits until everything that entered has left.
  func finished() async {
    await withCheckedContinuation { continuation in
      notify(queue: .global()) { continuation.resume() }
    }
  }
}

extension OperationBody {
  static func setPin(_ pin: PIN?, isByManager: Bool = false) -> OperationBody {
    .assets(.setPin(PINChange(pin: pin, isByManager: isByManager)))
  }
}

extension StoreWorld {
  /// Performs what must be committed, and gives its result.
  @discardableResult
  func committed(
    _ body: OperationBody,
    on subject: MemberKey? = nil,
    pin: PIN? = nil,
    sourceLocation: SourceLocation = #_sourceLocation
  ) async throws -> JSON {
    let outcome = await perform(body, on: subject, pin: pin)
    return try #require(outcome.result, "\(outcome)", sourceLocation: sourceLocation)
  }

  func set(_ pin: PIN?, on subject: MemberKey) async throws -> JSON {
    try await committed(.setPin(pin), on: subject)
  }

  func refusal(
    _ body: OperationBody,
    on subject: MemberKey,
    pin: PIN? = nil,
    evidence: Evidence = .word
  ) async -> RefusalReason? {
    await perform(body, on: subject, evidence: evidence, pin: pin).refusal
  }

  /// What a wrong PIN is told beside the reason.
  func detail(_ body: OperationBody, on subject: MemberKey, pin: PIN?) async -> String? {
    guard case .refused(let refusal, _) = await perform(body, on: subject, pin: pin),
      refusal.reason == .pinWrong
    else { return nil }
    return refusal.detail
  }

  /// Whether a file of the data folder holds `text`.
  func filesContain(_ text: String) throws -> Bool {
    try FileManager.default.contentsOfDirectory(atPath: directory).contains { name in
      let bytes = FileManager.default.contents(atPath: directory + "/" + name) ?? Data()
      return bytes.range(of: Data(text.utf8)) != nil
    }
  }
}
