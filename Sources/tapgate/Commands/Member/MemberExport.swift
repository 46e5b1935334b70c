internal import TapgateAPI
internal import ArgumentParser
internal import TapgateCodec
internal import TapgateJSON

/// `tapgate member export`: all members as CSV in the columns of the import, UIDs masked.
struct MemberExport: GatewayCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: Words.aboutMemberExport()
  )

  @OptionGroup var gateway: GatewayOptions

  @Option(name: .shortAndLong, help: ArgumentHelp(Words.helpOutput()), completion: .file())
  var output: String?

  func perform(_ session: Session) throws -> ExitStatus {
    let target = try OutputFile(path: output)
    var bar = ProgressBar(title: Words.importTitle())
    var after: Int64 = 0
    var count = 0
    var columns: [String] = []
    if gateway.json { try target.write(#"{"rows":["#) }
    while true {
      let page = try session.client.call(
        "member.export",
        .object(["after": .integer(after), "limit": .integer(1000)])
      )
      if columns.isEmpty {
        columns = ImportSheet.columns + (page["columns"]?.array ?? []).compactMap(\.string)
        if !gateway.json { try target.write(CSVWriter.record(columns)) }
      }
      for row in page["rows"]?.array ?? [] {
        let isFirst = count == 0
        let line = gateway.json ? Self.element(row, isFirst: isFirst) : Self.record(row, columns)
        try target.write(line)
        count += 1
      }
      bar.show(thousandths: 0, count: count)
      guard let next = page["next"]?.integer, next > after else { break }
      after = next
    }
    bar.clear()
    if gateway.json { try target.write("]}\n") }
    try target.close()
    return .done
  }

  /// A row in the order of the columns; what a row does not have is empty.
  static func record(_ row: JSON, _ columns: [String] = ImportSheet.columns) -> String {
    CSVWriter.record(
      columns.map { name in
        switch row[name] {
        case .string(let text): text
        case .integer(let number): String(number)
        default: ""
        }
      }
    )
  }

  private static func element(_ row: JSON, isFirst: Bool) -> String {
    (isFirst ? "" : ",") + String(decoding: row.encoded(), as: UTF8.self)
  }
}
