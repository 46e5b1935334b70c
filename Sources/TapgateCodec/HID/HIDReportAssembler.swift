/// Puts reports together from the packets of an interrupt endpoint.
///
/// A transfer of exactly wMaxPacketSize brings one packet, and a report may need several: a card
/// reader's 337 bytes come as 43 packets of 8. HID 1.11 section 8.2 ends a report with its last
/// byte, or with a packet shorter than the endpoint's, and begins each report in a packet of its
/// own: what follows a report in its last packet is padding.
public struct HIDReportAssembler: Sendable {
  /// A report that stays incomplete for so long is given up.
  public static let gapMillisecondsMax: UInt64 = 1000

  private let descriptor: HIDReportDescriptor
  private let packetByteCount: Int
  private var pending: [UInt8] = []
  private var lastMilliseconds: UInt64 = 0
  /// Reports that never became complete.
  public private(set) var discardedCount: UInt64 = 0

  /// Prepares for an endpoint whose packets have `packetByteCount` bytes at most; 0 where each
  /// buffer holds whole reports, as a hidraw node's does.
  public init(descriptor: HIDReportDescriptor, packetByteCount: Int) {
    self.descriptor = descriptor
    self.packetByteCount = max(0, packetByteCount)
  }

  /// Takes what one transfer brought, and returns the reports that are complete with it. A buffer
  /// of several packets is taken as such. Empty packets, which some gadgets send after a full one,
  /// are nothing.
  public mutating func feed(_ buffer: [UInt8], at milliseconds: UInt64) -> [[UInt8]] {
    guard !buffer.isEmpty else { return [] }
    if milliseconds > lastMilliseconds {
      if milliseconds - lastMilliseconds > Self.gapMillisecondsMax { reset() }
      lastMilliseconds = milliseconds
    }
    guard packetByteCount > 0 else { return split(buffer) }
    var reports: [[UInt8]] = []
    var start = 0
    while start < buffer.count {
      let end = min(buffer.count, start + packetByteCount)
      pending.appendTracelessly(buffer[start..<end])
      let isShort = end - start < packetByteCount
      start = end
      let length = expectedByteCount(of: pending)
      guard isShort || length == nil || pending.count >= length ?? 0 else { continue }
      reports.append(Array(pending.prefix(length ?? pending.count)))
      pending.wipe()
    }
    return reports
  }

  /// Several reports of one length in one buffer are told by its size.
  private func split(_ buffer: [UInt8]) -> [[UInt8]] {
    guard let length = expectedByteCount(of: buffer), buffer.count > length,
      buffer.count % length == 0
    else { return [buffer] }
    return stride(from: 0, to: buffer.count, by: length).map {
      Array(buffer[$0..<($0 + length)])
    }
  }

  /// Forgets a report that is not complete.
  public mutating func reset() {
    guard !pending.isEmpty else { return }
    discardedCount &+= 1
    pending.wipe()
  }

  /// Bytes of the report that begins so; `nil` for one that the descriptor does not have.
  private func expectedByteCount(of bytes: [UInt8]) -> Int? {
    guard let first = bytes.first else { return nil }
    let count = descriptor.byteCount(of: .input, id: descriptor.usesReportIDs ? first : 0)
    return count > 0 ? count : nil
  }
}

extension [UInt8] {
  /// Zeroes the bytes where they lie, then empties the array: what a card or a code held does not
  /// stay in memory.
  package mutating func wipe() {
    for index in indices { self[index] = 0 }
    removeAll(keepingCapacity: count <= 8192)
  }

  /// Appends; where the array has to move for it, zeroes its old place.
  mutating func appendTracelessly(_ more: some Collection<UInt8>) {
    let needed = count &+ more.count
    if needed > capacity {
      var larger: [UInt8] = []
      larger.reserveCapacity(Swift.max(64, needed &* 2))
      larger += self
      wipe()
      self = larger
    }
    self += more
  }

  /// Removes the last bytes, and zeroes them.
  mutating func wipeLast(_ amount: Int) {
    let removed = Swift.min(Swift.max(0, amount), count)
    for index in (count - removed)..<count { self[index] = 0 }
    removeLast(removed)
  }

  /// Removes the first bytes, and zeroes the room that becomes free at the end.
  mutating func wipeFirst(_ amount: Int) {
    let removed = Swift.min(Swift.max(0, amount), count)
    for index in removed..<count { self[index - removed] = self[index] }
    for index in (count - removed)..<count { self[index] = 0 }
    removeLast(removed)
  }
}
