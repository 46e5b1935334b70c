internal import TapgateCodec
internal import TapgateCore

/// What is known of a printer on one connection.
struct PrinterSession {
  /// A `GS r` that was sent and not yet answered. They are answered in the order of sending.
  enum PaperFence: Hashable {
    case probe
    case clean
    case job(String)
  }

  /// Whether this printer answers `GS r`.
  enum Probe {
    case untried, asked, answered, silent
  }

  var parser = PrinterReplyParser()
  var paperFences: [PaperFence] = []
  var probe = Probe.untried
  var isStatusSilent = false
  /// Whether the flush under way must be answered before a job follows.
  var isProofNeeded = true
  /// Answers to the inquiry under way.
  var statusBytes: [UInt8] = []
  var isStatusAwaited = false
  /// Whether a job waits for the printer to say how it does.
  var isChecking = false
  /// What it said last.
  var condition = PrinterCondition()

  /// Whether the check has all the answers that it can have.
  var isCheckComplete: Bool {
    // A printer that cannot print now does not reach the probe either.
    if !isStatusAwaited, condition.problem != nil { return true }
    return !isStatusAwaited && probe != .asked
  }
}
