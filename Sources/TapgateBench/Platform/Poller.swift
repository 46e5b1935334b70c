internal import CLinux
internal import Glibc

/// epoll(7) and one timerfd: waits for sockets and for one instant.
///
/// Used by one thread.
final class Poller {
  /// What became possible on a watched descriptor.
  struct Readiness {
    /// The number that it was added with.
    let token: Int
    let isReadable: Bool
    let isWritable: Bool
  }

  private static let alarmToken = UInt64.max
  private let descriptor: Int32
  private let alarm: Int32
  private var events = [epoll_event](repeating: epoll_event(), count: 256)
  private var armedFor: Int64 = 0

  init() throws(BenchError) {
    descriptor = epoll_create1(Int32(EPOLL_CLOEXEC))
    alarm = timerfd_create(
      CLOCK_MONOTONIC,
      Int32(TFD_NONBLOCK) | Int32(TFD_CLOEXEC)
    )
    guard descriptor >= 0, alarm >= 0 else { throw .system("make an epoll and a timer") }
    var event = epoll_event()
    event.events = EPOLLIN.rawValue
    event.data.u64 = Self.alarmToken
    guard epoll_ctl(descriptor, EPOLL_CTL_ADD, alarm, &event) == 0 else {
      throw .system("watch the timer")
    }
  }

  deinit {
    close(descriptor)
    close(alarm)
  }

  /// Watches `socket` for bytes and, where `wantsRoom`, for room to send.
  func add(_ socket: Int32, token: Int, wantsRoom: Bool = false) throws(BenchError) {
    try control(EPOLL_CTL_ADD, socket, token: token, wantsRoom: wantsRoom)
  }

  /// Watches for room to send exactly while `channel` has bytes that found none.
  func adjust(_ channel: Channel, token: Int) throws(BenchError) {
    guard channel.isWatchedForRoom == channel.isFlushed else { return }
    channel.isWatchedForRoom.toggle()
    try control(
      EPOLL_CTL_MOD,
      channel.descriptor,
      token: token,
      wantsRoom: channel.isWatchedForRoom
    )
  }

  /// Ends a `wait` at `instant` of the monotonic clock, in nanoseconds, if nothing did before.
  func arm(for instant: Int64) throws(BenchError) {
    guard instant != armedFor else { return }
    armedFor = instant
    var setting = itimerspec()
    setting.it_value.tv_sec = Int(instant / 1_000_000_000)
    setting.it_value.tv_nsec = Int(instant % 1_000_000_000)
    guard timerfd_settime(alarm, Int32(TFD_TIMER_ABSTIME), &setting, nil) == 0 else {
      throw .system("set the timer")
    }
  }

  /// Waits until something is ready, the alarm's instant, or `milliseconds` have passed.
  ///
  /// - Throws: `BenchError` of code `interrupted` once `Interruption.isRequested`.
  func wait(milliseconds: Int32) throws(BenchError) -> [Readiness] {
    let count = epoll_wait(descriptor, &events, Int32(events.count), milliseconds)
    if Interruption.isRequested { throw .interrupted }
    if count < 0, errno != EINTR { throw .system("wait for sockets") }
    var ready: [Readiness] = []
    for event in events.prefix(Int(max(count, 0))) {
      guard event.data.u64 != Self.alarmToken else {
        drainAlarm()
        continue
      }
      let broken = EPOLLERR.rawValue | EPOLLHUP.rawValue
      ready.append(
        Readiness(
          token: Int(event.data.u64),
          isReadable: event.events & (EPOLLIN.rawValue | broken) != 0,
          isWritable: event.events & EPOLLOUT.rawValue != 0
        )
      )
    }
    return ready
  }

  private func drainAlarm() {
    var expirations: UInt64 = 0
    _ = Glibc.read(alarm, &expirations, MemoryLayout<UInt64>.size)
    armedFor = 0
  }

  private func control(
    _ operation: Int32,
    _ socket: Int32,
    token: Int,
    wantsRoom: Bool
  ) throws(BenchError) {
    var event = epoll_event()
    event.events = EPOLLIN.rawValue | (wantsRoom ? EPOLLOUT.rawValue : 0)
    event.data.u64 = UInt64(token)
    guard epoll_ctl(descriptor, operation, socket, &event) == 0 else {
      throw .system("watch a socket")
    }
  }
}

/// The clocks of a measurement.
public enum Clock {
  /// Stops the thread for `milliseconds`: only while a peer starts, never while measuring.
  static func pause(milliseconds: UInt32) { usleep(milliseconds * 1000) }

  /// CLOCK_MONOTONIC in nanoseconds.
  static var nanoseconds: Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }

  /// CLOCK_REALTIME in milliseconds since 1970.
  public static var wallMilliseconds: UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return UInt64(max(0, time.tv_sec)) * 1000 + UInt64(max(0, time.tv_nsec)) / 1_000_000
  }
}

extension BenchError {
  /// The error of the system call that just failed, by errno.
  static func system(_ doing: String) -> BenchError {
    BenchError(.system, doing: doing, cause: String(cString: strerror(errno)))
  }

  /// Somebody sent SIGINT or SIGTERM.
  static let interrupted = BenchError(.interrupted, doing: "go on", cause: "interrupted")
}
