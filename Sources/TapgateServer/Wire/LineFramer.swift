package import NIOCore
internal import TapgateCore

/// Cuts a byte stream into lines and bounds them.
///
/// A line may have 64 KiB; 256 KiB or 1 MiB where its method may carry a basket or a document. A
/// line that is too long is told of once and skipped to its end; past 1 MiB the stream is given up.
/// What was taken is overwritten in the buffer that it came in: a line may hold what nobody may
/// keep.
package struct LineFramer {
  /// What was cut off.
  package enum Frame {
    /// A line without its line feed.
    case line([UInt8])
    /// A line that is too long; what could be told of it, and what it might have had.
    case oversized(RequestPeek, byteCountMax: Int)
    /// More than 1 MiB without a line feed.
    case hopeless
  }

  private var pending: [UInt8] = []
  private var byteCountMax = Limits.lineByteCountMax
  private var isSkipping = false
  private var skippedByteCount = 0

  /// Begins at the start of a stream.
  package init() {}

  /// Bytes a request of `method` may have.
  static func byteCountMax(of method: String?) -> Int {
    guard let method else { return Limits.lineByteCountMax }
    if method.hasPrefix("print.") || method.hasPrefix("member.import")
      || method == "programme.activate"
    {
      return Limits.documentLineByteCountMax
    }
    if method.hasPrefix("checkout.") || method == "points.accrue" {
      return Limits.basketLineByteCountMax
    }
    return Limits.lineByteCountMax
  }

  /// Takes bytes from `buffer` up to the end of the next frame; `nil` once it is empty.
  /// `canBeLarge` says whether the client may send more than 64 KiB at all: it may not before
  /// `hello`.
  package mutating func next(_ buffer: inout ByteBuffer, canBeLarge: Bool) -> Frame? {
    while buffer.readableBytes > 0 {
      let view = buffer.readableBytesView
      let end = view.firstIndex(of: 0x0A)
      let count = (end ?? view.endIndex) - view.startIndex
      let bytes = Erasure.take(count, from: &buffer)
      if end != nil { buffer.moveReaderIndex(forwardBy: 1) }
      if isSkipping {
        Erasure.erase(bytes)
        if let frame = skip(byteCount: count, isAtEnd: end != nil) { return frame }
        continue
      }
      if pending.isEmpty { pending = bytes } else { Erasure.append(bytes, to: &pending) }
      let isJudged = end == nil && pending.count <= byteCountMax
      if pending.count > Limits.lineByteCountMax, !isJudged,
        let frame = judge(isComplete: end != nil, canBeLarge: canBeLarge)
      {
        return frame
      }
      guard end != nil else { continue }
      defer { reset() }
      return .line(pending)
    }
    return nil
  }

  private mutating func reset() {
    pending = []
    byteCountMax = Limits.lineByteCountMax
    isSkipping = false
    skippedByteCount = 0
  }

  private mutating func skip(byteCount: Int, isAtEnd: Bool) -> Frame? {
    skippedByteCount += byteCount
    guard skippedByteCount <= Limits.documentLineByteCountMax else { return .hopeless }
    if isAtEnd { reset() }
    return nil
  }

  private mutating func judge(isComplete: Bool, canBeLarge: Bool) -> Frame? {
    let peek = RequestPeek(pending)
    if canBeLarge {
      // Where the method stands behind its parameters it is not known yet.
      byteCountMax =
        peek.method == nil && !isComplete
        ? Limits.documentLineByteCountMax : Self.byteCountMax(of: peek.method)
      guard pending.count > byteCountMax else { return nil }
    }
    let frame = Frame.oversized(peek, byteCountMax: byteCountMax)
    guard pending.count <= Limits.documentLineByteCountMax || isComplete else { return .hopeless }
    let count = pending.count
    Erasure.erase(pending)
    reset()
    isSkipping = !isComplete
    skippedByteCount = count
    return frame
  }
}
