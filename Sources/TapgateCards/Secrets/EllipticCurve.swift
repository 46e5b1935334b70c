internal import BigInt
internal import TapgateCodec

/// A short Weierstrass curve y² = x³ − 3x + b over a prime field, SEC 2 (version 1.0 section 2.2
/// and 2.3 for secp128r1; version 2.0 for the others). All of them have a = −3.
///
/// swift-crypto offers none of these: 128 and 192 bits are too few for secrets. A maker's signature
/// holds no secret, so plain integers of the library BigInt do.
struct EllipticCurve: Sendable {
  /// The field's prime.
  let p: BigUInt
  let b: BigUInt
  /// The generator's order, also a prime.
  let n: BigUInt
  let generator: Point
  /// Bytes of a coordinate, and of each half of a signature.
  let byteCount: Int

  /// Bytes of a signature.
  var signatureByteCount: Int { byteCount * 2 }

  /// A point in affine coordinates.
  struct Point: Hashable, Sendable {
    let x: BigUInt
    let y: BigUInt
  }

  /// A point in Jacobian coordinates (x / z², y / z³); z = 0 is the point at infinity.
  private struct Jacobian {
    var x: BigUInt
    var y: BigUInt
    var z: BigUInt
  }

  static let secp128r1 = EllipticCurve(
    p: "FFFFFFFDFFFFFFFFFFFFFFFFFFFFFFFF",
    b: "E87579C11079F43DD824993C2CEE5ED3",
    n: "FFFFFFFE0000000075A30D1B9038A115",
    x: "161FF7528B899B2D0C28607CA52C5B86",
    y: "CF5AC8395BAFEB13C02DA292DDED7A83"
  )

  static let secp192r1 = EllipticCurve(
    p: "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEFFFFFFFFFFFFFFFF",
    b: "64210519E59C80E70FA7E9AB72243049FEB8DEECC146B9B1",
    n: "FFFFFFFFFFFFFFFFFFFFFFFF99DEF836146BC9B1B4D22831",
    x: "188DA80EB03090F67CBF20EB43A18800F4FF0AFD82FF1012",
    y: "07192B95FFC8DA78631011ED6B24CDD573F977A11E794811"
  )

  static let secp224r1 = EllipticCurve(
    p: "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF000000000000000000000001",
    b: "B4050A850C04B3ABF54132565044B0B7D7BFD8BA270B39432355FFB4",
    n: "FFFFFFFFFFFFFFFFFFFFFFFFFFFF16A2E0B8F03E13DD29455C5C2A3D",
    x: "B70E0CBD6BB4BF7F321390B94A03C1D356C21122343280D6115C1D21",
    y: "BD376388B5F723FB4C22DFE6CD4375A05A07476444D5819985007E34"
  )

  private init(p: String, b: String, n: String, x: String, y: String) {
    self.p = Self.number(p)
    self.b = Self.number(b)
    self.n = Self.number(n)
    generator = Point(x: Self.number(x), y: Self.number(y))
    byteCount = p.utf8.count / 2
  }

  /// Whether a point lies on the curve.
  func contains(_ point: Point) -> Bool {
    guard point.x < p, point.y < p else { return false }
    let right = point.x * point.x * point.x + (p - 3) * point.x + b
    return point.y * point.y % p == right % p
  }

  /// The x coordinate of `u1` times the generator plus `u2` times `point` (Shamir's trick); `nil`
  /// for the point at infinity.
  func sumX(_ u1: BigUInt, _ u2: BigUInt, _ point: Point) -> BigUInt? {
    let first = Jacobian(x: generator.x, y: generator.y, z: 1)
    let second = Jacobian(x: point.x, y: point.y, z: 1)
    let both = add(first, second)
    var sum = Jacobian(x: 1, y: 1, z: 0)
    for bit in (0..<max(u1.bitWidth, u2.bitWidth)).reversed() {
      sum = double(sum)
      switch (Self.isSet(u1, bit), Self.isSet(u2, bit)) {
      case (true, true): sum = add(sum, both)
      case (true, false): sum = add(sum, first)
      case (false, true): sum = add(sum, second)
      case (false, false): break
      }
    }
    guard sum.z != 0, let inverse = sum.z.inverse(p) else { return nil }
    return sum.x * (inverse * inverse % p) % p
  }

