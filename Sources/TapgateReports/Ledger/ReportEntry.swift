internal import TapgateJSON
public import TapgateModel

/// One row of the journal as reports read it; of an import's chunk one entry for each member.
public struct ReportEntry: Hashable, Sendable {
  public var sequence: Int64
  public var kind: JournalKind
  /// Whether a rule refused it; then it has no effects, and its reply tells the reason.
  public var isRefused: Bool
  /// The number of the member's row; `nil` where nobody is concerned.
  public var memberNumber: Int64?
  public var memberID: String?
  public var businessDate: BusinessDate
  public var at: Timestamp
  /// The store's offset from Greenwich at that instant.
  public var offsetSeconds: Int
  /// Empty where the row has none, as an import's.
  public var store: String
  public var counter: String
  public var operatorName: String?
  public var receiptNo: String?
  /// The sequence of the row that this one reverses or refunds.
  public var reference: Int64?
  public var effects: [Effect]
  /// The stored result or refusal as JSON; only read by reports that need it.
  public var reply: [UInt8]

  /// Creates an entry.
  public init(
    sequence: Int64,
    kind: JournalKind,
    isRefused: Bool = false,
    memberNumber: Int64? = nil,
    memberID: String? = nil,
    businessDate: BusinessDate,
    at: Timestamp,
    offsetSeconds: Int = 0,
    store: String = "",
    counter: String = "",
    operatorName: String? = nil,
    receiptNo: String? = nil,
    reference: Int64? = nil,
    effects: [Effect] = [],
    reply: [UInt8] = []
  ) {
    self.sequence = sequence
    self.kind = kind
    self.isRefused = isRefused
    self.memberNumber = memberNumber
    self.memberID = memberID
    self.businessDate = businessDate
    self.at = at
    self.offsetSeconds = offsetSeconds
    self.store = store
    self.counter = counter
    self.operatorName = operatorName
    self.receiptNo = receiptNo
    self.reference = reference
    self.effects = effects
    self.reply = reply
  }

  /// The entries of a journal row, whose members' ids `memberID` tells. Of a chunk whose import was
  /// not published (`isPublished`), the entry says only that the row is there.
  ///
  /// A row whose effects are damaged is an error; `tapgate verify` says more.
  public static func entries(
    of row: JournalRow,
    offsetSeconds: Int,
    isPublished: Bool = true,
    memberID: (Int64) -> String?
  ) throws(PackedError) -> [ReportEntry] {
    let origin = row.origin.split(separator: "\u{1F}", omittingEmptySubsequences: false)
    func part(_ index: Int) -> String { index < origin.count ? String(origin[index]) : "" }
    var entry = ReportEntry(
      sequence: row.sequence,
      kind: row.kind,
      isRefused: row.isRefused,
      memberNumber: row.member,
      memberID: row.member.flatMap(memberID),
      businessDate: row.businessDate,
      at: Timestamp(microseconds: row.at),
      offsetSeconds: offsetSeconds,
      store: part(0),
      counter: part(1),
      operatorName: part(2).isEmpty ? nil : part(2),
      receiptNo: row.receiptKey.flatMap { JournalRow.receiptNo(of: $0) },
      reference: row.reference,
      reply: row.reply
    )
    guard !row.isRefused else { return [entry] }
    guard row.kind == .importChunk else {
      entry.effects = try Effect.unpacked(row.effects)
      return [entry]
    }
    guard isPublished else { return [entry] }
    var entries: [ReportEntry] = []
    for member in try ImportColumn.unpacked(row.effects) {
      entry.memberNumber = Int64(member.number)
      entry.memberID = memberID(Int64(member.number))
      entry.effects = member.effects
      entries.append(entry)
    }
    return entries.isEmpty ? [entry] : entries
  }

  /// The reply's member `name`, where the reply is an object that has it.
  func replyText(_ name: String) -> String? {
    // A damaged reply is `verify`'s to tell of.
    (try? JSONParser.parse(reply))?[name]?.string
  }

  /// The same for a number.
  func replyNumber(_ name: String) -> Int64? {
    // A damaged reply is `verify`'s to tell of.
    (try? JSONParser.parse(reply))?[name]?.integer
  }
}

/// What a row's effects come to for its member.
struct EntrySums {
  /// Points that came or went, wherever they lie: to be spent, held or owed.
  var points: Int128 = 0
  var growth: Int128 = 0
  var principalMinor: Int128 = 0
  var bonusMinor: Int128 = 0
  /// What was spent; negative where it was taken back.
  var spentMinor: Int128 = 0
  /// Whether something was spent or taken back.
  var hasSpent = false
  /// The tier after the row, where the row changed it.
  var tier: String?
  /// Whether the row made the member.
  var created: (joinedOn: BusinessDate, tier: String)?

  /// A merge's two rows move what was spent from one member to the other; that is no spending, and
  /// its two sides come to nothing.
  init(_ entry: ReportEntry) {
    for effect in entry.effects {
      switch effect {
      case .created(_, let joinedOn, let tier): created = (joinedOn, tier)
      case .post(let account, let quantity): add(quantity, to: account)
      case .spent(_, let amount) where entry.kind != .merge:
        spentMinor += Int128(amount)
        hasSpent = true
      case .tier(let id, _): tier = id
      default: break
      }
    }
  }

  private mutating func add(_ quantity: Int64, to account: Account) {
    switch account {
    case .pointsAvailable, .pointsHeld: points += Int128(quantity)
    case .growth: growth += Int128(quantity)
    case .principal, .principalHeld: principalMinor += Int128(quantity)
    case .bonus, .bonusHeld: bonusMinor += Int128(quantity)
    default: break
    }
  }
}
