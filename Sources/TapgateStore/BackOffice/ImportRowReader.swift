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
  let today: BusinessDate

  func read(_ row: ImportRow) -> Result<ReadImportRow, ImportRowProblems> {
    var problems: [ImportProblem] = []
    for column in row.fields.keys where !Self.columns.contains(column) {
      problems.append(row.problem(column, "is not a column of the import"))
    }
    var fields = row.fields
    for (column, text) in fields {
      if text.isEmpty { fields[column] = nil }
      if text.utf8.count > Self.textByteCountMax {
        problems.append(row.problem(column, "is longer than \(Self.textByteCountMax) bytes"))
        fields[column] = nil
      }
    }
    let id = fields["memberId"] ?? ""
    if !Self.isMemberID(id) {
      problems.append(
        row.problem("memberId", "must be 1 to 64 printable characters without spaces")
      )
    }
    var read = ReadImportRow(id: id)
    read.profile = ProfileChange(
      name: fields["name"],
      gender: fields["gender"],
      note: fields["note"]
    )
    readDates(fields, row, &read, &problems)
    readCredentials(fields, row, &read, &problems)
    readBalances(fields, row, &read, &problems)
    if let tier = fields["tier"] {
      if programme.levels.contains(where: { $0.id == tier }) {
        read.tier = tier
      } else {
        problems.append(row.problem("tier", "is not a tier of the programme"))
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
      problems.append(row.problem(column, "must be a date, YYYY-MM-DD"))
      return nil
    }
    read.profile.birthday = date("birthday")
    read.joinedOn = date("joined")
    read.pointsExpire = date("pointsExpire")
    if let joined = read.joinedOn, joined > today {
      problems.append(row.problem("joined", "lies in the future"))
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
        problems.append(row.problem("phone", "is not a phone number"))
      }
    }
    switch (fields["cardKind"], fields["cardValue"]) {
    case (nil, nil): break
    case (let kindName, let value?):
      guard let kind = CredentialKind(rawValue: kindName ?? "cardUid") else {
        problems.append(row.problem("cardKind", "is not a kind of credential"))
        return
      }
      guard !value.hasPrefix(Credential.mask) else {
        problems.append(row.problem("cardValue", Self.maskedSentence))
        return
      }
      do {
        read.credential = try Credential(kind: kind, value: value)
      } catch {
        problems.append(row.problem("cardValue", Self.sentence(for: error)))
      }
    case (_, nil): problems.append(row.problem("cardValue", "is missing"))
    }
    if let type = fields["cardType"] {
      if programme.cardTypes.isEmpty || programme.cardTypes.contains(where: { $0.id == type }) {
        read.cardType = type
      } else {
        problems.append(row.problem("cardType", "is not a card type of the programme"))
      }
    }
  }

  /// An export is no backup: of most cards the gateway holds no more than a keyed reference.
  private static let maskedSentence =
    "is masked: an export does not hold what identifies a card; put the card's own value in its "
    + "place, or take this row's cardKind, cardValue and cardType out"

  private static func sentence(for problem: Credential.Problem) -> String {
    switch problem {
    case .malformed: "is not a value of its kind"
    case .unusableUID(.random): "is a random identifier, which names no card"
    case .unusableUID(.illegalLength): "must have 4, 7, 8 or 10 bytes"
    case .unusableUID(.reserved): "is a reserved identifier, which names no card"
    case .paymentCard: "is a payment card's number, which is never kept"
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
      problems.append(row.problem(column, "must be a whole number that is not negative"))
      return 0
    }
    read.points = integer("points")
    read.principalMinor = integer("valuePrincipalMinor")
    read.bonusMinor = integer("valueBonusMinor")
    read.growth = integer("growth")
    if read.pointsExpire != nil, read.points == 0 {
      problems.append(row.problem("pointsExpire", "has no points beside it"))
    }
    if let end = read.pointsExpire, end < today {
      problems.append(row.problem("pointsExpire", "is in the past"))
    }
  }
}
