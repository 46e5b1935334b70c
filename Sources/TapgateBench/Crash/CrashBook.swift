internal import TapgateJSON

/// One accrual of a crash drill; everything about it follows from its number.
struct CrashOperation {
  let number: UInt64
  let memberIndex: Int
  /// Whether a slip is asked for.
  let isPrinted: Bool

  /// The receipt number that stands on the slip: `TGK-` and ten digits.
  var receiptNumber: String {
    var bytes = Array(SlipReader.mark)
    bytes.appendDecimal(number, digitCount: SlipReader.digitCount)
    return String(decoding: bytes, as: UTF8.self)
  }
}

/// What the driver of a crash drill knows: what it sent, what was acknowledged, and what it found
/// wrong. It lives in the driver's memory, apart from the gateway that is killed.
struct CrashBook {
  /// What the gateway said of an operation when it acknowledged it.
  struct Acknowledgement: Hashable {
    let earned: Int64
    let sequence: Int64
  }

  /// Sent, and neither acknowledged nor refused.
  private(set) var pending: [UInt64: CrashOperation] = [:]
  private(set) var acknowledged: [UInt64: Acknowledgement] = [:]
  /// Points that each member must have, by index.
  private(set) var expectedPoints: [Int: Int64]
  private var operations: [UInt64: CrashOperation] = [:]
  /// Sentences about acknowledged operations that are gone or changed.
  private(set) var lost: [String] = []
  /// Sentences about operations or slips that took effect twice.
  private(set) var doubled: [String] = []
  /// Sentences about refusals; a drill sends nothing that may be refused.
  private(set) var refused: [String] = []
  /// Slips by operation.
  private(set) var slips: [UInt64: Int] = [:]

  /// Creates a book for members who all start with `openingPoints`.
  init(memberCount: Int, openingPoints: Int64) {
    expectedPoints = Dictionary(
      uniqueKeysWithValues: (0..<memberCount).map { ($0, openingPoints) }
    )
  }

  /// Notes that `operation` is about to be sent.
  mutating func send(_ operation: CrashOperation) {
    pending[operation.number] = operation
    operations[operation.number] = operation
  }

  /// The operation that bears `number`, if it was sent.
  func operation(_ number: UInt64) -> CrashOperation? { operations[number] }

  /// Takes the reply to `points.accrue`, be it the first one to this operation or a replay.
  mutating func take(_ reply: JSON, to number: UInt64) {
    guard let result = reply["result"] else { return takeFailure(reply, of: number) }
    guard let earned = result["earned"]?.integer, let sequence = result["sequence"]?.integer else {
      refused.append("operation \(number): a result without earned or sequence")
      return
    }
    let told = Acknowledgement(earned: earned, sequence: sequence)
    if let known = acknowledged[number] {
      if known != told { lost.append("operation \(number): \(known) became \(told)") }
      if result["replay"] != .bool(true) {
        doubled.append("operation \(number): took effect again")
      }
      return
    }
    acknowledged[number] = told
    if let operation = pending.removeValue(forKey: number) {
      expectedPoints[operation.memberIndex, default: 0] += earned
    }
  }

  /// Compares the reply to `operation.status` with what was acknowledged.
  mutating func compareStatus(_ reply: JSON, of number: UInt64) {
    guard let known = acknowledged[number] else { return }
    let result = reply["result"]?["result"]
    guard reply["result"]?["state"]?.string == "committed",
      let earned = result?["earned"]?.integer, let sequence = result?["sequence"]?.integer
    else {
      lost.append("operation \(number): acknowledged, and not committed any more")
      return
    }
    let told = Acknowledgement(earned: earned, sequence: sequence)
    if told != known { lost.append("operation \(number): \(known) became \(told)") }
  }

  /// Compares the reply to `member.lookup` with the sum of what was acknowledged. To be asked only
  /// while nothing is pending.
  mutating func compareBalance(_ reply: JSON, ofMember index: Int) {
    let points = reply["result"]?["points"]
    guard let available = points?["available"]?.integer else {
      lost.append("member \(index): not found")
      return
    }
    let held = (points?["held"]?.integer ?? 0) + (points?["pending"]?.integer ?? 0)
    let found = available + held - (points?["debt"]?.integer ?? 0)
    let expected = expectedPoints[index] ?? 0
    if found < expected { lost.append("member \(index): \(found) points, not \(expected)") }
    if found > expected { doubled.append("member \(index): \(found) points, not \(expected)") }
  }

  /// Counts the slips of a printer's list: the number of an operation on each line, or `?`.
  ///
  /// The list is the whole list each time; what was counted before is forgotten.
  mutating func countSlips(_ list: String) {
    slips = [:]
    for line in list.split(separator: "\n") {
      if let number = UInt64(line) { slips[number, default: 0] += 1 }
    }
    for (number, count) in slips.sorted(by: { $0.key < $1.key }) where count > 1 {
      doubled.append("operation \(number): \(count) slips")
    }
  }

  private mutating func takeFailure(_ reply: JSON, of number: UInt64) {
    let error = reply["error"]
    // Busy or about to close: it stays pending and is sent again.
    guard error?["data"]?["retryable"] != .bool(true) else { return }
    if acknowledged[number] != nil {
      lost.append("operation \(number): acknowledged, and refused when it was repeated")
    } else {
      pending[number] = nil
    }
    let name = error?["data"]?["name"]?.string ?? "?"
    refused.append("operation \(number): \(name) \(error?["message"]?.string ?? "")")
  }
}
