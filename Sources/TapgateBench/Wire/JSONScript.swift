internal import TapgateJSON

/// Calls of the gateway whose results are kept: for setting it up and for asking it afterwards.
final class JSONScript: JSONLines {
  /// One call.
  struct Call {
    let method: String
    let params: JSON

    /// Its line, without the line feed.
    func line(id: Int) -> [UInt8] {
      var writer = JSONWriter()
      writer.beginObject()
      writer.name("jsonrpc")
      writer.value("2.0")
      writer.name("id")
      writer.value(id)
      writer.name("method")
      writer.value(method)
      writer.name("params")
      writer.value(params)
      writer.endObject()
      return writer.bytes
    }
  }

  /// The result of `hello`.
  private(set) var hello = JSON.null
  private let call: (Int) -> Call
  private let receive: (Int, JSON) -> Bool

  /// - Parameters:
  ///   - call: makes call number n.
  ///   - receive: judges the whole reply to call n.
  init(call: @escaping (Int) -> Call, receive: @escaping (Int, JSON) -> Bool) {
    self.call = call
    self.receive = receive
  }

  override func appendRequest(_ number: UInt64, slot: Int, to bytes: inout [UInt8]) {
    bytes.append(contentsOf: call(Int(number)).line(id: slot))
    bytes.append(0x0A)
  }

  override func keepGreeting(_ frame: Frame, in buffer: ReceiveBuffer) {
    hello = Self.parse(frame, in: buffer)?["result"] ?? .null
  }

  override func isRight(_ frame: Frame, to number: UInt64, in buffer: ReceiveBuffer) -> Bool {
    guard let reply = Self.parse(frame, in: buffer) else { return false }
    return receive(Int(number), reply)
  }

  private static func parse(_ frame: Frame, in buffer: ReceiveBuffer) -> JSON? {
    // A line that is no JSON is a wrong answer, whatever is wrong with it.
    try? JSONParser.parse(buffer.bytes(0..<frame.byteCount))
  }
}
