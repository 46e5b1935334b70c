import Dispatch
import TapgateLock
import TapgateCore

/// Writes down every report, and lets a test wait for one.
final class RecordingSink: InputSink {
  /// No report of the kind came in time.
  struct Missing: Error, CustomStringConvertible {
    let seen: [String]
    var description: String { "missing; seen: \(seen)" }
  }

  private struct Waiter {
    let number: Int
    let matches: @Sendable (InputReport) -> Bool
    let resume: CheckedContinuation<InputReport?, Never>
  }

  private struct State {
    var reports: [InputReport] = []
    var waiters: [Waiter] = []
    var waiterCount = 0
  }

  private let state = Mutex(State())

  /// All reports so far.
  var reports: [InputReport] { state.withLock { $0.reports } }

  /// How many reports there are: a position for `first(after:)`.
  var count: Int { reports.count }

  func receive(_ report: InputReport) {
    let done = state.withLock { state in
      state.reports.append(report)
      let done = state.waiters.filter { $0.matches(report) }
      let numbers = Set(done.map(\.number))
      state.waiters.removeAll { numbers.contains($0.number) }
      return done
    }
    for waiter in done { waiter.resume.resume(returning: report) }
  }

  /// The first report at or after `position` that `matches`; waits for it.
  func first(
    after position: Int = 0,
    seconds: Int = 8,
    where matches: @escaping @Sendable (InputReport) -> Bool
  ) async throws -> InputReport {
    let found = await withCheckedContinuation { (done: CheckedContinuation<InputReport?, Never>) in
      let (report, number) = state.withLock { state -> (InputReport?, Int) in
        if let report = state.reports.dropFirst(position).first(where: matches) {
          return (report, 0)
        }
        state.waiterCount += 1
        let waiter = Waiter(number: state.waiterCount, matches: matches, resume: done)
        state.waiters.append(waiter)
        return (nil, waiter.number)
      }
      if let report { return done.resume(returning: report) }
      DispatchQueue.global().asyncAfter(deadline: .now() + .seconds(seconds)) {
        self.giveUp(number)
      }
    }
    guard let found else { throw Missing(seen: reports.map(Self.label)) }
    return found
  }

  /// The presentations so far.
  var presentations: [Presentation] {
    reports.compactMap { if case .presented(let presentation) = $0 { presentation } else { nil } }
  }

  /// The refusals so far.
  var refusals: [RefusedInput] {
    reports.compactMap { if case .refused(let refused) = $0 { refused } else { nil } }
  }

  /// A report without what is masked anyway.
  static func label(_ report: InputReport) -> String {
    switch report {
    case .device(let device):
      "device \(device.id) \(device.power.rawValue) \(device.verdict.rawValue)"
    case .deviceLost(let id): "lost \(id)"
    case .presented(let tap): "presented \(tap.presence) already=\(tap.isAlreadyPresent)"
    case .removed(_, let presence, _): "removed \(presence)"
    case .refused(let input): "refused \(input.refusal.rawValue): \(input.detail)"
    case .scanned: "scanned"
    }
  }

  private func giveUp(_ number: Int) {
    let waiter = state.withLock { state in
      let waiter = state.waiters.first { $0.number == number }
      state.waiters.removeAll { $0.number == number }
      return waiter
    }
    waiter?.resume.resume(returning: nil)
  }
}

extension RecordingSink {
  /// Waits for a presentation.
  func presented(
    after position: Int = 0,
    on id: String? = nil,
    seconds: Int = 8
  ) async throws -> Presentation {
    let report = try await first(after: position, seconds: seconds) { report in
      guard case .presented(let presentation) = report else { return false }
      return id == nil || presentation.deviceID == id
    }
    guard case .presented(let presentation) = report else { throw Missing(seen: []) }
    return presentation
  }

  /// Waits for a refusal.
  func refused(after position: Int = 0) async throws -> RefusedInput {
    let report = try await first(after: position) {
      if case .refused = $0 { true } else { false }
    }
    guard case .refused(let refused) = report else { throw Missing(seen: []) }
    return refused
  }

  /// Waits until a card is seen to leave.
  func removed(after position: Int = 0) async throws {
    _ = try await first(after: position) { if case .removed = $0 { true } else { false } }
  }

  /// Waits for a description of a device.
  func device(
    after position: Int = 0,
    where matches: @escaping @Sendable (DeviceDescription) -> Bool
  ) async throws -> DeviceDescription {
    let report = try await first(after: position) { report in
      guard case .device(let device) = report else { return false }
      return matches(device)
    }
    guard case .device(let device) = report else { throw Missing(seen: []) }
    return device
  }
}
