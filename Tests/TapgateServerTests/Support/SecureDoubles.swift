import TapgateCore
import TapgateLock
import TapgateModel
import TapgateServer

/// Counters in memory; answers at once, or when the test says so.
final class FakeFreshness: FreshnessGuard {
  private struct State {
    var windows: [Credential: FreshnessWindow] = [:]
    var isHolding = false
    var isBroken = false
    var waiting: [@Sendable () -> Void] = []
  }

  private let state = Mutex(State())

  func accept(
    _ freshness: Freshness,
    of credential: Credential,
    completion: @escaping @Sendable (FreshnessVerdict) -> Void
  ) {
    let verdict = state.withLock { state -> FreshnessVerdict in
      if state.isBroken { return .undecided(hint: "the disk is full") }
      guard var window = state.windows[credential] else {
        state.windows[credential] = FreshnessWindow(first: freshness)
        return .fresh
      }
      guard window.accept(freshness) else { return .replayed }
      state.windows[credential] = window
      return .fresh
    }
    let isHeld = state.withLock { state in
      if state.isHolding { state.waiting.append { completion(verdict) } }
      return state.isHolding
    }
    if !isHeld { completion(verdict) }
  }

  /// From now on answers wait for `release`.
  func hold() { state.withLock { $0.isHolding = true } }

  /// How many answers wait.
  var heldCount: Int { state.withLock { $0.waiting.count } }

  /// Gives the answers that wait, in order, and every later one at once.
  func release() {
    let waiting = state.withLock { state in
      defer { (state.isHolding, state.waiting) = (false, []) }
      return state.waiting
    }
    for answer in waiting { answer() }
  }

  /// The disk takes nothing, or takes again.
  func setBroken(_ isBroken: Bool) { state.withLock { $0.isBroken = isBroken } }
}

/// Codes whose secret is their reference: enough for a hub, which makes no code itself.
final class FakeCodes: RotatingCodes {
  let members = Mutex<[String: [MemberCode]]>([:])
  private let count = Mutex<UInt8>(0)

  func isAuthentic(_ token: RotatingToken) -> Bool {
    token == self.token(of: token.memberReference, step: token.step)
  }

  func newReference() -> String {
    let number = count.withLock { count in
      count += 1
      return count
    }
    return Base32.encode(Array(repeating: number, count: 10))
  }

  func secret(of reference: String) -> RotatingSecret {
    RotatingSecret(keyID: "K1", bytes: Array(reference.utf8))
  }

  func token(of reference: String, step: UInt64) -> RotatingToken {
    let code = Array("\(reference)\(step)0123456789ABCDEF".utf8.prefix(16))
    return RotatingToken(keyID: "K1", memberReference: reference, step: step, code: code)
  }

  func codes(ofMember id: String) -> [MemberCode] { members.withLock { $0[id] ?? [] } }
}

/// A backend that only notes what it is to show.
final class FakeBackend: InputBackend {
  let name = "fake"
  let shown = Mutex<[String]>([])
  let found = Mutex<[HealthReport.Finding]>([])

  func start(sink: any InputSink) {}
  func stop() async {}
  func checkHealth(deviceID: String) async -> HealthReport? { nil }
  func statistics(deviceID: String) -> [String: Int64]? { nil }
  func troubles() -> [HealthReport.Finding] { found.withLock { $0 } }

  func feedback(_ feedback: Feedback, deviceID: String) {
    shown.withLock { $0.append("\(deviceID) \(feedback.rawValue)") }
  }
}

/// Both clocks of a server, set by the test.
final class TestClock: Sendable {
  private let milliseconds = Mutex<UInt64>(1_000_000)
  /// 2026-03-10T04:00:00Z, the beginning of a time step.
  private static let wallSeconds: Int64 = 1_773_115_200

  /// What the server reads.
  var clock: ServerClock {
    ServerClock(
      monotonicNanoseconds: { self.milliseconds.withLock { $0 } * 1_000_000 },
      now: { Timestamp(microseconds: self.wallMicroseconds) },
      utcOffsetSeconds: { _ in 0 }
    )
  }

  private var wallMicroseconds: Int64 {
    Self.wallSeconds * 1_000_000 + Int64(milliseconds.withLock { $0 } - 1_000_000) * 1000
  }

  /// The time step of 30 s now.
  var step: UInt64 { UInt64(wallMicroseconds / 30_000_000) }

  /// Lets time pass.
  func pass(milliseconds: UInt64) { self.milliseconds.withLock { $0 += milliseconds } }
}

extension World {
  /// Something is scanned.
  func scan(
    _ text: String,
    aim: String? = "]Q1",
    scanner: String = "scanner",
    change: (inout ScannedCode) -> Void = { _ in }
  ) {
    var code = ScannedCode(
      deviceID: scanner,
      data: text,
      aim: aim,
      detectedNanoseconds: 0
    )
    change(&code)
    server.receive(.scanned(code))
  }

  /// A tag that brings a counter is laid on a reader.
  func tapTag(
    _ uid: String = "04112233445566",
    counter: UInt64,
    presence: UInt64,
    reader: String = "reader"
  ) throws {
    var presentation = Presentation(
      deviceID: reader,
      presence: presence,
      credential: try Credential(kind: .sunToken, value: uid),
      technology: "iso14443a.ntag424",
      assurance: .a3,
      detectedNanoseconds: 0
    )
    presentation.freshness = .counter(counter)
    presentation.reasons = ["counter"]
    server.receive(.presented(presentation))
  }

  /// A card leaves a reader.
  func remove(presence: UInt64, reader: String = "reader") {
    server.receive(.removed(deviceID: reader, presence: presence, detectedNanoseconds: 0))
  }
}
