/// What is wrong with a type 4 tag's capability container.
public enum Type4Problem: String, Error, Hashable, Sendable, CaseIterable {
  /// Fewer bytes than its own length says, or than a container has.
  case truncated
  /// A mapping version that this does not read.
  case version
  /// No NDEF file is named, or one with a reserved identifier.
  case file
  /// The file wants a secret before it lets itself be read.
  case locked
  /// A message that is longer than its file.
  case overlong
}

/// A type 4 tag's capability container, NFC Forum, "Type 4 Tag Technical Specification" 1.1 section
/// 5.1; mapping version 3 adds the extended file control TLV of version 1.2.
public struct Type4Capability: Hashable, Sendable {
  /// The NDEF application's name.
  public static let applicationName: [UInt8] = [0xD2, 0x76, 0x00, 0x00, 0x85, 0x01, 0x01]
  /// The container's own file identifier.
  public static let containerFile: UInt16 = 0xE103
  /// Bytes of the container up to the end of its first TLV, where that is a plain one.
  public static let byteCount = 15

  /// How many bytes of the container there are to read, from its first `byteCount`.
  public static func byteCount(_ start: [UInt8]) -> Int {
    start.count > 7 && start[7] == 0x06 ? 17 : byteCount
  }

  /// MLe: bytes that one READ BINARY may ask for.
  public let readByteCountMax: Int
  /// The NDEF file's identifier.
  public let file: UInt16
  /// The NDEF file's size in bytes, its length field included.
  public let fileByteCount: Int
  /// Bytes of the length field at the file's start: 2, or 4 in an extended file.
  public let lengthByteCount: Int

  /// Reads the first bytes of the container.
  public static func parse(_ bytes: [UInt8]) -> Result<Type4Capability, Type4Problem> {
    guard bytes.count >= byteCount else { return .failure(.truncated) }
    guard number(bytes[0..<2]) >= byteCount else { return .failure(.truncated) }
    let major = bytes[2] >> 4
    guard (1...3).contains(major) else { return .failure(.version) }
    let readByteCountMax = number(bytes[3..<5])
    guard readByteCountMax >= byteCount else { return .failure(.version) }
    switch (bytes[7], bytes[8]) {
    case (0x04, 0x06):
      return make(bytes, sizeCount: 2, lengthByteCount: 2, readByteCountMax)
    case (0x06, 0x08) where major == 3:
      guard bytes.count >= 17 else { return .failure(.truncated) }
      return make(bytes, sizeCount: 4, lengthByteCount: 4, readByteCountMax)
    default: return .failure(.file)
    }
  }

  /// How long the message is, from the file's length field.
  public func messageByteCount(_ lengthField: [UInt8]) -> Result<Int, Type4Problem> {
    guard lengthField.count == lengthByteCount else { return .failure(.truncated) }
    let count = Self.number(lengthField[...])
    guard count <= fileByteCount - lengthByteCount else { return .failure(.overlong) }
    return .success(count)
  }

  private static func make(
    _ bytes: [UInt8],
    sizeCount: Int,
    lengthByteCount: Int,
    _ readByteCountMax: Int
  ) -> Result<Type4Capability, Type4Problem> {
    let file = UInt16(number(bytes[9..<11]))
    // Reserved by ISO/IEC 7816-4 and by section 5.1.2.1.
    let reserved: Set<UInt16> = [0x0000, 0x3F00, 0x3FFF, 0xE102, 0xE103, 0xFFFF]
    guard !reserved.contains(file) else { return .failure(.file) }
    guard bytes[11 + sizeCount] == 0x00 else { return .failure(.locked) }
    let size = number(bytes[11..<11 + sizeCount])
    guard size > lengthByteCount else { return .failure(.file) }
    return .success(
      Type4Capability(
        readByteCountMax: readByteCountMax,
        file: file,
        fileByteCount: size,
        lengthByteCount: lengthByteCount
      )
    )
  }

  /// Most significant byte first; at most four bytes.
  private static func number(_ bytes: ArraySlice<UInt8>) -> Int {
    bytes.reduce(0) { $0 << 8 | Int($1) }
  }
}
