/// Why bytes are not the JSON that was asked for, and where.
public struct JSONError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What is wrong.
  public enum Problem: String, Sendable {
    case unexpectedEnd, unexpectedByte, badLiteral, badNumber, badString, badEscape, invalidUTF8
    case controlCharacter, duplicateName, tooDeep, trailingBytes
  }

  public let problem: Problem
  /// The byte, counted from 0, at which parsing stopped.
  public let offset: Int
  /// The line, counted from 1.
  public let line: Int
  /// The column in bytes, counted from 1.
  public let column: Int
  /// The member's name, where the problem is one member's.
  public let name: String?

  /// A sentence without any of the input's own bytes: they may be a card's.
  public var description: String {
    let subject = name.map { " \($0)" } ?? ""
    return "\(problem.rawValue)\(subject) at line \(line), column \(column)"
  }
}

/// Reads one JSON value from bytes: strict RFC 8259, UTF-8 only, names unique, depth bounded.
///
/// It answers every byte string with a value or a `JSONError`, in time linear in the input (names
/// of one object are compared pairwise up to 16, hashed beyond), and never calls itself deeper than
/// `depthMax`.
public struct JSONParser {
  private let bytes: [UInt8]
  private var index: Int
  private let end: Int
  private let depthMax: Int

  /// Parses all of `bytes`, which may be surrounded by white space.
  ///
  /// - Throws: `JSONError` for anything that is not exactly one value.
  public static func parse(_ bytes: [UInt8], depthMax: Int = 32) throws(JSONError) -> JSON {
    var parser = JSONParser(bytes: bytes, depthMax: depthMax)
    parser.skipSpace()
    let value = try parser.value(depth: 0)
    parser.skipSpace()
    guard parser.index == parser.end else { throw parser.error(.trailingBytes) }
    return value
  }

  private init(bytes: [UInt8], depthMax: Int) {
    self.bytes = bytes
    self.index = 0
    self.end = bytes.count
    self.depthMax = depthMax
  }

  private func error(_ problem: JSONError.Problem, name: String? = nil) -> JSONError {
    let before = bytes[..<min(index, end)]
    let line = before.count { $0 == 0x0A } + 1
    let lineStart = before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
    return JSONError(
      problem: problem,
      offset: index,
      line: line,
      column: index - lineStart + 1,
      name: name
    )
  }

  private mutating func skipSpace() {
    while index < end {
      switch bytes[index] {
      case 0x20, 0x09, 0x0A, 0x0D: index += 1
      default: return
      }
    }
  }

  private mutating func value(depth: Int) throws(JSONError) -> JSON {
    guard index < end else { throw error(.unexpectedEnd) }
    switch bytes[index] {
    case UInt8(ascii: "{"):
      guard depth < depthMax else { throw error(.tooDeep) }
      return try object(depth: depth + 1)
    case UInt8(ascii: "["):
      guard depth < depthMax else { throw error(.tooDeep) }
      return try array(depth: depth + 1)
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try literal("true", .bool(true))
    case UInt8(ascii: "f"): return try literal("false", .bool(false))
    case UInt8(ascii: "n"): return try literal("null", .null)
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
    default: throw error(.unexpectedByte)
    }
  }

  private mutating func literal(_ text: StaticString, _ value: JSON) throws(JSONError) -> JSON {
    let count = text.utf8CodeUnitCount
    guard index + count <= end else { throw error(.badLiteral) }
    for (offset, byte) in "\(text)".utf8.enumerated() where bytes[index + offset] != byte {
      throw error(.badLiteral)
    }
    index += count
    return value
  }

  private mutating func array(depth: Int) throws(JSONError) -> JSON {
    index += 1
    var elements: [JSON] = []
    skipSpace()
    if index < end, bytes[index] == UInt8(ascii: "]") {
      index += 1
      return .array(elements)
    }
    while true {
      skipSpace()
      elements.append(try value(depth: depth))
      skipSpace()
      guard index < end else { throw error(.unexpectedEnd) }
      switch bytes[index] {
      case UInt8(ascii: ","): index += 1
      case UInt8(ascii: "]"):
        index += 1
        return .array(elements)
      default: throw error(.unexpectedByte)
      }
    }
  }

