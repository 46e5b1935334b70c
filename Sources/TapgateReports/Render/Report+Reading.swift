public import TapgateJSON
internal import TapgateModel

/// JSON that is no report, and where.
public struct ReportReadingError: Error, Hashable, Sendable {
  /// The member that is missing or of another type.
  public var path: String
}

extension Report {
  /// Reads what `json` wrote, so that whoever got a report over the socket can make a table, a CSV
  /// file or a workbook of it.
  public init(json: JSON) throws(ReportReadingError) {
    let place = ReportPath(json, "report")
    id = try place.text("report")
    title = try place.wording("title")
    scope = try place.wording("scope")
    tables = []
    for table in try place.array("tables") { tables.append(try ReportTable(table)) }
  }
}

extension ReportTable {
  fileprivate init(_ place: ReportPath) throws(ReportReadingError) {
    var columns: [ReportColumn] = []
    for column in try place.array("columns") {
      columns.append(
        ReportColumn(
          try column.text("id"),
          try column.kind("kind"),
          try column.wording("heading"),
          isSummed: try column.flag("summed")
        )
      )
    }
    self.init(id: try place.text("id"), title: try place.wording("title"), columns: columns)
    for row in try place.array("rows") { rows.append(try Self.cells(row, columns)) }
    if let sums = place.optional("totals") { totals = try Self.cells(sums, columns) }
    for proof in try place.array("proofs") { proofs.append(try ReportProof(proof)) }
    for note in try place.array("notes") { notes.append(try note.asWording()) }
    if let chart = place.optional("chart") { self.chart = try ReportChart(chart, columns.count) }
    omittedRowCount = Int(clamping: try place.number("omittedRowCount"))
  }

  private static func cells(
    _ place: ReportPath,
    _ columns: [ReportColumn]
  ) throws(ReportReadingError) -> [ReportCell] {
    let elements = try place.elements()
    guard elements.count == columns.count else { throw place.error }
    var cells: [ReportCell] = []
    for (element, column) in zip(elements, columns) {
      cells.append(try element.cell(column.kind))
    }
    return cells
  }
}

extension ReportChart {
  fileprivate init(_ place: ReportPath, _ count: Int) throws(ReportReadingError) {
    guard let kind = Kind(rawValue: try place.text("kind")) else { throw place.error }
    var values: [Int] = []
    for value in try place.array("values") { values.append(Int(clamping: try value.asNumber())) }
    let labels = Int(clamping: try place.number("labels"))
    guard (values + [labels]).allSatisfy({ (0..<count).contains($0) }) else { throw place.error }
    self.init(kind, labels: labels, values: values)
  }
}

extension ReportProof {
  fileprivate init(_ place: ReportPath) throws(ReportReadingError) {
    var parts: [Part] = []
    for part in try place.array("parts") {
      parts.append(Part(try part.wording("name"), try part.number("amount")))
    }
    self.init(
      claim: try place.wording("claim"),
      kind: try place.kind("kind"),
      parts: parts,
      ledger: try place.number("ledger"),
      ledgerName: try place.wording("ledgerName")
    )
  }
}

/// A place in a report's JSON.
private struct ReportPath {
  private let json: JSON
  private let path: String

  init(_ json: JSON, _ path: String) {
    self.json = json
    self.path = path
  }

  var error: ReportReadingError { ReportReadingError(path: path) }

  private func member(_ name: String) throws(ReportReadingError) -> ReportPath {
    guard let value = json[name] else { throw ReportReadingError(path: path + "." + name) }
    return ReportPath(value, path + "." + name)
  }

  func optional(_ name: String) -> ReportPath? {
    guard let value = json[name], !value.isNull else { return nil }
    return ReportPath(value, path + "." + name)
  }

  func elements() throws(ReportReadingError) -> [ReportPath] {
    guard let array = json.array else { throw error }
    return array.enumerated().map { ReportPath($1, "\(path)[\($0)]") }
  }

  func array(_ name: String) throws(ReportReadingError) -> [ReportPath] {
    try member(name).elements()
  }

  func text(_ name: String) throws(ReportReadingError) -> String {
    let place = try member(name)
    guard let text = place.json.string else { throw place.error }
    return text
  }

  func flag(_ name: String) throws(ReportReadingError) -> Bool {
    let place = try member(name)
    guard let flag = place.json.bool else { throw place.error }
    return flag
  }

  func kind(_ name: String) throws(ReportReadingError) -> ReportColumnKind {
    guard let kind = ReportColumnKind(rawValue: try text(name)) else {
      throw ReportReadingError(path: path + "." + name)
    }
    return kind
  }

  func wording(_ name: String) throws(ReportReadingError) -> Wording {
    try member(name).asWording()
  }

  func asWording() throws(ReportReadingError) -> Wording {
    Wording(try text("zh"), try text("en"))
  }

  func number(_ name: String) throws(ReportReadingError) -> Int128 {
    try member(name).asNumber()
  }

  func asNumber() throws(ReportReadingError) -> Int128 {
    switch json {
    case .integer(let value): return Int128(value)
    case .number(let text):
      guard let value = Int128(text) else { throw error }
      return value
    default: throw error
    }
  }

  func cell(_ kind: ReportColumnKind) throws(ReportReadingError) -> ReportCell {
    switch json {
    case .null: return .none
    // A heading such as the totals row's may stand in a column of any kind.
    case .object: return .word(try asWording())
    case .string(let text):
      switch kind {
      case .date: return BusinessDate(text).map(ReportCell.date) ?? .text(text)
      case .instant: return Self.instant(text) ?? .text(text)
      default: return .text(text)
      }
    default:
      switch kind {
      case .money: return .money(try asNumber())
      case .basisPoints: return .basisPoints(try asNumber())
      default: return .integer(try asNumber())
      }
    }
  }

  /// An instant with the offset that its text ends with.
  private static func instant(_ text: String) -> ReportCell? {
    guard let instant = Timestamp(rfc3339: text) else { return nil }
    let end = text.suffix(6)
    guard end.count == 6, let sign = end.first, sign == "+" || sign == "-",
      let hours = Int(end.dropFirst().prefix(2)), let minutes = Int(end.suffix(2))
    else { return .instant(instant, offsetSeconds: 0) }
    let offset = (hours * 60 + minutes) * 60
    return .instant(instant, offsetSeconds: sign == "-" ? -offset : offset)
  }
}
