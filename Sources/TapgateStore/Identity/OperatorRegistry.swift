internal import Crypto
internal import Dispatch
internal import Foundation
internal import TapgateLock
public import TapgateCore
public import TapgateJSON
public import TapgateModel

/// The company and its operators as they are in force now, and their PINs. Safe on any thread.
///
/// A PIN is checked on a queue of its own, one after the other: scrypt takes a tenth of a second.
/// One that was proven is known again at once, by a keyed hash under a key of this process.
public final class OperatorRegistry: OperatorDesk {
  /// Checks that may wait.
  private static let waitingCountMax = 256

  /// The company and its operators; a reload puts another in its place.
  struct Rules: Sendable {
    var organisation: Organisation
    var book: OperatorBook
    /// Counts the replacements.
    var version: UInt64 = 0
  }

  private struct State {
    var rules: Rules
    var pins: OperatorPINs
    /// Keyed hashes of PINs that were proven, by operator.
    var proven: [String: [UInt8]] = [:]
    var waitingCount = 0
  }

  private let state: Mutex<State>
  private let pepper: [UInt8]
  private let sessionKey = SymmetricKey(size: .bits256)
  private let queue = DispatchQueue(label: "tapgate.operators")

  /// Reads the PINs' file of a data folder.
  init(_ configuration: StoreConfiguration, pepper: [UInt8]) throws {
    let rules = Rules(
      organisation: configuration.organisation,
      book: configuration.operators
    )
    state = Mutex(
      State(rules: rules, pins: try OperatorPINs(directory: configuration.directory))
    )
    self.pepper = pepper
  }

  /// What is in force.
  var rules: Rules { state.withLock(\.rules) }

  public var organisation: Organisation { rules.organisation }

  /// Puts another company and other operators in the place of those that were.
  public func replace(organisation: Organisation, operators: OperatorBook) {
    state.withLock { state in
      let version = state.rules.version + 1
      state.rules = Rules(organisation: organisation, book: operators, version: version)
    }
  }

  public func operators() -> JSON {
    let (rules, pins) = state.withLock { ($0.rules, $0.pins.entries) }
    let list = rules.book.all.map { entry in
      let pin = pins[entry.id]
      return JSON.object([
        "operator": .string(entry.id), "name": .optional(entry.name),
        "scope": .optional(entry.scope), "needsPin": .bool(entry.needsPIN),
        "pinState": .string(pin.map { $0.isLocked ? "locked" : "set" } ?? "none"),
        "permissions": .array(entry.permissions.map(\.json)),
      ])
    }
    return .object(["operators": .array(list)])
  }

  // MARK: PINs

  public func prove(
    _ operatorName: String?,
    pin: String?,
    then: @escaping @Sendable (OperatorProof) -> Void
  ) -> Bool {
    let proof: OperatorProof? = state.withLock { state in
      let known = Self.known(operatorName, pin, state, key: sessionKey)
      // Whoever asks behind another waits behind it.
      if let known, state.waitingCount == 0 { return known }
      state.waitingCount += 1
      return nil
    }
    if let proof {
      then(proof)
      return true
    }
    let isTaken = state.withLock { state in
      guard state.waitingCount > Self.waitingCountMax else { return true }
      state.waitingCount -= 1
      return false
    }
    guard isTaken else { return false }
    queue.async {
      then(self.proof(of: operatorName, pin))
      self.state.withLock { $0.waitingCount -= 1 }
    }
    return true
  }

  /// What can be said without hashing; `nil` where the PIN has to be checked.
  private static func known(
    _ id: String?,
    _ pin: String?,
    _ state: State,
    key: SymmetricKey
  ) -> OperatorProof? {
    guard let id, let entry = state.rules.book.entry(id), entry.needsPIN else { return .missing }
    guard let stored = state.pins.entries[id] else { return .unset }
    if stored.isLocked { return .locked }
    guard let pin else { return .missing }
    guard let proven = state.proven[id] else { return nil }
    return proven == session(id, pin, key) ? .right : nil
  }

  private static func session(_ id: String, _ pin: String, _ key: SymmetricKey) -> [UInt8] {
    Array(HMAC<SHA256>.authenticationCode(for: Array("\(id)\u{1F}\(pin)".utf8), using: key))
  }

  /// Checks a PIN; on the queue, which alone changes the PINs.
  private func proof(of id: String?, _ pin: String?) -> OperatorProof {
    var (known, pins) = state.withLock { state in
      (Self.known(id, pin, state, key: sessionKey), state.pins)
    }
    if let known { return known }
    guard let id, let pin, var entry = pins.entries[id] else { return .missing }
    let isRight = PIN(pin).map { (try? entry.hash.matches($0, pepper: pepper)) ?? false } ?? false
    let triesBefore = entry.wrongTries
    entry.wrongTries = isRight ? 0 : triesBefore + 1
    if entry.wrongTries != triesBefore {
      pins.set(entry, of: id)
      // Where the disk refuses, the tries count for as long as this process lives.
      try? pins.write()
    }
    let session = Self.session(id, pin, sessionKey)
    state.withLock { [pins] state in
      state.pins = pins
      if isRight { state.proven[id] = session }
    }
    if isRight { return .right }
    return entry.isLocked ? .locked : .wrong(left: OperatorPINs.triesMax - entry.wrongTries)
  }

  public func setPIN(
    _ pin: String,
    of operatorName: String
  ) async throws(OperatorPINFailure) {
    guard rules.book.entry(operatorName) != nil else { throw .unknown }
    guard let secret = PIN(pin) else { throw .malformed }
    guard !secret.isTrivial else { throw .trivial }
    let failure: String? = await withCheckedContinuation { continuation in
      queue.async { [self] in
        do {
          let hash = try PINHash(of: secret, pepper: pepper)
          var pins = state.withLock(\.pins)
          pins.set(OperatorPINs.Entry(hash: hash), of: operatorName)
          try pins.write()
          state.withLock { [pins] state in
            state.pins = pins
            state.proven[operatorName] = nil
          }
          continuation.resume(returning: nil)
        } catch {
          continuation.resume(returning: "\(error)")
        }
      }
    }
    if let failure { throw .notWritten(failure) }
  }
}

extension OperatorBook.Permission {
  /// The permission as `operator.list` shows it.
  fileprivate var json: JSON {
    .object([
      "verbs": .array(verbs.map(JSON.string)),
      "channels": .array(channels.sorted().map(JSON.string)),
      "maxMinor": .optional(maxMinor), "maxPerDayMinor": .optional(maxMinorPerDay),
      "maxPoints": .optional(maxPoints), "maxPointsPerDay": .optional(maxPointsPerDay),
    ])
  }
}
