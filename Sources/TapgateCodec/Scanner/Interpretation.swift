/// Extended Channel Interpretations in scanned data (AIM ITS/04-023; ISO/IEC 15424 section 4.3).
enum Interpretation {
  struct Text {
    var text: String
    var designators: [UInt32]
  }

  /// The first byte that stands for nothing, and the set it should be of.
  struct Failure: Error {
    var offset: Int
    var charset: String
  }

  /// The data as text. Where they hold interpretations, each part is read in its own set; else all
  /// of it in `charset`.
  ///
  /// Interpretations count where the identifier tells of them. Some scanners leave them in without
  /// telling: then data that begin with one are taken so. A backslash that is neither doubled nor
  /// followed by six digits shows that the scanner does not escape, and all stays as it is.
  static func text(
    of bytes: [UInt8],
    aim: AimIdentifier?,
    charset: ScanCharset
  ) throws(Failure) -> Text {
    if let aim, aim.mayHaveInterpretations,
      aim.hasInterpretations || startsWithDesignator(bytes), let parts = parts(of: bytes)
    {
      var text = ""
      var designators: [UInt32] = []
      for part in parts {
        var set = charset
        if let designator = part.designator {
          designators.append(designator)
          guard let named = Self.charset(of: designator, fallback: charset) else {
            throw Failure(offset: part.offset, charset: "in a set known here (ECI \(designator))")
          }
          set = named
        }
        text += try decoded(part.bytes, as: set, offset: part.offset)
      }
      return Text(text: text, designators: designators)
    }
    return Text(text: try decoded(bytes, as: charset, offset: 0), designators: [])
  }

  private struct Part {
    var designator: UInt32?
    var offset: Int
    var bytes: [UInt8] = []
  }

  private static func decoded(
    _ bytes: [UInt8],
    as charset: ScanCharset,
    offset: Int
  ) throws(Failure) -> String {
    do {
      return try charset.text(of: bytes)
    } catch {
      throw Failure(offset: offset + error.offset, charset: charset.name)
    }
  }

  private static func startsWithDesignator(_ bytes: [UInt8]) -> Bool {
    guard let designator = designator(in: bytes, at: 0) else { return false }
    // A maker's path or a price is no interpretation: only what AIM has assigned.
    return designator <= 899
  }

  /// The number after the backslash at `place`.
  private static func designator(in bytes: [UInt8], at place: Int) -> UInt32? {
    guard bytes.count - place >= 7, bytes[place] == 0x5C else { return nil }
    var number: UInt32 = 0
    for byte in bytes[(place + 1)...(place + 6)] {
      guard (0x30...0x39).contains(byte) else { return nil }
      number = number * 10 + UInt32(byte - 0x30)
    }
    return number
  }

  private static func parts(of bytes: [UInt8]) -> [Part]? {
    var parts = [Part(designator: nil, offset: 0)]
    var place = 0
    while place < bytes.count {
      let byte = bytes[place]
      if byte != 0x5C {
        parts[parts.count - 1].bytes.append(byte)
        place += 1
      } else if place + 1 < bytes.count, bytes[place + 1] == 0x5C {
        parts[parts.count - 1].bytes.append(byte)
        place += 2
      } else if let designator = designator(in: bytes, at: place) {
        place += 7
        parts.append(Part(designator: designator, offset: place))
      } else {
        return nil
      }
    }
    return parts
  }

  /// The set that a designator names, as far as this module has it or was given it.
  private static func charset(of designator: UInt32, fallback: ScanCharset) -> ScanCharset? {
    switch designator {
    case 0, 2: return .codePage437
    case 1, 3: return .latin1
    case 23: return .windows1252
    case 26: return .utf8
    case 27, 170: return .ascii
    case 29, 32:
      // GB 2312 with its extensions, and GB 18030.
      if case .other(let set) = fallback, set.name == "gb18030" || set.name == "gbk" {
        return fallback
      }
      return nil
    default: return nil
    }
  }
}
