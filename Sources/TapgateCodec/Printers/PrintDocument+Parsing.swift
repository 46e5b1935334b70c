public import TapgateJSON

extension PrintDocument {
  /// Reads the wire form, strictly: every field must be known, typed and within its bounds. `path`
  /// stands before the paths of errors, such as `document`; it may be empty.
  ///
  /// - Throws: `PrintDocumentError` for every value that is not a document; it never traps.
  public init(json: JSON, path: String = "") throws(PrintDocumentError) {
    var fields = try FieldReader(json, path: path)
    let version = try fields.integer("v", in: Int.min...Int.max)
    guard version == 1 else {
      throw PrintDocumentError(kind: .value, path: fields.path(to: "v"), problem: "must be 1")
    }
    let elements = try fields.elements("blocks", count: 1...PrintLimits.blockCountMax)
    try fields.finish()
    blocks = []
    var scalarCount = 0
    for (index, element) in elements.enumerated() {
      let blockPath = "\(fields.path(to: "blocks"))[\(index)]"
      let block = try Self.block(element, path: blockPath)
      scalarCount += block.scalarCount
      guard scalarCount <= PrintLimits.documentScalarCountMax else {
        throw PrintDocumentError(
          kind: .value,
          path: blockPath,
          problem: "the document has more than \(PrintLimits.documentScalarCountMax) characters"
        )
      }
      blocks.append(block)
    }
  }

  private static func block(_ json: JSON, path: String) throws(PrintDocumentError) -> Block {
    var fields = try FieldReader(json, path: path)
    let type = try fields.string("type", countMax: 32)
    let block: Block
    switch type {
    case "text": block = try textBlock(&fields)
    case "row": block = try rowBlock(&fields)
    case "rule": block = .rule
    case "space":
      block = .space(
        try fields.integer("lines", in: 1...PrintLimits.spaceLineCountMax, default: 1)
      )
    case "barcode": block = try barcodeBlock(&fields)
    case "qr": block = try qrBlock(&fields)
    case "cut": block = .cut
    default:
      throw PrintDocumentError(
        kind: .value,
        path: fields.path(to: "type"),
        problem: "must be one of text, row, rule, space, barcode, qr, cut"
      )
    }
    try fields.finish()
    return block
  }

  private static func textBlock(_ fields: inout FieldReader) throws(PrintDocumentError) -> Block {
    let text = try fields.string("text", countMax: PrintLimits.textScalarCountMax)
    let alignment = try fields.choice("align", of: Alignment.self, default: .left)
    var style = Style()
    style.isBold = try fields.flag("bold")
    style.isUnderlined = try fields.flag("underline")
    style.isInverse = try fields.flag("inverse")
    style.widthScale = try fields.integer("width", in: 1...PrintLimits.scaleMax, default: 1)
    style.heightScale = try fields.integer("height", in: 1...PrintLimits.scaleMax, default: 1)
    return .text(text, alignment, style)
  }

  private static func rowBlock(_ fields: inout FieldReader) throws(PrintDocumentError) -> Block {
    let elements = try fields.elements("columns", count: 1...PrintLimits.columnCountMax)
    var columns: [Column] = []
    for (index, element) in elements.enumerated() {
      let path = "\(fields.path(to: "columns"))[\(index)]"
      var column = try FieldReader(element, path: path)
      let text = try column.string("text", countMax: PrintLimits.textScalarCountMax)
      let extents = 1...PrintLimits.columnExtentMax
      let cells = try column.integerIfPresent("width", in: extents)
      let weight = try column.integerIfPresent("flex", in: extents)
      let alignment = try column.choice("align", of: Alignment.self, default: .left)
      try column.finish()
      guard cells == nil || weight == nil else {
        throw PrintDocumentError(
          kind: .value,
          path: path,
          problem: "has both width and flex"
        )
      }
      let extent = cells.map(Extent.cells) ?? .flex(weight ?? 1)
      columns.append(Column(text: text, extent: extent, alignment: alignment))
    }
    return .row(columns)
  }

  private static func barcodeBlock(
    _ fields: inout FieldReader
  ) throws(PrintDocumentError) -> Block {
    let symbology = try fields.choice("symbology", of: Barcode.Symbology.self, default: nil)
    let text = try fields.string("data", countMax: Barcode.contentCountMax)
    do {
      return .barcode(try Barcode(symbology: symbology, content: text))
    } catch {
      throw PrintDocumentError(
        kind: .value,
        path: fields.path(to: "data"),
        problem: error.description
      )
    }
  }

  private static func qrBlock(_ fields: inout FieldReader) throws(PrintDocumentError) -> Block {
    let text = try fields.string("data", countMax: PrintLimits.qrByteCountMax)
    let size = try fields.integer("size", in: 1...PrintLimits.moduleDotsMax, default: 6)
    guard (1...PrintLimits.qrByteCountMax).contains(text.utf8.count) else {
      throw PrintDocumentError(
        kind: .value,
        path: fields.path(to: "data"),
        problem: "must have 1 to \(PrintLimits.qrByteCountMax) bytes"
      )
    }
    return .qr(text, moduleDots: size)
  }
}

extension PrintDocument.Block {
  fileprivate var scalarCount: Int {
    switch self {
    case .text(let text, _, _): text.unicodeScalars.count
    case .row(let columns): columns.reduce(0) { $0 + $1.text.unicodeScalars.count }
    case .barcode(let barcode): barcode.content.utf8.count
    case .qr(let text, _): text.utf8.count
    case .rule, .space, .cut: 0
    }
  }
}
