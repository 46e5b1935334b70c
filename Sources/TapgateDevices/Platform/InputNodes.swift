internal import CLinux
internal import Glibc

/// A call on a device file that failed.
struct NodeError: Error, Hashable, Sendable, CustomStringConvertible {
  let call: String
  let code: Int32

  var description: String { "\(call): \(String(cString: strerror(code)))" }

  /// A way that is no file.
  static let notAFile = NodeError(call: "open", code: EINVAL)

  /// Another program has it.
  var isBusy: Bool { code == EBUSY }
  /// This user may not open it.
  var isDenied: Bool { code == EACCES || code == EPERM }
  /// It is not there, or not any more.
  var isGone: Bool { [ENOENT, ENODEV, ENXIO, EIO].contains(code) }
}

/// An open device file that is read without blocking. It belongs to one thread.
final class InputNode {
  let path: String
  let descriptor: Int32

  /// Opens `path`: open(2).
  init(_ path: String, isWritable: Bool = false) throws(NodeError) {
    let mode = isWritable ? O_RDWR : O_RDONLY
    let file = open(path, mode | O_NONBLOCK | O_CLOEXEC | O_NOCTTY)
    guard file >= 0 else { throw NodeError(call: "open", code: errno) }
    self.path = path
    descriptor = file
  }

  deinit { close(descriptor) }

  /// What there is to read, at most `byteCountMax` bytes; `nil` where there is nothing now, empty
  /// where nothing will come any more. read(2).
  func read(byteCountMax: Int) throws(NodeError) -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: byteCountMax)
    let count = Glibc.read(descriptor, &bytes, byteCountMax)
    if count >= 0 {
      bytes.removeLast(byteCountMax - count)
      return bytes
    }
    if errno == EAGAIN || errno == EINTR { return nil }
    throw NodeError(call: "read", code: errno)
  }
}

/// /dev/hidrawN, linux/hidraw.h.
enum HIDRawNode {
  /// The report descriptor of the device at `path`; `nil` where it cannot be read.
  static func reportDescriptor(_ path: String) -> [UInt8]? {
    // Somebody may have unplugged it, or this user may not: then nobody knows.
    guard let node = try? InputNode(path) else { return nil }
    var bytes = [UInt8](repeating: 0, count: DeviceTree.reportDescriptorByteCountMax)
    let count = tapgate_hidraw_descriptor(node.descriptor, &bytes, bytes.count)
    return count > 0 ? Array(bytes.prefix(Int(count))) : nil
  }
}

/// /dev/input/eventN, linux/input.h.
enum EventNode {
  /// Bytes of `struct input_event` with 64-bit times.
  static let eventByteCount = 24
  /// Bytes that EVIOCGKEY fills: KEY_MAX is 0x2FF.
  private static let keyByteCount = 96

  /// One event.
  struct Event: Hashable, Sendable {
    var type: UInt16
    var code: UInt16
    var value: Int32
  }

  static let synchronization: UInt16 = 0
  static let key: UInt16 = 1
  /// SYN_DROPPED: events were lost.
  static let dropped: UInt16 = 3

  /// Events bear the monotonic clock; a kernel that cannot is as good, the stamps are not used.
  static func prepare(_ node: InputNode) { _ = tapgate_evdev_use_monotonic(node.descriptor) }

  /// Keeps everybody else from hearing the device: EVIOCGRAB.
  static func grab(_ node: InputNode) throws(NodeError) {
    guard tapgate_evdev_grab(node.descriptor, 1) == 0 else {
      throw NodeError(call: "EVIOCGRAB", code: errno)
    }
  }

  /// Whether a key is down now: EVIOCGKEY.
  static func hasKeyDown(_ node: InputNode) throws(NodeError) -> Bool {
    var bits = [UInt8](repeating: 0, count: keyByteCount)
    guard tapgate_evdev_keys_down(node.descriptor, &bits, bits.count) >= 0 else {
      throw NodeError(call: "EVIOCGKEY", code: errno)
    }
    return bits.contains { $0 != 0 }
  }

  /// The events in what was read; a torn one at the end is left out.
  static func events(in bytes: [UInt8]) -> [Event] {
    stride(from: 0, to: bytes.count - bytes.count % eventByteCount, by: eventByteCount).map { at in
      let low = { (offset: Int) in
        UInt16(bytes[at + offset]) | UInt16(bytes[at + offset + 1]) << 8
      }
      let value = UInt32(low(20)) | UInt32(low(22)) << 16
      return Event(type: low(16), code: low(18), value: Int32(bitPattern: value))
    }
  }
}

/// A serial line, termios(3).
enum SerialNode {
  /// Whether a line can have this rate.
  static func hasRate(_ baud: Int) -> Bool { tapgate_serial_has_rate(Int32(clamping: baud)) != 0 }

  /// Makes it raw and ours, and tells the scanner that somebody listens.
  static func prepare(_ node: InputNode, baud: Int) throws(NodeError) {
    guard tapgate_serial_make_raw(node.descriptor, Int32(clamping: baud)) == 0 else {
      throw NodeError(call: "tcsetattr", code: errno)
    }
  }
}
