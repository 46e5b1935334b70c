internal import Glibc

/// A lock and the value that it guards.
///
/// The shape of `Synchronization.Mutex` over `pthread_mutex_t`: ThreadSanitizer knows pthreads'
/// locks and does not know the standard library's, so with that one every guarded access is
/// reported as a race. Never held across an `await`: `withLock` is not asynchronous.
public struct Mutex<Value: ~Copyable>: ~Copyable, @unchecked Sendable {
  // Safety: both addresses live as long as the mutex, which owns them alone; the value is touched
  // by `withLock` only, under the lock.
  private let lock: UnsafeMutablePointer<pthread_mutex_t>
  private let value: UnsafeMutablePointer<Value>

  /// Creates a lock around `initialValue`, which nobody else may hold any more.
  public init(_ initialValue: consuming sending Value) {
    lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    lock.initialize(to: pthread_mutex_t())
    pthread_mutex_init(lock, nil)
    value = UnsafeMutablePointer<Value>.allocate(capacity: 1)
    value.initialize(to: initialValue)
  }

  deinit {
    pthread_mutex_destroy(lock)
    lock.deallocate()
    value.deinitialize(count: 1)
    value.deallocate()
  }

  /// Calls `body` with the value while no other thread does, and returns what it returns.
  public borrowing func withLock<Result: ~Copyable, Failure: Error>(
    _ body: (inout sending Value) throws(Failure) -> sending Result
  ) throws(Failure) -> sending Result {
    pthread_mutex_lock(lock)
    defer { pthread_mutex_unlock(lock) }
    return try body(&value.pointee)
  }
}
