/// Writes SVG 1.1 (W3C Recommendation, 16 August 2011) in whole pixels.
struct SVGCanvas {
  /// Where a text stands to its point.
  enum Anchor: String { case start, middle, end }

  private var body = ""
  let width: Int

  init(width: Int) { self.width = width }

  /// The document, `height` pixels high.
  func document(height: Int) -> [UInt8] {
    let size = #"width="\#(width)" height="\#(height)""#
    let head =
      #"<svg xmlns="http://www.w3.org/2000/svg" \#(size) viewBox="0 0 \#(width) \#(height)" "#
      + #"font-family="sans-serif" fill="black">"#
    let ground = #"<rect \#(size) fill="white"/>"#
    return Array((head + "\n" + ground + "\n" + body + "</svg>\n").utf8)
  }

  /// A filled rectangle; `hint` is shown where somebody points at it.
  mutating func rectangle(x: Int, y: Int, width: Int, height: Int, colour: String, hint: String) {
    body += #"<rect x="\#(x)" y="\#(y)" width="\#(width)" height="\#(height)" fill="\#(colour)">"#
    body += "<title>\(Self.escaped(hint))</title></rect>\n"
  }

  mutating func line(_ from: (x: Int, y: Int), _ to: (x: Int, y: Int), colour: String) {
    body += #"<line x1="\#(from.x)" y1="\#(from.y)" x2="\#(to.x)" y2="\#(to.y)" "#
    body += #"stroke="\#(colour)"/>"# + "\n"
  }

  /// A line through points.
  mutating func path(_ points: [(x: Int, y: Int)], colour: String) {
    let text = points.map { "\($0.x),\($0.y)" }.joined(separator: " ")
    body += #"<polyline points="\#(text)" fill="none" stroke="\#(colour)" stroke-width="2"/>"#
    body += "\n"
  }

  mutating func dot(x: Int, y: Int, colour: String, hint: String) {
    body += #"<circle cx="\#(x)" cy="\#(y)" r="3" fill="\#(colour)">"#
    body += "<title>\(Self.escaped(hint))</title></circle>\n"
  }

  mutating func text(_ text: String, x: Int, y: Int, size: Int = 12, anchor: Anchor = .start) {
    body += #"<text x="\#(x)" y="\#(y)" font-size="\#(size)" text-anchor="\#(anchor.rawValue)">"#
    body += Self.escaped(text) + "</text>\n"
  }

  /// `text` without control characters and with the five characters escaped that XML 1.0 names.
  static func escaped(_ text: String) -> String {
    var escaped = ""
    for character in DisplayWidth.printable(text) {
      switch character {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "\"": escaped += "&quot;"
      case "'": escaped += "&apos;"
      default: escaped.append(character)
      }
    }
    return escaped
  }
}
