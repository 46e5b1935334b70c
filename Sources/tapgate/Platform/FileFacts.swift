internal import Glibc

/// What the system says about a file, without opening it.
struct FileFacts: Hashable, Sendable {
  /// What kind of file it is.
  enum Kind: Sendable { case file, folder, socket, other }

  var kind: Kind
  /// Permission bits, `07777` of st_mode.
  var mode: UInt32
  /// The owner's user number.
  var owner: UInt32
  var byteCount: Int64

  /// Looks at `path`. The C function is `stat`.
  static func read(_ path: String) -> Result<FileFacts, FileError> {
    var facts = stat()
    guard stat(path, &facts) == 0 else {
      return .failure(FileError(call: "stat", path: path, number: errno))
    }
    let kind: Kind =
      switch facts.st_mode & S_IFMT {
      case S_IFREG: .file
      case S_IFDIR: .folder
      case S_IFSOCK: .socket
      default: .other
      }
    return .success(
      FileFacts(
        kind: kind,
        mode: facts.st_mode & 0o7777,
        owner: facts.st_uid,
        byteCount: Int64(facts.st_size)
      )
    )
  }

  /// Bytes that an ordinary user may still write below `path`. The C function is `statvfs`.
  static func freeBytes(_ path: String) -> Result<Int64, FileError> {
    var facts = statvfs()
    guard statvfs(path, &facts) == 0 else {
      return .failure(FileError(call: "statvfs", path: path, number: errno))
    }
    let (bytes, overflow) = UInt64(facts.f_bavail).multipliedReportingOverflow(
      by: UInt64(facts.f_frsize)
    )
    return .success(overflow ? .max : Int64(clamping: bytes))
  }

  /// The name of a user; their number where there is no name. The C function is `getpwuid`, called
  /// by one thread only.
  static func userName(_ number: UInt32) -> String {
    // Safety: the entry's name is NUL-terminated and copied before anybody calls getpwuid again.
    guard let entry = getpwuid(number), let name = entry.pointee.pw_name else {
      return String(number)
    }
    return String(cString: name)
  }

  /// What `errno` means for a file: that it is not there.
  static func meansAbsent(_ number: Int32) -> Bool { number == ENOENT || number == ENOTDIR }

  /// What `errno` means: that this user may not.
  static func meansForbidden(_ number: Int32) -> Bool { number == EACCES || number == EPERM }

  /// The system's words for `errno`.
  static func words(_ number: Int32) -> String {
    FileError(call: "", path: "", number: number).words
  }
}
