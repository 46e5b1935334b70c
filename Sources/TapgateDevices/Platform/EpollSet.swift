internal import CLinux
internal import Glibc

/// epoll(7) with an eventfd that other threads wake it by.
final class EpollSet: Sendable {
  /// What is to be done with one descriptor.
  struct Readiness: Hashable, Sendable {
    var token: UInt64
    var isReadable: Bool
    /// The other end is gone: EPOLLHUP, EPOLLERR.
    var isBroken: Bool
  }

  private static let wakeToken = UInt64.max

  private let poll: Int32
  private let bell: Int32

  /// Creates it; `nil` where the process has no descriptors left. epoll_create1(2), eventfd(2).
  init?() {
    poll = epoll_create1(Int32(EPOLL_CLOEXEC))
    bell = tapgate_event_counter()
    guard poll >= 0, bell >= 0, add(bell, token: Self.wakeToken) else {
      if poll >= 0 { close(poll) }
      if bell >= 0 { close(bell) }
      return nil
    }
  }

  deinit {
    close(poll)
    close(bell)
  }

  /// Begins to watch a descriptor for input. `false` where the system refuses.
  func add(_ descriptor: Int32, token: UInt64) -> Bool {
    var event = epoll_event()
    event.events = EPOLLIN.rawValue
    event.data.u64 = token
    return epoll_ctl(poll, EPOLL_CTL_ADD, descriptor, &event) == 0
  }

  /// Stops watching. Before the descriptor is closed.
  func remove(_ descriptor: Int32) {
    var event = epoll_event()
    _ = epoll_ctl(poll, EPOLL_CTL_DEL, descriptor, &event)
  }

  /// Ends the wait under way, or the next one. Any thread; never blocks.
  func wake() {
    var one: UInt64 = 1
    // Safety: eight bytes of a local, as eventfd(2) asks.
    _ = write(bell, &one, 8)
  }

  /// Waits until a descriptor has something, or `wake` is called, or time is up. epoll_wait(2).
  func wait(milliseconds: Int) -> [Readiness] {
    var events = [epoll_event](repeating: epoll_event(), count: 32)
    let count = epoll_wait(poll, &events, Int32(events.count), Int32(clamping: milliseconds))
    guard count > 0 else { return [] }
    return events.prefix(Int(count)).compactMap { event in
      guard event.data.u64 != Self.wakeToken else {
        var ignored: UInt64 = 0
        _ = read(bell, &ignored, 8)
        return nil
      }
      let broken = EPOLLHUP.rawValue | EPOLLERR.rawValue
      return Readiness(
        token: event.data.u64,
        isReadable: event.events & EPOLLIN.rawValue != 0,
        isBroken: event.events & broken != 0
      )
    }
  }
}
