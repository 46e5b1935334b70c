internal import Glibc

/// Getting rid of secrets that were read.
enum SecretMemory {
  /// Overwrites bytes. The C function is `explicit_bzero`, which no compiler leaves out.
  static func wipe(_ bytes: inout [UInt8]) {
    // Safety: the pointer and the length are those of `bytes`, for the time of the call.
    bytes.withUnsafeMutableBytes { buffer in
      guard let start = buffer.baseAddress else { return }
      explicit_bzero(start, buffer.count)
    }
  }
}
