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
  /// Bytes of replies that a client may leave unread before its connection is closed. A client that
  /// does not read is not read from either, so only replies to what it had asked before come here.
  public static let replyBacklogByteCountMax = 16 * 1024 * 1024
  /// Reads that may wait for the back office before it answers E_BUSY.
  public static let backOfficeQueueCountMax = 4096
  /// Reads of the back office at one time: it shares the disk with the ledger.
  public static let backOfficeConcurrencyMax = 4
  /// Rows of a report's list where the client does not say how many: about 3 MB.
  public static let reportRowCount = 10_000
  /// Rows of a report's list at most: within `replyBacklogByteCountMax` with the longest names.
  public static let reportRowCountMax = 20_000
  /// How long a graceful stop waits for answers under way, in milliseconds.
  public static let stopGraceMilliseconds = 5000
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
  /// Event ids that one connection can still use as credentials; older ones are forgotten first.
  public static let rememberedEventCountMax = 1024
  /// Clients that may wait for claims at one time.
  public static let claimWaiterCountMax = 1024
  /// Longest `waitMs` of a claim, in milliseconds.
  public static let claimWaitMillisecondsMax = 600_000
  /// Input devices that are remembered; unplugged ones are forgotten first.
  public static let deviceCountMax = 256
  /// How long the same credential on another reader of its lane is the same tap, in milliseconds.
  public static let crossReaderMilliseconds = 1000
  /// How long a card must be away before it counts again, in milliseconds (`bounceMs`).
  public static let bounceMilliseconds = 1500
  /// How long the same code or swipe at one device is the same, in milliseconds (`repeatMs`).
  public static let repeatMilliseconds = 2000
  /// How long one device may read the same one-time token again without its being a replay, in
  /// milliseconds.
  public static let sameTokenMilliseconds = 2000
  /// Within which two cards that take turns on a reader lie there both, in milliseconds.
  public static let crowdMilliseconds = 300
  /// Wrong authentication codes a minute and scanner before its codes wait.
  public static let badCodesPerMinuteMax = 20
  /// Reports of a device that wait while the ledger decides about its last token; beyond that its
  /// inputs are refused.
  public static let waitingReportCountMax = 64
  /// Seconds of a time step of rotating codes.
  public static let rotatingStepSeconds = 30
  /// Time steps by which a telephone's clock may differ.
  public static let rotatingStepToleranceMax: UInt64 = 1
  /// Clients that may record inputs at one time.
  public static let recordingCountMax = 4
  /// Inputs of one `simulate.replay`.
  public static let replayedInputCountMax = 100
  /// Changes of one device that are told in `statusWindowMilliseconds`; of more, the last one.
  public static let statusCountMax = 2
  /// See `statusCountMax`.
  public static let statusWindowMilliseconds = 1000
  /// Taps that `trace.last` can tell of.
  public static let traceCountMax = 200
  /// Misses by phone or member number, and searches, a minute and client.
  public static let missesPerMinuteMax = 60

  // MARK: Ledger

  /// Operations of one group commit: above that the batch's latency grows and its rate does not.
  public static let batchCountMax = 512
  /// Operations that may wait for the ledger, or for the flush of what it committed, before it
  /// answers E_BUSY: a disk that hangs must not fill the memory.
  public static let ledgerQueueCountMax = 16_384
  /// Operations that may wait while PINs are checked, one after the other: some seconds' worth.
  public static let pinQueueCountMax = 64
}
