/// How long a spooler waits for what, in milliseconds.
public struct PrintTiming: Hashable, Sendable {
  /// For a connection to come about.
  public var connectMilliseconds = 5000
  /// Before the first repeated attempt; each further one waits twice as long.
  public var retryMilliseconds = 1000
  /// The longest pause between two attempts.
  public var retryMillisecondsMax = 30_000
  /// For answers to `DLE EOT` and to the probing `GS r`.
  public var checkMilliseconds = 700
  /// Without progress or fence until a job counts as stalled. A slow printer needs 8 s for a long
  /// slip.
  public var stallMilliseconds = 15_000
  /// From there until its fate is called indeterminate: time to put in paper.
  public var doubtMilliseconds = 10 * 60 * 1000
  /// For answers that a flush itself may call forth, where it completes half a command.
  public var flushMilliseconds = 100
  /// For a printer to answer after it was flushed.
  public var cleanMilliseconds = 5000
  /// Without a job until the connection is given up: most printers serve one client at a time.
  public var idleMilliseconds = 30_000
  /// For a printer to close its side after this one did.
  public var drainMilliseconds = 3000
  /// For the job at hand when the gateway stops.
  public var stopMilliseconds = 1500

  /// Creates the standard timing.
  public init() {}
}
