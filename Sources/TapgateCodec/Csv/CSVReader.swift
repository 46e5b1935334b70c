// Comma-separated values, RFC 4180 (October 2005), in UTF-8.
//
// Beyond the RFC: a byte order mark is passed over, lines may end with LF alone, empty lines are no
// records, and records may differ in their number of fields; the caller judges that.

/// One record of a file.
public struct CSVRecord: Hashable, Sendable {
  /// The line on which the record starts, counted from 1.
  public var line: Int
  /// The fields without their quotes.
  public var fields: [String]

  /// Creates a record.
  public init(line: Int, fields: [String]) {
    self.line = line
    self.fields = fields
  }
}

/// Why bytes are no CSV, and where.
public struct CSVError: Error, Hashable, Sendable {
  /// What is wrong.
  public enum Problem: String, Sendable {
    /// A quote within a field that does not start with one (RFC 4180, section 2, rule 5).
    case quoteInPlainField
    /// Something other than a comma or a line's end after a closing quote.
    case textAfterQuote
    /// The file ends within quotes.
    case unclosedQuote
    /// A carriage return that no line feed follows.
    case loneCarriageReturn
    /// A field is not UTF-8; or the file is of another encoding.
    case invalidUTF8
    /// NUL and other control characters but the tab; within quotes line ends are allowed.
    case controlCharacter
    /// A record has more than `CSVReader.recordByteCountMax` bytes.
    case recordTooLong
    /// A record has more than `CSVReader.fieldCountMax` fields.
    case tooManyFields
  }

  public var problem: Problem
  /// The line, counted from 1.
  public var line: Int
  /// The character in that line, counted from 1.
  public var column: Int

  /// Creates an error.
  public init(problem: Problem, line: Int, column: Int) {
    self.problem = problem
    self.line = line
    self.column = column
  }
}

/// Takes a file apart, block by block.
///
/// It answers every byte string with records or a `CSVError`, in time and memory linear in the
/// input, and holds no more than one record beside what it returns.
public struct CSVReader: Sendable {
  /// Bytes a record may have: what still fits a line of the socket together with its frame.
  public static let recordByteCountMax = 256 * 1024
  /// Fields a record may have.
  public static let fieldCountMax = 256

  private enum State: Sendable { case fieldStart, plain, quoted, quoteInQuoted, carriageReturn }

  private var state = State.fieldStart
  private var field: [UInt8] = []
  private var fields: [String] = []
  private var recordByteCount = 0
  private var recordLine = 1
  private var line = 1
  private var column = 0
  private var fieldLine = 1
  private var fieldColumn = 1
  private var hasQuotes = false
  private var isAtStart = true
  private var mark: [UInt8] = []

  /// Creates a reader at the start of a file.
  public init() {}

  /// Reads on.
  ///
  /// - Returns: the records that end within `bytes`.
  public mutating func read(_ bytes: [UInt8]) throws(CSVError) -> [CSVRecord] {
    var records: [CSVRecord] = []
    for byte in bytes {
      if isAtStart, try isPartOfMark(byte, into: &records) { continue }
      try take(byte, into: &records)
    }
    return records
  }

  /// Ends the file.
  ///
  /// - Returns: the last record, where no line end closed it.
  public mutating func finish() throws(CSVError) -> [CSVRecord] {
    var records: [CSVRecord] = []
    try replayMark(into: &records)
    switch state {
    case .quoted: throw error(.unclosedQuote, line: fieldLine, column: fieldColumn)
    case .carriageReturn: throw error(.loneCarriageReturn)
    case .fieldStart, .plain, .quoteInQuoted: try endRecord(into: &records)
    }
    return records
  }

  /// Whether `byte` still belongs to a byte order mark (EF BB BF) at the start of the file.
  private mutating func isPartOfMark(
    _ byte: UInt8,
    into records: inout [CSVRecord]
  ) throws(CSVError) -> Bool {
    let expected: [UInt8] = [0xEF, 0xBB, 0xBF]
    if byte == expected[mark.count] {
      mark.append(byte)
      if mark.count == expected.count {
        mark = []
        isAtStart = false
      }
      return true
    }
    try replayMark(into: &records)
    return false
  }

  private mutating func replayMark(into records: inout [CSVRecord]) throws(CSVError) {
    isAtStart = false
    for byte in mark { try take(byte, into: &records) }
    mark = []
  }

  private mutating func take(
    _ byte: UInt8,
    into records: inout [CSVRecord]
  ) throws(CSVError) {
    if byte & 0xC0 != 0x80 { column += 1 }
    recordByteCount += 1
    guard recordByteCount <= Self.recordByteCountMax else { throw error(.recordTooLong) }
    switch state {
    case .fieldStart:
      (fieldLine, fieldColumn) = (line, column)
      if byte == UInt8(ascii: "\"") {
        state = .quoted
        hasQuotes = true
      } else {
        try takePlain(byte, into: &records)
      }
    case .plain:
      guard byte != UInt8(ascii: "\"") else { throw error(.quoteInPlainField) }
      try takePlain(byte, into: &records)
    case .quoted: try takeQuoted(byte)
    case .quoteInQuoted:
      switch byte {
      case UInt8(ascii: "\""):
        field.append(byte)
        state = .quoted
      case UInt8(ascii: ","), 0x0A, 0x0D: try takePlain(byte, into: &records)
      default: throw error(.textAfterQuote)
      }
    case .carriageReturn:
      guard byte == 0x0A else {
        throw error(.loneCarriageReturn, line: line, column: column - 1)
      }
      try takePlain(byte, into: &records)
    }
  }

  private mutating func takePlain(
    _ byte: UInt8,
    into records: inout [CSVRecord]
  ) throws(CSVError) {
    switch byte {
    case UInt8(ascii: ","):
      try endField()
      state = .fieldStart
    case 0x0A:
      try endRecord(into: &records)
      line += 1
      column = 0
      recordLine = line
    case 0x0D: state = .carriageReturn
    case 0..<0x09, 0x0B, 0x0C, 0x0E..<0x20, 0x7F: throw error(.controlCharacter)
    default:
      field.append(byte)
      state = .plain
    }
  }

  private mutating func takeQuoted(_ byte: UInt8) throws(CSVError) {
    switch byte {
    case UInt8(ascii: "\""): state = .quoteInQuoted
    case 0x0A:
      field.append(byte)
      line += 1
      column = 0
    case 0..<0x09, 0x0B, 0x0C, 0x0E..<0x20, 0x7F: throw error(.controlCharacter)
    default: field.append(byte)
    }
  }

  private mutating func endField() throws(CSVError) {
    guard fields.count < Self.fieldCountMax else { throw error(.tooManyFields) }
    guard let text = String(validating: field, as: UTF8.self) else {
      throw error(.invalidUTF8, line: fieldLine, column: fieldColumn)
    }
    fields.append(text)
    field.removeAll(keepingCapacity: true)
  }

  private mutating func endRecord(into records: inout [CSVRecord]) throws(CSVError) {
    let isEmptyLine = fields.isEmpty && field.isEmpty && !hasQuotes
    if !isEmptyLine {
      try endField()
      records.append(CSVRecord(line: recordLine, fields: fields))
    }
    fields.removeAll(keepingCapacity: true)
    state = .fieldStart
    hasQuotes = false
    recordByteCount = 0
  }

  private func error(_ problem: CSVError.Problem, line: Int? = nil, column: Int? = nil) -> CSVError
  {
    CSVError(problem: problem, line: line ?? self.line, column: max(1, column ?? self.column))
  }
}
