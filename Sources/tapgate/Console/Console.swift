internal import TapgateAPI
internal import TapgateJSON
internal import TapgateReports

/// Where a command says what it has to say: results on standard output, all else on standard error.
struct Console: Sendable {
  /// Whether results are JSON documents for programs, not tables for people.
  let isJSON: Bool
  private let style: Style
  private let errorStyle: Style
  /// The cells of standard output's line; `nil` where it has no such bound.
  let width: Int?

  /// Looks at what standard output and standard error are.
  init(isJSON: Bool) {
    self.isJSON = isJSON
    style = Style(isColoured: Self.wantsColour && Terminal.isTerminal(Terminal.output))
    errorStyle = Style(isColoured: Self.wantsColour && Terminal.isTerminal(Terminal.error))
    width = Terminal.columns(Terminal.output)
  }

  /// Colours are wanted unless `NO_COLOR` is set to something (no-color.org) or the terminal is
  /// dumb.
  private static var wantsColour: Bool {
    (ProcessFacts.environment("NO_COLOR") ?? "").isEmpty
      && ProcessFacts.environment("TERM") != "dumb"
  }

  /// Writes one JSON document on one line.
  func document(_ json: JSON) {
    var bytes = json.encoded()
    bytes.append(0x0A)
    Terminal.write(bytes, to: Terminal.output)
  }

  /// Writes a result: the document as it is, or the people's lines.
  func result(_ json: JSON, _ lines: () -> [String]) {
    if isJSON { document(json) } else { say(lines()) }
  }

  /// Writes lines for people.
  func say(_ lines: [String]) {
    Terminal.write(Array(lines.map { $0 + "\n" }.joined().utf8), to: Terminal.output)
  }

  /// The lines of `table`, as wide as the terminal and in its colours.
  func lines(of table: Table) -> [String] { table.lines(width: width, style: style) }

  /// `text` in a colour, where standard output has colours.
  func toned(_ text: String, _ tone: Style.Tone) -> String { style.toned(text, tone) }

  /// `text` as a head stands over what follows.
  func heading(_ text: String) -> String { style.heading(text) }

  /// Writes a sentence on standard error.
  func complain(_ text: String) {
    Terminal.write(Array((DisplayWidth.printable(text) + "\n").utf8), to: Terminal.error)
  }

  /// Writes what went wrong on standard error.
  func complainError(_ text: String) {
    let sentence = Words.error(DisplayWidth.printable(text))
    Terminal.write(Array((errorStyle.toned(sentence, .bad) + "\n").utf8), to: Terminal.error)
  }
}
