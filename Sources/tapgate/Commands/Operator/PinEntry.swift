internal import ArgumentParser

/// A PIN that somebody types: from the terminal without being shown, else a line of standard input.
enum PinEntry {
  /// Asks for a PIN; a new one twice.
  static func ask(isNew: Bool) throws -> String {
    let isTyped = Terminal.isTerminal(Terminal.input)
    let first = try read(Words.askPin())
    if isNew, isTyped, try read(Words.askPinAgain()) != first {
      throw ValidationError(Words.pinsDiffer())
    }
    return first
  }

  private static func read(_ prompt: String) throws -> String {
    guard let line = Terminal.secretLine(prompt), (4...12).contains(line.utf8.count),
      line.utf8.allSatisfy({ (48...57).contains($0) })
    else { throw ValidationError(Words.pinMalformed()) }
    return line
  }
}
