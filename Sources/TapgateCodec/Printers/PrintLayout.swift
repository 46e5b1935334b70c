extension PrintDocument {
  /// Lays the document out for a printer. `path` stands before the paths of errors, as in
  /// `init(json:path:)`.
  ///
  /// - Returns: the lines, the symbols and the cuts, with counts of what was not printed as
  ///   written.
  /// - Throws: `PrintDocumentError` that names the block, and the character where one is to blame.
  public func layout(
    for profile: PrinterProfile,
    characterSet: any PrinterCharacterSet,
    policy: UnprintablePolicy = .refuse,
    path: String = ""
  ) throws(PrintDocumentError) -> DisplayList {
    var layout = PrintLayout(
      carrier: TextCarrier(policy: policy, profile: profile, characterSet: characterSet),
      list: DisplayList(columnCount: profile.columnCount)
    )
    let blocksPath = path.isEmpty ? "blocks" : "\(path).blocks"
    for (index, block) in blocks.enumerated() {
      try layout.add(block, path: "\(blocksPath)[\(index)]")
    }
    return layout.list
  }
}

/// Turns blocks into lines.
private struct PrintLayout {
  let carrier: TextCarrier
  var list: DisplayList

  private var profile: PrinterProfile { carrier.profile }

  init(carrier: TextCarrier, list: DisplayList) {
    self.carrier = carrier
    self.list = list
  }

  mutating func add(
    _ block: PrintDocument.Block,
    path: String
  ) throws(PrintDocumentError) {
    switch block {
    case .text(let text, let alignment, let style):
      let width = profile.columnCount / style.widthScale
      for line in try lines(of: text, width: width, path: "\(path).text") {
        let characters = Array(line)
        list.items.append(
          .line(DisplayLine(alignment: alignment, style: style, characters: characters))
        )
      }
    case .row(let columns): try addRow(columns, path: path)
    case .rule:
      let dash = PrintedScalar(scalar: "-", carrier: .ascii(0x2D))
      let characters = Array(repeating: dash, count: profile.columnCount)
      list.items.append(.line(DisplayLine(characters: characters)))
    case .space(let lineCount): list.items.append(.feed(lineCount: lineCount))
    case .barcode(let barcode): try addBarcode(barcode, path: path)
    case .qr(let text, let moduleDots): try addQR(text, moduleDots: moduleDots, path: path)
    case .cut: list.items.append(.cut)
    }
  }

  private mutating func lines(
    of text: String,
    width: Int,
    path: String
  ) throws(PrintDocumentError) -> [ArraySlice<PrintedScalar>] {
    var lines: [ArraySlice<PrintedScalar>] = []
    var paragraph: [PrintedScalar] = []
    var position = 0
    // A lone CR is shapeless and goes the way of other controls; CR LF is one line end.
    for scalar in text.unicodeScalars {
      position += 1
      if scalar == "\n" {
        lines += try broken(paragraph, width: width, path: path)
        paragraph = []
        continue
      }
      switch carrier.decide(scalar) {
      case .carried(let printed): paragraph.append(printed)
      case .substituted(let printed):
        list.substitutedCount += 1
        paragraph.append(printed)
      case .stripped: if scalar != "\r" { list.substitutedCount += 1 }
      case .marked(let printed):
        list.markedCount += 1
        paragraph.append(printed)
      case .impossible:
        let code = String(scalar.value, radix: 16, uppercase: true)
        let name = String(repeating: "0", count: max(0, 4 - code.count)) + code
        throw PrintDocumentError(
          kind: .value,
          path: path,
          problem: "character \(position), U+\(name), cannot be printed with "
            + carrier.characterSet.name
        )
      }
    }
    lines += try broken(paragraph, width: width, path: path)
    return lines
  }

  private func broken(
    _ paragraph: [PrintedScalar],
    width: Int,
    path: String
  ) throws(PrintDocumentError) -> [ArraySlice<PrintedScalar>] {
    do { return try LineBreaker.lines(of: paragraph, width: width) } catch {
      throw PrintDocumentError(
        kind: .value,
        path: path,
        problem: "has a character wider than its \(width) cells"
      )
    }
  }

  // MARK: Rows

