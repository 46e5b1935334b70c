/// Colours, where they are wanted: ECMA-48 SGR sequences.
struct Style: Sendable {
  /// Whether sequences are written at all.
  let isColoured: Bool

  /// The colour of a word that says how something stands.
  enum Tone: String, Sendable {
    case good = "32"
    case doubtful = "33"
    case bad = "31"
  }

  private static let tones: [String: Tone] = {
    var tones: [String: Tone] = [:]
    let good = ["active", "used", "PS_ONLINE", "S_IDLE", "S_BUSY", "confirmed", "sent", "ok"]
    let bad = [
      "lost", "erased", "closed", "failed", "indeterminate", "expired", "noPermission", "heldBy",
      "PS_OFF", "PS_OFFLINE", "PS_OFF_OFFLINE", "S_ERROR", "fault",
    ]
    let doubtful = [
      "frozen", "suspended", "merged", "replaced", "queued", "sending", "stalled", "cancelled",
      "usable", "wrongMode", "unknown", "PS_UNKNOWN", "S_CLOSED", "warning", "unexamined",
    ]
    for word in good { tones[word] = .good }
    for word in bad { tones[word] = .bad }
    for word in doubtful { tones[word] = .doubtful }
    // The same words in another language have the same colour.
    for (word, tone) in tones {
      if let phrase = Words.values[word] { tones[phrase.zh] = tone }
    }
    return tones
  }()

  /// A column's head.
  func heading(_ text: String) -> String { wrapped(text, "1") }

  /// A word that may be the name of a state.
  func state(_ text: String) -> String {
    Self.tones[text].map { wrapped(text, $0.rawValue) } ?? text
  }

  /// Text in a colour.
  func toned(_ text: String, _ tone: Tone) -> String { wrapped(text, tone.rawValue) }

  private func wrapped(_ text: String, _ code: String) -> String {
    isColoured && !text.isEmpty ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
  }
}
