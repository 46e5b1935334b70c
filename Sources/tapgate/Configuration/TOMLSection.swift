internal import TapgateCodec

/// A table of the document under its name.
struct TOMLSection {
  /// The name in the file, such as `printer`; empty for the document.
  let name: String
  let position: TextPosition
  let members: [TOMLNode.Member]

  /// Takes a node that is a table; any other counts as an empty one.
  init(_ node: TOMLNode, name: String) {
    self.name = name
    position = node.position
    if case .table(let members) = node.value { self.members = members } else { members = [] }
  }

  /// The value of a key.
  subscript(key: String) -> TOMLNode? { members.first { $0.name == key }?.node }

  /// Where a key stands; where it does not, the table's own place.
  func place(of key: String) -> TextPosition { self[key]?.position ?? position }
}

extension ConfigurationReader {
  /// Notes every key that is not among `known`.
  mutating func refuseUnknown(_ section: TOMLSection, known: [String]) {
    for member in section.members where !known.contains(member.name) {
      let words = Words.configUnknownKey(member.name, known.joined(separator: ", "))
      note(words, at: member.node.position)
    }
  }

  /// The table called `key`.
  mutating func section(_ key: String, in parent: TOMLSection) -> TOMLSection? {
    guard let node = parent[key] else { return nil }
    guard case .table = node.value else {
      note(Words.configWrongType(key, Words.typeTable()), at: node.position)
      return nil
    }
    return TOMLSection(node, name: key)
  }

  /// The tables of the list called `key`, which the file writes as `[[key]]`.
  mutating func sections(_ key: String, in parent: TOMLSection) -> [TOMLSection] {
    guard let node = parent[key] else { return [] }
    guard case .array(let elements) = node.value else {
      note(Words.configWrongType(key, Words.typeTableList(key)), at: node.position)
      return []
    }
    return elements.compactMap { element in
      guard case .table = element.value else {
        note(Words.configWrongType(key, Words.typeTableList(key)), at: element.position)
        return nil
      }
      return TOMLSection(element, name: key)
    }
  }

  /// A text of 1 to `limit` bytes without control characters.
  mutating func label(_ key: String, in section: TOMLSection, limit: Int = 64) -> String? {
    guard let node = section[key] else { return nil }
    guard case .string(let text) = node.value else {
      note(Words.configWrongType(key, Words.typeString()), at: node.position)
      return nil
    }
    let isClean = text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }
    guard isClean, (1...limit).contains(text.utf8.count) else {
      note(Words.configBadText(key, String(limit)), at: node.position)
      return nil
    }
    return text
  }

  /// The same for a key that has to be there.
  mutating func required(_ key: String, in section: TOMLSection, limit: Int = 64) -> String? {
    if section[key] == nil { note(Words.configMissing(key), at: section.position) }
    return label(key, in: section, limit: limit)
  }

  /// One of a few words.
  mutating func choice(
    _ key: String,
    of words: [String],
    in section: TOMLSection,
    isRequired: Bool = false
  ) -> String? {
    let found = isRequired ? required(key, in: section) : label(key, in: section)
    guard let found else { return nil }
    guard words.contains(found) else {
      note(
        Words.configNotAmong(key, words.joined(separator: ", ")),
        at: section.place(of: key)
      )
      return nil
    }
    return found
  }

  /// An integer within `range`.
  mutating func integer(
    _ key: String,
    in section: TOMLSection,
    range: ClosedRange<Int>
  ) -> Int? {
    guard let node = section[key] else { return nil }
    guard case .integer(let number) = node.value else {
      note(Words.configWrongType(key, Words.typeInteger()), at: node.position)
      return nil
    }
    guard let value = Int(exactly: number), range.contains(value) else {
      let (low, high) = (String(range.lowerBound), String(range.upperBound))
      note(Words.outOfRange("`\(key)`", low, high), at: node.position)
      return nil
    }
    return value
  }

  /// `true` or `false`.
  mutating func bool(_ key: String, in section: TOMLSection) -> Bool? {
    guard let node = section[key] else { return nil }
    guard case .bool(let flag) = node.value else {
      note(Words.configWrongType(key, Words.typeBool()), at: node.position)
      return nil
    }
    return flag
  }

  /// A list of texts.
  mutating func strings(_ key: String, in section: TOMLSection) -> [String] {
    guard let node = section[key] else { return [] }
    guard case .array(let elements) = node.value else {
      note(Words.configWrongType(key, Words.typeStringList()), at: node.position)
      return []
    }
    return elements.compactMap { element in
      guard case .string(let text) = element.value, !text.isEmpty else {
        note(Words.configWrongType(key, Words.typeStringList()), at: element.position)
        return nil
      }
      return text
    }
  }
}
