internal import Glibc

/// What a measurement tells of itself while it runs, apart from its result.
public enum Notes {
  /// Writes a line to standard error.
  public static func write(_ line: String) {
    let bytes = Array("\(line)\n".utf8)
    _ = Glibc.write(2, bytes, bytes.count)
  }
}
