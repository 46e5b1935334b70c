internal import TapgateCodec
internal import TapgateCore

/// A job as bytes.
struct PreparedJob {
  /// What ends a part of a job on the wire.
  struct ProcessFence: Hashable {
    let jobID: String
    /// Counted from 1.
    let part: Int
    let partCount: Int
  }

  let id: String
  private let parts: [[UInt8]]

  /// Lays the job's document out and encodes it.
  ///
  /// - Throws: `PrintDocumentError` where no attempt could ever print it.
  init(_ job: PrintJob, for configuration: PrinterConfiguration) throws(PrintDocumentError) {
    let document = try PrintDocument(json: job.document)
    // What a client submits was checked with `.refuse`. What is left is the gateway's own slips.
    let list = try document.layout(
      for: configuration.profile,
      characterSet: configuration.characterSet,
      policy: .mark
    )
    id = job.id
    parts = EscPosEncoder.segments(
      of: list,
      for: configuration.profile,
      hasMultibyte: !(configuration.characterSet is ASCIICharacterSet)
    )
  }

  /// The bytes without any fence.
  var bytes: [UInt8] { Array(parts.joined()) }

  /// The bytes with an id after each part, and what the ids stand for.
  ///
  /// At most 94 parts have an id of their own; the last part always has one.
  func bytesWithProcessFences() -> (bytes: [UInt8], fences: [[UInt8]: ProcessFence]) {
    var bytes: [UInt8] = []
    var fences: [[UInt8]: ProcessFence] = [:]
    for (index, part) in parts.enumerated() {
      bytes += part
      let isLast = index == parts.count - 1
      guard isLast || index < 93 else { continue }
      let id = processID(part: isLast ? 93 : index)
      bytes += EscPosLine.processFence(id)
      fences[id] = ProcessFence(jobID: self.id, part: index + 1, partCount: parts.count)
    }
    return (bytes, fences)
  }

  /// Three characters from the job's id (FNV-1a, 32 bits), one for the part; all of 0x21 to 0x7E.
  private func processID(part: Int) -> [UInt8] {
    var hash: UInt32 = 0x811C_9DC5
    for byte in id.utf8 { hash = (hash ^ UInt32(byte)) &* 0x0100_0193 }
    var characters: [UInt8] = []
    for _ in 0..<3 {
      characters.append(0x21 + UInt8(hash % 94))
      hash /= 94
    }
    return characters + [0x21 + UInt8(truncatingIfNeeded: part % 94)]
  }
}
