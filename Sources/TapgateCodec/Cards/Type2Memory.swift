/// What is wrong with a type 2 tag's memory.
public enum Type2Problem: String, Error, Hashable, Sendable, CaseIterable {
  /// No capability container: the tag is not made for NDEF.
  case noContainer
  /// A mapping version that this does not read.
  case version
  /// The tag wants a secret before it lets itself be read.
  case locked
  /// A length runs past the tag's data area.
  case overlong
  /// A control TLV that is no control TLV.
  case control
}

/// The memory of a type 2 tag as far as it was read, and what of it is the NDEF message.
///
/// NFC Forum, "Type 2 Tag Technical Specification" 1.2: section 6.1 (capability container in page
/// 3), 2.3 (TLV blocks from page 4 on). Nothing past the data area that the container names is ever
/// asked for.
public enum Type2Memory {
  /// What reading has come to.
  public enum Progress: Hashable, Sendable {
    /// Memory is needed up to this byte, counted from page 0; never past the data area.
    case needs(Int)
    /// The message, which may be empty.
    case message([UInt8])
    /// There is no NDEF TLV.
    case absent
  }

  /// Where the data area starts: page 4.
  public static let dataStart = 16

  /// Looks for the message in the first bytes of the memory. `byteCountMax` is the end of what the
  /// tag has, counted from page 0, where GET_VERSION told it.
  public static func parse(
    _ memory: [UInt8],
    byteCountMax: Int = .max
  ) -> Result<Progress, Type2Problem> {
    guard memory.count >= dataStart else { return .success(.needs(dataStart)) }
    guard memory[12] == 0xE1 else { return .failure(.noContainer) }
    guard memory[13] >> 4 == 1 else { return .failure(.version) }
    // Read access without any security: the high half byte is 0.
    guard memory[15] >> 4 == 0 else { return .failure(.locked) }
    let end = min(dataStart + Int(memory[14]) * 8, max(dataStart, byteCountMax))
    var reader = Type2Reader(memory: memory, end: end)
    do throws(Type2Reader.Stop) {
      return .success(try reader.message())
    } catch {
      switch error {
      case .needs(let count): return .success(.needs(count))
      case .problem(let problem): return .failure(problem)
      }
    }
  }
}

/// Walks the TLV blocks, past the bytes that control TLVs reserve.
private struct Type2Reader {
  enum Stop: Error {
    case needs(Int)
    case problem(Type2Problem)
  }

  let memory: [UInt8]
  let end: Int
  var position = Type2Memory.dataStart
  var reserved: [Range<Int>] = []

  init(memory: [UInt8], end: Int) {
    self.memory = memory
    self.end = end
  }

  mutating func message() throws(Stop) -> Type2Memory.Progress {
    while let tag = try nextUnlessAtEnd() {
      switch tag {
      case 0x00: continue
      case 0xFE: return .absent
      case 0x03:
        let count = try length()
        return .message(try bytes(count))
      case 0x01, 0x02:
        guard try length() == 3 else { throw .problem(.control) }
        reserve(try bytes(3), isLock: tag == 0x01)
      default:
        let count = try length()
        _ = try bytes(count)
      }
    }
    return .absent
  }

  /// Section 2.3.1 and 2.3.2: page and byte offset, size, and bytes a page as a power of two.
  private mutating func reserve(_ value: [UInt8], isLock: Bool) {
    let size = value[1] == 0 ? 256 : Int(value[1])
    let start = (Int(value[0] >> 4) << Int(value[2] & 0x0F)) + Int(value[0] & 0x0F)
    let count = isLock ? (size + 7) / 8 : size
    reserved.append(start..<start + count)
  }

  private mutating func length() throws(Stop) -> Int {
    let first = try next()
    guard first == 0xFF else { return Int(first) }
    let high = try next()
    return Int(high) << 8 | Int(try next())
  }

  /// The next `count` bytes. All of them are asked for at once where some are missing.
  private mutating func bytes(_ count: Int) throws(Stop) -> [UInt8] {
    guard count <= end - position else { throw .problem(.overlong) }
    var value: [UInt8] = []
    value.reserveCapacity(count)
    while value.count < count {
      skipReserved()
      let last = position + (count - value.count)
      guard last <= end else { throw .problem(.overlong) }
      guard position < memory.count, last <= memory.count else { throw .needs(last) }
      value.append(memory[position])
      position += 1
    }
    return value
  }

  private mutating func next() throws(Stop) -> UInt8 {
    guard let byte = try nextUnlessAtEnd() else { throw .problem(.overlong) }
    return byte
  }

  private mutating func nextUnlessAtEnd() throws(Stop) -> UInt8? {
    skipReserved()
    guard position < end else { return nil }
    guard position < memory.count else { throw .needs(position + 1) }
    defer { position += 1 }
    return memory[position]
  }

  private mutating func skipReserved() {
    while position < end, let range = reserved.first(where: { $0.contains(position) }) {
      position = range.upperBound
    }
  }
}
