import Crypto
import Foundation
import TapgateCore
import TapgateJSON
import TapgateModel
import Testing

@testable import TapgateStore

@Suite("Tokens and rotating codes in the store")
struct FreshnessTests {
  private func accept(
    _ freshness: Freshness,
    _ credential: Credential,
    in store: LedgerStore
  ) async -> FreshnessVerdict {
    await withCheckedContinuation { continuation in
      store.accept(freshness, of: credential) { continuation.resume(returning: $0) }
    }
  }

  @Test("of 100 who show one token at the same time, exactly one is accepted")
  func parallel() async throws {
    let world = try StoreWorld()
    let tag = try Credential(kind: .sunToken, value: "04112233445566")
    for counter in 1...5 as ClosedRange<UInt64> {
      let store = world.store
      let verdicts = await withTaskGroup(of: FreshnessVerdict.self) { group in
        for _ in 0..<100 {
          group.addTask { await accept(.counter(counter), tag, in: store) }
        }
        return await group.reduce(into: [FreshnessVerdict]()) { $0.append($1) }
      }
      #expect(verdicts.count { $0 == .fresh } == 1)
      #expect(verdicts.count { $0 == .replayed } == 99)
    }
    await world.store.stop()
  }

  @Test("what was accepted stays so after a restart; credentials do not share their counters")
  func restart() async throws {
    let world = try StoreWorld()
    let tag = try Credential(kind: .sunToken, value: "04112233445566")
    let code = try Credential(kind: .rotatingQr, value: "ABCDEFGH23456722")
    #expect(await accept(.counter(.max - 1), tag, in: world.store) == .fresh)
    #expect(await accept(.step(58_000_000), code, in: world.store) == .fresh)
    #expect(await accept(.step(57_999_999), code, in: world.store) == .fresh)
    try await world.restart()
    #expect(await accept(.counter(.max - 1), tag, in: world.store) == .replayed)
    #expect(await accept(.counter(.max), tag, in: world.store) == .fresh)
    #expect(await accept(.step(57_999_999), code, in: world.store) == .replayed)
    #expect(await accept(.step(58_000_000), code, in: world.store) == .replayed)
    #expect(await accept(.step(58_000_001), code, in: world.store) == .fresh)
    let other = try Credential(kind: .sunToken, value: "04112233445567")
    #expect(await accept(.counter(0), other, in: world.store) == .fresh)
    #expect(await accept(.counter(0), other, in: world.store) == .replayed)
    #expect(try world.verify().isProven)
    await world.store.stop()
    let late = await accept(.counter(1), other, in: world.store)
    #expect(late == .undecided(hint: "the ledger is closing"))
  }

  @Test("the database holds references of what was accepted, and no credential")
  func secrecy() async throws {
    let world = try StoreWorld()
    let tag = try Credential(kind: .sunToken, value: "04CAFE33445566")
    #expect(await accept(.counter(1), tag, in: world.store) == .fresh)
    await world.store.stop()
    for name in try FileManager.default.subpathsOfDirectory(atPath: world.directory) {
      let bytes = FileManager.default.contents(atPath: world.directory + "/" + name) ?? Data()
      #expect(bytes.range(of: Data("04CAFE33445566".utf8)) == nil, "in \(name)")
      let raw = Data([0x04, 0xCA, 0xFE, 0x33, 0x44, 0x55, 0x66])
      #expect(bytes.range(of: raw) == nil, "in \(name)")
    }
  }

  // MARK: Rotating codes

  @Test("a token's code is HMAC-SHA-256 under the secret that the telephone was given")
  func authenticationCode() async throws {
    let world = try StoreWorld()
    let reference = world.store.newReference()
    let secret = world.store.secret(of: reference)
    let token = world.store.token(of: reference, step: 58_000_000)
    #expect(token.keyID == secret.keyID)
    #expect(token.text.hasPrefix("TG1.\(secret.keyID).\(reference).58000000."))
    let key = SymmetricKey(data: secret.bytes)
    let whole = Array(
      HMAC<SHA256>.authenticationCode(for: Array(token.signedText.utf8), using: key)
    )
    #expect(secret.bytes.count == 32)
    #expect(token.code == Array(whole.prefix(16)))
    #expect(world.store.isAuthentic(token))
    // A telephone may show more of the code, or less down to 80 bits.
    for count in 10...32 {
      #expect(world.store.isAuthentic(changed(token, code: Array(whole.prefix(count)))))
    }
    for count in [0, 1, 9] {
      #expect(!world.store.isAuthentic(changed(token, code: Array(whole.prefix(count)))))
    }
    #expect(!world.store.isAuthentic(changed(token, code: whole + [0])))
    await world.store.stop()
  }

  @Test("a token with any bit of its code turned, or any other part changed, is not authentic")
  func forgery() async throws {
    let world = try StoreWorld()
    let store = world.store
    let reference = store.newReference()
    let token = store.token(of: reference, step: 58_000_000)
    for bit in 0..<128 {
      var code = token.code
      code[bit / 8] ^= 1 << UInt8(bit % 8)
      #expect(!store.isAuthentic(changed(token, code: code)), "bit \(bit)")
    }
    #expect(!store.isAuthentic(changed(token, step: 58_000_001)))
    #expect(!store.isAuthentic(changed(token, reference: store.newReference())))
    #expect(!store.isAuthentic(changed(token, keyID: "AAAAAAAA")))
    let other = try StoreWorld()
    #expect(!other.store.isAuthentic(token))
    await store.stop()
    await other.store.stop()
  }

  private func changed(
    _ token: RotatingToken,
    keyID: String? = nil,
    reference: String? = nil,
    step: UInt64? = nil,
    code: [UInt8]? = nil
  ) -> RotatingToken {
    RotatingToken(
      keyID: keyID ?? token.keyID,
      memberReference: reference ?? token.memberReference,
      step: step ?? token.step,
      code: code ?? token.code
    )
  }

  @Test("a member's codes are theirs over a restart, until they are lost, frozen or unbound")
  func memberCodes() async throws {
    let world = try StoreWorld()
    let member = try await world.enrol()
    var references: [String] = []
    for _ in 0..<3 {
      let reference = world.store.newReference()
      let credential = try Credential(kind: .rotatingQr, value: reference)
      let outcome = await world.perform(
        .bindCard(.credential(credential), cardType: nil, isIssue: true),
        on: .memberID(member)
      )
      #expect(outcome.result?["qr"]?["memberRef"]?.string == reference)
      references.append(reference)
    }
    #expect(world.store.codes(ofMember: member).map(\.reference) == references)
    try await world.restart()
    let codes = world.store.codes(ofMember: member)
    #expect(codes.map(\.reference) == references)
    for (code, action) in zip(codes, [CardAction.reportLost, .freeze, .unbind]) {
      let outcome = await world.perform(
        .changeCard(action, reason: nil),
        on: .cardID(code.cardID)
      )
      #expect(outcome.refusal == nil && outcome.failure == nil)
      #expect(!world.store.codes(ofMember: member).contains(code))
    }
    #expect(world.store.codes(ofMember: "nobody").isEmpty)
    #expect(try world.verify().isProven)
    await world.store.stop()
  }
}