  private mutating func object(depth: Int) throws(JSONError) -> JSON {
    index += 1
    var members: [JSONObject.Member] = []
    var seen: Set<String> = []
    skipSpace()
    if index < end, bytes[index] == UInt8(ascii: "}") {
      index += 1
      return .object(JSONObject(members))
    }
    members.reserveCapacity(4)
    while true {
      skipSpace()
      guard index < end else { throw error(.unexpectedEnd) }
      guard bytes[index] == UInt8(ascii: "\"") else { throw error(.unexpectedByte) }
      let name = try string()
      try refuseDuplicate(name, among: members, seen: &seen)
      skipSpace()
      guard index < end else { throw error(.unexpectedEnd) }
      guard bytes[index] == UInt8(ascii: ":") else { throw error(.unexpectedByte) }
      index += 1
      skipSpace()
      members.append(JSONObject.Member(name: name, value: try value(depth: depth)))
      skipSpace()
      guard index < end else { throw error(.unexpectedEnd) }
      switch bytes[index] {
      case UInt8(ascii: ","): index += 1
      case UInt8(ascii: "}"):
        index += 1
        return .object(JSONObject(members))
      default: throw error(.unexpectedByte)
      }
    }
  }

  private func refuseDuplicate(
    _ name: String,
    among members: [JSONObject.Member],
    seen: inout Set<String>
  ) throws(JSONError) {
    if members.count < 16 {
      for member in members where member.name == name { throw error(.duplicateName, name: name) }
      return
    }
    if seen.isEmpty { seen = Set(members.map(\.name)) }
    guard seen.insert(name).inserted else { throw error(.duplicateName, name: name) }
  }

  private mutating func number() throws(JSONError) -> JSON {
    let start = index
    if bytes[index] == UInt8(ascii: "-") { index += 1 }
    guard index < end else { throw error(.badNumber) }
    let firstDigit = index
    while index < end, isDigit(bytes[index]) { index += 1 }
    guard index > firstDigit else { throw error(.badNumber) }
    guard bytes[firstDigit] != UInt8(ascii: "0") || index == firstDigit + 1 else {
      throw error(.badNumber)
    }
    var isInteger = true
    if index < end, bytes[index] == UInt8(ascii: ".") {
      isInteger = false
      index += 1
      try digits()
    }
    if index < end, bytes[index] | 0x20 == UInt8(ascii: "e") {
      isInteger = false
      index += 1
      if index < end, bytes[index] == UInt8(ascii: "+") || bytes[index] == UInt8(ascii: "-") {
        index += 1
      }
      try digits()
    }
    let text = bytes[start..<index]
    if isInteger, let value = Self.integer(text) { return .integer(value) }
    return .number(String(decoding: text, as: UTF8.self))
  }

  private mutating func digits() throws(JSONError) {
    let start = index
    while index < end, isDigit(bytes[index]) { index += 1 }
    guard index > start else { throw error(.badNumber) }
  }

  private static func integer(_ text: ArraySlice<UInt8>) -> Int64? {
    let isNegative = text.first == UInt8(ascii: "-")
    var value: Int64 = 0
    for byte in isNegative ? text.dropFirst() : text {
      let (product, overflow) = value.multipliedReportingOverflow(by: 10)
      let digit = Int64(byte - UInt8(ascii: "0"))
      let (next, carry) = product.subtractingReportingOverflow(digit)
      if overflow || carry { return nil }
      value = next
    }
    if isNegative { return value }
    return value == .min ? nil : -value
  }

  private func isDigit(_ byte: UInt8) -> Bool {
    byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
  }

