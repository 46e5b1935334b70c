internal import GRDB
public import TapgateJSON
internal import TapgateModel

extension LedgerStore {
  public func export(after: Int64, limit: Int) async throws -> JSON {
    let (views, memory) = (shared.views, shared.memory)
    return try await onReader { db in
      let newest = try Int64.fetchOne(db, sql: "SELECT max(number) FROM member") ?? 0
      var rows: [JSON] = []
      var number = after
      while number < newest, rows.count < limit {
        number += 1
        guard let row = memory.row(UInt32(clamping: number)),
          let state = try? MemberState(packed: row.state)  // `verify` tells of a damaged row.
        else { continue }
        rows += Self.exportRows(state, views.profile(row.profile, memberID: state.id))
      }
      return .object([
        "rows": .array(rows), "next": number < newest ? .integer(number) : .null,
      ])
    }
  }

  /// A member in the columns of the import: one row a card, balances on the first.
  private static func exportRows(_ state: MemberState, _ profile: MemberProfile) -> [JSON] {
    var numbers = profile.memberNumbers.makeIterator()
    let plastic = state.cards.filter { $0.kind != .phoneNumber }
    let lots = state.lots.filter { $0.remaining > 0 }
    var rows: [JSON] = []
    for index in 0..<max(1, plastic.count, lots.count) {
      var row = JSONObject()
      row["memberId"] = .string(state.id)
      if index == 0 {
        row["name"] = .string(profile.name ?? "")
        row["phone"] = .string(profile.phone ?? "")
        row["birthday"] = .string(profile.birthday?.description ?? "")
        row["gender"] = .string(profile.gender ?? "")
        row["tier"] = .string(state.tier)
        row["joined"] = .string(state.joinedOn.description)
        row["growth"] = .string("\(state.growth)")
        row["valuePrincipalMinor"] = .string("\(state.principalMinor)")
        row["valueBonusMinor"] = .string("\(state.bonusMinor)")
        row["note"] = .string(profile.note ?? "")
      }
      if index < lots.count {
        row["points"] = .string("\(lots[index].remaining)")
        row["pointsExpire"] = .string(lots[index].expiresOn?.description ?? "")
      }
      if index < plastic.count {
        let card = plastic[index]
        row["cardKind"] = .string(card.kind.rawValue)
        row["cardType"] = .string(card.type)
        // Only a member number can be shown again; of every other card the gateway holds a
        // reference.
        let isNumber = card.kind == .memberNumber
        row["cardValue"] = .string((isNumber ? numbers.next() : nil) ?? "****")
      }
      rows.append(.object(row))
    }
    return rows
  }
}
