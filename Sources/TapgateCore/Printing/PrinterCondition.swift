/// What keeps a printer from printing, or will soon.
public struct PrinterCondition: Hashable, Sendable {
  /// One cause, with the name that UnifiedPOS gives it.
  public enum Problem: String, Hashable, Sendable, CaseIterable {
    case coverOpen = "EPTR_COVER_OPEN"
    case paperEmpty = "EPTR_REC_EMPTY"
    case failure = "E_FAILURE"
    case offline = "E_OFFLINE"

    /// The constant's value in UnifiedPOS.
    public var number: Int {
      switch self {
      case .coverOpen: 201
      case .paperEmpty: 203
      case .failure: 111
      case .offline: 108
      }
    }

    /// A sentence for the cashier's screen.
    public var sentence: String {
      switch self {
      case .coverOpen: "the cover is open"
      case .paperEmpty: "the paper is out"
      case .failure: "the printer reports a fault of its cutter or mechanism"
      case .offline: "the printer is off line"
      }
    }
  }

  /// Why nothing prints now; `nil` where nothing is known to be wrong.
  public var problem: Problem?
  /// Whether the roll is about to end (`PTR_SUE_REC_NEAREMPTY`).
  public var isPaperLow: Bool

  /// Creates a condition; nothing is wrong unless said.
  public init(problem: Problem? = nil, isPaperLow: Bool = false) {
    self.problem = problem
    self.isPaperLow = isPaperLow
  }

  /// What `DLE EOT` 1 to 4 say together.
  ///
  /// Epson TM reference, `DLE EOT`: n=1 bit 3 off line; n=2 bit 2 cover, bit 5 paper end, bit 6
  /// error; n=3 bits 3, 5, 6 cutter, unrecoverable, recoverable; n=4 bits 2–3 near end, bits 5–6
  /// end.
  public init(printer: UInt8, offline: UInt8, error: UInt8, paper: UInt8) {
    isPaperLow = paper & 0x0C != 0
    if offline & 0x04 != 0 {
      problem = .coverOpen
    } else if offline & 0x20 != 0 || paper & 0x60 != 0 {
      problem = .paperEmpty
    } else if offline & 0x40 != 0 || error & 0x68 != 0 {
      problem = .failure
    } else if printer & 0x08 != 0 {
      problem = .offline
    }
  }

  /// Such as `EPTR_REC_EMPTY: the paper is out`; `nil` where there is nothing to say.
  public var text: String? {
    if let problem { return "\(problem.rawValue): \(problem.sentence)" }
    return isPaperLow ? "PTR_SUE_REC_NEAREMPTY: the paper is nearly out" : nil
  }
}