  static func number(_ bytes: ArraySlice<UInt8>) -> BigUInt {
    bytes.reduce(BigUInt(0)) { $0 << 8 | BigUInt($1) }
  }

  static func number(_ digits: String) -> BigUInt { BigUInt(digits, radix: 16) ?? 0 }

  private static func isSet(_ number: BigUInt, _ bit: Int) -> Bool { number >> bit & 1 == 1 }

  /// a − b in the field, for numbers that are in it.
  private func minus(_ a: BigUInt, _ b: BigUInt) -> BigUInt { a >= b ? a - b : a + p - b }

  /// Doubling for a = −3, "Guide to Elliptic Curve Cryptography" algorithm 3.21.
  private func double(_ point: Jacobian) -> Jacobian {
    guard point.z != 0, point.y != 0 else { return Jacobian(x: 1, y: 1, z: 0) }
    let zz = point.z * point.z % p
    let slope = 3 * minus(point.x, zz) * (point.x + zz) % p
    let yy = point.y * point.y % p
    let s = 4 * point.x * yy % p
    let x = minus(slope * slope % p, 2 * s % p)
    let y = minus(slope * minus(s, x) % p, 8 * yy * yy % p)
    return Jacobian(x: x, y: y, z: 2 * point.y * point.z % p)
  }

  /// Addition of any two points.
  private func add(_ left: Jacobian, _ right: Jacobian) -> Jacobian {
    if left.z == 0 { return right }
    if right.z == 0 { return left }
    let (zz1, zz2) = (left.z * left.z % p, right.z * right.z % p)
    let (u1, u2) = (left.x * zz2 % p, right.x * zz1 % p)
    let (s1, s2) = (left.y * zz2 * right.z % p, right.y * zz1 * left.z % p)
    guard u1 != u2 else { return s1 == s2 ? double(left) : Jacobian(x: 1, y: 1, z: 0) }
    let (h, r) = (minus(u2, u1), minus(s2, s1))
    let hh = h * h % p
    let hhh = h * hh % p
    let v = u1 * hh % p
    let x = minus(minus(r * r % p, hhh), 2 * v % p)
    let y = minus(r * minus(v, x) % p, s1 * hhh % p)
    return Jacobian(x: x, y: y, z: h * left.z * right.z % p)
  }
}

/// A maker's public key.
struct CurveKey: Sendable {
  let curve: EllipticCurve
  let point: EllipticCurve.Point

  /// Takes the coordinates x and y as hexadecimal digits, one behind the other; `nil` where that is
  /// no point of the curve.
  init?(_ curve: EllipticCurve, _ digits: String) {
    guard let bytes = Hexadecimal.bytes(digits), bytes.count == curve.byteCount * 2 else {
      return nil
    }
    let point = EllipticCurve.Point(
      x: EllipticCurve.number(bytes.prefix(curve.byteCount)),
      y: EllipticCurve.number(bytes.suffix(curve.byteCount))
    )
    guard curve.contains(point) else { return nil }
    self.curve = curve
    self.point = point
  }

  /// Whether `signature` is r and s of ECDSA over `message` as it is, without a hash: SEC 1 version
  /// 2.0 section 4.1.4.
  func isSignature(_ signature: [UInt8], of message: [UInt8]) -> Bool {
    guard signature.count == curve.signatureByteCount, message.count <= curve.byteCount else {
      return false
    }
    let r = EllipticCurve.number(signature.prefix(curve.byteCount))
    let s = EllipticCurve.number(signature.suffix(curve.byteCount))
    guard r > 0, r < curve.n, s > 0, s < curve.n, let w = s.inverse(curve.n) else { return false }
    let e = EllipticCurve.number(message[...])
    guard let x = curve.sumX(e * w % curve.n, r * w % curve.n, point) else { return false }
    return x % curve.n == r
  }
}
