internal import Foundation
internal import GRDB
public import TapgateJSON
internal import TapgateModel

/// Proves the ledger from its journal: the chain of hashes, the balance of every row's postings,
/// and that replaying all effects gives every member's row bit for bit.
public enum LedgerVerifier {
  /// What was found.
  public struct Report: Sendable {
    public var rowCount: Int64 = 0
    public var memberCount: Int = 0
    /// The sums of all accounts, by name.
    public var accounts: [String: Int64] = [:]
    /// What contradicts; empty where the ledger is proven. At most 100.
    public var problems: [String] = []
    public var lastHash: String = ""

    /// Whether nothing contradicts.
    public var isProven: Bool { problems.isEmpty }

    /// The report as one document.
    public var json: JSON {
      .object([
        "proven": .bool(isProven), "rows": .integer(rowCount),
        "members": .integer(Int64(memberCount)), "lastHash": .string(lastHash),
        "accounts": .object(
          JSONObject(
            accounts.sorted { $0.key < $1.key }.map {
              JSONObject.Member(name: $0.key, value: .integer($0.value))
            }
          )
        ),
        "problems": .array(problems.map(JSON.string)),
      ])
    }
  }

  /// Whether there is a ledger in `directory`.
  public static func hasLedger(in directory: String) -> Bool {
    FileManager.default.fileExists(atPath: LedgerFile.path(in: directory))
  }

  /// Verifies the database in `directory`; also while a gateway runs on it: it reads one snapshot.
  ///
  /// `progress` is told the share of the journal read so far, in thousandths.
  public static func verify(
    directory: String,
    progress: (Int) -> Void = { _ in }
  ) throws -> Report {
    let path = LedgerFile.path(in: directory)
    guard FileManager.default.fileExists(atPath: path) else {
      throw StoreError(
        code: "store.none",
        problem: "there is no ledger in \(directory)",
        names: [directory]
      )
    }
    return try LedgerFile.openReader(directory: directory).read { db in
      try verify(db, progress: progress)
    }
  }

  static func verify(_ db: Database, progress: (Int) -> Void) throws -> Report {
    var replay = JournalReplay(published: try StoreIdentity.publishedBatches(in: db))
    guard let connection = db.sqliteConnection else { return replay.report }
    for problem in try String.fetchAll(db, sql: "PRAGMA quick_check(10)") where problem != "ok" {
      replay.report(problem)
    }
    let total = max(1, try Int64.fetchOne(db, sql: "SELECT count(*) FROM journal") ?? 0)
    let rows = try Statement(JournalRow.select + " ORDER BY sequence", on: connection)
    while try rows.step() {
      guard let row = JournalRow(rows) else {
        replay.report("row \(rows.integer(0)) is of a kind that this version does not know")
        continue
      }
      replay.take(row, hash: rows.bytes(17))
      if replay.report.rowCount % 10_000 == 0 {
        progress(Int(replay.report.rowCount * 1000 / total))
      }
    }
    let members = try Statement("SELECT number, state, profile, batch FROM member", on: connection)
    while try members.step() {
      replay.compare(
        number: UInt32(truncatingIfNeeded: members.integer(0)),
        state: members.bytes(1),
        profile: members.optionalBytes(2),
        batch: members.integer(3)
      )
    }
    try replay.compare(tables: connection)
    replay.finish()
    progress(1000)
    return replay.report
  }
}

/// The state that the journal alone gives.
struct JournalReplay {
  private(set) var report = LedgerVerifier.Report()
  private let published: Set<Int64>
  private var hash = [UInt8](repeating: 0, count: 16)
  private var sequence: Int64 = 0
  private var members: [UInt32: MemberState] = [:]
  private var shop = ShopReplay()
  private var sums: [Account: Int64] = [:]

  init(published: Set<Int64>) { self.published = published }

  mutating func report(_ problem: String) {
    if report.problems.count < 100 { report.problems.append(problem) }
  }

