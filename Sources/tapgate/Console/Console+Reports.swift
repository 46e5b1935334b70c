internal import TapgateReports

extension ReportLanguage {
  /// The language of the process's locale.
  static var current: ReportLanguage {
    switch Language.current {
    case .zh: .zh
    case .en: .en
    }
  }
}

extension Console {
  /// Shows a report as tables, bars and proofs, as wide as the terminal and in its colours.
  func show(_ report: Report) {
    say(report.terminalLines(.current, width: width).map(painted))
  }

  /// The lines that prove a table, in their colours.
  func proofs(of table: ReportTable) -> [String] {
    table.proofs.map { painted(ReportLine(.proof(isEqual: $0.isEqual), $0.text(.current))) }
  }

  /// A report for a file: no width, no colours.
  static func plainText(of report: Report) -> [UInt8] {
    Array(report.terminalLines(.current).map { $0.text + "\n" }.joined().utf8)
  }

  private func painted(_ line: ReportLine) -> String {
    switch line.role {
    case .title, .heading, .totals: heading(line.text)
    case .proof(let isEqual): toned(line.text, isEqual ? .good : .bad)
    case .rule, .row, .note, .plot: line.text
    }
  }
}
