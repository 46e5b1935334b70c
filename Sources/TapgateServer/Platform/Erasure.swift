internal import CLinux
internal import Glibc
internal import NIOCore

/// Overwrites what must not stay in memory: numbers of means of payment, and the lines that may
/// hold one.
enum Erasure {
  /// Overwrites the text's bytes where they lie on the heap, for every holder of the same text, and
  /// empties it.
  ///
  /// Texts of up to 15 bytes lie in the value itself, if the JSON parser did not take care that
  /// they lie on the heap, and those of the program in read-only memory: both are left as they are.
  static func erase(_ text: inout String) {
    defer { text = "" }
    // Of a text in the value itself this is a passing copy. What is no native text has no bytes of
    // its own to overwrite.
    _ = text.utf8.withContiguousStorageIfAvailable { bytes in
      guard let base = bytes.baseAddress else { return }
      // Safety: the bytes belong to a heap object that `text` keeps alive, or to a copy of the
      // value for the time of this closure; not to the program (the call looks). NUL is a valid
      // character, so the text stays one for whoever else holds it, and all holders are confined
      // to the loop.
      _ = tapgate_erase(UnsafeMutableRawPointer(mutating: base), bytes.count)
    }
  }

  /// Overwrites a line's bytes where they lie, for every holder of the same array.
  static func erase(_ line: [UInt8]) {
    line.withUnsafeBytes { bytes in
      guard let base = bytes.baseAddress, !bytes.isEmpty else { return }
      // Safety: the bytes are a heap object's, which `line` keeps alive: lines come off a socket
      // and are no constants. Whoever else holds the array is confined to the loop and through
      // with it.
      explicit_bzero(UnsafeMutableRawPointer(mutating: base), bytes.count)
    }
  }

  /// Takes bytes off the front of `buffer`, at most what it has, and overwrites them there: what
  /// was read off a socket stays in a pool's memory otherwise.
  static func take(_ count: Int, from buffer: inout ByteBuffer) -> [UInt8] {
    let taken = buffer.withUnsafeReadableBytes { bytes -> [UInt8] in
      let part = UnsafeRawBufferPointer(rebasing: bytes.prefix(max(0, count)))
      let copy = Array(part)
      guard let base = part.baseAddress, !part.isEmpty else { return copy }
      // Safety: the bytes are the buffer's own heap storage. Whoever shares it is the socket's
      // pool, which reads nothing of it and writes over it with the next read.
      explicit_bzero(UnsafeMutableRawPointer(mutating: base), part.count)
      return copy
    }
    buffer.moveReaderIndex(forwardBy: taken.count)
    return taken
  }

  /// Appends `more` to `line` and overwrites it, and whatever `line` outgrew.
  static func append(_ more: [UInt8], to line: inout [UInt8]) {
    defer { erase(more) }
    guard line.capacity < line.count + more.count else {
      line += more
      return
    }
    var grown: [UInt8] = []
    grown.reserveCapacity(2 * (line.count + more.count))
    grown += line
    grown += more
    erase(line)
    line = grown
  }
}
