internal import Glibc

/// Turns GB18030 (GB 18030-2005 as glibc has it) into UTF-8, block by block. One thread at a time.
final class GB18030Decoder {
  /// The bytes are no GB18030; the offset of the first wrong one from the file's start.
  struct Failure: Error, Hashable, Sendable {
    var offset: Int
  }

  private let converter: iconv_t
  private var pending: [UInt8] = []
  private var consumed = 0

  /// Opens the converter. The C function is `iconv_open`; `nil` where the system lacks the tables.
  init?() {
    guard let opened = iconv_open("UTF-8", "GB18030"), Int(bitPattern: opened) != -1 else {
      return nil
    }
    converter = opened
  }

  deinit { iconv_close(converter) }

  /// The text of what is whole; an incomplete character at the end waits for the next block.
  ///
  /// The C function is `iconv`.
  func decode(_ bytes: [UInt8]) throws(Failure) -> [UInt8] {
    var input = pending + bytes
    var output: [UInt8] = []
    var start = 0
    while start < input.count {
      // GB18030 to UTF-8 grows by half at most: two bytes become three.
      var room = [UInt8](repeating: 0, count: (input.count - start) * 2 + 16)
      let (used, made, failure) = convert(&input, from: start, into: &room)
      output += room[..<made]
      start += used
      if failure == 0 || failure == EINVAL { break }
      guard failure == E2BIG, used > 0 else { throw Failure(offset: consumed + start) }
    }
    consumed += start
    pending = Array(input[start...])
    return output
  }

  /// Ends the text.
  func finish() throws(Failure) {
    guard pending.isEmpty else { throw Failure(offset: consumed) }
  }

  private func convert(
    _ input: inout [UInt8],
    from start: Int,
    into room: inout [UInt8]
  ) -> (used: Int, made: Int, failure: Int32) {
    var inputLeft = input.count - start
    var outputLeft = room.count
    // Safety: both pointers stay within their arrays, whose remaining lengths iconv is given.
    let result = input.withUnsafeMutableBytes { source in
      room.withUnsafeMutableBytes { target in
        var from = source.baseAddress.map { ($0 + start).assumingMemoryBound(to: CChar.self) }
        var to = target.baseAddress.map { $0.assumingMemoryBound(to: CChar.self) }
        return iconv(converter, &from, &inputLeft, &to, &outputLeft)
      }
    }
    let failure = result == .max ? errno : 0
    return (input.count - start - inputLeft, room.count - outputLeft, failure)
  }
}
