internal import TapgateCodec
internal import TapgateJSON
internal import TapgateModel

/// A row, or the whole file, that cannot be imported, and why.
struct ImportFault: Error, Hashable, Sendable {
  /// The line of the file, counted from 1.
  var line: Int
  /// The column's name; a character's number where the file is no CSV; empty for the whole row.
  var column: String
  /// A sentence that does not repeat the value.
  var problem: String

  /// As `--json` tells it.
  var json: JSON {
    .object([
      "line": .integer(Int64(line)), "column": .string(column), "problem": .string(problem),
    ])
  }
}

/// What an import's header line says: which column stands where.
struct ImportSheet: Hashable, Sendable {
  /// The columns that a file may have, in any order; `memberId` is required.
  static let columns = [
    "memberId", "name", "phone", "birthday", "gender", "tier", "joined", "cardKind", "cardValue",
    "cardType", "points", "pointsExpire", "valuePrincipalMinor", "valueBonusMinor", "growth",
    "note",
  ]

  /// The header's columns, left to right.
  let names: [String]

  /// Reads a header; every column that is wrong is told.
  static func read(_ header: CSVRecord) -> Result<ImportSheet, ImportFaults> {
    var faults: [ImportFault] = []
    var seen: Set<String> = []
    for name in header.fields {
      if !columns.contains(name), !isAttribute(name) {
        let known = columns.joined(separator: ", ")
        let problem = Words.importUnknownColumn(known)
        faults.append(ImportFault(line: header.line, column: name, problem: problem))
      } else if !seen.insert(name).inserted {
        let problem = Words.importDuplicateColumn()
        faults.append(ImportFault(line: header.line, column: name, problem: problem))
      }
    }
    if !seen.contains("memberId") {
      let problem = Words.importMissingColumn()
      faults.append(ImportFault(line: header.line, column: "memberId", problem: problem))
    }
    return faults.isEmpty
      ? .success(ImportSheet(names: header.fields)) : .failure(ImportFaults(all: faults))
  }

  /// Whether the column is an attribute's; which there are the gateway knows.
  private static func isAttribute(_ name: String) -> Bool {
    let prefix = ProfileAttribute.columnPrefix
    return name.hasPrefix(prefix) && ProfileAttribute.isID(String(name.dropFirst(prefix.count)))
  }

  /// What is wrong with a row's shape; `nil` where it fits the header.
  func fault(of row: CSVRecord) -> ImportFault? {
    guard row.fields.count != names.count else { return nil }
    let problem = Words.importFieldCount(String(row.fields.count), String(names.count))
    let missing = row.fields.count < names.count ? names[row.fields.count] : ""
    return ImportFault(line: row.line, column: missing, problem: problem)
  }
}

/// Several faults at once.
struct ImportFaults: Error, Hashable, Sendable {
  var all: [ImportFault]
}

/// Rows on their way to the gateway: the parameters of one `member.importChunk`.
struct ImportChunk {
  /// Rows of a chunk: enough that the answers cost nothing, few enough that a bar moves.
  static let rowCountMax = 1000
  /// Bytes at which a chunk is sent; the longest row still fits a line of 1 MiB after them.
  static let byteCountMax = 640 * 1024

  private var writer = JSONWriter(capacity: 256 * 1024)
  private(set) var rowCount = 0

  /// Starts the chunk of an import.
  init(importID: String) {
    writer.beginObject()
    writer.name("importId")
    writer.value(importID)
    writer.name("rows")
    writer.beginArray()
  }

  /// Whether it is time to send.
  var isFull: Bool {
    rowCount >= Self.rowCountMax || writer.bytes.count >= Self.byteCountMax
  }

  /// Adds a row; empty fields are left out.
  mutating func append(_ row: CSVRecord, of sheet: ImportSheet) {
    writer.beginObject()
    writer.name("line")
    writer.value(row.line)
    writer.name("fields")
    writer.beginObject()
    for (index, field) in row.fields.enumerated() where !field.isEmpty {
      writer.name(sheet.names[index])
      writer.value(field)
    }
    writer.endObject()
    writer.endObject()
    rowCount += 1
  }

  /// The parameters' bytes; the chunk is over then.
  mutating func finish() -> [UInt8] {
    writer.endArray()
    writer.endObject()
    return writer.bytes
  }
}
