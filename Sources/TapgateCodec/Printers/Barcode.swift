/// A linear bar code whose content was checked: firmware prints bad content as text.
///
/// Rules: GS1 General Specifications 7.9.1 (check digit); ISO/IEC 15417 (Code 128), 16388 (Code
/// 39), 16390 (ITF); ANSI/AIM BC3 (Codabar).
public struct Barcode: Hashable, Sendable {
  /// Which symbols can be asked for; the wire's names.
  public enum Symbology: String, Hashable, Sendable, CaseIterable {
    case upca, ean13, ean8, code39, itf, codabar, code128
  }

  /// Why content is not one of the symbology's.
  public struct Refusal: Error, Hashable, Sendable, CustomStringConvertible {
    public let description: String
  }

  /// Characters of any content: one length byte of `GS k`, with room for code set prefixes.
  public static let contentCountMax = 80

  public let symbology: Symbology
  /// ASCII; for UPC and EAN with the check digit.
  public let content: String

  /// Checks `content`; UPC and EAN are completed with their check digit where it was left out.
  ///
  /// - Throws: a sentence that does not repeat the content.
  public init(symbology: Symbology, content: String) throws(Refusal) {
    self.symbology = symbology
    let bytes = Array(content.utf8)
    guard (1...Self.contentCountMax).contains(bytes.count) else {
      throw Refusal(description: "must have 1 to \(Self.contentCountMax) characters")
    }
    switch symbology {
    case .upca: self.content = try Self.checked(bytes, digitCount: 12)
    case .ean13: self.content = try Self.checked(bytes, digitCount: 13)
    case .ean8: self.content = try Self.checked(bytes, digitCount: 8)
    case .itf:
      guard bytes.allSatisfy(Self.isDigit), bytes.count.isMultiple(of: 2) else {
        throw Refusal(description: "must be an even number of digits")
      }
      self.content = content
    case .code39:
      let alphabet = Set("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-. $/+%".utf8)
      guard bytes.allSatisfy(alphabet.contains) else {
        throw Refusal(description: "must be digits, capital letters, space or -.$/+%")
      }
      self.content = content
    case .codabar:
      guard Self.isCodabar(bytes) else {
        throw Refusal(description: "must be A to D, then digits or -$:/.+, then A to D")
      }
      self.content = content
    case .code128:
      guard bytes.allSatisfy({ (0x20...0x7E).contains($0) }) else {
        throw Refusal(description: "must be printable ASCII")
      }
      self.content = content
    }
  }

  /// Modules of the whole symbol, quiet zones included, at the widest bar ratio a printer uses.
  public var moduleCount: Int {
    let count = content.utf8.count
    return switch symbology {
    case .upca, .ean13: 95 + 18
    case .ean8: 67 + 14
    case .code39: (count + 2) * 16 + 20
    case .itf: count / 2 * 18 + 9 + 20
    case .codabar: count * 12 + 20
    case .code128: (isCode128Pairs ? count / 2 : count) * 11 + 35 + 20
    }
  }

  /// Whether Code 128 is written in code set C, two digits a symbol character.
  var isCode128Pairs: Bool {
    content.utf8.count >= 4 && content.utf8.count.isMultiple(of: 2)
      && content.utf8.allSatisfy(Self.isDigit)
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
  }

  private static func isCodabar(_ bytes: [UInt8]) -> Bool {
    let ends = Set("ABCD".utf8)
    let middle = Set("0123456789-$:/.+".utf8)
    guard bytes.count >= 3, ends.contains(bytes[0]), ends.contains(bytes[bytes.count - 1]) else {
      return false
    }
    return bytes.dropFirst().dropLast().allSatisfy(middle.contains)
  }

  private static func checked(_ bytes: [UInt8], digitCount: Int) throws(Refusal) -> String {
    guard bytes.allSatisfy(isDigit), bytes.count == digitCount || bytes.count == digitCount - 1
    else { throw Refusal(description: "must be \(digitCount - 1) or \(digitCount) digits") }
    var sum = 0
    let body = bytes.prefix(digitCount - 1)
    for (index, byte) in body.reversed().enumerated() {
      sum += Int(byte - UInt8(ascii: "0")) * (index.isMultiple(of: 2) ? 3 : 1)
    }
    let check = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: (10 - sum % 10) % 10)
    guard bytes.count < digitCount || bytes[digitCount - 1] == check else {
      throw Refusal(description: "has a wrong check digit")
    }
    return String(decoding: Array(body) + [check], as: UTF8.self)
  }
}
