/// The effects column of an import's row: the effects of many members, each under its row's number.
public enum ImportColumn {
  /// Packs `members`.
  public static func packed(_ members: [(number: UInt32, effects: [UInt8])]) -> [UInt8] {
    var writer = PackedWriter(capacity: members.count * 96)
    writer.unsigned(UInt64(members.count))
    for member in members {
      writer.unsigned(UInt64(member.number))
      writer.column(member.effects)
    }
    return writer.bytes
  }

  /// Reads what `packed` made.
  public static func unpacked(
    _ bytes: [UInt8]
  ) throws(PackedError) -> [(number: UInt32, effects: [Effect])] {
    var reader = PackedReader(bytes)
    var members: [(number: UInt32, effects: [Effect])] = []
    for _ in 0..<(try reader.count()) {
      let number = UInt32(truncatingIfNeeded: try reader.unsigned())
      guard try reader.byte() == 1 else { throw PackedError(offset: reader.offset) }
      let count = try reader.count()
      let start = reader.offset
      try reader.skip(count)
      members.append((number, try Effect.unpacked(Array(bytes[start..<start + count]))))
    }
    return members
  }
}

extension PackedReader {
  mutating func skip(_ count: Int) throws(PackedError) {
    for _ in 0..<count { _ = try byte() }
  }
}
