extension Words {
  // MARK: Recorded sessions and rotating codes

  static let aboutRecord = Phrase(
    "Records what comes in, every credential replaced by a stand-in; Ctrl-C ends it.",
    "录制输入（所有凭证均替换为假值）；按 Ctrl-C 结束。"
  )
  static let aboutReplay = Phrase(
    "Plays a recorded session on a gateway that runs with --simulate.",
    "在以 --simulate 运行的网关上回放录制的会话。"
  )
  static let helpSessionFile = Phrase("The session's file.", "会话文件。")
  static let helpRecordSeconds = Phrase("Ends after so many seconds.", "录制多少秒后结束。")
  static let helpRecordCount = Phrase("Ends after so many inputs.", "录制多少次输入后结束。")
  static let helpReplaySpeed = Phrase(
    "How fast: 100 as recorded, 200 twice as fast, 100000 as fast as possible.",
    "速度：100 为原速，200 为两倍，100000 为尽快。"
  )
  static let recording = Phrase(
    "recording to {1}; Ctrl-C ends it",
    "正在录制到 {1}；按 Ctrl-C 结束"
  )
  static let recorded = Phrase("{1} inputs recorded to {2}", "已录制 {1} 次输入到 {2}")
  static let recordedLost = Phrase(
    "{1} events were lost: the file has gaps",
    "丢失了 {1} 个事件：文件不完整"
  )
  static let replayed = Phrase("{1} inputs replayed", "已回放 {1} 次输入")
  static let sessionBadLine = Phrase(
    "{1}:{2}: this is no line of a session",
    "{1}:{2}：不是会话的一行"
  )
  static let sessionNone = Phrase(
    "{1} is no session that this version can play",
    "{1} 不是本版本可以回放的会话"
  )
  static let aboutMemberQR = Phrase(
    "The rotating code that a member's telephone shows now.",
    "会员手机此刻显示的动态码。"
  )
  static let aboutMemberQRKey = Phrase(
    "Gives a member a rotating code, and shows the telephone's secret.",
    "为会员发放动态码，并显示手机所需的密钥。"
  )
  static let helpCodeCard = Phrase(
    "Which of several codes; the newest where none is named.",
    "多个动态码中的哪一个；默认最新的。"
  )
}
