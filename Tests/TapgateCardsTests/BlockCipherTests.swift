import Crypto
import Testing

@testable import TapgateCards

@Suite("AES as cards use it")
struct BlockCipherTests {
  /// RFC 4493 section 4, examples 1 to 4.
  @Test(
    "CMAC has the standard's results",
    arguments: [
      (0, "bb1d6929e95937287fa37d129b756746"),
      (16, "070a16b46b4d4144f79bdd9dd04a287c"),
      (40, "dfa66747de9ae63030ca32611497c827"),
      (64, "51f0bebf7e3b9d92fc49741779363cfe"),
    ]
  )
  func standard(count: Int, expected: String) {
    let message = bytes(
      "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51"
        + "30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710"
    )
    let secret = key("2b7e151628aed2a6abf7158809cf4f3c")
    #expect(BlockCipher.mac(Array(message.prefix(count)), secret) == bytes(expected))
  }

  /// Written out from NIST SP 800-38B sections 6.1 and 6.2: subkeys, padding, and the chain from
  /// `iv`, over `blockCount` blocks.
  private static func byHand(
    _ message: [UInt8],
    _ secret: SymmetricKey,
    iv: [UInt8] = BlockCipher.zeros,
    blockCount: Int
  ) -> [UInt8] {
    func double(_ block: [UInt8]) -> [UInt8] {
      var result = block.indices.map { index in
        block[index] << 1 | (index + 1 < block.count ? block[index + 1] >> 7 : 0)
      }
      if block[0] & 0x80 != 0 { result[15] ^= 0x87 }
      return result
    }
    var subkey = double(BlockCipher.encrypt(BlockCipher.zeros, secret))
    var padded = message
    if padded.count < blockCount * 16 {
      subkey = double(subkey)
      padded.append(0x80)
      padded += [UInt8](repeating: 0, count: blockCount * 16 - padded.count)
    }
    for index in 0..<16 { padded[padded.count - 16 + index] ^= subkey[index] }
    return Array(BlockCipher.encrypt(padded, secret, iv: iv).suffix(16))
  }

  @Test("CMAC is the standard's for every length, from every block, and over two blocks")
  func library() {
    let secret = key("00112233445566778899AABBCCDDEEFF")
    let vector = (0..<16).map { UInt8($0 * 11) }
    for count in 0...100 {
      let message = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 37) }
      let blocks = max(1, (count + 15) / 16)
      let plain = Self.byHand(message, secret, blockCount: blocks)
      #expect(BlockCipher.mac(message, secret) == plain, "\(count) bytes")
      let chained = Self.byHand(message, secret, iv: vector, blockCount: blocks)
      #expect(BlockCipher.mac(message, secret, iv: vector) == chained, "\(count) bytes")
      guard count <= 32 else { continue }
      let two = Self.byHand(message, secret, blockCount: 2)
      #expect(BlockCipher.macOfTwoBlocks(message, secret) == two, "\(count) bytes")
    }
  }

  @Test("what is no whole number of blocks has the empty result, which equals nothing")
  func total() {
    #expect(BlockCipher.encrypt([1, 2, 3], zeroKey).isEmpty)
    #expect(BlockCipher.decrypt([], zeroKey).isEmpty)
    #expect(BlockCipher.encrypt(BlockCipher.zeros, key("0011")).isEmpty)
    #expect(BlockCipher.encrypt(BlockCipher.zeros, zeroKey, iv: [1]).isEmpty)
    #expect(BlockCipher.mac([1], zeroKey, iv: [1]).isEmpty)
    #expect(BlockCipher.mac([1], key("0011")).isEmpty)
    #expect(BlockCipher.macOfTwoBlocks([1], key("0011")).isEmpty)
    #expect(BlockCipher.macOfTwoBlocks([UInt8](repeating: 0, count: 33), zeroKey).isEmpty)
    #expect(!BlockCipher.isEqual([], []))
    #expect(!BlockCipher.isEqual([1], [1, 2]))
    #expect(BlockCipher.isEqual([1, 2], [1, 2]))
    #expect(BlockCipher.odd([1, 2]).isEmpty)
  }

  /// NXP AN10922 section 2.2.1.
  @Test("a diversified key is the application note's")
  func diversification() {
    let parts: [KeyDiversification.Part] = [.uid, .application, .bytes(Array("NXP Abu".utf8))]
    let input = KeyDiversification(parts: parts)
      .input(uid: bytes("04782E21801D80"), application: bytes("3042F5"))
    #expect(input == bytes("04782E21801D803042F54E585020416275"))
    let master = key("00112233445566778899AABBCCDDEEFF")
    let expected = key("A8DD63A3B89D54B37CA802473FDA9175")
    #expect(KeyDiversification.diversify(master, input ?? []) == expected)
  }

  /// NXP AN10957 pages 13 and 14, as libfreefare's tests quote it (short_m); the second result is
  /// the plain CMAC that libfreefare once took for it (its issue 91).
  @Test("an input shorter than a block is padded to two all the same")
  func shortInput() {
    let master = key("f3f9377698707b688eaf84abe39e3791")
    let input = bytes("04deadbeeffeed")
    let expected = key("0bb408baff98b6ee9f2e1585777f6a51")
    #expect(KeyDiversification.diversify(master, input) == expected)
    let plain = BlockCipher.mac([0x01] + input, master)
    #expect(plain == bytes("721e2c01e81af85d815633969cea2607"))
  }

  @Test("an input that is too long has no key")
  func longInput() {
    let parts: [KeyDiversification.Part] = [.uid, .bytes([UInt8](repeating: 1, count: 25))]
    let diversification = KeyDiversification(parts: parts)
    #expect(diversification.input(uid: bytes("04782E21801D80"), application: []) == nil)
    #expect(diversification.input(uid: bytes("04782E21"), application: [])?.count == 29)
  }

  @Test("a key does not show its bytes")
  func masked() throws {
    let secret = try #require(CardKey(bytes("DEADBEEFDEADBEEFDEADBEEFDEADBEEF")))
    var dumped = ""
    dump(secret, to: &dumped)
    for text in ["\(secret)", String(reflecting: secret), dumped] {
      #expect(!text.uppercased().contains("DEAD"))
      #expect(!text.contains("222"))
    }
    #expect(CardKey([1, 2, 3]) == nil)
    #expect(CardKey([UInt8](repeating: 1, count: 65)) == nil)
  }
}
