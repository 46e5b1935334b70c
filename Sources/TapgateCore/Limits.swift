/// Every bound of the gateway with its reason, in one place.
public enum Limits {
  // MARK: Socket

  /// Bytes of an inbound line, line feed not counted.
  public static let lineByteCountMax = 64 * 1024
  /// The same for `checkout.*` and `points.accrue`, whose baskets may have 500 lines.
  public static let basketLineByteCountMax = 256 * 1024
  /// The same for `print.*` and imports.
  public static let documentLineByteCountMax = 1024 * 1024
  /// Nesting of a request.
  public static let depthMax = 32
  /// Requests a connection may have unanswered.
  public static let inFlightMax = 256
  /// Connections at one time.
  public static let connectionCountMax = 1024
  /// Lines of a basket.
  public static let basketLineCountMax = 500

  // MARK: Delivery

  /// How long a tap without recipient is kept, in milliseconds. Later it would be another
  /// customer's.
  public static let heldTapMilliseconds = 2000
  /// How long a contested holder may `device.retain`, in milliseconds.
  public static let contestGraceMilliseconds = 1000
  /// Events queued for one client before the oldest give way to `events.lost`.
  public static let eventQueueCountMax = 256
  /// The same in bytes.
  public static let eventQueueByteCountMax = 1024 * 1024
  /// How long an event id stands for its credential, in milliseconds.
  public static let eventIDLifetimeMilliseconds = 30 * 60 * 1000
  /// How long a card must be away before it counts again, in milliseconds (`bounceMs`).
  public static let bounceMilliseconds = 1500
  /// Taps that `trace.last` can tell of.
  public static let traceCountMax = 200
  /// Misses by phone or member number, and searches, a minute and client.
  public static let missesPerMinuteMax = 60

  // MARK: Ledger

  /// Operations of one group commit: above that the batch's latency grows and its rate does not.
  public static let batchCountMax = 512
  /// Operations that may wait for the ledger before it answers E_BUSY.
  public static let ledgerQueueCountMax = 16_384
}
