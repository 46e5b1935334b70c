extension Words {
  // MARK: What `watch` says of events

  static let eventLane = Phrase("lane {1}", "通道 {1}")
  static let eventCard = Phrase("card on the reader", "放卡")
  static let eventCardAway = Phrase("card taken away", "取走卡")
  static let eventCredential = Phrase("{1} {2}", "{1} {2}")
  static let eventAssurance = Phrase("grade {1}", "等级 {1}")
  static let eventNobody = Phrase("no member", "不是会员")
  static let eventMember = Phrase("{1} ({2})", "{1}（{2}）")
  static let eventPoints = Phrase("{1} points", "{1} 积分")
  static let eventDelivered = Phrase("for {1}", "交给 {1}")
  static let eventRefused = Phrase("refused: {1}", "被拒绝：{1}")
  static let eventScan = Phrase("scanned {1}", "扫码 {1}")
  static let eventAlarm = Phrase(
    "{1} wrong codes within {2} s; codes are refused until then",
    "{2} 秒内出现 {1} 个错误的码；期间暂不接受"
  )
  static let eventDevice = Phrase("{1}: {2}, {3}", "{1}：{2}，{3}")
  static let eventLeftOut = Phrase("{1} changes before it left out", "此前省略 {1} 次变化")
  static let eventJob = Phrase("print job {1}: {2}", "打印任务 {1}：{2}")
  static let eventCommitted = Phrase("{1} on disk, no. {2}", "{1}已落盘，序号 {2}")
  static let eventClaimRequested = Phrase(
    "{1} asks for the claim {2}; {3} ms to keep it",
    "{1} 请求占用 {2}；{3} 毫秒内可保留"
  )
  static let eventClaimLost = Phrase("the claim {1} went to {2}", "占用 {1} 已转给 {2}")
  static let eventClaimGranted = Phrase("the claim {1} was granted", "已获得占用 {1}")
  static let eventsLost = Phrase("{1} events lost: {2}", "丢失 {1} 个事件：{2}")
}
