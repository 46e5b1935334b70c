internal import Foundation
internal import TapgateLock

/// The first letters of a name as they are typed to find it: 张三 is `zs`, Ann Lee is `al`.
///
/// Readings are those of ICU's transform from Han to Latin (Unicode CLDR), each character asked for
/// once: the transform takes a tenth of a millisecond and more. Any thread.
final class PinyinInitials: Sendable {
  private let known = Mutex<[UInt32: UInt8]>([:])

  /// Surnames that are read otherwise than the character by itself, with their first letters.
  private static let surnames: [Unicode.Scalar: UInt8] = [
    "单": 115, "曾": 122, "解": 120, "仇": 113, "查": 122, "区": 111, "盖": 103, "朴": 112,
    "覃": 113, "乐": 121, "翟": 122, "种": 99, "召": 115, "秘": 98, "缪": 109, "折": 115,
    "重": 99, "繁": 112, "黑": 104, "洗": 120, "冼": 120, "员": 121, "尉": 121, "万": 119,
  ]

  /// The letters of `name`; where it begins with a surname of two readings, those of the other
  /// reading, too.
  func initials(of name: String) -> (usual: String, other: String?) {
    var usual: [UInt8] = []
    var other: UInt8?
    var isInWord = false
    for scalar in name.unicodeScalars {
      if Self.isHan(scalar) {
        guard let letter = letter(of: scalar) else { continue }
        if usual.isEmpty, let read = Self.surnames[scalar], read != letter { other = read }
        usual.append(letter)
        isInWord = false
      } else if scalar.properties.isAlphabetic {
        if !isInWord, let letter = Self.plain(String(scalar)) { usual.append(letter) }
        isInWord = true
      } else {
        isInWord = false
      }
    }
    let text = String(decoding: usual, as: UTF8.self)
    return (text, other.map { String(decoding: [$0] + usual.dropFirst(), as: UTF8.self) })
  }

  private func letter(of scalar: Unicode.Scalar) -> UInt8? {
    if let letter = known.withLock({ $0[scalar.value] }) { return letter == 0 ? nil : letter }
    let latin = String(scalar).applyingTransform(.mandarinToLatin, reverse: false) ?? ""
    let letter = Self.plain(latin)
    known.withLock { $0[scalar.value] = letter ?? 0 }
    return letter
  }

  /// The first letter, small and without its tone; `nil` where that is none of a to z.
  private static func plain(_ text: String) -> UInt8? {
    guard let first = text.decomposedStringWithCanonicalMapping.utf8.first else { return nil }
    let small = first | 0x20
    return (97...122).contains(small) && first < 0x80 ? small : nil
  }

  /// The blocks of CJK unified ideographs and their extensions A to H.
  private static func isHan(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xF900...0xFAFF, 0x20000...0x323AF: true
    default: false
    }
  }
}
