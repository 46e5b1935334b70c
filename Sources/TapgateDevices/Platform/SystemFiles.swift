internal import Glibc

/// Small files and folders of /sys, /proc and /run, below a root that tests replace.
struct SystemFiles: Sendable {
  /// What stands before every path; empty for the machine's own.
  var root = ""

  /// What can be read of `path`, at most `byteCountMax` bytes; `nil` where nothing can. read(2).
  func bytes(_ path: String, byteCountMax: Int = 64 * 1024) -> [UInt8]? {
    let file = open(root + path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var result: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 4096)
    while result.count < byteCountMax {
      let count = read(file, &chunk, min(chunk.count, byteCountMax - result.count))
      guard count >= 0 else { return result.isEmpty ? nil : result }
      guard count > 0 else { break }
      result += chunk.prefix(count)
    }
    return result
  }

  /// The first line of `path` without its line feed; `nil` where there is none or it is empty.
  func line(_ path: String) -> String? {
    guard let bytes = bytes(path, byteCountMax: 4096) else { return nil }
    let line = String(decoding: bytes.prefix { $0 != 10 && $0 != 0 }, as: UTF8.self)
    return line.isEmpty ? nil : line
  }

  /// The names in a folder, sorted; empty where it cannot be read. readdir(3).
  func names(in folder: String) -> [String] {
    guard let stream = opendir(root + folder) else { return [] }
    defer { closedir(stream) }
    var names: [String] = []
    while names.count < 65_536, let entry = readdir(stream) {
      // Safety: readdir's entry is valid until the next call, and its name ends in NUL.
      let name = withUnsafePointer(to: &entry.pointee.d_name) { name in
        name.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  /// Where a symbolic link points to, as it says it; `nil` where there is none. readlink(2).
  func target(of link: String) -> String? {
    var characters = [CChar](repeating: 0, count: 4096)
    let count = readlink(root + link, &characters, characters.count)
    guard count > 0 else { return nil }
    let bytes = characters.prefix(count).map { UInt8(bitPattern: $0) }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The last part of a link's target, such as a driver's name.
  func targetName(of link: String) -> String? {
    target(of: link)?.split(separator: "/").last.map(String.init)
  }

  /// Owner, group and mode of a path; `nil` where there is none. stat(2).
  func access(_ path: String) -> FileAccess? {
    var facts = stat()
    guard stat(root + path, &facts) == 0 else { return nil }
    return FileAccess(owner: facts.st_uid, group: facts.st_gid, mode: facts.st_mode & 0o7777)
  }
}

/// Who may open a file.
struct FileAccess: Hashable, Sendable, CustomStringConvertible {
  let owner: UInt32
  let group: UInt32
  /// The permission bits.
  let mode: UInt32

  /// Whether a group other than root's may read and write it.
  var isForGroup: Bool { group != 0 && mode & 0o060 == 0o060 }

  /// As `ls -l` has it in numbers: `0:46 0660`.
  var description: String {
    let digits = String(mode, radix: 8)
    return "\(owner):\(group) " + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }
}
