import Glibc
import TapgateJSON
import Testing

@testable import TapgateBench

@Suite("What a crash drill knows")
struct CrashBookTests {
  private func reply(earned: Int64, sequence: Int64, isReplay: Bool) -> JSON {
    .object([
      "result": .object([
        "earned": .integer(earned), "sequence": .integer(sequence), "replay": .bool(isReplay),
      ])
    ])
  }

  /// A book in which operation 1 for member 0 was acknowledged with 7 points at sequence 3.
  private var book: CrashBook {
    var book = CrashBook(memberCount: 2, openingPoints: 100)
    book.send(CrashOperation(number: 1, memberIndex: 0, isPrinted: true))
    book.take(reply(earned: 7, sequence: 3, isReplay: false), to: 1)
    return book
  }

  @Test("an acknowledged operation is not pending, and its points are expected")
  func acknowledged() {
    #expect(book.pending.isEmpty)
    #expect(book.expectedPoints == [0: 107, 1: 100])
    #expect(book.lost.isEmpty && book.doubled.isEmpty && book.refused.isEmpty)
  }

  @Test("a replay changes nothing; a second effect, or another result, is found")
  func repeated() {
    var book = book
    book.take(reply(earned: 7, sequence: 3, isReplay: true), to: 1)
    #expect(book.lost.isEmpty && book.doubled.isEmpty)
    book.take(reply(earned: 7, sequence: 3, isReplay: false), to: 1)
    #expect(book.doubled.count == 1)
    book.take(reply(earned: 7, sequence: 9, isReplay: true), to: 1)
    #expect(book.lost.count == 1)
    #expect(book.expectedPoints[0] == 107)
  }

  @Test("a busy gateway leaves an operation pending; any other refusal is a fault")
  func refusals() {
    var book = CrashBook(memberCount: 1, openingPoints: 0)
    book.send(CrashOperation(number: 5, memberIndex: 0, isPrinted: false))
    for (isRetryable, pendingCount, refusedCount) in [(true, 1, 0), (false, 0, 1)] {
      let error = JSON.object(["data": .object(["retryable": .bool(isRetryable)])])
      book.take(.object(["error": error]), to: 5)
      #expect(book.pending.count == pendingCount)
      #expect(book.refused.count == refusedCount)
    }
  }

  @Test("an operation that is not committed any more is lost")
  func status() {
    var book = book
    let known = reply(earned: 7, sequence: 3, isReplay: true)["result"] ?? .null
    let committed = JSON.object(["state": .string("committed"), "result": known])
    book.compareStatus(.object(["result": committed]), of: 1)
    #expect(book.lost.isEmpty)
    book.compareStatus(.object(["error": .object([:])]), of: 1)
    #expect(book.lost.count == 1)
  }

  @Test(
    "too few points are lost, too many are doubled",
    arguments: [(107, 0, 0), (100, 1, 0), (114, 0, 1)] as [(Int64, Int, Int)]
  )
  func balance(available: Int64, lostCount: Int, doubledCount: Int) {
    var book = book
    let points = JSON.object(["points": .object(["available": .integer(available)])])
    book.compareBalance(.object(["result": points]), ofMember: 0)
    #expect(book.lost.count == lostCount)
    #expect(book.doubled.count == doubledCount)
  }

  @Test("two slips of one operation are found, strange slips are not counted as anybody's")
  func slips() {
    var book = book
    book.countSlips("1\n?\n2\n")
    #expect(book.doubled.isEmpty)
    #expect(book.slips == [1: 1, 2: 1])
    book.countSlips("1\n?\n2\n1\n")
    #expect(book.doubled == ["operation 1: 2 slips"])
  }
}

@Suite("Reading slips")
struct SlipReaderTests {
  private static let receipt = CrashOperation(number: 42, memberIndex: 0, isPrinted: true)
    .receiptNumber

