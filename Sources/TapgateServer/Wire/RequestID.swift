internal import TapgateCore
internal import TapgateJSON

/// A request's id: a string, or an integer of at most 53 bits (JSON-RPC 2.0 section 4, bounded so
/// that every client can hold it).
package enum RequestID: Hashable, Sendable {
  case integer(Int64)
  case string(String)
  /// For errors of frames whose id is not known.
  case unknown

  /// Reads an id; `nil` for `null`, fractions, larger integers and every other type.
  init?(_ json: JSON) {
    switch json {
    case .integer(let number) where number.magnitude < 1 << 53: self = .integer(number)
    case .string(let text): self = .string(text)
    default: return nil
    }
  }
}

/// A request whose answer comes later.
struct Ticket: Hashable, Sendable {
  var client: ClientID
  var id: RequestID
}

extension JSONWriter {
  /// Begins a frame up to its id.
  mutating func beginFrame(_ id: RequestID) {
    beginObject()
    name("jsonrpc")
    value("2.0")
    name("id")
    switch id {
    case .integer(let number): value(number)
    case .string(let text): value(text)
    case .unknown: null()
    }
  }

  /// Ends a frame and its line.
  mutating func endFrame() {
    endObject()
    appendByte(0x0A)
  }

  /// Writes a UnifiedPOS constant: its name goes with its number.
  mutating func constant(_ name: String, _ number: Int) {
    beginObject()
    self.name("name")
    value(name)
    self.name("number")
    value(number)
    endObject()
  }
}
