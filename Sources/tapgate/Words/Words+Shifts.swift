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
  static let segmentOrMember = Phrase(
    "give a member or a segment, not both",
    "会员与会员群只能选择其一"
  )
  static let helpSegmentAll = Phrase("To every active member.", "发给所有有效会员。")
  static let helpSegmentTier = Phrase(
    "To members of this tier (may be repeated).",
    "发给该等级的会员（可重复）。"
  )
  static let helpSegmentClass = Phrase(
    "To members of this class by spending, A to D (may be repeated).",
    "发给该消费分类（A 至 D）的会员（可重复）。"
  )
  static let helpSegmentAbsent = Phrase(
    "To members who spent nothing for so many days.",
    "发给多少天未消费的会员。"
  )
  static let helpSegmentBirthday = Phrase(
    "To members whose birthday is in this month, 1 to 12.",
    "发给该月（1 至 12）生日的会员。"
  )
  static let helpSegmentRecency = Phrase(
    "To members with this score of recency or more, 1 to 5.",
    "最近消费得分不低于此值（1 至 5）。"
  )
  static let helpSegmentFrequency = Phrase(
    "To members with this score of frequency or more, 1 to 5.",
    "消费频次得分不低于此值（1 至 5）。"
  )
  static let helpSegmentMonetary = Phrase(
    "To members with this score of spending or more, 1 to 5.",
    "消费金额得分不低于此值（1 至 5）。"
  )
  static let helpSegmentDryRun = Phrase(
    "Only counts the members of the segment.",
    "只统计会员群人数，不发放。"
  )
  static let helpShiftOperator = Phrase("Only this operator's.", "只看该操作员。")
  static let helpWholeCounter = Phrase(
    "Everybody's shift at the counter, not only the operator's.",
    "整台交班，而不只是该操作员。"
  )
}
