internal import CUDev
internal import Glibc

/// Tells of device files that come, go or change, as udev has finished with them. It belongs to one
/// thread.
final class UdevMonitor {
  /// One event.
  struct Event: Hashable, Sendable {
    /// `add`, `remove`, `change`, `bind`, …
    var action: String
    var subsystem: String
    /// The path in /sys without `/sys`.
    var path: String
  }

  /// Subsystems whose events matter.
  static let subsystems = ["usb", "hid", "hidraw", "input", "tty"]

  // Safety: both are made here and given back by `deinit`; nobody else has them.
  private let library: OpaquePointer
  private let monitor: OpaquePointer

  /// Begins to listen; `nil` where the system has no such socket to give.
  /// udev_monitor_new_from_netlink.
  init?() {
    guard let library = udev_new() else { return nil }
    guard let monitor = udev_monitor_new_from_netlink(library, "udev") else {
      udev_unref(library)
      return nil
    }
    self.library = library
    self.monitor = monitor
    for subsystem in Self.subsystems {
      udev_monitor_filter_add_match_subsystem_devtype(monitor, subsystem, nil)
    }
    // A storm of events may be lost all the same: the inventory is taken anew now and then.
    _ = udev_monitor_set_receive_buffer_size(monitor, 1024 * 1024)
    guard udev_monitor_enable_receiving(monitor) >= 0, descriptor >= 0 else { return nil }
  }

  deinit {
    udev_monitor_unref(monitor)
    udev_unref(library)
  }

  /// What poll(2) waits for. Reads do not block.
  var descriptor: Int32 { udev_monitor_get_fd(monitor) }

  /// The next event, `nil` where there is none now: udev_monitor_receive_device.
  func next() -> Event? {
    guard let device = udev_monitor_receive_device(monitor) else { return nil }
    defer { udev_device_unref(device) }
    return Event(
      action: Self.text(udev_device_get_action(device)),
      subsystem: Self.text(udev_device_get_subsystem(device)),
      path: Self.text(udev_device_get_devpath(device))
    )
  }

  private static func text(_ pointer: UnsafePointer<CChar>?) -> String {
    pointer.map { String(cString: $0) } ?? ""
  }
}
