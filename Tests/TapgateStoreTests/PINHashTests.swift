import TapgateModel
import Testing

@testable import TapgateStore

@Suite("PIN hashes")
struct PINHashTests {
  /// Cheap, so that the tests are fast; the real cost is tested once.
  private static let cheap = PINHash.Cost(logRounds: 10, blockSize: 8, parallelism: 1)
  private static let pepper = [UInt8](repeating: 7, count: 32)

  @Test("the right PIN fits, others do not, and neither does another pepper")
  func matches() throws {
    let pin = try #require(PIN("482913"))
    let hash = try PINHash(of: pin, pepper: Self.pepper, cost: Self.cheap)
    let read = try #require(PINHash(hash.line))
    #expect(read == hash)
    #expect(try read.matches(pin, pepper: Self.pepper))
    for wrong in ["482914", "48291", "4829130", "0482913"] {
      #expect(try !read.matches(try #require(PIN(wrong)), pepper: Self.pepper))
    }
    #expect(try !read.matches(pin, pepper: []))
    #expect(try !read.matches(pin, pepper: [UInt8](repeating: 8, count: 32)))
  }

  @Test("two hashes of one PIN have nothing in common")
  func salts() throws {
    let pin = try #require(PIN("482913"))
    let one = try PINHash(of: pin, pepper: Self.pepper, cost: Self.cheap)
    let other = try PINHash(of: pin, pepper: Self.pepper, cost: Self.cheap)
    #expect(one.line != other.line)
  }

  @Test("a new hash has the cost that the documents promise")
  func cost() throws {
    let pin = try #require(PIN("482913"))
    let hash = try PINHash(of: pin, pepper: Self.pepper)
    #expect(hash.line.hasPrefix("$scrypt$ln=15,r=8,p=1$"))
    #expect(hash.bytes.count <= 128)
    #expect(try hash.matches(pin, pepper: Self.pepper))
  }

  /// RFC 7914, section 12, third vector: pleaseletmein, SodiumChloride, N = 16384, r = 8, p = 1.
  /// Its password is no PIN, so the vector is checked as far as the line's reading goes.
  @Test("lines of others are read, and what costs too much is not")
  func lines() throws {
    let hash = "cCO9yzr9c0hGHAbNgf046/2o+7qQT44+qbVDqp1rlYw"
    #expect(PINHash("$scrypt$ln=14,r=8,p=1$U29kaXVtQ2hsb3JpZGU$\(hash)") != nil)
    for line in [
      "", "$", "$$$$", "$scrypt$ln=14,r=8,p=1$U29kaXVtQ2hsb3JpZGU$", "$argon2id$ln=14,r=8,p=1$a$b",
      "$scrypt$ln=14,r=8$U29kaXVtQ2hsb3JpZGU$\(hash)",
      "$scrypt$ln=14,ln=14,r=8,p=1$U29kaXVtQ2hsb3JpZGU$\(hash)",
      "$scrypt$ln=40,r=8,p=1$U29kaXVtQ2hsb3JpZGU$\(hash)",
      "$scrypt$ln=14,r=8,p=1000$U29kaXVtQ2hsb3JpZGU$\(hash)",
      "$scrypt$ln=-1,r=8,p=1$U29kaXVtQ2hsb3JpZGU$\(hash)",
      "$scrypt$ln=14,r=8,p=1$!!!!$\(hash)", "$scrypt$ln=14,r=8,p=1$$\(hash)",
    ] {
      #expect(PINHash(line) == nil, "\(line)")
    }
  }

  @Test("neither a PIN nor its hash shows itself")
  func masked() throws {
    let pin = try #require(PIN("482913"))
    let hash = try PINHash(of: pin, pepper: Self.pepper, cost: Self.cheap)
    var shown = "\(pin) \(hash) \(String(reflecting: pin)) \(String(reflecting: hash))"
    dump(pin, to: &shown)
    dump(hash, to: &shown)
    #expect(!shown.contains("482913"))
    #expect(!shown.contains("scrypt"))
    #expect(!shown.contains("52, 56, 50"))
  }

  @Test(
    "what is a PIN, and what is a trivial one",
    arguments: [
      ("1234", true, true), ("123456", true, true), ("987654", true, true), ("000000", true, true),
      ("1357", true, false), ("482913", true, false), ("123", false, false),
      ("1234567890123", false, false), ("12a4", false, false), ("１２３４", false, false),
      ("", false, false), ("112233", true, false), ("901234", true, false),
    ]
  )
  func entries(text: String, isOne: Bool, isTrivial: Bool) {
    let pin = PIN(text)
    #expect((pin != nil) == isOne)
    #expect((pin?.isTrivial ?? false) == isTrivial)
  }
}
