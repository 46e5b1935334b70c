extension DisplayList {
  /// The print as plain text, a line of text a line of paper: the same lines that the printer gets.
  public func previewText() -> String {
    var lines: [String] = []
    for item in items {
      switch item {
      case .line(let line): lines.append(text(of: line))
      case .feed(let count): lines += Array(repeating: "", count: count)
      case .barcode(let barcode, _):
        lines.append(centered("[\(barcode.symbology.rawValue) \(barcode.content)]"))
      case .qr(let text, _): lines.append(centered("[qr \(text)]"))
      case .cut: lines.append(String(repeating: "- ", count: columnCount / 2) + "✂")
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private func text(of line: DisplayLine) -> String {
    var text = ""
    for character in line.characters { text.unicodeScalars.append(character.scalar) }
    let room = max(0, columnCount - line.cellCount)
    let before =
      switch line.alignment {
      case .left: 0
      case .center: room / 2
      case .right: room
      }
    return String(repeating: " ", count: before) + text
  }

  private func centered(_ text: String) -> String {
    String(repeating: " ", count: max(0, columnCount - text.count) / 2) + text
  }
}
