internal import TapgateLock
internal import TapgateCore

/// Work that may wait for the disk, done beside the loop: bounded in number, so many at a time.
final class BackOfficeLane: Sendable {
  /// One piece of work.
  typealias Work = @Sendable () async -> Void

  private let stream: AsyncStream<Work>
  private let continuation: AsyncStream<Work>.Continuation
  private let concurrencyMax: Int

  /// Creates a lane that runs at most `concurrencyMax` pieces at once; with 1 they keep their
  /// order.
  init(concurrencyMax: Int) {
    (stream, continuation) = AsyncStream.makeStream(
      bufferingPolicy: .bufferingOldest(Limits.backOfficeQueueCountMax)
    )
    self.concurrencyMax = concurrencyMax
  }

  /// Queues `work`.
  ///
  /// - Returns: `false` where the lane is full or closed, and the work will not be done.
  func submit(_ work: @escaping Work) -> Bool {
    if case .enqueued = continuation.yield(work) { true } else { false }
  }

  /// No more work is taken; what is queued is still done.
  func close() { continuation.finish() }

  /// Does the work until the lane is closed and empty.
  func run() async {
    await withTaskGroup(of: Void.self) { group in
      var running = 0
      for await work in stream {
        if running == concurrencyMax {
          await group.next()
          running -= 1
        }
        group.addTask { await work() }
        running += 1
      }
    }
  }
}
