extension Words {
  // MARK: Reports

  static let aboutReport = Phrase(
    "A report on the whole ledger; without a name, the list of reports.",
    "生成基于全部流水的报表；不给名称时列出全部报表。"
  )
  static let aboutReportProof = Phrase(
    "Each table ends with the lines that prove its sums against the ledger; where one does not"
      + " hold, the exit code is 1. Files appear when they are whole. Needs the role manager.",
    "每张表末尾有与账本核对的行；有不符时退出码为 1。文件写完后才出现。需要 manager 角色。"
  )
  static let helpReportName = Phrase("The report's name.", "报表名称。")
  static let helpReportFrom = Phrase("First business date, YYYY-MM-DD.", "起始营业日（YYYY-MM-DD）。")
  static let helpReportTo = Phrase("Last business date, YYYY-MM-DD.", "截止营业日（YYYY-MM-DD）。")
  static let helpReportScope = Phrase(
    "A store, or a node of the organisation above stores; may be repeated.",
    "门店或上级组织节点，可重复。"
  )
  static let helpReportMember = Phrase("Only this member.", "仅该会员。")
  static let helpReportOperator = Phrase("Only this operator.", "仅该操作员。")
  static let helpReportSet = Phrase(
    "A number of the report; may be repeated. The list shows each with its default.",
    "设置报表参数，可重复；列表中有各参数及默认值。"
  )
  static let helpReportFormat = Phrase("What is written.", "输出格式。")
  static let badDate = Phrase("{1} is written YYYY-MM-DD", "{1} 请写成 YYYY-MM-DD")
  static let badSetting = Phrase(
    "--set is written key=number, such as rows=500",
    "--set 请写成 参数=整数，例如 rows=500"
  )
  static let workbookNeedsFile = Phrase(
    "a workbook needs --output FILE",
    "输出工作簿须用 --output 指定文件"
  )
  static let reportHasNoPicture = Phrase(
    "there is nothing to draw in {1}",
    "{1} 中没有可绘制的数据"
  )
  static let reportWritten = Phrase("{1} written", "已写入 {1}")
  static let reportNotProven = Phrase(
    "the report does not agree with the ledger; run tapgate verify",
    "报表与账本不符；请运行 tapgate verify"
  )
  static let reportDash = Phrase(": ", "：")
}
