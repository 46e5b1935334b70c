internal import CLinux
internal import Glibc

/// Starts threads of the operating system, pthread_create(3).
enum NativeThread {
  /// What a new thread takes with it.
  private final class Luggage: Sendable {
    let name: String
    let body: @Sendable () -> Void

    init(name: String, body: @escaping @Sendable () -> Void) {
      self.name = name
      self.body = body
    }
  }

  /// Runs `body` on a detached thread of its own. `false` where the system has no
  /// thread to give: then `body` never runs.
  static func start(name: String, body: @escaping @Sendable () -> Void) -> Bool {
    var id = pthread_t()
    // Safety: the thread takes the retain over; where there is none it is given back below.
    let retained = Unmanaged.passRetained(Luggage(name: name, body: body))
    let code = pthread_create(
      &id,
      nil,
      { argument in
        guard let argument else { return nil }
        // Safety: `argument` is the luggage that was retained for this thread alone.
        let luggage = Unmanaged<Luggage>.fromOpaque(argument).takeRetainedValue()
        tapgate_name_thread(luggage.name)
        luggage.body()
        return nil
      },
      retained.toOpaque()
    )
    guard code == 0 else {
      retained.release()
      return false
    }
    pthread_detach(id)
    return true
  }
}
