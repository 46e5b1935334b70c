extension Words {
  static let aboutShift = Phrase("Shifts of a counter.", "收银台交班。")
  static let aboutShiftShow = Phrase(
    "What was done at the counter since its last close.",
    "查看上次交班以来的业务汇总。"
  )
  static let aboutShiftClose = Phrase(
    "Closes the operator's shift, or everybody's at the counter, and prints the slip.",
    "操作员或整台交班，并打印交班单。"
  )
  static let aboutPrintReprint = Phrase(
    "Prints a job's document again, marked as a reprint.",
    "重新打印某个打印任务，并标注“重印”。"
  )
  static let helpShiftOperator = Phrase("Only this operator's.", "只看该操作员。")
  static let helpWholeCounter = Phrase(
    "Everybody's shift at the counter, not only the operator's.",
    "整台交班，而不只是该操作员。"
  )
}