  mutating func take(_ row: JournalRow, hash stored: [UInt8]) {
    report.rowCount += 1
    if row.sequence != sequence + 1 {
      report("row \(sequence + 1) is missing before row \(row.sequence)")
    }
    sequence = row.sequence
    hash = KeyRing.chain(hash, row.chainBytes())
    if hash != stored {
      report("the chain breaks at row \(row.sequence): the row is not what was written")
      hash = stored
    }
    if row.isRefused {
      if !row.effects.isEmpty { report("row \(row.sequence) was refused and has effects") }
      return
    }
    do {
      if row.kind == .importChunk {
        try takeImport(row)
      } else if let number = row.member.flatMap({ UInt32(exactly: $0) }) {
        let previous = members[number]?.lastSequence ?? 0
        if row.previous != previous {
          report(
            "row \(row.sequence) follows \(row.previous), but the member's last is \(previous)"
          )
        }
        apply(try Effect.unpacked(row.effects), to: number, sequence: row.sequence)
      } else if !row.effects.isEmpty {
        take(try Effect.unpacked(row.effects), member: nil, sequence: row.sequence)
      }
    } catch {
      report("the effects of row \(row.sequence) are damaged")
    }
  }

  private mutating func takeImport(_ row: JournalRow) throws {
    let batch = (try? JSONParser.parse(row.reply))?["batch"]?.integer
    guard let batch, published.contains(batch) else { return }
    for member in try ImportColumn.unpacked(row.effects) {
      apply(member.effects, to: member.number, sequence: row.sequence)
    }
  }

  /// What a row changes beside its member, and whether its entries balance.
  private mutating func take(_ effects: [Effect], member: UInt32?, sequence: Int64) {
    if !shop.take(effects, member: member) {
      report("row \(sequence): the effects do not fit the shop's counts")
    }
    var balance: [Account.Asset: Int64] = [:]
    for case .post(let account, let quantity) in effects {
      balance[account.asset, default: 0] &+= quantity
      sums[account, default: 0] &+= quantity
    }
    for (asset, sum) in balance where sum != 0 {
      report("row \(sequence): the postings of \(asset) sum to \(sum), not to 0")
    }
  }

  private mutating func apply(_ effects: [Effect], to number: UInt32, sequence: Int64) {
    take(effects, member: number, sequence: sequence)
    if case .created(let id, let joinedOn, let tier)? = effects.first {
      members[number] = MemberState(id: id, joinedOn: joinedOn, tier: tier)
    }
    guard var state = members[number] else {
      return report("row \(sequence) concerns member row \(number), which no row made")
    }
    if !state.apply(effects, sequence: sequence) {
      report("row \(sequence): the effects do not fit the member")
    }
    members[number] = state
  }

  mutating func compare(number: UInt32, state: [UInt8], profile: [UInt8]?, batch: Int64) {
    if batch != 0, !published.contains(batch) { return }
    guard let replayed = members.removeValue(forKey: number) else {
      return report("member row \(number) stands in no journal row")
    }
    report.memberCount += 1
    if replayed.packed() != state {
      report("member row \(number) is not what its journal rows come to")
    }
    let digest = profile.map { KeyRing.digest($0) } ?? 0
    if digest != replayed.profileDigest {
      report("the profile of member row \(number) is not the one that was written")
    }
    var points: Int64 = 0
    for lot in replayed.lots { points &+= lot.remaining }
    report.accounts["lots", default: 0] &+= points
    for violation in LedgerInvariant.violations(in: replayed) {
      report("member row \(number): \(violation)")
    }
  }

  /// Holds the store's own tables against what the journal gives.
  mutating func compare(tables connection: OpaquePointer) throws {
    for problem in try shop.compare(connection) { report(problem) }
  }

  mutating func finish() {
    for number in members.keys.sorted().prefix(10) {
      report("member row \(number) is missing")
    }
    var balance: [Account.Asset: Int64] = [:]
    for (account, sum) in sums {
      report.accounts["\(account)"] = sum
      balance[account.asset, default: 0] &+= sum
    }
    for (asset, sum) in balance where sum != 0 {
      report("all postings of \(asset) sum to \(sum), not to 0")
    }
    let lots = report.accounts["lots"] ?? 0
    if lots != sums[.pointsAvailable] ?? 0 {
      report("lots hold \(lots) points, the account says \(sums[.pointsAvailable] ?? 0)")
    }
    report.lastHash = hash.map { $0 < 16 ? "0" + String($0, radix: 16) : String($0, radix: 16) }
      .joined()
  }
}
