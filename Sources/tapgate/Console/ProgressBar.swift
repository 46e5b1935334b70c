internal import TapgateAPI

/// How far long work is, on one line of a terminal; nothing at all where standard error is no
/// terminal.
struct ProgressBar {
  private let title: String
  private let isShown: Bool
  private var lastDrawn: Int64 = .min
  private var isDrawn = false

  /// Creates a bar. What it counts is called `title`.
  init(title: String, isShown: Bool = Terminal.isTerminal(Terminal.error)) {
    self.title = title
    self.isShown = isShown
  }

  /// Draws, unless it drew within the last tenth of a second.
  ///
  /// - Parameters:
  ///   - thousandths: how much is done; above 1,000 counts as all.
  ///   - count: how many things that is.
  mutating func show(thousandths: Int, count: Int) {
    guard isShown else { return }
    let now = ProcessFacts.monotonicMilliseconds()
    guard lastDrawn == .min || now - lastDrawn >= 100 else { return }
    lastDrawn = now
    isDrawn = true
    let text = Self.text(thousandths: thousandths, count: count, title: title)
    Terminal.write(Array(("\r" + text + "\u{1B}[K").utf8), to: Terminal.error)
  }

  /// Takes the bar away.
  mutating func clear() {
    guard isDrawn else { return }
    isDrawn = false
    Terminal.write(Array("\r\u{1B}[K".utf8), to: Terminal.error)
  }

  /// The bar as text, such as `[#####-----]  50%  500 rows`.
  static func text(thousandths: Int, count: Int, title: String) -> String {
    let done = min(1000, max(0, thousandths))
    let cells = 30
    let filled = done * cells / 1000
    let bar =
      String(repeating: "#", count: filled) + String(repeating: "-", count: cells - filled)
    let percent = String(done / 10)
    let padded = String(repeating: " ", count: 3 - percent.count) + percent
    return "[\(bar)] \(padded)%  \(count) \(title)"
  }
}