  /// A slip: ESC @, text, the receipt number, GS r 1, GS ( H with id `abcd`, GS V 0.
  private static let slip =
    [0x1B, 0x40] + Array("Points 28 ".utf8) + Array(receipt.utf8) + [0x0A, 0x1D, 0x72, 0x01]
    + [0x1D, 0x28, 0x48, 0x06, 0x00, 0x30, 0x30] + Array("abcd".utf8) + [0x1D, 0x56, 0x00]

  @Test("a slip is told and answered the same wherever its bytes are split")
  func splits() {
    for split in 0...Self.slip.count {
      var reader = SlipReader()
      reader.read(Array(Self.slip[..<split]))
      reader.read(Array(Self.slip[split...]))
      #expect(reader.takeFinished() == [42], "split at \(split)")
      // GS r: paper is there. Process id: 37h 22h, the id, 00h.
      #expect(reader.takeReplies() == [0x00, 0x37, 0x22] + Array("abcd".utf8) + [0x00])
    }
  }

  @Test("a slip without a cut counts when the link ends, and a cut alone counts nothing")
  func ends() {
    var reader = SlipReader()
    reader.read([0x1B, 0x40, 0x1D, 0x56, 0x00])
    #expect(reader.takeFinished().isEmpty)
    reader.read(Array(Self.slip.dropLast(3)))
    #expect(reader.takeFinished().isEmpty)
    reader.end()
    #expect(reader.takeFinished() == [42])
    reader.read(Array(repeating: 0x41, count: 100))
    reader.end()
    #expect(reader.takeFinished() == [nil])
  }

  @Test("any bytes can be read")
  func randomBytes() {
    var numbers = RandomNumbers(seed: 11)
    var reader = SlipReader()
    let bytes: [UInt8] = [0x10, 0x04, 0x1D, 0x28, 0x48, 0x72, 0x56, 0x1B, 0x54, 0x47, 0x4B, 0x2D]
    for _ in 0..<2000 {
      let count = Int(numbers.next() % 20)
      reader.read((0..<count).map { _ in bytes[Int(numbers.next() % UInt64(bytes.count))] })
    }
    reader.end()
    #expect(reader.takeFinished().allSatisfy { $0 == nil })
  }
}

@Suite("A crash drill", .serialized, .enabled(if: hasPython))
struct CrashDrillTests {
  private static let stub =
    #filePath.split(separator: "/").dropLast(2).map { "/\($0)" }.joined()
    + "/Fixtures/bench/stub-gateway.py"

  private func drill(fault: String) throws -> CrashReport {
    setenv("STUB_FAULT", fault, 1)
    defer { unsetenv("STUB_FAULT") }
    var plan = CrashPlan(executable: Self.stub, printerExecutable: nil, seed: 4711)
    plan.roundCount = 3
    plan.memberCount = 8
    plan.loadMillisecondsMax = 60
    plan.directory = "/tmp"
    let report = try CrashDrill(plan: plan, progress: { _ in }).run()
    if let folder = report.keptFolder { _ = try ChildProcess.run(["rm", "-r", folder]) }
    return report
  }

  @Test("a ledger that keeps its word passes")
  func good() throws {
    let report = try drill(fault: "")
    #expect(report.isClean, "\(report.text)")
    #expect(report.acknowledgedCount > 0)
    #expect(report.verdict == "3 rounds, 0 lost, 0 doubled")
    #expect(report.keptFolder == nil)
  }

  @Test("a ledger that answers before it writes is found out")
  func losing() throws {
    let report = try drill(fault: "loses")
    #expect(!report.lost.isEmpty)
    #expect(report.keptFolder != nil)
  }

  @Test("a ledger that forgets which operations it knows is found out")
  func doubling() throws {
    let report = try drill(fault: "doubles")
    #expect(!report.doubled.isEmpty)
  }
}

/// Whether the machine can run the stub.
private let hasPython = (try? ChildProcess.run(["python3", "-c", ""])) != nil
