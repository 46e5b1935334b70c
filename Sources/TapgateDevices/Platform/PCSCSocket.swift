internal import Glibc

/// pcscd's socket in the file system: whether it was made anew tells that a try is worth while.
struct PCSCSocket: Hashable, Sendable {
  private let inode: UInt64
  private let changedSeconds: Int
  private let changedNanoseconds: Int

  /// The socket as it is now; `nil` where there is none. The path is libpcsclite's:
  /// PCSCLITE_CSOCK_NAME, else /run/pcscd/pcscd.comm.
  static func current() -> PCSCSocket? {
    var path = "/run/pcscd/pcscd.comm"
    // Safety: the string is copied at once; nothing here changes the environment.
    if let own = getenv("PCSCLITE_CSOCK_NAME") { path = String(cString: own) }
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    return PCSCSocket(
      inode: UInt64(status.st_ino),
      changedSeconds: Int(status.st_ctim.tv_sec),
      changedNanoseconds: Int(status.st_ctim.tv_nsec)
    )
  }
}
