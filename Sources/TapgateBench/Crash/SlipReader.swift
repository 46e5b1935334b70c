/// Reads the bytes that a printer gets, as far as a count of slips needs: answers what asks for an
/// answer, and tells which receipt each slip is of.
///
/// Commands are those of Epson's ESC/POS reference: DLE EOT, GS r, GS I, GS ( H with
/// process ids, GS V.
/// Receipt numbers are ASCII, and no byte of GB18030 text is below 30h, so that a command is found
/// wherever it stands.
struct SlipReader {
  /// What a receipt number of the drill starts with.
  static let mark = Array("TGK-".utf8)
  /// How many digits follow the mark.
  static let digitCount = 10

  private var waiting: [UInt8] = []
  private var slip: [UInt8] = []
  /// What is to be sent back.
  private(set) var replies: [UInt8] = []
  /// The operations whose receipts are on finished slips, `nil` where a slip names none.
  private(set) var finished: [UInt64?] = []

  /// Reads on. Any bytes will do.
  mutating func read(_ bytes: [UInt8]) {
    waiting.append(contentsOf: bytes)
    var index = 0
    while index < waiting.count {
      guard let length = commandLength(at: index) else { break }
      slip.append(contentsOf: waiting[index..<(index + length)])
      obey(Array(waiting[index..<(index + length)]))
      index += length
    }
    waiting.removeFirst(index)
  }

  /// The link ended: what was printed since the last cut is a slip too.
  mutating func end() {
    slip.append(contentsOf: waiting)
    waiting = []
    finishSlip()
  }

  /// Takes the replies out.
  mutating func takeReplies() -> [UInt8] {
    defer { replies = [] }
    return replies
  }

  /// Takes the finished slips out.
  mutating func takeFinished() -> [UInt64?] {
    defer { finished = [] }
    return finished
  }

  /// The length of the command at `index`, 1 for a byte that starts none; `nil` while cut off.
  private func commandLength(at index: Int) -> Int? {
    let rest = waiting[index...].prefix(4).map { $0 }
    let length: Int
    switch (rest[0], rest.count > 1 ? rest[1] : nil, rest.count > 2 ? rest[2] : nil) {
    case (0x10, nil, _), (0x1D, nil, _): return nil
    case (0x10, 0x04, _), (0x1D, 0x72, _), (0x1D, 0x49, _), (0x1D, 0x56, _): length = 3
    case (0x1D, 0x28, nil): return nil
    case (0x1D, 0x28, 0x48): length = 11
    default: length = 1
    }
    return waiting.count - index >= length ? length : nil
  }

  private mutating func obey(_ command: [UInt8]) {
    guard command.count > 1 else { return }
    switch (command[0], command[1]) {
    case (0x10, 0x04): replies.append(0x12)
    case (0x1D, 0x72): replies.append(0x00)
    case (0x1D, 0x49) where command[2] < 65: replies.append(0x02)
    case (0x1D, 0x49): replies.append(contentsOf: [0x5F] + Array("tapgate".utf8) + [0x00])
    case (0x1D, 0x28): replies.append(contentsOf: [0x37, 0x22] + command[7..<11] + [0x00])
    default: finishSlip()
    }
  }

  private mutating func finishSlip() {
    var numbers: Set<UInt64> = []
    var index = 0
    while index + Self.mark.count + Self.digitCount <= slip.count {
      let digits = slip[(index + Self.mark.count)..<(index + Self.mark.count + Self.digitCount)]
      if slip[index..<(index + Self.mark.count)].elementsEqual(Self.mark),
        let number = UInt64(String(decoding: digits, as: UTF8.self))
      {
        numbers.insert(number)
      }
      index += 1
    }
    // Some twenty bytes set a printer up or cut the paper; a slip has more.
    if numbers.isEmpty, slip.count > 64 { finished.append(nil) }
    finished.append(contentsOf: numbers.sorted().map(Optional.some))
    slip = []
  }
}