  private mutating func string() throws(JSONError) -> String {
    index += 1
    let start = index
    var seen: UInt8 = 0
    while index < end {
      let byte = bytes[index]
      if byte == UInt8(ascii: "\"") {
        // Most strings are ASCII, which needs no validation.
        let text =
          seen < 0x80
          ? Self.ascii(bytes[start..<index])
          : String(validating: bytes[start..<index], as: UTF8.self)
        guard let text else { throw error(.invalidUTF8) }
        index += 1
        return text
      }
      seen |= byte
      if byte == UInt8(ascii: "\\") { return try escapedString(from: start) }
      guard byte >= 0x20 else { throw error(.controlCharacter) }
      index += 1
    }
    throw error(.unexpectedEnd)
  }

  /// ASCII text. Where it may be a payment card's number it lies on the heap, so that whoever
  /// refuses the number can overwrite it: other text of up to 15 bytes lies in the value itself,
  /// and stays behind wherever that one has been.
  private static func ascii(_ text: ArraySlice<UInt8>) -> String {
    guard (13...15).contains(text.count),
      text.allSatisfy({ ($0 >= 0x30 && $0 <= 0x39) || $0 == 0x20 || $0 == 0x2D })
    else { return String(decoding: text, as: UTF8.self) }
    var made = ""
    made.reserveCapacity(16)
    for byte in text { made.unicodeScalars.append(Unicode.Scalar(byte)) }
    return made
  }

  private mutating func escapedString(from start: Int) throws(JSONError) -> String {
    var text: [UInt8] = []
    // What it outgrows would stay behind; most strings end before this.
    text.reserveCapacity(min(end - start, 512))
    defer { for place in text.indices { text[place] = 0 } }
    text += bytes[start..<index]
    while index < end {
      let byte = bytes[index]
      switch byte {
      case UInt8(ascii: "\""):
        let isASCII = text.allSatisfy { $0 < 0x80 }
        let string = isASCII ? Self.ascii(text[...]) : String(validating: text, as: UTF8.self)
        guard let string else { throw error(.invalidUTF8) }
        index += 1
        return string
      case UInt8(ascii: "\\"):
        index += 1
        try escape(into: &text)
      default:
        guard byte >= 0x20 else { throw error(.controlCharacter) }
        text.append(byte)
        index += 1
      }
    }
    throw error(.unexpectedEnd)
  }

  private mutating func escape(into text: inout [UInt8]) throws(JSONError) {
    guard index < end else { throw error(.unexpectedEnd) }
    let byte = bytes[index]
    index += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
    case UInt8(ascii: "b"): text.append(0x08)
    case UInt8(ascii: "f"): text.append(0x0C)
    case UInt8(ascii: "n"): text.append(0x0A)
    case UInt8(ascii: "r"): text.append(0x0D)
    case UInt8(ascii: "t"): text.append(0x09)
    case UInt8(ascii: "u"): text.append(contentsOf: Character(try unicodeEscape()).utf8)
    default: throw error(.badEscape)
    }
  }

  private mutating func unicodeEscape() throws(JSONError) -> Unicode.Scalar {
    let high = try hexQuad()
    if let scalar = Unicode.Scalar(UInt32(high)) { return scalar }
    guard high < 0xDC00, index + 1 < end, bytes[index] == UInt8(ascii: "\\"),
      bytes[index + 1] == UInt8(ascii: "u")
    else { throw error(.badEscape) }
    index += 2
    let low = try hexQuad()
    guard low >= 0xDC00, low <= 0xDFFF else { throw error(.badEscape) }
    let value = 0x10000 + (UInt32(high) - 0xD800) << 10 + (UInt32(low) - 0xDC00)
    guard let scalar = Unicode.Scalar(value) else { throw error(.badEscape) }
    return scalar
  }

  private mutating func hexQuad() throws(JSONError) -> UInt16 {
    guard index + 4 <= end else { throw error(.badEscape) }
    var value: UInt16 = 0
    for _ in 0..<4 {
      let byte = bytes[index]
      let digit: UInt8
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
      case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
      case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = byte - UInt8(ascii: "A") + 10
      default: throw error(.badEscape)
      }
      value = value << 4 | UInt16(digit)
      index += 1
    }
    return value
  }
}
