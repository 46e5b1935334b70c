internal import Glibc

/// Files that appear when they are whole.
enum WholeFile {
  /// Writes `bytes` beside `path`, on disk, and then in its place; an existing file is replaced.
  /// Where that fails, `path` is what it was. The C functions are `rename` and `unlink`.
  static func write(_ bytes: [UInt8], to path: String) throws(FileError) {
    let partial = path + ".partial"
    let file: OutputFile
    do throws(FileError) {
      file = try OutputFile(path: partial)
    } catch {
      throw FileError(call: error.call, path: path, number: error.number)
    }
    do throws(FileError) {
      try file.write(bytes)
      try file.close()
      guard rename(partial, path) == 0 else {
        throw FileError(call: "rename", path: path, number: errno)
      }
    } catch {
      unlink(partial)
      throw FileError(call: error.call, path: path, number: error.number)
    }
  }
}
