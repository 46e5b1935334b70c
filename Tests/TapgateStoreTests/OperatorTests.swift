import Foundation
import Logging
import TapgateCore
import TapgateJSON
import TapgateModel
import Testing

@testable import TapgateStore

/// A store with a company and operators.
final class OperatorWorld {
  let directory = NSTemporaryDirectory() + "tapgate-operators-\(UUID().uuidString)"
  let clock = SetClock("2026-03-10T12:00:00+08:00")
  private(set) var store: LedgerStore
  private let programme: String
  private var count = 0

  static let nodes: [Organisation.Node] = [
    .init(id: "HQ", kind: .headOffice), .init(id: "east", kind: .region, parent: "HQ"),
    .init(id: "S001", kind: .store, parent: "east"),
    .init(id: "S002", kind: .store, parent: "HQ"),
    .init(id: "S001/C01", kind: .counter, parent: "S001"),
  ]

  static let operators: [OperatorBook.Entry] = [
    .init(
      id: "li",
      scope: "east",
      permissions: [
        .init(
          verbs: ["value.topUp"],
          channels: ["cash"],
          maxMinor: 30_000,
          maxMinorPerDay: 50_000
        ),
        .init(verbs: ["points.*", "value.spend"]),
      ]
    ),
    .init(id: "boss", needsPIN: true, permissions: [.init(verbs: ["*"])]),
  ]

  init(programme: String = AssetProgramme.text) throws {
    self.programme = programme
    store = try Self.open(directory, clock, programme)
  }

  deinit { try? FileManager.default.removeItem(atPath: directory) }

  private static func open(
    _ directory: String,
    _ clock: SetClock,
    _ programme: String
  ) throws -> LedgerStore {
    var configuration = StoreConfiguration(
      directory: directory,
      programme: Array(programme.utf8),
      clock: clock,
      logByteCount: 1 << 20
    )
    configuration.store = "S001"
    configuration.counter = "C01"
    configuration.organisation = try Organisation(nodes)
    configuration.operators = OperatorBook(operators)
    return try LedgerStore.open(
      configuration,
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    )
  }

  func restart() async throws {
    await store.stop()
    store = try Self.open(directory, clock, programme)
  }

  /// Asks for an operation as `name`; the PIN is proven as the server proves it.
  func perform(
    _ body: OperationBody,
    on subject: MemberKey?,
    by name: String?,
    pin: String? = nil,
    store place: String = "S001",
    id: String? = nil
  ) async -> OperationOutcome {
    count += 1
    let operation = TapgateModel.Operation(
      id: id ?? "op-\(count)",
      method: "test",
      content: Array("\(body)\(String(describing: subject))".utf8),
      subject: subject,
      body: body,
      store: place,
      counter: "C01",
      operatorName: name
    )
    let store = store
    return await withCheckedContinuation { continuation in
      let isTaken = store.operators.prove(name, pin: pin) { proof in
        var operation = operation
        operation.operatorProof = proof
        store.submit(operation) { continuation.resume(returning: $0) }
      }
      if !isTaken { continuation.resume(returning: .failed(.closing)) }
    }
  }

  func topUp(
    _ amount: Int64,
    _ member: MemberKey,
    by name: String? = "li",
    channel: String = "cash",
    store: String = "S001",
    id: String? = nil
  ) async -> OperationOutcome {
    let request = TopUpRequest(amountMinor: amount, channel: channel)
    return await perform(
      .assets(.topUp(request)),
      on: member,
      by: name,
      store: store,
      id: id
    )
  }

  func enrol() async throws -> MemberKey {
    try await store.operators.setPIN("739184", of: "boss")
    let body = OperationBody.enrol(
      profile: ProfileChange(name: "张三"),
      credential: nil,
      cardType: nil
    )
    let outcome = await perform(body, on: nil, by: "boss", pin: "739184")
    return .memberID(try #require(outcome.result?["member"]?["id"]?.string))
  }
}

extension OperationOutcome {
  /// What the ledger says of the operator.
  var denial: OperatorDenial? {
    guard case .refused(let refusal, _) = self else { return nil }
    return refusal.detail.flatMap { OperatorDenial(code: $0) }
  }
}

@Suite("Operators in the store")
struct OperatorTests {
  private let world: OperatorWorld
  private let member: MemberKey

  init() async throws {
    world = try OperatorWorld()
    member = try await world.enrol()
  }

  @Test("who may top up how much, where and by which channel")
  func permissions() async throws {
    #expect(await world.topUp(20_000, member).result != nil)
    #expect(await world.topUp(20_000, member, by: nil).denial == .nobody)
    #expect(await world.topUp(20_000, member, by: "wang").denial == .unknown("wang"))
    #expect(await world.topUp(20_000, member, store: "S002").denial == .place("east"))
    #expect(await world.topUp(20_000, member, channel: "web_self").denial == .channel("web_self"))
    #expect(await world.topUp(30_001, member).denial == .amount(maxMinor: 30_000))
    let update = OperationBody.update(ProfileChange(name: "李四"))
    let denied = await world.perform(update, on: member, by: "li")
    #expect(denied.denial == .verb("member.update"))
    #expect(denied.refusal == .operatorNotAllowed)
    #expect(try LedgerVerifier.verify(directory: world.directory).problems == [])
  }

