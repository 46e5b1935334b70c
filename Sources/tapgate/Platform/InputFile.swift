internal import Glibc

/// Why the system refused a file.
struct FileError: Error, Hashable, Sendable {
  /// The C function.
  var call: String
  var path: String
  /// `errno`.
  var number: Int32

  /// There is no such file.
  var isAbsent: Bool { number == ENOENT }

  /// The system's words, as strerror(3) has them.
  var words: String {
    // Safety: strerror answers NUL-terminated text; it is copied at once.
    Words.systemWords(String(cString: strerror(number)))
  }
}

/// A file that is read from its start to its end. One thread at a time.
final class InputFile {
  let path: String
  /// Bytes of the file when it was opened; 0 for what is no regular file.
  let byteCount: Int
  private let descriptor: Int32

  /// Opens the file. The C functions are `open` and `fstat`.
  init(path: String) throws(FileError) {
    let opened = open(path, O_RDONLY | O_CLOEXEC)
    guard opened >= 0 else { throw FileError(call: "open", path: path, number: errno) }
    var facts = stat()
    guard fstat(opened, &facts) == 0 else {
      let error = FileError(call: "fstat", path: path, number: errno)
      close(opened)
      throw error
    }
    guard facts.st_mode & S_IFMT != S_IFDIR else {
      close(opened)
      throw FileError(call: "open", path: path, number: EISDIR)
    }
    self.path = path
    byteCount = facts.st_mode & S_IFMT == S_IFREG ? Int(facts.st_size) : 0
    descriptor = opened
  }

  deinit { close(descriptor) }

  /// The next bytes, at most `limit`; none at the end. The C function is `read`.
  func next(limit: Int = 256 * 1024) throws(FileError) -> [UInt8] {
    var room = [UInt8](repeating: 0, count: limit)
    while true {
      // Safety: the pointer and the length are those of `room`, which outlives the call.
      let count = room.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
      if count >= 0 {
        room.removeSubrange(count...)
        return room
      }
      guard errno == EINTR else { throw FileError(call: "read", path: path, number: errno) }
    }
  }

  /// All bytes of a small file.
  ///
  /// - Throws: `EFBIG` where it has more than `limit`.
  static func contents(path: String, limit: Int = 4 * 1024 * 1024) throws(FileError) -> [UInt8] {
    let file = try InputFile(path: path)
    var bytes: [UInt8] = []
    while true {
      let block = try file.next()
      if block.isEmpty { return bytes }
      bytes += block
      guard bytes.count <= limit else { throw FileError(call: "read", path: path, number: EFBIG) }
    }
  }
}
