/// What is wrong with bytes that are no NDEF message.
public enum NDEFProblem: String, Error, Hashable, Sendable, CaseIterable {
  /// A length runs past the end, or a header is cut off.
  case truncated
  /// The first record does not begin a message, or a later one does.
  case messageBegin
  /// No record ends the message.
  case messageEnd
  /// Bytes follow the record that ends the message.
  case surplus
  /// Type name format 7, which is reserved.
  case reservedFormat
  /// An empty record with content, or a record of unknown type that names one.
  case fields
  /// A chunk without a beginning, with a type or an identifier, or a message that ends in one.
  case chunk
  /// More bytes or records than a membership card has use for.
  case tooLong
  /// A text that is not in the encoding it names.
  case text
}

/// A message of NDEF records, NFC Forum, "NFC Data Exchange Format" 1.0 section 2.
public struct NDEFMessage: Hashable, Sendable {
  /// Bytes that a message may have.
  public static let byteCountMax = 8192
  /// Records that a message may have, chunks counted.
  public static let recordCountMax = 64

  /// The records, chunks joined.
  public let records: [NDEFRecord]

  /// Reads a message. Every byte string has a result.
  public static func parse(_ bytes: [UInt8]) -> Result<NDEFMessage, NDEFProblem> {
    do throws(NDEFProblem) {
      return .success(try NDEFMessage(bytes))
    } catch {
      return .failure(error)
    }
  }

  private init(_ bytes: [UInt8]) throws(NDEFProblem) {
    guard bytes.count <= Self.byteCountMax else { throw .tooLong }
    var records: [NDEFRecord] = []
    var position = 0
    var count = 0
    var chunked: NDEFRecord?
    var isEnded = false
    while !isEnded {
      guard position < bytes.count else { throw count == 0 ? .truncated : .messageEnd }
      let record = try RawRecord(bytes, &position)
      guard count < Self.recordCountMax else { throw .tooLong }
      guard record.beginsMessage == (count == 0) else { throw .messageBegin }
      count += 1
      isEnded = record.endsMessage
      if let finished = try Self.join(record, &chunked) { records.append(finished) }
    }
    guard chunked == nil else { throw .chunk }
    guard position == bytes.count else { throw .surplus }
    self.records = records
  }

  /// Joins chunks (section 2.3.3): the first one has the type, the others have none, and the last
  /// one has no chunk flag. A finished record, or `nil` in the middle of one.
  private static func join(
    _ record: RawRecord,
    _ chunked: inout NDEFRecord?
  ) throws(NDEFProblem) -> NDEFRecord? {
    if var open = chunked {
      guard record.format == 6, record.type.isEmpty, record.id.isEmpty else { throw .chunk }
      open.payload += record.payload
      chunked = record.isChunk ? open : nil
      return record.isChunk ? nil : open
    }
    guard let format = NDEFRecord.Format(rawValue: record.format) else {
      throw record.format == 7 ? .reservedFormat : .chunk
    }
    let isEmpty = record.type.isEmpty && record.id.isEmpty && record.payload.isEmpty
    guard format != .empty || isEmpty, format != .unknown || record.type.isEmpty else {
      throw .fields
    }
    guard format != .empty || !record.isChunk else { throw .chunk }
    let result = NDEFRecord(
      format: format,
      type: record.type,
      id: record.id,
      payload: record.payload
    )
    guard record.isChunk else { return result }
    chunked = result
    return nil
  }
}

/// One record as it stands in the bytes: a chunk, or a whole one.
private struct RawRecord {
  let beginsMessage: Bool
  let endsMessage: Bool
  let isChunk: Bool
  let format: UInt8
  let type: [UInt8]
  let id: [UInt8]
  let payload: [UInt8]

  /// Reads the record at `position`, section 3.2, and leaves `position` behind it.
  init(_ bytes: [UInt8], _ position: inout Int) throws(NDEFProblem) {
    let header = try Self.byte(bytes, &position)
    beginsMessage = header & 0x80 != 0
    endsMessage = header & 0x40 != 0
    isChunk = header & 0x20 != 0
    format = header & 0x07
    let typeCount = Int(try Self.byte(bytes, &position))
    var payloadCount = Int(try Self.byte(bytes, &position))
    if header & 0x10 == 0 {
      for _ in 0..<3 { payloadCount = payloadCount << 8 | Int(try Self.byte(bytes, &position)) }
    }
    let idCount = header & 0x08 != 0 ? Int(try Self.byte(bytes, &position)) : 0
    type = try Self.field(typeCount, bytes, &position)
    id = try Self.field(idCount, bytes, &position)
    payload = try Self.field(payloadCount, bytes, &position)
  }

  private static func byte(_ bytes: [UInt8], _ position: inout Int) throws(NDEFProblem) -> UInt8 {
    guard position < bytes.count else { throw .truncated }
    defer { position += 1 }
    return bytes[position]
  }

  private static func field(
    _ count: Int,
    _ bytes: [UInt8],
    _ position: inout Int
  ) throws(NDEFProblem) -> [UInt8] {
    guard count <= bytes.count - position else { throw .truncated }
    defer { position += count }
    return Array(bytes[position..<position + count])
  }
}
