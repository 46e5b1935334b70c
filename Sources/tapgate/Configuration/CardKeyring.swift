internal import TapgateAPI
internal import TapgateCards
internal import TapgateCodec

/// Why a card's key cannot be used. Never says a byte of it.
struct CardKeyProblem: Error, Hashable, Sendable, CustomStringConvertible {
  /// The card's name in the configuration.
  var card: String
  /// The key's file.
  var path: String
  var reason: String
  /// What helps; `nil` where that is not known.
  var fix: String?

  var description: String { "\(card): \(path): \(reason)" }
}

/// Reads the keys that the configuration names. What it reads goes into `CardKey`s, which overwrite
/// their memory in the end, and nowhere else.
struct CardKeyring {
  /// Bytes that a key's file may have: a long key in hexadecimal digits, and a line end.
  private static let fileByteCountMax = 256

  /// What the system says of a path.
  var facts: (String) -> Result<FileFacts, FileError> = FileFacts.read
  /// A small file's bytes.
  var contents: (String) throws -> [UInt8] = {
    try InputFile.contents(path: $0, limit: Self.fileByteCountMax)
  }
  /// The value of an environment variable.
  var environment: (String) -> String? = ProcessFacts.environment

  /// The profiles of all cards, keys included.
  ///
  /// - Throws: `CardKeyProblem` for the first key that cannot be used.
  func profiles(_ cards: [CardRecipe]) throws -> [CardProfile] {
    try cards.compactMap { card in
      try card.profile { key in
        let byteCounts = card.keys.first { $0.key == key }?.byteCounts ?? [16]
        return try load(key, byteCounts, card.name)
      }
    }
  }

  /// What is wrong with the keys, one after the other; none where all can be used.
  func problems(_ cards: [CardRecipe]) -> [CardKeyProblem] {
    cards.flatMap { card in
      card.keys.compactMap { key, byteCounts in
        do {
          _ = try load(key, byteCounts, card.name)
          return nil
        } catch {
          return error as? CardKeyProblem
        }
      }
    }
  }

  private func load(
    _ key: CardRecipe.Key,
    _ byteCounts: Set<Int>,
    _ card: String
  ) throws -> CardKey {
    let path = try path(key, card)
    func refuse(_ reason: String, fix: String? = nil) -> CardKeyProblem {
      CardKeyProblem(card: card, path: path, reason: reason, fix: fix)
    }
    switch facts(path) {
    case .failure(let error): throw refuse(error.words)
    case .success(let facts):
      guard facts.kind == .file else { throw refuse(Words.keyNoFile()) }
      // systemd lets the service's group read a credential, in a folder that only the service
      // may enter.
      let forbidden: UInt32 = if case .file = key.source { 0o077 } else { 0o007 }
      guard facts.mode & forbidden == 0 else {
        throw refuse(Words.keyExposed(), fix: "chmod 600 \(path)")
      }
    }
    var bytes: [UInt8]
    do {
      bytes = try contents(path)
    } catch {
      throw refuse((error as? FileError)?.words ?? Words.keyUnreadable())
    }
    defer { SecretMemory.wipe(&bytes) }
    guard let key = Self.parse(bytes, byteCounts) else {
      let lengths = byteCounts.sorted()
      let words = lengths.count > 3 ? "\(lengths[0])–\(lengths[lengths.count - 1])" : nil
      throw refuse(Words.keyLength(words ?? lengths.map(String.init).joined(separator: ", ")))
    }
    return key
  }

  private func path(_ key: CardRecipe.Key, _ card: String) throws -> String {
    switch key.source {
    case .file(let path): return path
    case .credential(let name):
      guard let folder = environment("CREDENTIALS_DIRECTORY") else {
        throw CardKeyProblem(card: card, path: name, reason: Words.keyNoCredentials())
      }
      return folder + "/" + name
    }
  }

  /// A key as hexadecimal digits, which white space may surround, or as the bare bytes.
  private static func parse(_ bytes: [UInt8], _ byteCounts: Set<Int>) -> CardKey? {
    let white: Set<UInt8> = [0x20, 0x09, 0x0A, 0x0D]
    var digits = bytes[...]
    while let last = digits.last, white.contains(last) { digits.removeLast() }
    while let first = digits.first, white.contains(first) { digits.removeFirst() }
    if var decoded = Hexadecimal.bytes(digits), byteCounts.contains(decoded.count) {
      defer { SecretMemory.wipe(&decoded) }
      return CardKey(decoded)
    }
    return byteCounts.contains(bytes.count) ? CardKey(bytes) : nil
  }
}
