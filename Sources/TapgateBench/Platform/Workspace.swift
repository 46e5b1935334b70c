internal import Glibc

/// A throw-away folder for peers' files, on the disk that is measured.
public final class Workspace {
  /// The folder's path, short enough for the paths of sockets in it.
  public let path: String

  /// Makes the folder below `parent`. Other users may pass through it, not list it: a peer that
  /// must not run as root has its own folder inside.
  public init(below parent: String) throws(BenchError) {
    var template = Array("\(parent)/tapgate-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw .system("make a folder in \(parent)") }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    chmod(path, 0o711)
  }

  /// Whether the folder stays for someone to look at.
  var isKept = false

  deinit {
    if !isKept { remove() }
  }

  /// Removes the folder with everything in it. Nothing may use it any more.
  func remove() { Self.remove(path) }

  private static func remove(_ path: String) {
    // Links are removed, never followed: unlink(2) takes all but folders.
    guard unlink(path) != 0, let folder = opendir(path) else { return }
    var names: [String] = []
    // Safety: readdir(3)'s entry is valid until the next call; its name is copied at once.
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { field in
        field.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    closedir(folder)
    for name in names { remove("\(path)/\(name)") }
    rmdir(path)
  }

  /// Writes `text` to a new file at `path`, for this user alone.
  static func write(_ text: String, to path: String) throws(BenchError) {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw .system("make the file \(path)") }
    defer { close(descriptor) }
    let bytes = Array(text.utf8)
    guard Glibc.write(descriptor, bytes, bytes.count) == bytes.count else {
      throw .system("write the file \(path)")
    }
  }

  /// The path of `name` in the folder.
  func file(_ name: String) -> String { "\(path)/\(name)" }

  /// Makes folder `name` in it, which belongs to `user` where this process is root.
  func makeFolder(_ name: String, ownedBy user: String? = nil) throws(BenchError) -> String {
    let folder = file(name)
    guard mkdir(folder, 0o700) == 0 else { throw .system("make the folder \(folder)") }
    if let user, isRoot, let entry = getpwnam(user) {
      // Safety: getpwnam(3)'s record is read at once; this process asks for no other meanwhile.
      chown(folder, entry.pointee.pw_uid, entry.pointee.pw_gid)
    }
    return folder
  }

  /// Whether this process runs as root.
  var isRoot: Bool { geteuid() == 0 }

  /// Whether the machine knows a user called `name`.
  func isUser(_ name: String) -> Bool { getpwnam(name) != nil }
}
