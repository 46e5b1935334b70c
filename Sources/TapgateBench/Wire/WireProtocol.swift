/// One whole reply at the start of a buffer.
struct Frame {
  /// What kind of reply it is.
  enum Kind {
    case result, failure
    /// Not a reply at all, such as an event; it is passed over.
    case notice
  }

  /// Its length in bytes.
  let byteCount: Int
  let kind: Kind
  /// The slot that the request was written with; `nil` where replies come in the requests' order.
  var slot: Int?
}

/// How a peer is spoken to: writes requests, finds replies in a stream of bytes, judges them.
///
/// Used by one thread. A request is known by its number, from which all its content follows, so
/// that the reply can be judged without keeping the request.
protocol WireProtocol: AnyObject {
  /// Writes what opens a connection.
  func appendGreeting(to bytes: inout [UInt8])

  /// How many replies the greeting has.
  var greetingReplyCount: Int { get }

  /// Told of each reply to the greeting, at the start of `buffer`.
  func keepGreeting(_ frame: Frame, in buffer: ReceiveBuffer)

  /// Writes request `number`, which bears `slot` where the protocol marks its requests.
  func appendRequest(_ number: UInt64, slot: Int, to bytes: inout [UInt8])

  /// The reply at the start of `buffer`; `nil` while it is not all there.
  ///
  /// - Throws: `BenchError` where the bytes are not of this protocol.
  func frame(in buffer: ReceiveBuffer) throws(BenchError) -> Frame?

  /// Whether `frame`, at the start of `buffer`, is the right answer to request `number`.
  func isRight(_ frame: Frame, to number: UInt64, in buffer: ReceiveBuffer) -> Bool
}

extension WireProtocol {
  func keepGreeting(_ frame: Frame, in buffer: ReceiveBuffer) {}
}

extension BenchError {
  /// The peer sent what its protocol does not allow.
  static func protocolFault(_ cause: String) -> BenchError {
    BenchError(.peer, doing: "understand a reply", cause: cause)
  }
}