  @Test("what was refused is remembered, and stands in the report of refusals by operator")
  func remembered() async throws {
    let first = await world.topUp(30_001, member, id: "once")
    #expect(first.denial == .amount(maxMinor: 30_000))
    try await world.restart()
    let again = await world.topUp(30_001, member, id: "once")
    #expect(again.denial == .amount(maxMinor: 30_000) && again.isReplay)
    let query = ReportQuery(name: "refusals")
    let report = try await world.store.report(query) { true }
    let text = String(decoding: report.encoded(), as: UTF8.self)
    #expect(text.contains("operatorNotAllowed") && text.contains("\"li\""))
    #expect(report["proven"] == true)
  }

  @Test("a day's limit survives a restart, ends with the day, and counts what was committed once")
  func day() async throws {
    #expect(await world.topUp(30_000, member, id: "a").result != nil)
    #expect(await world.topUp(30_000, member).denial == .dayAmount(leftMinor: 20_000))
    try await world.restart()
    #expect(await world.topUp(30_000, member, id: "a").isReplay)
    #expect(await world.topUp(20_001, member).denial == .dayAmount(leftMinor: 20_000))
    #expect(await world.topUp(20_000, member).result != nil)
    #expect(await world.topUp(1_000, member).denial == .dayAmount(leftMinor: 0))
    world.clock.set("2026-03-11T03:59:00+08:00")
    #expect(await world.topUp(1_000, member).denial == .dayAmount(leftMinor: 0))
    world.clock.set("2026-03-11T04:01:00+08:00")
    #expect(await world.topUp(1_000, member).result != nil)
  }

  @Test("many tills at once never get beyond the day's limit")
  func crowd() async throws {
    let (world, member) = (world, member)
    let operations = (0..<40).map { number in
      TapgateModel.Operation(
        id: "crowd-\(number)",
        method: "test",
        content: Array("crowd-\(number)".utf8),
        subject: member,
        body: .assets(.topUp(TopUpRequest(amountMinor: 3_000, channel: "cash"))),
        store: "S001",
        counter: "C0\(number % 9)",
        operatorName: "li"
      )
    }
    let store = world.store
    let done = await withTaskGroup(of: Bool.self) { group in
      for operation in operations {
        group.addTask {
          await withCheckedContinuation { continuation in
            store.submit(operation) { continuation.resume(returning: $0.result != nil) }
          }
        }
      }
      return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
    }
    #expect(done == 16)
    #expect(store.member(member)?.principalMinor == 48_000)
  }

  @Test("a PIN is asked for, tried five times at most, and set anew by a manager")
  func pins() async throws {
    let spend = OperationBody.assets(.topUp(TopUpRequest(amountMinor: 20_000, channel: "cash")))
    let world = world
    let member = member
    func ask(_ pin: String?) async -> OperationOutcome {
      await world.perform(spend, on: member, by: "boss", pin: pin)
    }
    #expect(await ask(nil).denial == .pinMissing)
    #expect(await ask(nil).refusal == .pinRequired)
    #expect(await ask("739184").result != nil)
    for left in [4, 3] { #expect(await ask("111119").denial == .pinWrong(left: left)) }
    try await world.restart()
    for left in [2, 1] { #expect(await ask("111119").denial == .pinWrong(left: left)) }
    #expect(await ask("111119").denial == .pinLocked)
    #expect(await ask("739184").denial == .pinLocked)
    await #expect(throws: OperatorPINFailure.trivial) {
      try await world.store.operators.setPIN("1234", of: "boss")
    }
    await #expect(throws: OperatorPINFailure.unknown) {
      try await world.store.operators.setPIN("739184", of: "nobody")
    }
    try await world.store.operators.setPIN("482915", of: "boss")
    #expect(await ask("739184").denial == .pinWrong(left: 4))
    #expect(await ask("482915").result != nil)
    let file = world.directory + "/operators.pins"
    let attributes = try FileManager.default.attributesOfItem(atPath: file)
    #expect(attributes[.posixPermissions] as? Int == 0o600)
    let bytes = try #require(FileManager.default.contents(atPath: file))
    #expect(!String(decoding: bytes, as: UTF8.self).contains("482915"))
  }

  @Test("an operator without a PIN of their own is told so; another book is in force at once")
  func replaced() async throws {
    let entry = OperatorBook.Entry(id: "zhao", needsPIN: true, permissions: [.init(verbs: ["*"])])
    let company = world.store.operators.organisation
    world.store.operators.replace(organisation: company, operators: OperatorBook([entry]))
    #expect(await world.topUp(20_000, member).denial == .unknown("li"))
    #expect(await world.topUp(20_000, member, by: "zhao").denial == .pinUnset)
    world.store.operators.replace(organisation: company, operators: OperatorBook())
    #expect(await world.topUp(20_000, member, by: nil).result != nil)
  }
}
