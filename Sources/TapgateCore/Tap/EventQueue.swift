/// The events that wait for one client that reads slowly: bounded in number and in bytes. The
/// oldest give way, and the client is told how many did.
public struct EventQueue: Sendable {
  private var frames: [[UInt8]] = []
  private var byteCount = 0
  private var lostCount = 0
  private let countMax: Int
  private let byteCountMax: Int

  /// Whether there is nothing to send, not even the notice of a loss.
  public var isEmpty: Bool { frames.isEmpty && lostCount == 0 }

  /// Creates an empty queue.
  public init(
    countMax: Int = Limits.eventQueueCountMax,
    byteCountMax: Int = Limits.eventQueueByteCountMax
  ) {
    self.countMax = max(countMax, 1)
    self.byteCountMax = byteCountMax
  }

  /// Adds a frame. A frame larger than the whole queue is itself lost.
  public mutating func append(_ frame: [UInt8]) {
    frames.append(frame)
    byteCount += frame.count
    var dropCount = 0
    while dropCount < frames.count,
      frames.count - dropCount > countMax || byteCount > byteCountMax
    {
      byteCount -= frames[dropCount].count
      dropCount += 1
    }
    guard dropCount > 0 else { return }
    // A batch is dropped at once where there is one: removing from the front moves the rest.
    frames.removeFirst(dropCount)
    lostCount += dropCount
  }

  /// Takes everything out: how many were lost, to be told first, and what is left, oldest first.
  public mutating func drain() -> (lostCount: Int, frames: [[UInt8]]) {
    defer {
      frames = []
      byteCount = 0
      lostCount = 0
    }
    return (lostCount, frames)
  }
}
