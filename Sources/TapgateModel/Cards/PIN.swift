/// A personal identification number as somebody entered it: 4 to 12 digits (ISO 9564-1, 8.1).
///
/// It is never shown: `description` and reflection are masked. Only what hashes it calls
/// `reveal()`; nothing keeps it, and no hash of it stands anywhere but in its own verifier.
public struct PIN: Hashable, Sendable {
  /// Digits that a PIN may have.
  public static let digitCounts = 4...12

  private let digits: [UInt8]

  /// Reads an entry; `nil` where it is not 4 to 12 ASCII digits.
  public init?(_ text: String) {
    let bytes = Array(text.utf8)
    guard Self.digitCounts.contains(bytes.count), bytes.allSatisfy({ (48...57).contains($0) })
    else { return nil }
    digits = bytes
  }

  /// Whether anybody would guess it first: one digit again and again, or digits that only count
  /// upwards or downwards, as 123456 does.
  public var isTrivial: Bool {
    let steps = Set(zip(digits, digits.dropFirst()).map { Int($1) - Int($0) })
    return steps.count == 1 && steps.isSubset(of: [-1, 0, 1])
  }

  /// The digits. Only what hashes them may call this.
  public func reveal() -> [UInt8] { digits }
}

extension PIN: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  public var description: String { "PIN ****" }
  public var debugDescription: String { description }
  public var customMirror: Mirror { Mirror(self, children: []) }
}
