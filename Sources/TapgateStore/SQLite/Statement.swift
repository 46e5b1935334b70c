internal import GRDBSQLite

/// What SQLite answered, with the call and the code as sqlite3.h names them.
public struct SQLiteFailure: Error, Hashable, Sendable, CustomStringConvertible {
  public let call: String
  /// The extended result code.
  public let code: Int32
  public let message: String

  public var description: String { "\(call): \(message) (\(code))" }

  /// The primary result code.
  public var primary: Int32 { code & 0xFF }

  /// Whether the disk is full: SQLITE_FULL, or a write that could not grow a file.
  public var isDiskFull: Bool {
    primary == SQLITE_FULL || code == Self.SQLITE_IOERR_WRITE || code == Self.SQLITE_IOERR_SHMSIZE
      || code == Self.SQLITE_IOERR_TRUNCATE
  }

  /// Whether a flush failed. What SQLite holds may then differ from what the disk holds.
  public var isFlushFailure: Bool {
    code == Self.SQLITE_IOERR_FSYNC || code == Self.SQLITE_IOERR_DIR_FSYNC
  }

  /// Whether a unique index refused the row.
  public var isUniqueViolation: Bool { primary == SQLITE_CONSTRAINT }
}

extension SQLiteFailure {
  // Codes that are macros of macros, which Swift does not import (sqlite3.h, "Extended Result
  // Codes").
  private static let ioerr: Int32 = 10
  static let SQLITE_IOERR_WRITE: Int32 = ioerr | 3 << 8
  static let SQLITE_IOERR_FSYNC: Int32 = ioerr | 4 << 8
  static let SQLITE_IOERR_DIR_FSYNC: Int32 = ioerr | 5 << 8
  static let SQLITE_IOERR_TRUNCATE: Int32 = ioerr | 6 << 8
  static let SQLITE_IOERR_SHMSIZE: Int32 = ioerr | 19 << 8
}

/// A prepared statement on one connection, without GRDB's value boxes between.
///
/// The commit path's step down from GRDB: binding and reading bytes costs one copy. Used only on
/// the thread and inside the access of the connection that it was prepared on. The C functions are
/// `sqlite3_prepare_v3`, `sqlite3_bind_*`, `sqlite3_step`, `sqlite3_column_*`, `sqlite3_reset`.
final class Statement {
  private let connection: OpaquePointer
  private let handle: OpaquePointer
  private let sql: String

  init(_ sql: String, on connection: OpaquePointer) throws(SQLiteFailure) {
    var handle: OpaquePointer?
    let flags = UInt32(SQLITE_PREPARE_PERSISTENT)
    let code = sqlite3_prepare_v3(connection, sql, -1, flags, &handle, nil)
    guard code == SQLITE_OK, let handle else {
      throw Self.failure("sqlite3_prepare_v3", on: connection)
    }
    self.connection = connection
    self.handle = handle
    self.sql = sql
  }

  deinit { sqlite3_finalize(handle) }

  static func failure(_ call: String, on connection: OpaquePointer) -> SQLiteFailure {
    SQLiteFailure(
      call: call,
      code: sqlite3_extended_errcode(connection),
      message: String(cString: sqlite3_errmsg(connection))
    )
  }

  /// SQLITE_TRANSIENT: SQLite copies the bytes before the call returns.
  fileprivate static let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

  func bind(_ value: Int64?, at index: Int32) {
    if let value {
      sqlite3_bind_int64(handle, index, value)
    } else {
      sqlite3_bind_null(handle, index)
    }
  }

  func bind(_ value: [UInt8]?, at index: Int32) {
    guard let value else {
      sqlite3_bind_null(handle, index)
      return
    }
    _ = value.withUnsafeBytes { bytes in
      // Safety: the bytes live for the call, and SQLite copies them. An empty array may have no
      // base address, which would bind NULL.
      guard let base = bytes.baseAddress, !bytes.isEmpty else {
        return sqlite3_bind_zeroblob(handle, index, 0)
      }
      return sqlite3_bind_blob64(handle, index, base, UInt64(bytes.count), Self.transient)
    }
  }

  func bind(text value: String, at index: Int32) {
    // With its length: a NUL in the text would end it otherwise, and the chain's hash covers all of
    // it.
    var value = value
    value.withUTF8 { bytes in
      // Safety: the bytes live for the call, and SQLite copies them. An empty text may have no base
      // address, which would bind NULL.
      guard let base = bytes.baseAddress, !bytes.isEmpty else {
        sqlite3_bind_text(handle, index, "", 0, Self.transient)
        return
      }
      base.withMemoryRebound(to: CChar.self, capacity: bytes.count) { text in
        _ = sqlite3_bind_text(handle, index, text, Int32(clamping: bytes.count), Self.transient)
      }
    }
  }

