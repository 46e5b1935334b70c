/// A printer's inside: its receive buffer, its faults, its paper. No sockets.
struct VirtualPrinterState {
  /// Bytes that a printer takes in while it prints nothing.
  static let bufferByteCountMax = 4096

  private var interpreter: EscPosInterpreter
  private var buffer: [UInt8] = []
  private var realTime: [UInt8] = []
  private var lineCountAtFault = 0
  private var bytesUntilDrop: Int?
  private(set) var fault = VirtualPrinter.Fault.none
  /// Everything received since the start.
  private(set) var receivedByteCount = 0
  /// Replies to be sent.
  var outgoing: [UInt8] = []

  init(columnCount: Int, decode: @escaping EscPosInterpreter.Decoder) {
    interpreter = EscPosInterpreter(columnCount: columnCount, decode: decode)
  }

  var paper: [String] { interpreter.paper }
  var unknownCommands: [String] { interpreter.unknown }

  /// How many bytes may be read now.
  var room: Int {
    if fault == .neverRead { return 0 }
    let free = Self.bufferByteCountMax - buffer.count
    return bytesUntilDrop.map { max(0, min($0, free)) } ?? free
  }

  /// Whether the connection is to be cut now.
  var isDropDue: Bool { bytesUntilDrop.map { $0 <= 0 } ?? false }

  private var isOutOfPaper: Bool {
    guard case .paperOut(let lineCount) = fault else { return false }
    return interpreter.lineCount - lineCountAtFault >= lineCount
  }

  mutating func set(_ fault: VirtualPrinter.Fault) {
    self.fault = fault
    lineCountAtFault = interpreter.lineCount
    bytesUntilDrop = nil
    if case .dropAfter(let count) = fault { bytesUntilDrop = max(0, count) }
    if fault == .reset { powerCycle() }
    work()
  }

  private mutating func powerCycle() {
    interpreter.powerCycle()
    buffer = []
    outgoing = []
  }

  /// The connection was cut as the fault wanted it.
  mutating func dropped() {
    // What the server read between the fault and the cut is lost with the power, too.
    if fault == .reset { powerCycle() }
    bytesUntilDrop = nil
    fault = .none
    disconnected()
  }

  mutating func disconnected() {
    outgoing = []
    realTime = []
  }

  mutating func receive(_ bytes: some Sequence<UInt8>) {
    for byte in bytes {
      // What came in together with the last byte before the break did not arrive.
      if isDropDue { break }
      receivedByteCount += 1
      if let count = bytesUntilDrop { bytesUntilDrop = count - 1 }
      answerAtOnce(byte)
      buffer.append(byte)
    }
    work()
  }

  /// `DLE EOT n` is answered when it comes in, whatever stands in the buffer.
  private mutating func answerAtOnce(_ byte: UInt8) {
    realTime.append(byte)
    if realTime.count > 3 { realTime.removeFirst() }
    guard realTime.count == 3, realTime[0] == 0x10, realTime[1] == 0x04 else { return }
    let isOut = isOutOfPaper
    switch byte {
    case 1: outgoing.append(isOut ? 0x1A : 0x12)
    case 2: outgoing.append(isOut ? 0x32 : 0x12)
    case 3: outgoing.append(0x12)
    case 4: outgoing.append(isOut ? 0x72 : 0x12)
    default: break
    }
  }

  private mutating func work() {
    var index = 0
    while index < buffer.count, !isOutOfPaper {
      interpreter.take(buffer[index])
      index += 1
    }
    buffer.removeFirst(index)
    if fault != .silentFence { outgoing += interpreter.replies }
    interpreter.replies = []
  }
}
