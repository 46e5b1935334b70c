internal import CXlsxWriter
internal import TapgateReports

/// The formats of a workbook's cells.
///
/// Safety: the pointers are the workbook's own and live as long as it does; `Workbook.write` keeps
/// these styles no longer than that.
struct SheetStyles {
  private(set) var heading: UnsafeMutablePointer<lxw_format>?
  private(set) var remark: UnsafeMutablePointer<lxw_format>?
  private(set) var equal: UnsafeMutablePointer<lxw_format>?
  private(set) var unequal: UnsafeMutablePointer<lxw_format>?
  private var plain: [ReportColumnKind: UnsafeMutablePointer<lxw_format>] = [:]
  private var totals: [ReportColumnKind: UnsafeMutablePointer<lxw_format>] = [:]

  init(_ book: UnsafeMutablePointer<lxw_workbook>) {
    heading = workbook_add_format(book)
    format_set_bold(heading)
    format_set_bg_color(heading, 0xDDE7F3)
    format_set_bottom(heading, UInt8(LXW_BORDER_THIN.rawValue))
    format_set_text_wrap(heading)
    remark = workbook_add_format(book)
    format_set_italic(remark)
    equal = workbook_add_format(book)
    format_set_font_color(equal, 0x1B7F3B)
    unequal = workbook_add_format(book)
    format_set_font_color(unequal, 0xC00000)
    format_set_bold(unequal)
    for kind in ReportColumnKind.allCases {
      plain[kind] = Self.format(book, kind)
      let sum = Self.format(book, kind)
      format_set_bold(sum)
      format_set_top(sum, UInt8(LXW_BORDER_THIN.rawValue))
      totals[kind] = sum
    }
  }

  private static func format(
    _ book: UnsafeMutablePointer<lxw_workbook>,
    _ kind: ReportColumnKind
  ) -> UnsafeMutablePointer<lxw_format>? {
    let format = workbook_add_format(book)
    switch kind {
    case .text: break
    case .date: format_set_num_format(format, "yyyy-mm-dd")
    case .instant: format_set_num_format(format, "yyyy-mm-dd hh:mm:ss")
    case .integer: format_set_num_format(format, "#,##0;[Red]-#,##0")
    case .money: format_set_num_format(format, "#,##0.00;[Red]-#,##0.00")
    case .basisPoints: format_set_num_format(format, "0.00%;[Red]-0.00%")
    }
    return format
  }

  /// The format of a cell in a column of `kind`.
  func cell(_ kind: ReportColumnKind, isTotal: Bool) -> UnsafeMutablePointer<lxw_format>? {
    isTotal ? totals[kind] : plain[kind]
  }
}
