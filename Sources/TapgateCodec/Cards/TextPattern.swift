/// A text with gaps, such as `https://shop.example/m/{id}`: what stands between the gaps has to be
/// there to the letter, and the gaps are what is wanted.
///
/// There is one way at most in which a text fits: no search, no cost that grows with the text.
public struct TextPattern: Hashable, Sendable {
  /// What a gap holds.
  public enum Gap: String, Hashable, Sendable, CaseIterable {
    /// A member's number: at least one character, up to what stands behind the gap.
    case id
    /// A mirrored UID: 14 hexadecimal digits.
    case uid
    /// A mirrored read counter: 6 hexadecimal digits, most significant first.
    case ctr
    /// PICCENCData: 32 hexadecimal digits.
    case picc
    /// SDMENCFileData: hexadecimal digits, a multiple of 32.
    case enc
    /// SDMMAC: 16 hexadecimal digits.
    case mac
    /// Where the text starts that the MAC is made over: no character itself.
    case macFrom

    /// Hexadecimal digits of a gap that has a fixed number of them.
    var digitCount: Int? {
      switch self {
      case .uid: 14
      case .ctr: 6
      case .picc: 32
      case .mac: 16
      case .macFrom: 0
      case .id, .enc: nil
      }
    }
  }

  /// Why a text is no pattern.
  public enum Problem: String, Error, Hashable, Sendable, CaseIterable {
    /// A brace without its partner, or around a word that names no gap.
    case braces
    /// A gap that stands twice.
    case repeated
    /// A gap that nothing shows the end of.
    case ambiguous
  }

  /// What a text has in a pattern's gaps. It may say whose card it is: `description` shows nothing.
  public struct Match: Hashable, Sendable {
    fileprivate var gaps: [Gap: Range<Int>] = [:]
    fileprivate let text: [UInt8]

    /// The characters in a gap; `nil` where the pattern has no such gap.
    public subscript(gap: Gap) -> String? {
      gaps[gap].map { String(decoding: text[$0], as: UTF8.self) }
    }

    /// The bytes that the hexadecimal digits in a gap stand for.
    public func bytes(_ gap: Gap) -> [UInt8]? {
      gaps[gap].flatMap { Hexadecimal.bytes(text[$0]) }
    }

    /// The text from `macFrom` to the MAC, empty where the pattern does not say where it starts.
    public var macInput: [UInt8] {
      guard let start = gaps[.macFrom]?.lowerBound, let end = gaps[.mac]?.lowerBound,
        start <= end
      else { return [] }
      return Array(text[start..<end])
    }
  }

  private enum Part: Hashable, Sendable {
    case words([UInt8])
    case gap(Gap)
  }

  private let parts: [Part]

  /// The gaps that the pattern has.
  public var gaps: Set<Gap> {
    Set(parts.compactMap { if case .gap(let gap) = $0 { gap } else { nil } })
  }

  /// Reads a pattern.
  public static func parse(_ text: String) -> Result<TextPattern, Problem> {
    do throws(Problem) {
      return .success(try TextPattern(text))
    } catch {
      return .failure(error)
    }
  }

  private init(_ text: String) throws(Problem) {
    var parts: [Part] = []
    var seen: Set<Gap> = []
    var rest = Substring(text)
    while !rest.isEmpty {
      let words = rest.prefix { $0 != "{" && $0 != "}" }
      rest = rest.dropFirst(words.count)
      if !words.isEmpty { parts.append(.words(Array(words.utf8))) }
      guard let brace = rest.first else { break }
      guard brace == "{", let end = rest.firstIndex(of: "}"),
        let gap = Gap(rawValue: String(rest[rest.index(after: rest.startIndex)..<end]))
      else { throw .braces }
      guard seen.insert(gap).inserted else { throw .repeated }
      if gap != .macFrom, case .gap(let before) = parts.last(where: { $0 != .gap(.macFrom) }),
        before == .id || (before == .enc && gap == .id)
      {
        throw .ambiguous
      }
      parts.append(.gap(gap))
      rest = rest[rest.index(after: end)...]
    }
    self.parts = parts
  }

  /// What `text` has in the gaps; `nil` where it does not fit the pattern.
  public func match(_ text: String) -> Match? {
    let bytes = Array(text.utf8)
    var match = Match(text: bytes)
    var position = 0
    for (index, part) in parts.enumerated() {
      let end: Int
      switch part {
      case .words(let words):
        guard bytes[position...].starts(with: words) else { return nil }
        end = position + words.count
      case .gap(let gap):
        guard let found = fill(gap, bytes[position...], next: words(after: index)) else {
          return nil
        }
        match.gaps[gap] = position..<found
        end = found
      }
      position = end
    }
    return position == bytes.count ? match : nil
  }

  /// Where a gap that starts with `rest` ends.
  private func fill(_ gap: Gap, _ rest: ArraySlice<UInt8>, next: [UInt8]?) -> Int? {
    if let count = gap.digitCount {
      let digits = rest.prefix(count)
      guard digits.count == count, digits.allSatisfy(Hexadecimal.isDigit) else { return nil }
      return digits.endIndex
    }
    if gap == .enc {
      let digits = rest.prefix { Hexadecimal.isDigit($0) }
      let count = digits.count / 32 * 32
      return count > 0 ? rest.startIndex + count : nil
    }
    var end = rest.endIndex
    if let next, let stop = rest.indices.first(where: { rest[$0...].starts(with: next) }) {
      end = stop
    }
    return end > rest.startIndex ? end : nil
  }

  /// The fixed text that follows part `index`, past a place that is no character itself.
  private func words(after index: Int) -> [UInt8]? {
    for part in parts[(index + 1)...] {
      switch part {
      case .words(let words): return words
      case .gap(.macFrom): continue
      case .gap: return nil
      }
    }
    return nil
  }
}

extension TextPattern.Match: CustomStringConvertible, CustomReflectable {
  public var description: String { "match of \(gaps.count) gaps" }
  public var customMirror: Mirror { Mirror(self, children: ["gaps": gaps.count]) }
}
