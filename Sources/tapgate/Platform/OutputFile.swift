internal import Glibc

/// A file that is written from its start to its end, or standard output. One thread at a time.
final class OutputFile {
  private let path: String
  private let descriptor: Int32
  private var pending: [UInt8] = []

  /// Creates or empties the file at `path`, readable by its owner only, since it holds personal
  /// data; `nil` means standard output. The C function is `open`.
  init(path: String?) throws(FileError) {
    self.path = path ?? "-"
    guard let path else {
      descriptor = Terminal.output
      return
    }
    descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw FileError(call: "open", path: path, number: errno) }
  }

  deinit {
    if descriptor > Terminal.error { Glibc.close(descriptor) }
  }

  /// Writes `text`, sooner or later.
  func write(_ text: String) throws(FileError) { try write(Array(text.utf8)) }

  /// The same for bytes.
  func write(_ bytes: [UInt8]) throws(FileError) {
    pending += bytes
    if pending.count >= 64 * 1024 { try flush() }
  }

  /// Writes what is left and sees to it that a file is on disk. The C function is `fsync`.
  func close() throws(FileError) {
    try flush()
    guard descriptor > Terminal.error else { return }
    // What is no file (a pipe, a terminal) cannot be synchronised and need not be.
    guard fsync(descriptor) == 0 || errno == EINVAL || errno == EROFS else {
      throw FileError(call: "write", path: path, number: errno)
    }
  }

  /// Writes what is left.
  func flush() throws(FileError) {
    var start = 0
    while start < pending.count {
      // Safety: the pointer and the length lie within `pending`, which outlives the call.
      let written = pending.withUnsafeBytes { buffer in
        Glibc.write(descriptor, buffer.baseAddress.map { $0 + start }, pending.count - start)
      }
      if written > 0 {
        start += written
      } else if errno != EINTR {
        throw FileError(call: "write", path: path, number: errno)
      }
    }
    pending.removeAll(keepingCapacity: true)
  }
}
