internal import Glibc

/// Who has a device file open.
enum DeviceHolders {
  /// The programs that have `path` open, as far as /proc lets this user see: proc(5). At most
  /// eight; this process is left out.
  static func of(_ path: String, files: SystemFiles = SystemFiles()) -> [String] {
    let own = String(getpid())
    var holders: [String] = []
    for process in files.names(in: "/proc") where Int(process) != nil && process != own {
      let folder = "/proc/\(process)/fd"
      let isHolder = files.names(in: folder).contains { name in
        files.target(of: "\(folder)/\(name)") == path
      }
      guard isHolder else { continue }
      holders.append("\(files.line("/proc/\(process)/comm") ?? "?") (pid \(process))")
      if holders.count == 8 { break }
    }
    return holders
  }

  /// A sentence that names them, or says that nobody could be found.
  static func sentence(_ path: String?, files: SystemFiles = SystemFiles()) -> String {
    let holders = path.map { of($0, files: files) } ?? []
    guard !holders.isEmpty else {
      return "Another program holds the device; /proc does not tell which."
    }
    return "Another program holds the device: \(holders.joined(separator: ", "))."
  }
}
