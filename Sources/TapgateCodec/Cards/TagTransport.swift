/// Why a raw command got no usable answer from a tag.
public enum TagFailure: String, Error, Hashable, Sendable {
  /// The tag said nothing: it is gone, or it does not know the command.
  case noAnswer
  /// The tag answered with a NAK, or with bits that are no frame.
  case refused
  /// The reader passes no raw commands this way.
  case notSupported
}

/// A way to send a tag a command that PC/SC has no pseudo-command for.
///
/// Readers differ: those with a PN532 take its own commands (ACS, "ACR122U Application Programming
/// Interface" 2.04, section 4.0 with NXP's PN532 user manual section 7.3.9, InCommunicateThru),
/// newer ones have transparent sessions (PC/SC part 3, "Supplemental Document for Contactless ICCs"
/// 2.02.00), and some pass the data field of `FF 00 00 00` on as it is.
public enum TagTransport: String, Hashable, Sendable, CaseIterable {
  case pn532, transparent, direct

  /// Starts a transparent session.
  public static let beginSession: [UInt8] = [0xFF, 0xC2, 0x00, 0x00, 0x02, 0x81, 0x00, 0x00]
  /// Ends it.
  public static let endSession: [UInt8] = [0xFF, 0xC2, 0x00, 0x00, 0x02, 0x82, 0x00, 0x00]

  /// Switches a transparent session to ISO/IEC 14443-3 type A, without blocks of part 4.
  public static let switchToTypeA: [UInt8] =
    [0xFF, 0xC2, 0x00, 0x02, 0x04, 0x8F, 0x02, 0x00, 0x03, 0x00]
  /// Switches a transparent session to FeliCa frames.
  public static let switchToFeliCa: [UInt8] =
    [0xFF, 0xC2, 0x00, 0x02, 0x04, 0x8F, 0x02, 0x03, 0x03, 0x00]

  /// The command for the reader that brings `command` to the tag; at most 200 bytes of it.
  public func wrap(_ command: [UInt8]) -> [UInt8] {
    let command = command.prefix(200)
    let count = UInt8(command.count)
    switch self {
    case .pn532: return [0xFF, 0x00, 0x00, 0x00, count + 2, 0xD4, 0x42] + command
    case .direct: return [0xFF, 0x00, 0x00, 0x00, count] + command
    case .transparent:
      // 5F46: 100 ms in microseconds, least significant byte first; 95: send and receive.
      let timer: [UInt8] = [0x5F, 0x46, 0x04, 0xA0, 0x86, 0x01, 0x00]
      return [0xFF, 0xC2, 0x00, 0x01, count + 9] + timer + [0x95, count] + command + [0x00]
    }
  }

  /// The tag's own answer out of the reader's.
  public func unwrap(_ response: ResponseAPDU) -> Result<[UInt8], TagFailure> {
    switch self {
    case .pn532: Self.pn532Answer(response)
    case .direct: Self.directAnswer(response)
    case .transparent: Self.transparentAnswer(response)
    }
  }

  /// Whether a reader took a command of a transparent session: only its own word (C0) counts.
  public static func isAccepted(_ response: ResponseAPDU) -> Bool {
    guard response.isDone else { return false }
    guard let fields = TransparentFields(response.payload) else { return false }
    return fields.error == 0x9000
  }

  /// `D5 43`, a status and the answer (PN532 user manual section 7.1).
  private static func pn532Answer(_ response: ResponseAPDU) -> Result<[UInt8], TagFailure> {
    let payload = response.payload
    guard response.isDone, payload.count >= 3, payload[0] == 0xD5, payload[1] == 0x43 else {
      return .failure(.notSupported)
    }
    switch payload[2] & 0x3F {
    case 0x00: return payload.count > 3 ? .success(Array(payload.dropFirst(3))) : .failure(.refused)
    case 0x01: return .failure(.noAnswer)
    default: return .failure(.refused)
    }
  }

  private static func directAnswer(_ response: ResponseAPDU) -> Result<[UInt8], TagFailure> {
    switch response.status {
    case 0x9000:
      // One byte is the half byte of an ACK or NAK.
      return response.payload.count > 1 ? .success(response.payload) : .failure(.refused)
    case 0x6A81, 0x6D00, 0x6E00: return .failure(.notSupported)
    default: return .failure(.refused)
    }
  }

  private static func transparentAnswer(_ response: ResponseAPDU) -> Result<[UInt8], TagFailure> {
    guard response.isDone, let fields = TransparentFields(response.payload) else {
      return .failure(.notSupported)
    }
    switch fields.error ?? 0x9000 {
    case 0x9000: break
    case 0x6401: return .failure(.noAnswer)
    case 0x6A81: return .failure(.notSupported)
    default: return .failure(.refused)
    }
    guard fields.receptionFaults == 0, fields.oddBits == 0, !fields.answer.isEmpty else {
      return .failure(.refused)
    }
    return .success(fields.answer)
  }
}

/// The data objects of an answer in a transparent session.
private struct TransparentFields {
  /// C0: which status the reader gives; `nil` where it gives none.
  var error: UInt16?
  /// 92: bits of the last byte that count, where it is not a whole one.
  var oddBits: UInt8 = 0
  /// 96: what was wrong with the frame: CRC, collision, parity, framing.
  var receptionFaults: UInt8 = 0
  /// 97: the tag's answer.
  var answer: [UInt8] = []

  /// Reads the objects; `nil` where a length runs past the end. Objects it does not know are left
  /// out.
  init?(_ bytes: [UInt8]) {
    var position = 0
    while position < bytes.count {
      var tag = UInt16(bytes[position])
      position += 1
      if tag & 0x1F == 0x1F {
        guard position < bytes.count else { return nil }
        tag = tag << 8 | UInt16(bytes[position])
        position += 1
      }
      guard let count = Self.length(bytes, &position), position + count <= bytes.count else {
        return nil
      }
      take(tag, Array(bytes[position..<position + count]))
      position += count
    }
  }

  private mutating func take(_ tag: UInt16, _ value: [UInt8]) {
    switch tag {
    case 0xC0 where value.count == 3: error = UInt16(value[1]) << 8 | UInt16(value[2])
    case 0x92 where value.count == 1: oddBits = value[0]
    case 0x96 where !value.isEmpty: receptionFaults = value[0]
    case 0x97: answer = value
    default: break
    }
  }

  /// A length of ISO/IEC 8825-1 section 8.1.3: one byte, or 81 and one, or 82 and two.
  private static func length(_ bytes: [UInt8], _ position: inout Int) -> Int? {
    guard position < bytes.count else { return nil }
    let first = bytes[position]
    position += 1
    guard first > 0x7F else { return Int(first) }
    guard first == 0x81 || first == 0x82 else { return nil }
    var length = 0
    for _ in 0..<(first - 0x80) {
      guard position < bytes.count else { return nil }
      length = length << 8 | Int(bytes[position])
      position += 1
    }
    return length
  }
}