  /// Runs a statement that answers no rows, and resets it.
  func run() throws(SQLiteFailure) {
    let code = sqlite3_step(handle)
    guard code == SQLITE_DONE || code == SQLITE_ROW else {
      let failure = Self.failure("sqlite3_step", on: connection)
      sqlite3_reset(handle)
      throw failure
    }
    sqlite3_reset(handle)
  }

  /// Parts of one array of bytes, bound without a copy for one run of a statement.
  struct Columns {
    fileprivate let handle: OpaquePointer
    fileprivate let bytes: UnsafeRawBufferPointer

    /// Binds the part as a BLOB, or NULL.
    func bind(_ range: Range<Int>?, at index: Int32) {
      guard let range else {
        sqlite3_bind_null(handle, index)
        return
      }
      // Safety: slicing checks the range; the bytes outlive the run, after which nothing is bound
      // to them any more. An empty part has no address that SQLite would take for a value.
      guard let base = UnsafeRawBufferPointer(rebasing: bytes[range]).baseAddress, !range.isEmpty
      else {
        sqlite3_bind_zeroblob(handle, index, 0)
        return
      }
      sqlite3_bind_blob64(handle, index, base, UInt64(range.count), nil)
    }

    /// Binds the part as TEXT of its length: a NUL in it does not end it.
    func bind(text range: Range<Int>, at index: Int32) {
      // Safety: as above.
      guard let base = UnsafeRawBufferPointer(rebasing: bytes[range]).baseAddress, !range.isEmpty
      else {
        sqlite3_bind_text(handle, index, "", 0, Statement.transient)
        return
      }
      let text = base.assumingMemoryBound(to: CChar.self)
      sqlite3_bind_text(handle, index, text, Int32(clamping: range.count), nil)
    }
  }

  /// Runs a statement that answers no rows, with parts of `bytes` that `body` binds.
  func run(with bytes: [UInt8], _ body: (Columns) -> Void) throws(SQLiteFailure) {
    // Safety: the pointers that `body` binds are used by the step inside the closure only; clearing
    // the bindings leaves none behind.
    let code = bytes.withUnsafeBytes { buffer in
      body(Columns(handle: handle, bytes: buffer))
      defer { sqlite3_clear_bindings(handle) }
      let code = sqlite3_step(handle)
      guard code == SQLITE_DONE || code == SQLITE_ROW else { return code }
      sqlite3_reset(handle)
      return SQLITE_OK
    }
    guard code == SQLITE_OK else {
      let failure = Self.failure("sqlite3_step", on: connection)
      sqlite3_reset(handle)
      throw failure
    }
  }

  /// Steps to the next row; `false` at the end, and then the statement is reset.
  func step() throws(SQLiteFailure) -> Bool {
    switch sqlite3_step(handle) {
    case SQLITE_ROW: return true
    case SQLITE_DONE:
      sqlite3_reset(handle)
      return false
    default:
      let failure = Self.failure("sqlite3_step", on: connection)
      sqlite3_reset(handle)
      throw failure
    }
  }

  /// Ends a query whose other rows are not wanted.
  func reset() { sqlite3_reset(handle) }

  func integer(_ column: Int32) -> Int64 { sqlite3_column_int64(handle, column) }

  func isNull(_ column: Int32) -> Bool { sqlite3_column_type(handle, column) == SQLITE_NULL }

  func bytes(_ column: Int32) -> [UInt8] {
    guard let start = sqlite3_column_blob(handle, column) else { return [] }
    let count = Int(sqlite3_column_bytes(handle, column))
    // Safety: SQLite keeps the column's bytes until the next step or reset; they are copied here.
    return [UInt8](UnsafeRawBufferPointer(start: start, count: count))
  }

  func optionalBytes(_ column: Int32) -> [UInt8]? { isNull(column) ? nil : bytes(column) }

  func text(_ column: Int32) -> String { String(decoding: bytes(column), as: UTF8.self) }
}

/// Runs statements that need no parameters, such as `BEGIN IMMEDIATE`.
func execute(_ sql: String, on connection: OpaquePointer) throws(SQLiteFailure) {
  guard sqlite3_exec(connection, sql, nil, nil, nil) == SQLITE_OK else {
    throw Statement.failure("sqlite3_exec", on: connection)
  }
}
