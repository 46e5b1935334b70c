internal import TapgateCore
internal import TapgateStore

/// A thousand members for trying the gateway out. They exist in a throw-away folder only.
enum DemoMembers {
  static let count = 1000
  private static let families = ["王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴"]
  private static let given = ["伟", "芳", "娜", "敏", "静", "丽", "强", "磊", "洋", "艳"]

  static func enrol(in store: LedgerStore) async throws {
    let session = try await store.beginImport(isDryRun: false)
    _ = try await session.add((0..<count).map(row))
    _ = try await session.commit { _ in }
  }

  private static func row(_ index: Int) -> ImportRow {
    let digits = String(index)
    let serial = String(repeating: "0", count: 4 - digits.count) + digits
    return ImportRow(
      line: index + 2,
      fields: [
        "memberId": "D\(serial)",
        "name": families[index % 10] + given[index / 10 % 10] + given[index / 100],
        "phone": "1390000\(serial)", "cardKind": "cardUid", "cardValue": "04DE300000\(serial)",
        "tier": ["normal", "silver", "gold", "diamond"][index % 4], "points": "\(index)",
      ]
    )
  }

  /// What to type next. Without virtual devices, a card of one's own is laid on the reader.
  static func commands(_ socket: String, isSimulation: Bool) -> [String] {
    let command = CommandLine.arguments.first ?? "tapgate"
    let tap = "\(command) simulate tap 04DE3000000007 --socket \(socket)"
    return ["\(command) watch --socket \(socket)"] + (isSimulation ? [tap] : []) + [
      "\(command) accrue cardUid:04DE3000000007 --amount 28.00 --receipt 1 --socket \(socket)"
    ]
  }
}
