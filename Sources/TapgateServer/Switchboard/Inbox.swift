internal import NIOCore
internal import TapgateLock
internal import TapgateCore
internal import TapgateJSON
internal import TapgateModel

/// What comes to the loop from other threads.
enum Arrival: Sendable {
  case input(InputReport)
  case freshness(deviceID: String, number: UInt64, FreshnessVerdict)
  case outcome(Ticket, OperationOutcome)
  case answer(Ticket, Answer)
  case committed(CommittedOperation)
  case printJob(PrintJob)
  case programme(JSON)
  case printer(DeviceDescription)
  case importProgress(ClientID, importID: String, thousandths: Int)
}

/// An answer of the back office.
enum Answer: Sendable {
  /// The method's result, one JSON object.
  case result([UInt8])
  case failure(Failure)
  /// An import that was to begin did not: its id is free again.
  case importFailed(importID: String, Failure)
}

/// The only way onto the loop: arrivals are gathered, and one hop takes all that came before it
/// runs.
final class Inbox: Sendable {
  private struct State {
    var arrivals: [Arrival] = []
    var isClosed = false
    /// Whether any client subscribed to commits: without one they need not wake the loop.
    var hearsCommits = false
  }

  private let state = Mutex(State())
  private let loop: any EventLoop
  private let board: NIOLoopBoundBox<Switchboard?>

  /// Creates an inbox that wakes `board` on `loop`, once there is one.
  init(loop: any EventLoop, board: NIOLoopBoundBox<Switchboard?>) {
    self.loop = loop
    self.board = board
  }

  /// Hands over an arrival. Any thread; never blocks on the loop. Arrivals keep their order. After
  /// `close` nobody is there to hear.
  func post(_ arrival: Arrival) {
    let isFirst = state.withLock { state in
      guard !state.isClosed else { return false }
      state.arrivals.append(arrival)
      return state.arrivals.count == 1
    }
    guard isFirst else { return }
    loop.execute { self.board.value?.drainInbox() }
  }

  /// Hands over a commit, where anybody wants to hear of it. Any thread; never blocks.
  func post(_ commit: CommittedOperation) {
    guard state.withLock({ $0.hearsCommits }) else { return }
    post(.committed(commit))
  }

  /// Whether commits are to be handed over.
  func hearCommits(_ isWanted: Bool) { state.withLock { $0.hearsCommits = isWanted } }

  /// Takes everything. Loop only.
  func take() -> [Arrival] {
    state.withLock { state in
      let taken = state.arrivals
      state.arrivals = []
      return taken
    }
  }

  /// Takes nothing more: the loop ends.
  func close() {
    state.withLock { state in
      state.isClosed = true
      state.arrivals = []
    }
  }
}
