internal import Foundation
public import TapgateJSON
internal import TapgateLock

/// Simulated USB input devices for a program of its own: `Tests/Rigs/usb` behind umockdev's
/// preload library.
///
/// A program that is started with `environment` sees the devices that are plugged, and nothing of
/// the machine's own. The library keeps 50 device files and udev sockets of a process at most, so
/// a process does not live through more than 40 plug cycles.
public final class USBRig: Sendable {
  private static let library = "libumockdev-preload.so.0"

  /// Whether this machine has python3 and umockdev.
  public static var isAvailable: Bool {
    let files = FileManager.default
    let folders = ["/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib", "/lib64"]
    return files.isExecutableFile(atPath: "/usr/bin/python3")
      && folders.contains { files.fileExists(atPath: "\($0)/\(library)") }
  }

  /// One thing that a device noted: when, in monotonic microseconds, what, and its data.
  public struct Note: Hashable, Sendable {
    public let microseconds: Int64
    public let kind: String
    public let text: String
  }

  private struct State {
    var process: Process?
    var input: Pipe?
  }

  private let folder: String
  private let views: Int
  private let state = Mutex(State())
  private let control: RigControl

  private init(folder: String, views: Int, process: Process, input: Pipe) throws {
    self.folder = folder
    self.views = views
    state.withLock { $0 = State(process: process, input: input) }
    control = try RigControl(path: folder + "/ctl")
  }

  deinit { close() }

  /// Starts a rig for `views` programs at one time.
  public static func launch(views: Int = 1) throws -> USBRig {
    let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("Rigs/usb/umock.py").path
    // Short: a socket's path has 107 bytes, and the device's is put behind it.
    let folder = "/tmp/tgu-" + String(UInt32.random(in: 0...UInt32.max), radix: 36)
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
    process.arguments = [
      "-B", script, "serve", "--dir", folder + "/v", "--ctl", folder + "/ctl", "--views",
      "\(views)",
    ]
    let (input, output) = (Pipe(), Pipe())
    process.standardInput = input
    process.standardOutput = output
    try process.run()
    var said = Data()
    while !said.contains(0x0A) {
      let more = output.fileHandleForReading.availableData
      guard !more.isEmpty else { throw RigError("the USB rig does not come up") }
      said += more
    }
    return try USBRig(folder: folder, views: views, process: process, input: input)
  }

  /// What a program is to be started with; each at the same time needs a view of its own.
  public func environment(view: Int = 0) -> [String: String] {
    ["UMOCKDEV_DIR": folder + (view == 0 ? "/v" : "/v.\(view)"), "LD_PRELOAD": Self.library]
  }

  /// Makes a device that can be plugged. Spaces in a value are written `%20`.
  public func make(_ name: String, _ model: String, _ options: [String: String] = [:]) throws {
    let words = options.sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined()
    try ask("new \(name) \(model)\(words)")
  }

  /// Plugs it in.
  public func plug(_ name: String) throws { try ask("plug \(name)") }

  /// Pulls it out, whatever is under way.
  public func unplug(_ name: String) throws { try ask("unplug \(name)") }

  /// Lets a device do something: `scan`, `swipe`, `halt`, … as `models.py` has it.
  @discardableResult
  public func tell(_ name: String, _ command: String) throws -> JSON {
    try ask("\(name) \(command)")
  }

  /// What happened to a device, oldest first.
  public func log(_ name: String) throws -> [Note] {
    try ask("\(name) log")["r"]?.array?.compactMap { entry in
      guard let parts = entry.array, parts.count == 3, let time = parts[0].integer else {
        return nil
      }
      return Note(
        microseconds: time,
        kind: parts[1].string ?? "",
        text: parts[2].string ?? ""
      )
    } ?? []
  }

  /// How often something happened to a device.
  public func count(_ kind: String, of name: String) throws -> Int {
    try log(name).count { $0.kind == kind }
  }

  @discardableResult
  private func ask(_ line: String) throws -> JSON {
    let answer = try control.ask(line)
    guard answer["ok"] == .bool(true) else {
      throw RigError("\(line): \(answer["error"]?.string ?? "no answer")")
    }
    return answer
  }

  /// Ends the rig; programs that see its devices end as well.
  public func close() {
    let (process, input) = state.withLock { state in
      defer { state = State() }
      return (state.process, state.input)
    }
    guard let process else { return }
    control.close()
    try? input?.fileHandleForWriting.close()  // That is what it ends by.
    process.waitUntilExit()
    try? FileManager.default.removeItem(atPath: folder)  // A folder left in /tmp harms nobody.
  }
}
