internal import TapgateCore
internal import TapgateModel

/// A row of an import, read and checked by itself.
struct ReadImportRow {
  var id: String
  var profile = ProfileChange()
  var tier: String?
  var joinedOn: BusinessDate?
  var phone: Credential?
  var credential: Credential?
  var cardType: String?
  var points: Int64 = 0
  var pointsExpire: BusinessDate?
  var principalMinor: Int64 = 0
  var bonusMinor: Int64 = 0
  var growth: Int64 = 0
  /// The credentials whose references are the member's new cards.
  var references: [(Credential, CardReference)] = []
}

/// The problems of one row.
struct ImportRowProblems: Error {
  var problems: [ImportProblem]
}

/// Reads the columns of `member import`: texts into values, each problem named by line and column.
struct ImportRowReader: Sendable {
  static let columns: Set<String> = [
    "memberId", "name", "phone", "birthday", "gender", "tier", "joined", "cardKind", "cardValue",
    "cardType", "points", "pointsExpire", "valuePrincipalMinor", "valueBonusMinor", "growth",
    "note",
  ]

  /// Bytes of a text column at most.
  private static let textByteCountMax = 200

  let programme: Programme
  /// Columns of the attributes of profiles.
  let attributes: Set<String>
  let today: BusinessDate

  func read(_ row: ImportRow) -> Result<ReadImportRow, ImportRowProblems> {
    var problems: [ImportProblem] = []
    for column in row.fields.keys
    where !Self.columns.contains(column) && !attributes.contains(column) {
      problems.append(row.problem(column, .unknownColumn))
    }
    var fields = row.fields
    for (column, text) in fields {
      if text.isEmpty { fields[column] = nil }
      if text.utf8.count > Self.textByteCountMax {
        problems.append(row.problem(column, .tooLong(byteCountMax: Self.textByteCountMax)))
        fields[column] = nil
      }
    }
    let id = fields["memberId"] ?? ""
    if !Self.isMemberID(id) {
      problems.append(row.problem("memberId", .badMemberID))
    }
    var read = ReadImportRow(id: id)
    read.profile = ProfileChange(
      name: fields["name"],
      gender: fields["gender"],
      note: fields["note"]
    )
    for column in attributes {
      let id = String(column.dropFirst(ProfileAttribute.columnPrefix.count))
      read.profile.attributes[id] = fields[column]
    }
    readDates(fields, row, &read, &problems)
    readCredentials(fields, row, &read, &problems)
    readBalances(fields, row, &read, &problems)
    if let tier = fields["tier"] {
      if programme.levels.contains(where: { $0.id == tier }) {
        read.tier = tier
      } else {
        problems.append(row.problem("tier", .unknownTier))
      }
    }
    return problems.isEmpty ? .success(read) : .failure(ImportRowProblems(problems: problems))
  }

  static func isMemberID(_ text: String) -> Bool {
    (1...64).contains(text.utf8.count)
      && text.unicodeScalars.allSatisfy { $0.value > 0x20 && $0.value != 0x7F }
  }

  private func readDates(
    _ fields: [String: String],
    _ row: ImportRow,
    _ read: inout ReadImportRow,
    _ problems: inout [ImportProblem]
  ) {
    func date(_ column: String) -> BusinessDate? {
      guard let text = fields[column] else { return nil }
      if let date = BusinessDate(text) { return date }
      problems.append(row.problem(column, .badDate))
      return nil
    }
    read.profile.birthday = date("birthday")
    read.joinedOn = date("joined")
    read.pointsExpire = date("pointsExpire")
    if let joined = read.joinedOn, joined > today {
      problems.append(row.problem("joined", .inTheFuture))
    }
  }

  private func readCredentials(
    _ fields: [String: String],
    _ row: ImportRow,
    _ read: inout ReadImportRow,
    _ problems: inout [ImportProblem]
  ) {
    if let phone = fields["phone"] {
      do {
        read.phone = try Credential(kind: .phoneNumber, value: phone)
        read.profile.phone = read.phone
      } catch {
        problems.append(row.problem("phone", .badPhone))
      }
    }
    switch (fields["cardKind"], fields["cardValue"]) {
    case (nil, nil): break
    case (let kindName, let value?):
      guard let kind = CredentialKind(rawValue: kindName ?? "cardUid") else {
        problems.append(row.problem("cardKind", .unknownKind))
        return
      }
      guard !value.hasPrefix(Credential.mask) else {
        problems.append(row.problem("cardValue", .masked))
        return
      }
      do {
        read.credential = try Credential(kind: kind, value: value)
      } catch {
        problems.append(row.problem("cardValue", Self.finding(for: error)))
      }
    case (_, nil): problems.append(row.problem("cardValue", .missing))
    }
    if let type = fields["cardType"] {
      if programme.cardTypes.isEmpty || programme.cardTypes.contains(where: { $0.id == type }) {
        read.cardType = type
      } else {
        problems.append(row.problem("cardType", .unknownCardType))
      }
    }
  }

  private static func finding(for problem: Credential.Problem) -> ImportFinding {
    switch problem {
    case .malformed: .badCredential
    case .unusableUID(.random): .randomUID
    case .unusableUID(.illegalLength), .unusableUID(.tooShort): .badUIDLength
    case .unusableUID(.reserved): .reservedUID
    case .paymentCard: .paymentCard
    }
  }

  private func readBalances(
    _ fields: [String: String],
    _ row: ImportRow,
    _ read: inout ReadImportRow,
    _ problems: inout [ImportProblem]
  ) {
    func integer(_ column: String) -> Int64 {
      guard let text = fields[column] else { return 0 }
      if let value = Int64(text), value >= 0, value <= MemberState.balanceMax { return value }
      problems.append(row.problem(column, .badNumber))
      return 0
    }
    read.points = integer("points")
    read.principalMinor = integer("valuePrincipalMinor")
    read.bonusMinor = integer("valueBonusMinor")
    read.growth = integer("growth")
    if read.pointsExpire != nil, read.points == 0 {
      problems.append(row.problem("pointsExpire", .expiryWithoutPoints))
    }
    if let end = read.pointsExpire, end < today {
      problems.append(row.problem("pointsExpire", .inThePast))
    }
  }
}
