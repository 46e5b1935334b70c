extension TOMLParser {
  /// A string of any of the four kinds.
  mutating func string() throws(TOMLError) -> String {
    let start = position
    guard let quote = current else { throw error(.expectedValue) }
    let isLong = ahead(1) == quote && ahead(2) == quote
    if !isLong, ahead(1) == quote {
      advance()
      advance()
      return ""
    }
    for _ in 0..<(isLong ? 3 : 1) { advance() }
    if isLong {
      // A line end right after the opening is not part of the text.
      if current == "\r", ahead(1) == "\n" { advance() }
      _ = pass("\n")
    }
    var text = String.UnicodeScalarView()
    while let scalar = current {
      if scalar == quote {
        if !isLong {
          advance()
          return String(text)
        }
        if closes(quote, &text) { return String(text) }
      } else if scalar == "\\", quote == "\"" {
        try escape(into: &text, isLong: isLong)
      } else if scalar == "\n" || scalar == "\r" && ahead(1) == "\n" {
        guard isLong else { throw TOMLError(.unclosedString, at: start) }
        if scalar == "\r" { advance() }
        text.append("\n")
        advance()
      } else {
        guard !Self.isControl(scalar) else { throw error(.controlCharacter) }
        text.append(scalar)
        advance()
      }
    }
    throw TOMLError(.unclosedString, at: start)
  }

  /// Passes the quotes that are next: three end a long string, and up to two more belong to its
  /// text.
  private mutating func closes(
    _ quote: Unicode.Scalar,
    _ text: inout String.UnicodeScalarView
  ) -> Bool {
    var count = 0
    while count < 5, pass(quote) { count += 1 }
    for _ in 0..<(count >= 3 ? count - 3 : count) { text.append(quote) }
    return count >= 3
  }

  private mutating func escape(
    into text: inout String.UnicodeScalarView,
    isLong: Bool
  ) throws(TOMLError) {
    let start = position
    advance()
    guard let scalar = current else { throw TOMLError(.unclosedString, at: start) }
    let simple: [Unicode.Scalar: Unicode.Scalar] = [
      "b": "\u{08}", "t": "\t", "n": "\n", "f": "\u{0C}", "r": "\r", "\"": "\"", "\\": "\\",
    ]
    if let meaning = simple[scalar] {
      text.append(meaning)
      advance()
    } else if scalar == "u" || scalar == "U" {
      advance()
      text.append(try unicode(digitCount: scalar == "u" ? 4 : 8, start))
    } else if isLong, scalar == " " || scalar == "\t" || scalar == "\n" || scalar == "\r" {
      try skipLineEnd(start)
    } else {
      throw TOMLError(.badEscape, at: start)
    }
  }

  private mutating func unicode(
    digitCount: Int,
    _ start: TextPosition
  ) throws(TOMLError) -> Unicode.Scalar {
    var value: UInt32 = 0
    for _ in 0..<digitCount {
      guard let scalar = current, let digit = Self.digit(scalar), digit < 16 else {
        throw TOMLError(.badEscape, at: start)
      }
      value = value << 4 | UInt32(digit)
      advance()
    }
    guard let scalar = Unicode.Scalar(value) else { throw TOMLError(.badEscape, at: start) }
    return scalar
  }

  /// A backslash at a line's end takes all white space up to the next character away.
  private mutating func skipLineEnd(_ start: TextPosition) throws(TOMLError) {
    let line = position.line
    while current == " " || current == "\t" || current == "\n" || current == "\r" { advance() }
    guard position.line > line else { throw TOMLError(.badEscape, at: start) }
  }

  /// `true`, `false`, a number, a date or a time.
  mutating func scalar() throws(TOMLError) -> TOMLNode.Value {
    let start = position
    var word = ""
    while let scalar = current, Self.isBare(scalar) || "+.:".unicodeScalars.contains(scalar) {
      word.unicodeScalars.append(scalar)
      advance()
    }
    switch word {
    case "": throw error(.expectedValue)
    case "true": return .bool(true)
    case "false": return .bool(false)
    default: break
    }
    do throws(IntegerProblem) {
      return .integer(try Self.integer(word))
    } catch {
      guard error == .malformed else { throw TOMLError(.integerTooLarge, at: start) }
    }
    // A date may have its time after a space: 1979-05-27 07:32:00Z.
    guard Self.looksLikeNumberOrDate(word) else { throw TOMLError(.expectedValue, at: start) }
    return .other(word)
  }

  private enum IntegerProblem: Error { case malformed, tooLarge }

  /// Decimal with a sign, or `0x`, `0o`, `0b`; underscores only between digits.
  private static func integer(_ word: String) throws(IntegerProblem) -> Int64 {
    var digits = Array(word.unicodeScalars)
    var isNegative = false
    var radix: Int64 = 10
    let radices: [Unicode.Scalar: Int64] = ["x": 16, "o": 8, "b": 2]
    if digits.count > 2, digits[0] == "0", let known = radices[digits[1]] {
      radix = known
      digits.removeFirst(2)
    } else {
      if digits.first == "-" || digits.first == "+" { isNegative = digits.removeFirst() == "-" }
      if digits.count > 1, digits[0] == "0" { throw .malformed }
    }
    guard let first = digits.first, let last = digits.last, first != "_", last != "_" else {
      throw .malformed
    }
    var value: Int64 = 0
    var isTooLarge = false
    for (index, scalar) in digits.enumerated() {
      if scalar == "_", digits[index - 1] != "_" { continue }
      guard let digit = digit(scalar), digit < radix else { throw .malformed }
      let (product, overflow) = value.multipliedReportingOverflow(by: radix)
      let (sum, carry) = product.subtractingReportingOverflow(Int64(digit))
      isTooLarge = isTooLarge || overflow || carry
      value = sum
    }
    guard !isTooLarge, isNegative || value != .min else { throw .tooLarge }
    return isNegative ? value : -value
  }

  private static func looksLikeNumberOrDate(_ word: String) -> Bool {
    let body = word.first == "+" || word.first == "-" ? word.dropFirst() : Substring(word)
    if body == "inf" || body == "nan" { return true }
    guard let first = body.unicodeScalars.first, ("0"..."9").contains(first) else { return false }
    return body.unicodeScalars.contains { ".:-eET".unicodeScalars.contains($0) }
  }

  private static func digit(_ scalar: Unicode.Scalar) -> Int? {
    switch scalar {
    case "0"..."9": Int(scalar.value) - 0x30
    case "a"..."f": Int(scalar.value) - 0x61 + 10
    case "A"..."F": Int(scalar.value) - 0x41 + 10
    default: nil
    }
  }
}
