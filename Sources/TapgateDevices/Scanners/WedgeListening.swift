public import TapgateCodec

/// A device that types: a scanner, or somebody's keyboard.
public struct TypingDevice: Hashable, Sendable {
  /// Maker and product.
  public var name: String
  /// What a `[[scanner]]` of the configuration has to say to mean it.
  public var match: ScannerEntry.Match
  /// `/dev/input/eventN`.
  public var path: String
}

/// Finds, among all devices that type, the scanner with which somebody reads a known code, and how
/// that scanner is set up.
///
/// Nothing is grabbed: what is scanned is heard by everybody else as well. One thread at a time.
public struct WedgeListening {
  /// Why nothing was found.
  public enum Failure: Error, Hashable, Sendable {
    /// No device types, or none that a running gateway has not grabbed.
    case noDevices
    /// No device file may be opened; the first one's sentence.
    case denied(String)
    /// Nobody scanned in time.
    case silence
    /// Something was scanned, and it was not made out.
    case unknown(TypingDevice, WedgeCalibration.Failure)
  }

  /// What was found.
  public struct Finding: Sendable {
    public var device: TypingDevice
    public var calibration: WedgeCalibration
  }

  /// Keys that a person does not type by chance.
  static let keyCountMin = 10
  /// A scanner's keys come faster, on the average, in milliseconds.
  static let paceMax: UInt64 = 60
  /// Silence after which a scan is looked at, in milliseconds.
  static let restMilliseconds: UInt64 = 500
  /// Silence after which what was typed is forgotten.
  static let forgetMilliseconds: UInt64 = 1500

  /// One device that is listened to.
  private final class Ear {
    let device: TypingDevice
    let node: InputNode
    var recorder = WedgeRecorder()
    var firstMilliseconds: UInt64 = 0
    var lastMilliseconds: UInt64 = 0
    var keyCount = 0
    var isJudged = false

    init(_ device: TypingDevice, node: InputNode) {
      self.device = device
      self.node = node
    }

    func take(_ event: EventNode.Event, at now: UInt64) {
      guard event.type == EventNode.key else { return }
      recorder.takeLinuxKey(code: event.code, value: event.value, at: now)
      guard event.value == 1 else { return }
      if keyCount == 0 { firstMilliseconds = now }
      keyCount += 1
      lastMilliseconds = now
      isJudged = false
    }

    /// Whether a scanner typed: many keys, and fast.
    var isScanner: Bool {
      keyCount >= WedgeListening.keyCountMin
        && (lastMilliseconds - firstMilliseconds) / UInt64(keyCount) <= WedgeListening.paceMax
    }

    func forget() {
      recorder = WedgeRecorder()
      keyCount = 0
      isJudged = false
    }
  }

  private let ears: [Ear]
  private let poll: EpollSet
  private let texts: [String]

  /// Opens `devices`, to hear whether one of `texts` is scanned.
  public init(
    to devices: [TypingDevice],
    texts: [String] = [WedgeCalibration.baseline, WedgeCalibration.shortBaseline]
  ) throws(Failure) {
    self.texts = texts
    guard let poll = EpollSet() else { throw .denied("the process has no descriptors left") }
    self.poll = poll
    var ears: [Ear] = []
    var denial: String?
    for device in devices {
      do throws(NodeError) {
        let node = try InputNode(device.path)
        guard poll.add(node.descriptor, token: UInt64(ears.count)) else { continue }
        ears.append(Ear(device, node: node))
      } catch {
        guard error.isDenied else { continue }
        denial = denial ?? NodeSession.denial(of: device.path, "\(error)")
      }
    }
    self.ears = ears
    guard ears.isEmpty else { return }
    if let denial { throw .denied(denial) }
    throw .noDevices
  }

  /// The devices that are listened to.
  public var devices: [TypingDevice] { ears.map(\.device) }

  /// Waits until a scan is made out, at most `seconds`.
  public func listen(seconds: Int) throws(Failure) -> Finding {
    let end = MonotonicClock.milliseconds + UInt64(clamping: seconds) * 1000
    var failure = Failure.silence
    while true {
      let now = MonotonicClock.milliseconds
      guard now < end else { throw failure }
      for readiness in poll.wait(milliseconds: 50) where readiness.token < ears.count {
        let ear = ears[Int(readiness.token)]
        if readiness.isReadable { read(ear) }
        // Unplugged: the others go on.
        if readiness.isBroken { poll.remove(ear.node.descriptor) }
      }
      for ear in ears where ear.keyCount > 0 {
        switch judge(ear) {
        case .success(let calibration)?:
          return Finding(device: ear.device, calibration: calibration)
        case .failure(let reason)?: failure = .unknown(ear.device, reason)
        case nil: break
        }
      }
    }
  }

  private func read(_ ear: Ear) {
    let byteCount = EventNode.eventByteCount * 64
    // A device that fails has nothing to say; its silence ends the wait.
    while let bytes = try? ear.node.read(byteCountMax: byteCount), !bytes.isEmpty {
      let now = MonotonicClock.milliseconds
      for event in EventNode.events(in: bytes) { ear.take(event, at: now) }
    }
  }

  /// What the keys of a device come to, once it is silent; `nil` where there is nothing to say.
  private func judge(_ ear: Ear) -> Result<WedgeCalibration, WedgeCalibration.Failure>? {
    let rest = MonotonicClock.milliseconds - ear.lastMilliseconds
    guard rest >= Self.restMilliseconds else { return nil }
    defer {
      ear.isJudged = true
      if rest >= Self.forgetMilliseconds { ear.forget() }
    }
    guard !ear.isJudged, ear.isScanner else { return nil }
    var failure = WedgeCalibration.Failure.noMatch
    for text in texts {
      switch WedgeCalibration.derive(from: ear.recorder.keys, baseline: text) {
      case .success(let calibration): return .success(calibration)
      case .failure(let reason): if reason != .noMatch { failure = reason }
      }
    }
    return .failure(failure)
  }
}

extension WedgeListening {
  /// Every device that types, by /sys and udev's data base. `root` stands before every path.
  public static func typingDevices(root: String = "") -> [TypingDevice] {
    let tree = DeviceTree(files: SystemFiles(root: root))
    let all = tree.usbDevices() + tree.bluetoothDevices()
    return all.flatMap { facts in
      facts.interfaces.compactMap { interface -> TypingDevice? in
        let binding = facts.bindings[interface.number]
        guard InterfaceRoles(interface, binding).isKeyboard, let path = binding?.eventPath else {
          return nil
        }
        return TypingDevice(name: facts.title, match: match(facts, among: all), path: path)
      }
    }
  }

  /// The least that means this device and no other that is there.
  private static func match(
    _ facts: DeviceFacts,
    among all: [DeviceFacts]
  ) -> ScannerEntry.Match {
    let equals = all.filter { $0.vendor == facts.vendor && $0.product == facts.product }
    var match = ScannerEntry.Match(vendor: facts.vendor, product: facts.product)
    guard equals.count > 1 else { return match }
    let hasOwnSerial = equals.count(where: { $0.serial == facts.serial }) == 1
    if let serial = facts.serial, hasOwnSerial {
      match.serial = serial
    } else if case .usb(let port) = facts.link {
      match.port = port
    }
    return match
  }
}
