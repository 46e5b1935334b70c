internal import CUSB
internal import Glibc
internal import TapgateLock

/// A connection to libusb, and what it told since it was last asked. It belongs to the thread that
/// made it; only its `USBWaker` goes elsewhere.
final class USBBus {
  /// A device came or went.
  enum Change {
    case arrived(USBDevice)
    case left(USBDevice)
  }

  let context: OpaquePointer
  let waker: USBWaker
  private var registration: libusb_hotplug_callback_handle = 0
  private var changes: [Change] = []
  /// What transfers came to, in the order of their ends.
  var events: [USBEvent] = []

  /// Opens libusb and asks to be told of every device, those that are there first: libusb_init,
  /// libusb_hotplug_register_callback.
  init() throws(USBError) {
    var context: OpaquePointer?
    try USBError.check("libusb_init", libusb_init(&context))
    guard let context else {
      throw USBError(call: "libusb_init", code: LIBUSB_ERROR_OTHER.rawValue)
    }
    self.context = context
    waker = USBWaker(context)
    guard libusb_has_capability(UInt32(LIBUSB_CAP_HAS_HOTPLUG.rawValue)) != 0 else {
      libusb_exit(context)
      throw USBError(call: "libusb_has_capability", code: LIBUSB_ERROR_NOT_SUPPORTED.rawValue)
    }
  }

  /// Begins to listen. Devices that are there already are in the first `takeChanges`.
  func listen() throws(USBError) {
    let kinds =
      LIBUSB_HOTPLUG_EVENT_DEVICE_ARRIVED.rawValue | LIBUSB_HOTPLUG_EVENT_DEVICE_LEFT.rawValue
    // Safety: `close` takes the registration back before this object can go.
    let result = libusb_hotplug_register_callback(
      context,
      Int32(kinds),
      Int32(LIBUSB_HOTPLUG_ENUMERATE.rawValue),
      LIBUSB_HOTPLUG_MATCH_ANY,
      LIBUSB_HOTPLUG_MATCH_ANY,
      LIBUSB_HOTPLUG_MATCH_ANY,
      { _, device, event, argument in
        guard let device, let argument else { return 0 }
        // Safety: `argument` is the bus that registered, on the thread that it belongs to.
        let bus = Unmanaged<USBBus>.fromOpaque(argument).takeUnretainedValue()
        let found = USBDevice(device)
        let hasArrived = event == LIBUSB_HOTPLUG_EVENT_DEVICE_ARRIVED
        bus.changes.append(hasArrived ? .arrived(found) : .left(found))
        return 0
      },
      Unmanaged.passUnretained(self).toOpaque(),
      &registration
    )
    try USBError.check("libusb_hotplug_register_callback", result)
  }

  /// Waits for anything to happen, at most `milliseconds`: libusb_handle_events_timeout_completed.
  func handleEvents(milliseconds: Int) throws(USBError) {
    var time = timeval(
      tv_sec: milliseconds / 1000,
      tv_usec: suseconds_t(milliseconds % 1000 * 1000)
    )
    let result = libusb_handle_events_timeout_completed(context, &time, nil)
    // A signal ends the wait early, and that is no failure.
    guard result != LIBUSB_ERROR_INTERRUPTED.rawValue else { return }
    try USBError.check("libusb_handle_events_timeout_completed", result)
  }

  /// The devices that came and went since the last call.
  func takeChanges() -> [Change] {
    defer { changes.removeAll(keepingCapacity: true) }
    return changes
  }

  /// What transfers came to since the last call.
  func takeEvents() -> [USBEvent] {
    defer { events.removeAll(keepingCapacity: true) }
    return events
  }

  /// Ends the connection: libusb_exit. Every handle has to be closed by then.
  func close() {
    waker.forget()
    if registration != 0 { libusb_hotplug_deregister_callback(context, registration) }
    changes = []
    events = []
    libusb_exit(context)
  }
}

/// Ends a bus's wait from any thread.
final class USBWaker: Sendable {
  // Safety: libusb_interrupt_event_handler may be called from any thread; `forget` comes before
  // libusb_exit, under the same lock. The address is kept as a number, 0 for none, because a
  // pointer may not be sent to another thread.
  private let address: Mutex<UInt>

  fileprivate init(_ context: OpaquePointer) { address = Mutex(UInt(bitPattern: context)) }

  /// Ends the wait under way, or the next one. Never blocks.
  func wake() {
    address.withLock { address in
      guard let context = OpaquePointer(bitPattern: address) else { return }
      libusb_interrupt_event_handler(context)
    }
  }

  fileprivate func forget() { address.withLock { $0 = 0 } }
}
