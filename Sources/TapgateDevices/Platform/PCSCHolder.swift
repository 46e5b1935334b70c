internal import Glibc

/// Another program that uses PC/SC.
struct PCSCHolder: Hashable, Sendable, CustomStringConvertible {
  let processID: Int32
  /// The program's name, /proc/PID/comm.
  let name: String

  var description: String { "\(name) (pid \(processID))" }

  /// The other programs that have libpcsclite loaded, as far as /proc lets this user see: proc(5).
  /// At most eight. pcscd itself and this process are left out.
  static func others() -> [PCSCHolder] {
    guard let folder = opendir("/proc") else { return [] }
    defer { closedir(folder) }
    var holders: [PCSCHolder] = []
    while holders.count < 8, let entry = readdir(folder) {
      // Safety: readdir's entry is valid until the next call, and its name ends in NUL.
      let text = withUnsafePointer(to: &entry.pointee.d_name) { name in
        name.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      guard let processID = Int32(text), processID != getpid() else { continue }
      let name = content("/proc/\(processID)/comm", byteCountMax: 64).split(separator: 10).first
      let comm = name.map { String(decoding: $0, as: UTF8.self) } ?? ""
      guard comm != "pcscd" else { continue }
      if comm == "scdaemon" || usesLibrary(processID) {
        holders.append(PCSCHolder(processID: processID, name: comm))
      }
    }
    return holders
  }

  /// A sentence that names the others, or says that nobody could be found.
  static func sentence() -> String {
    let others = others()
    guard !others.isEmpty else {
      return "Another program holds the reader; /proc does not tell which."
    }
    let names = others.map(\.description).joined(separator: ", ")
    return "Another program holds the reader: \(names)."
  }

  private static func usesLibrary(_ processID: Int32) -> Bool {
    let maps = content("/proc/\(processID)/maps", byteCountMax: 512 * 1024)
    return !maps.isEmpty && String(decoding: maps, as: UTF8.self).contains("libpcsclite")
  }

  /// What can be read of `path`; empty where nothing can.
  private static func content(_ path: String, byteCountMax: Int) -> [UInt8] {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return [] }
    defer { close(file) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 16 * 1024)
    while bytes.count < byteCountMax {
      let count = read(file, &chunk, chunk.count)
      guard count > 0 else { break }
      bytes += chunk.prefix(count)
    }
    return bytes
  }
}
