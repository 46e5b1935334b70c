internal import ArgumentParser
internal import TapgateAPI
internal import TapgateJSON

/// `tapgate operator list`: a line a permission.
struct OperatorList: GatewayCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: Words.aboutOperatorList()
  )

  @OptionGroup var gateway: GatewayOptions

  private static let columns = [
    "operator", "name", "scope", "pinState", "verbs", "channels", "maxMinor", "maxPerDayMinor",
    "maxPoints", "maxPointsPerDay",
  ]

  func perform(_ session: Session) throws -> ExitStatus {
    let result = try session.client.call("operator.list", .object([:]))
    session.console.result(result) {
      let rows = Self.rows(of: result["operators"]?.array ?? [])
      guard !rows.isEmpty else { return [Words.none()] }
      let table = Details.table(rows, columns: Details.present(Self.columns, in: rows))
      return session.console.lines(of: table)
    }
    return .done
  }

  /// One row a permission; an operator's own columns stand in the first.
  private static func rows(of operators: [JSON]) -> [JSON] {
    operators.flatMap { (entry: JSON) -> [JSON] in
      let permissions = entry["permissions"]?.array ?? []
      return permissions.enumerated().map { (index: Int, permission: JSON) -> JSON in
        var row = JSONObject()
        for name in columns.prefix(4) where index == 0 { row[name] = entry[name] ?? .null }
        for name in ["verbs", "channels"] {
          let words = (permission[name]?.array ?? []).compactMap(\.string)
          row[name] = words.isEmpty ? .null : .string(words.joined(separator: ", "))
        }
        for name in columns.suffix(4) { row[name] = permission[name] ?? .null }
        return JSON.object(row)
      }
    }
  }
}
