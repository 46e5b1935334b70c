internal import GRDB
public import TapgateCore
public import TapgateJSON
public import TapgateModel

extension LedgerStore: ProfileReading {
  public func profile(memberID: String) async -> MemberProfile? {
    let views = shared.views
    return try? await onReader { _ in
      guard let number = views.memory.number(ofMember: memberID) else { return nil }
      return views.profile(views.memory.row(number)?.profile, memberID: memberID)
    }
  }

  public func export(after: Int64, limit: Int) async throws -> JSON {
    let (views, memory, attributes) = (shared.views, shared.memory, shared.attributes)
    let today = today
    return try await onReader { db in
      let newest = try Int64.fetchOne(db, sql: "SELECT max(number) FROM member") ?? 0
      var rows: [JSON] = []
      var number = after
      while number < newest, rows.count < limit {
        number += 1
        guard let row = memory.row(UInt32(clamping: number)),
          let state = try? MemberState(packed: row.state)  // `verify` tells of a damaged row.
        else { continue }
        let profile = views.profile(row.profile, memberID: state.id)
        rows += Self.exportRows(state, profile, attributes, today: today, keys: views.keys)
      }
      return .object([
        "rows": .array(rows), "columns": .array(attributes.map { .string($0.column) }),
        "next": number < newest ? .integer(number) : .null,
      ])
    }
  }

  /// A member in the columns of the import: one row a card, balances on the first.
  ///
  /// Points that expired and cards that were replaced or closed are not the member's any more and
  /// are left out: what is exported can be imported again.
  private static func exportRows(
    _ state: MemberState,
    _ profile: MemberProfile,
    _ attributes: [ProfileAttribute],
    today: BusinessDate,
    keys: KeyRing
  ) -> [JSON] {
    let plastic = state.cards.filter {
      $0.kind != .phoneNumber && $0.status != .replaced && $0.status != .closed
    }
    let lots = state.lots.filter { $0.remaining > 0 && ($0.expiresOn ?? today) >= today }
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
        for attribute in attributes {
          row[attribute.column] = .string(profile.attributes[attribute.id] ?? "")
        }
      }
      if index < lots.count {
        row["points"] = .string("\(lots[index].remaining)")
        row["pointsExpire"] = .string(lots[index].expiresOn?.description ?? "")
      }
      if index < plastic.count {
        let card = plastic[index]
        row["cardKind"] = .string(card.kind.rawValue)
        row["cardType"] = .string(card.type)
        row["cardValue"] = .string(number(of: card, profile, keys) ?? Credential.mask)
      }
      rows.append(.object(row))
    }
    return rows
  }

  /// Only a member number can be shown again; of every other card the gateway holds a reference. A
  /// lost or frozen card's is not shown: the import has no column for that, and would activate it.
  private static func number(
    of card: CardState,
    _ profile: MemberProfile,
    _ keys: KeyRing
  ) -> String? {
    guard card.kind == .memberNumber, card.status == .active else { return nil }
    return profile.memberNumbers.first {
      keys.reference(ofSealed: $0, kind: .memberNumber) == card.reference
    }
  }
}
