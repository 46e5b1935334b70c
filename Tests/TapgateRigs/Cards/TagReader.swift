/// How a virtual reader passes raw commands on to its tag.
public enum TagReader: String, Sendable, CaseIterable {
  /// Through a PN532's own commands.
  case pn532
  /// In a transparent session.
  case transparent
  /// As they are.
  case direct
  /// Not at all: pseudo-commands only.
  case none
}

/// A tag on a reader: the reader's pseudo-commands, and what it passes on.
///
/// `exchange` is the tag: a command to its answer, one byte for the half byte of a NAK, `nil` for
/// silence.
struct TagField: Sendable {
  let reader: TagReader
  let uid: @Sendable () -> [UInt8]
  let exchange: @Sendable ([UInt8]) -> [UInt8]?

  func respond(_ command: [UInt8]) -> [UInt8] {
    if command.starts(with: [0xFF, 0xCA, 0x00]) { return uid() + [0x90, 0x00] }
    if command.starts(with: [0xFF, 0xB0, 0x00]), command.count == 5 {
      let answer = exchange([0x30, command[3]]) ?? []
      guard answer.count == 16 else { return [0x63, 0x00] }
      return answer.prefix(Int(command[4])) + [0x90, 0x00]
    }
    switch reader {
    case .pn532 where command.starts(with: [0xFF, 0x00, 0x00, 0x00]):
      guard command.count > 7, command[5] == 0xD4, command[6] == 0x42 else { return [0x63, 0x00] }
      guard let answer = exchange(Array(command[7...])) else {
        return [0xD5, 0x43, 0x01, 0x90, 0x00]
      }
      guard answer.count > 1 else { return [0xD5, 0x43, 0x02, 0x90, 0x00] }
      return [0xD5, 0x43, 0x00] + answer + [0x90, 0x00]
    case .direct where command.starts(with: [0xFF, 0x00, 0x00, 0x00]):
      guard let answer = exchange(Array(command[5...])) else { return [0x63, 0x00] }
      return answer + [0x90, 0x00]
    case .transparent where command.starts(with: [0xFF, 0xC2, 0x00]):
      return transparent(command)
    default: return [0x6A, 0x81]
    }
  }

  private func transparent(_ command: [UInt8]) -> [UInt8] {
    let good: [UInt8] = [0xC0, 0x03, 0x00, 0x90, 0x00]
    guard command[3] == 0x01 else { return good + [0x90, 0x00] }
    // 5F46 04 time, then 95 length command.
    guard command.count > 14, command[12] == 0x95 else {
      return [0xC0, 0x03, 0x01, 0x6A, 0x80, 0x90, 0x00]
    }
    guard let answer = exchange(Array(command[14..<14 + Int(command[13])])) else {
      return [0xC0, 0x03, 0x02, 0x64, 0x01, 0x90, 0x00]
    }
    let bits: UInt8 = answer.count == 1 ? 4 : 0
    return good + [0x92, 0x01, bits, 0x96, 0x02, 0x00, 0x00, 0x97, UInt8(answer.count)] + answer
      + [0x90, 0x00]
  }
}
