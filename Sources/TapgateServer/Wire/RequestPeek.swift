internal import TapgateJSON

/// What can be told of a request that is not read in full: too long, broken, or with a name twice.
///
/// A tolerant scan: it follows strings and brackets, answers every byte string, and keeps the
/// request's id and method where these stand at the top level, and the path at a given offset.
package struct RequestPeek {
  private(set) var id: RequestID?
  private(set) var method: String?
  /// The path at the offset asked for: `["params", "lines", "[2]", "sku"]`.
  private(set) var path: [String] = []

  private enum Level {
    case object(name: String?)
    case array(index: Int)
  }

  private let bytes: [UInt8]
  private var index = 0
  private var stack: [Level] = []
  /// Brackets open beyond those that are followed.
  private var beyond = 0
  private static let depthMax = 64

  /// Scans `bytes` and takes the path at `offset`.
  package init(_ bytes: [UInt8], pathAt offset: Int? = nil) {
    self.bytes = bytes
    while index < bytes.count {
      if let offset, path.isEmpty, index >= offset { path = currentPath }
      step()
    }
    if offset != nil, path.isEmpty { path = currentPath }
  }

  /// The path behind `params` as the wire spells it, or `nil` at the top level.
  var parameterField: String? {
    guard path.first == "params", path.count > 1 else { return nil }
    var field = ""
    for part in path.dropFirst() {
      if !field.isEmpty, !part.hasPrefix("[") { field += "." }
      field += part
    }
    return field
  }

  private var currentPath: [String] {
    stack.compactMap { level in
      switch level {
      case .object(let name): name
      case .array(let index): "[\(index)]"
      }
    }
  }

  private mutating func step() {
    switch bytes[index] {
    case UInt8(ascii: "{"): open(.object(name: nil))
    case UInt8(ascii: "["): open(.array(index: 0))
    case UInt8(ascii: "}"), UInt8(ascii: "]"):
      index += 1
      if beyond > 0 { beyond -= 1 } else { _ = stack.popLast() }
    case UInt8(ascii: ","):
      index += 1
      guard beyond == 0, let last = stack.popLast() else { return }
      switch last {
      case .object: stack.append(.object(name: nil))
      case .array(let position): stack.append(.array(index: position + 1))
      }
    case UInt8(ascii: "\""): string()
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): number()
    default: index += 1
    }
  }

  private mutating func open(_ level: Level) {
    index += 1
    if stack.count < Self.depthMax { stack.append(level) } else { beyond += 1 }
  }

  private mutating func string() {
    let start = index
    index += 1
    while index < bytes.count, bytes[index] != UInt8(ascii: "\"") {
      index += bytes[index] == UInt8(ascii: "\\") ? 2 : 1
    }
    index = min(index + 1, bytes.count)
    guard beyond == 0, case .object(let name)? = stack.last else { return }
    // Only what may be a name, or the id or method, is decoded.
    guard name == nil || (stack.count == 1 && (name == "id" || name == "method")) else { return }
    // A string that does not decode names nothing.
    guard let text = (try? JSONParser.parse(Array(bytes[start..<index])))?.string else { return }
    if name == nil {
      stack[stack.count - 1] = .object(name: text)
    } else if name == "id" {
      id = .string(text)
    } else {
      method = text
    }
  }

  private mutating func number() {
    let start = index
    while index < bytes.count, Self.isNumberByte(bytes[index]) { index += 1 }
    guard beyond == 0, stack.count == 1, case .object(name: "id")? = stack.last else { return }
    // A number that does not parse is no id.
    id = (try? JSONParser.parse(Array(bytes[start..<index]))).flatMap { RequestID($0) }
  }

  private static func isNumberByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "+"),
      UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"):
      true
    default: false
    }
  }
}