  private mutating func addRow(
    _ columns: [PrintDocument.Column],
    path: String
  ) throws(PrintDocumentError) {
    let widths = try cellCounts(of: columns, path: path)
    var cells: [[ArraySlice<PrintedScalar>]] = []
    for (index, column) in columns.enumerated() {
      let columnPath = "\(path).columns[\(index)].text"
      cells.append(try lines(of: column.text, width: widths[index], path: columnPath))
    }
    let height = cells.map(\.count).max() ?? 0
    for row in 0..<height {
      var line = DisplayLine()
      for (index, column) in columns.enumerated() {
        let text = row < cells[index].count ? Array(cells[index][row]) : []
        line.characters += padded(text, to: widths[index], column.alignment)
      }
      while line.characters.last?.isSpace == true { line.characters.removeLast() }
      list.items.append(.line(line))
    }
  }

  private func cellCounts(
    of columns: [PrintDocument.Column],
    path: String
  ) throws(PrintDocumentError) -> [Int] {
    var fixed = 0
    var weights = 0
    for column in columns {
      switch column.extent {
      case .cells(let count): fixed += count
      case .flex(let weight): weights += weight
      }
    }
    let room = profile.columnCount - fixed
    let flexCount = columns.count { if case .flex = $0.extent { true } else { false } }
    guard room >= flexCount else {
      throw PrintDocumentError(
        kind: .value,
        path: "\(path).columns",
        problem: "do not fit a line of \(profile.columnCount) cells"
      )
    }
    // What rounding leaves over goes to the first flexible columns, one cell each.
    var left = room
    var counts = columns.map { column -> Int in
      guard case .flex(let weight) = column.extent else { return 0 }
      let share = room * weight / weights
      left -= share
      return share
    }
    for (index, column) in columns.enumerated() {
      switch column.extent {
      case .cells(let count): counts[index] = count
      case .flex where left > 0:
        counts[index] += 1
        left -= 1
      case .flex: break
      }
    }
    return counts
  }

  private func padded(
    _ text: [PrintedScalar],
    to width: Int,
    _ alignment: PrintDocument.Alignment
  ) -> [PrintedScalar] {
    let room = max(0, width - text.reduce(0) { $0 + $1.cellCount })
    let before =
      switch alignment {
      case .left: 0
      case .center: room / 2
      case .right: room
      }
    return Array(repeating: .space, count: before) + text
      + Array(repeating: .space, count: room - before)
  }

  // MARK: Symbols

  private mutating func addBarcode(
    _ barcode: Barcode,
    path: String
  ) throws(PrintDocumentError) {
    guard profile.symbologies.contains(barcode.symbology) else {
      throw PrintDocumentError(
        kind: .value,
        path: "\(path).symbology",
        problem: "is not one that the printer draws"
      )
    }
    // GS w takes 2 to 6 dots; 3 is what scanners at the counter read best.
    guard let dots = [3, 2].first(where: { barcode.moduleCount * $0 <= profile.dotCount }) else {
      throw PrintDocumentError(
        kind: .value,
        path: "\(path).data",
        problem: "is too long for the paper's width"
      )
    }
    list.items.append(.barcode(barcode, moduleDots: dots))
  }

  private mutating func addQR(
    _ text: String,
    moduleDots: Int,
    path: String
  ) throws(PrintDocumentError) {
    guard profile.drawsQR, let modules = QRCapacity.moduleCount(byteCount: text.utf8.count) else {
      throw PrintDocumentError(kind: .value, path: path, problem: "cannot be drawn by the printer")
    }
    let dots = min(moduleDots, profile.dotCount / modules)
    guard dots >= 2 || dots == moduleDots else {
      throw PrintDocumentError(
        kind: .value,
        path: "\(path).data",
        problem: "is too long for the paper's width"
      )
    }
    list.items.append(.qr(text, moduleDots: dots))
  }
}

/// ISO/IEC 18004:2015, table 7: bytes a symbol holds at error correction level M.
enum QRCapacity {
  private static let bytesOfVersion = [
    14, 26, 42, 62, 84, 106, 122, 152, 180, 213, 251, 287, 331, 362, 412, 450, 504, 560, 624, 666,
    711, 779, 857, 911, 997, 1059, 1125, 1190, 1264, 1370, 1452, 1538, 1628, 1722, 1809, 1911, 1989,
    2099, 2213, 2331,
  ]

  /// Modules across the smallest symbol for `byteCount` bytes, quiet zone of 4 on both sides
  /// included.
  static func moduleCount(byteCount: Int) -> Int? {
    bytesOfVersion.firstIndex { byteCount <= $0 }.map { 17 + 4 * ($0 + 1) + 8 }
  }
}
