extension Words {
  // MARK: Programmes, the date, invitations

  static let aboutProgrammeActivate = Phrase(
    "Puts a programme in force, now or from a day's cut-over on.",
    "启用会员方案：立即，或自某营业日起。"
  )
  static let helpProgrammeFrom = Phrase(
    "First business date, YYYY-MM-DD (default: the file's valid_from, at once where it is over).",
    "首个营业日，YYYY-MM-DD（默认取文件的 valid_from，已过则立即启用）。"
  )
  static let aboutConfirmDate = Phrase(
    "Says that the machine's clock is right although it jumped.",
    "确认本机时钟正确（时钟跳变后使用）。"
  )
  static let helpConfirmDate = Phrase("Today's business date, YYYY-MM-DD.", "今天的营业日，YYYY-MM-DD。")
  /// That the clock is not followed, with the gateway's business date.
  static func doctorClockInDoubt(_ today: String) -> String {
    Phrase(
      "the machine's clock jumped and is not followed: the gateway's date is \(today)",
      "本机时钟发生跳变，网关未予采用；网关当前营业日为 \(today)"
    )()
  }
  static let aboutMemberInvite = Phrase("Notes who invited a new member.", "登记新会员的推荐人。")
  static let aboutMemberInviteCode = Phrase(
    "The code by which a member invites others.",
    "会员的推荐码。"
  )
  static let helpInviteCode = Phrase("The referrer's code.", "推荐人的推荐码。")
  static let helpInvitePrint = Phrase("Prints it as a QR code.", "以二维码打印。")
  static let inviteSlipTitle = Phrase("Invitation", "推荐码")
}
