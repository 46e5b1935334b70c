/// Writes JSON text straight into a byte buffer, without building values first.
///
/// The fast path's encoder: a look-up's answer is a handful of appends. Commas are placed by the
/// writer; the caller answers for balanced `begin`/`end` calls.
public struct JSONWriter: Sendable {
  /// What was written so far.
  public private(set) var bytes: [UInt8] = []
  private var needsComma = false

  /// Creates a writer whose buffer holds `capacity` bytes before it grows.
  public init(capacity: Int = 512) { bytes.reserveCapacity(capacity) }

  /// Opens an object.
  public mutating func beginObject() {
    separate()
    bytes.append(UInt8(ascii: "{"))
    needsComma = false
  }

  /// Closes the innermost object.
  public mutating func endObject() {
    bytes.append(UInt8(ascii: "}"))
    needsComma = true
  }

  /// Opens an array.
  public mutating func beginArray() {
    separate()
    bytes.append(UInt8(ascii: "["))
    needsComma = false
  }

  /// Closes the innermost array.
  public mutating func endArray() {
    bytes.append(UInt8(ascii: "]"))
    needsComma = true
  }

  /// Writes a member's name; its value is to follow.
  public mutating func name(_ name: StaticString) {
    separate()
    bytes.append(UInt8(ascii: "\""))
    name.withUTF8Buffer { unsafe bytes.append(contentsOf: $0) }
    bytes.append(UInt8(ascii: "\""))
    bytes.append(UInt8(ascii: ":"))
    needsComma = false
  }

  /// Writes a member's name that is not known at compile time. Literals take the other overload.
  @_disfavoredOverload
  public mutating func name(_ name: String) {
    separate()
    appendQuoted(name)
    bytes.append(UInt8(ascii: ":"))
    needsComma = false
  }

  /// Writes a string, or `null`.
  public mutating func value(_ value: String?) {
    guard let value else { return null() }
    separate()
    appendQuoted(value)
    needsComma = true
  }

  /// Writes an integer, or `null`.
  public mutating func value(_ value: Int64?) {
    guard let value else { return null() }
    separate()
    appendDigits(of: value)
    needsComma = true
  }

  /// Writes an identifier of one letter and a number as a string: `R17`.
  public mutating func value(letter: Unicode.Scalar, number: Int64) {
    separate()
    bytes.append(UInt8(ascii: "\""))
    bytes.append(UInt8(ascii: letter))
    appendDigits(of: number)
    bytes.append(UInt8(ascii: "\""))
    needsComma = true
  }

  /// Writes an integer.
  public mutating func value(_ value: Int) { self.value(Int64(value)) }

  /// Writes `true` or `false`.
  public mutating func value(_ value: Bool) {
    separate()
    bytes.append(contentsOf: value ? "true".utf8 : "false".utf8)
    needsComma = true
  }

  /// Writes `null`.
  public mutating func null() {
    separate()
    bytes.append(contentsOf: "null".utf8)
    needsComma = true
  }

  /// Writes a whole value.
  public mutating func value(_ json: JSON) {
    switch json {
    case .null: null()
    case .bool(let flag): value(flag)
    case .integer(let number): value(number)
    case .number(let text):
      separate()
      bytes.append(contentsOf: text.utf8)
      needsComma = true
    case .string(let text): value(text)
    case .array(let elements):
      beginArray()
      for element in elements { value(element) }
      endArray()
    case .object(let object):
      beginObject()
      for member in object.members {
        name(member.name)
        value(member.value)
      }
      endObject()
    }
  }

  /// Writes bytes that already are one JSON value.
  public mutating func raw(_ json: some Collection<UInt8>) {
    separate()
    bytes.append(contentsOf: json)
    needsComma = true
  }

  /// Writes a byte outside of JSON, such as the line feed that ends a frame. Another value may
  /// follow.
  public mutating func appendByte(_ byte: UInt8) {
    bytes.append(byte)
    needsComma = false
  }

  /// Forgets what was written. The buffer is kept unless it grew past `capacityMax` bytes.
  public mutating func removeAll(capacityMax: Int = 16_384) {
    bytes.removeAll(keepingCapacity: bytes.capacity <= capacityMax)
    needsComma = false
  }

  private mutating func separate() {
    if needsComma { bytes.append(UInt8(ascii: ",")) }
  }

  private mutating func appendDigits(of value: Int64) {
    if value < 0 { bytes.append(UInt8(ascii: "-")) }
    var rest = value.magnitude
    let start = bytes.count
    repeat {
      bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10))
      rest /= 10
    } while rest > 0
    // In place: a reversed slice would copy the buffer.
    var (low, high) = (start, bytes.count - 1)
    while low < high {
      bytes.swapAt(low, high)
      (low, high) = (low + 1, high - 1)
    }
  }

  private mutating func appendQuoted(_ text: String) {
    bytes.append(UInt8(ascii: "\""))
    let isPlain = text.utf8.allSatisfy {
      $0 >= 0x20 && $0 != 0x7F && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\")
    }
    if isPlain {
      bytes.append(contentsOf: text.utf8)
      bytes.append(UInt8(ascii: "\""))
      return
    }
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"):
        bytes.append(UInt8(ascii: "\\"))
        bytes.append(byte)
      case 0..<0x20, 0x7F: appendEscaped(byte)
      default: bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }

  private mutating func appendEscaped(_ byte: UInt8) {
    switch byte {
    case 0x0A: bytes.append(contentsOf: #"\n"#.utf8)
    case 0x0D: bytes.append(contentsOf: #"\r"#.utf8)
    case 0x09: bytes.append(contentsOf: #"\t"#.utf8)
    default:
      bytes.append(contentsOf: #"\u00"#.utf8)
      for digit in [byte >> 4, byte & 0x0F] {
        bytes.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
      }
    }
  }
}

extension JSON {
  /// The value as UTF-8 text without white space.
  ///
  /// Sorted, the members of every object stand in the order of their names' UTF-8 bytes. That is
  /// the canonical form that is hashed: the same content has the same bytes.
  public func encoded(isSorted: Bool = false) -> [UInt8] {
    var writer = JSONWriter()
    if isSorted { writer.sortedValue(self) } else { writer.value(self) }
    return writer.bytes
  }
}

extension JSONWriter {
  /// Writes a whole value, the members of every object in the order of their names' bytes.
  fileprivate mutating func sortedValue(_ json: JSON) {
    switch json {
    case .array(let elements):
      beginArray()
      for element in elements { sortedValue(element) }
      endArray()
    case .object(let object):
      let members = object.members
      let order = members.indices.sorted {
        members[$0].name.utf8.lexicographicallyPrecedes(members[$1].name.utf8)
      }
      beginObject()
      for index in order {
        name(members[index].name)
        sortedValue(members[index].value)
      }
      endObject()
    default: value(json)
    }
  }
}
