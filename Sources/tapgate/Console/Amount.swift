/// Money in the minor unit of a currency with two decimals (fen), read and shown without floating
/// point.
struct Amount: Hashable, Sendable, CustomStringConvertible {
  /// Why a text is no amount.
  enum Problem: Error, Hashable, Sendable { case malformed, tooLarge }

  /// The number of minor units.
  let minor: Int64

  /// Creates an amount of minor units.
  init(minor: Int64) { self.minor = minor }

  /// Reads digits with at most two decimals: `28`, `28.5`, `28.00`. No sign, no separators, no
  /// spaces.
  init(text: String) throws(Problem) {
    let parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard parts.count <= 2, !parts[0].isEmpty, parts.allSatisfy({ $0.allSatisfy(Self.isDigit) })
    else { throw .malformed }
    var digits = Array(parts[0])
    if parts.count == 2 {
      guard (1...2).contains(parts[1].count) else { throw .malformed }
      digits += parts[1]
    }
    let decimals = parts.count == 2 ? parts[1].count : 0
    digits += Array(repeating: UInt8(ascii: "0"), count: 2 - decimals)
    var value: Int64 = 0
    for digit in digits {
      let (product, overflow) = value.multipliedReportingOverflow(by: 10)
      let (sum, carry) = product.addingReportingOverflow(Int64(digit - UInt8(ascii: "0")))
      guard !overflow, !carry else { throw .tooLarge }
      value = sum
    }
    minor = value
  }

  /// The amount with two decimals, such as `-28.05`.
  var description: String {
    let fraction = minor.magnitude % 100
    let sign = minor < 0 ? "-" : ""
    return "\(sign)\(minor.magnitude / 100).\(fraction < 10 ? "0" : "")\(fraction)"
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
  }
}
