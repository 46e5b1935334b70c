import Crypto

@testable import TapgateCards

/// Bytes from hexadecimal digits; anything else stands for itself as a test's mistake.
func bytes(_ digits: String) -> [UInt8] {
  var result: [UInt8] = []
  var high: Int?
  for character in digits where character != " " {
    guard let digit = character.hexDigitValue else { return [] }
    if let first = high {
      result.append(UInt8(first << 4 | digit))
      high = nil
    } else {
      high = digit
    }
  }
  return result
}

/// An AES key from hexadecimal digits.
func key(_ digits: String) -> SymmetricKey { SymmetricKey(data: bytes(digits)) }

/// The factory's AES key.
let zeroKey = key("00000000000000000000000000000000")
