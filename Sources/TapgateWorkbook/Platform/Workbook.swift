internal import CXlsxWriter
internal import Glibc
public import TapgateReports

// Office Open XML workbooks (ECMA-376) through libxlsxwriter.
//
// Safety: the pointers that the library hands out belong to its workbook and live until
// `workbook_close`, which `write` calls on every way out; nothing keeps one longer. Strings are
// copied by the library, so those that Swift lends for one call are enough.

/// Writes reports as Excel workbooks.
public enum Workbook {
  /// Writes `report` to the file at `path`, one sheet a table: a heading that stays in view, real
  /// numbers and dates, sums as formulas, the proofs below, and a chart where the table has one.
  ///
  /// The file appears when it is whole, readable by its owner only, since it holds personal data;
  /// an existing one is replaced. Blocks while it writes; any thread may call it.
  public static func write(
    _ report: Report,
    language: ReportLanguage,
    to path: String
  ) throws(WorkbookError) {
    let partial = path + ".partial"
    // The library finds out only at the end, and tells it on standard error.
    let descriptor = open(partial, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw systemError() }
    close(descriptor)
    guard let book = workbook_new(partial) else {
      throw WorkbookError(code: ENOMEM, isSystem: true, problem: "out of memory")
    }
    var problem: WorkbookError?
    do throws(WorkbookError) {
      try fill(book, report, language)
    } catch {
      problem = error
    }
    let code = workbook_close(book)
    if problem == nil { problem = error(code) }
    if problem == nil, rename(partial, path) != 0 { problem = systemError() }
    guard let problem else { return }
    unlink(partial)
    throw problem
  }

  private static func fill(
    _ book: UnsafeMutablePointer<lxw_workbook>,
    _ report: Report,
    _ language: ReportLanguage
  ) throws(WorkbookError) {
    let styles = SheetStyles(book)
    var names = SheetNames()
    for table in report.tables {
      let name = names.name(for: table.title.text(language))
      guard let sheet = workbook_add_worksheet(book, name) else {
        throw WorkbookError(code: EINVAL, isSystem: true, problem: "no sheet for \(table.id)")
      }
      let writer = SheetWriter(
        book: book,
        sheet: sheet,
        name: name,
        table: table,
        language: language,
        styles: styles
      )
      try writer.write(heading: report.title.text(language) + "  " + report.scope.text(language))
    }
  }

  /// What the system call before says.
  private static func systemError() -> WorkbookError {
    let number = errno
    return WorkbookError(code: number, isSystem: true, problem: String(cString: strerror(number)))
  }

  /// The error of a call; `nil` where it succeeded.
  static func error(_ code: lxw_error) -> WorkbookError? {
    guard code != LXW_NO_ERROR else { return nil }
    let text = lxw_strerror(code).map { String(cString: $0) } ?? ""
    return WorkbookError(code: Int32(code.rawValue), isSystem: false, problem: text)
  }

  /// Throws what a call says.
  static func check(_ code: lxw_error) throws(WorkbookError) {
    if let error = error(code) { throw error }
  }
}
