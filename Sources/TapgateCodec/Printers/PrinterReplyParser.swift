/// One thing that a printer said.
public enum PrinterReply: Hashable, Sendable {
  /// An answer to `DLE EOT`.
  case status(UInt8)
  /// Automatic status back, `GS a`: four bytes.
  case automaticStatus([UInt8])
  /// An answer to `GS r` or `GS I`.
  case sensor(UInt8)
  /// `GS ( H`, function 48: four bytes.
  case processID([UInt8])
  /// Any other block, without its header and its end.
  case block(UInt8, [UInt8])
}

/// Tells the replies of an ESC/POS printer apart as their bytes come in.
///
/// Grammar: Epson TM reference, Appendix G. The first byte's fixed bits name the kind: `0xx1xx10`
/// DLE EOT, `0xx1xx00` ASB (three bytes `0xx0xxxx` follow), `0xx0xxxx` GS r and GS I, 0x11 and 0x13
/// flow control, 0x37 0x3B 0x35 0x39 0x3D 0x5F a block that ends with NUL. ASB is taken as a unit:
/// its later bytes look like answers to GS r. Anything else is skipped.
public struct PrinterReplyParser: Sendable {
  private enum State {
    case idle
    case automatic([UInt8])
    case block(UInt8, [UInt8])
  }

  /// Bytes of a block: names and versions have at most 80.
  private static let blockByteCountMax = 96
  private var state = State.idle
  /// Bytes that belonged to nothing.
  public private(set) var strayByteCount = 0

  /// Creates a parser at the start of a connection.
  public init() {}

  /// Takes the next byte; returns the reply that it completes.
  public mutating func take(_ byte: UInt8) -> PrinterReply? {
    switch state {
    case .idle: return begin(byte)
    case .automatic(let bytes):
      guard byte & 0x90 == 0 else {
        // The unit is torn: what came is lost, this byte may begin the next.
        strayByteCount += bytes.count
        state = .idle
        return begin(byte)
      }
      guard bytes.count == 3 else {
        state = .automatic(bytes + [byte])
        return nil
      }
      state = .idle
      return .automaticStatus(bytes + [byte])
    case .block(let header, let bytes):
      if byte == 0x11 || byte == 0x13 { return nil }  // XON and XOFF may stand inside.
      if byte == 0 {
        state = .idle
        return Self.block(header, bytes)
      }
      guard bytes.count < Self.blockByteCountMax else {
        strayByteCount += bytes.count + 2
        state = .idle
        return nil
      }
      state = .block(header, bytes + [byte])
      return nil
    }
  }

  private mutating func begin(_ byte: UInt8) -> PrinterReply? {
    switch byte {
    case 0x11, 0x13: return nil
    case 0x37, 0x3B, 0x35, 0x39, 0x3D, 0x5F:
      state = .block(byte, [])
      return nil
    default: break
    }
    if byte & 0x93 == 0x12 { return .status(byte) }
    if byte & 0x93 == 0x10 {
      state = .automatic([byte])
      return nil
    }
    if byte & 0x90 == 0 { return .sensor(byte) }
    strayByteCount += 1
    return nil
  }

  private static func block(_ header: UInt8, _ bytes: [UInt8]) -> PrinterReply {
    if header == 0x37, bytes.count == 5, bytes[0] == 0x22 {
      return .processID(Array(bytes.dropFirst()))
    }
    return .block(header, bytes)
  }
}
