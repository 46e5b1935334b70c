extension Words {
  // MARK: What commands do

  static let aboutTapgate = Phrase(
    "The counter's gateway for membership cards.",
    "会员卡柜台网关。"
  )
  static let aboutExitCodes = Phrase(
    "Exit codes: 0 done, 1 warnings or a refusal, 2 faults, 3 could not examine, 64 wrong usage.",
    "退出码：0 完成，1 有警告或被拒绝，2 有故障，3 无法检查，64 用法错误。"
  )
  static let aboutStatus = Phrase("The gateway's state at a glance.", "查看网关状态。")
  static let aboutDevices = Phrase(
    "Every device seen, used or not, with its verdict.",
    "列出所有检测到的设备及结论。"
  )
  static let aboutWatch = Phrase(
    "Taps and events as they happen, masked; with --json one document a line.",
    "实时显示刷卡与事件（已掩码）；加 --json 时每行一个文档。"
  )
  static let aboutBundle = Phrase(
    "Writes a redacted archive for a supporter, also with the gateway down.",
    "生成脱敏的支持资料包，网关未运行时也可使用。"
  )
  static let helpBundleFile = Phrase("The archive (ZIP).", "资料包文件（ZIP）。")
  static let bundled = Phrase("{1} written: {2}", "已写入 {1}：{2}")
  static let aboutTrace = Phrase(
    "Why the last tap did what it did.",
    "说明最近一次刷卡的处理过程。"
  )
  static let aboutDoctor = Phrase(
    "Examines the installation, also with the gateway down.",
    "诊断安装情况，网关未运行时也可用。"
  )
  static let aboutLookup = Phrase("Whose card or code it is.", "查询卡或码所属的会员。")
  static let aboutAccrue = Phrase("Gives points for a receipt.", "按小票积分。")
  static let aboutRefund = Phrase(
    "Gives a receipt back, or a part of it.",
    "退货：整单或部分退回。"
  )
  static let helpReceiptID = Phrase(
    "The receipt's id, as its sale or accrual answered it, such as R17.",
    "小票编号，即销售或积分时返回的编号，如 R17。"
  )
  static let helpRefundAmount = Phrase("What goes back.", "退款金额。")
  static let helpRefundLine = Phrase(
    "Pieces of a line, which count from 0: 0:2 (may be repeated).",
    "某行的件数，行号从 0 开始：0:2（可重复）。"
  )
  static let refundOfWhat = Phrase(
    "give either --amount or --line",
    "请给出 --amount 或 --line 其中之一"
  )
  static let refundLineMalformed = Phrase(
    "a line is given as line:quantity, such as 0:2",
    "退货行写作 行号:件数，例如 0:2"
  )
  static let aboutReverse = Phrase("Takes an operation back.", "冲正一笔操作。")
  static let aboutHistory = Phrase("A member's journal, newest first.", "会员流水，最新的在前。")
  static let aboutMember = Phrase("Members.", "会员。")
  static let aboutMemberImport = Phrase(
    "Imports members, cards and opening balances from CSV: all or nothing.",
    "从 CSV 导入会员、卡和期初余额：要么全部，要么全不。"
  )
  static let aboutImportColumns = Phrase(
    "The first line names the columns, in any order: {1}. Only memberId is required. One row a"
      + " card; rows with the same memberId belong to one member.",
    "首行为列名，顺序不限：{1}。仅 memberId 必需。每行一张卡；memberId 相同的行属于同一会员。"
  )
  static let aboutMemberExport = Phrase(
    "Exports all members as CSV, card numbers masked.",
    "将全部会员导出为 CSV（卡号已掩码）。"
  )
  static let aboutMemberEnrol = Phrase("Enrols a member.", "登记新会员。")
  static let aboutMemberShow = Phrase("Shows a member.", "显示会员。")
  static let aboutMemberSearch = Phrase(
    "Finds members by name, the end of the phone number, or id.",
    "按姓名、手机尾号或编号查找会员。"
  )
  static let aboutCard = Phrase("Cards.", "卡。")
  static let aboutCardIssue = Phrase("Gives a new card to a member.", "给会员发新卡。")
  static let aboutCardBind = Phrase("Binds a card or code to a member.", "为会员绑定卡或码。")
  static let aboutCardUnbind = Phrase("Takes a card or code from its member.", "解除绑定。")
  static let aboutCardReportLost = Phrase(
    "Reports a card lost; it is refused from the answer on.",
    "挂失；应答后立即生效。"
  )
  static let aboutCardCancelLost = Phrase("Takes a report of loss back.", "解除挂失。")
  static let aboutCardFreeze = Phrase("Freezes a card.", "冻结卡。")
  static let aboutCardUnfreeze = Phrase("Ends a freeze.", "解冻卡。")
  static let aboutCardReplace = Phrase("Puts a new card in an old one's place.", "换卡。")
  static let aboutCardClose = Phrase("Closes a card for good.", "注销卡。")
  static let aboutProgramme = Phrase("The membership programme.", "会员方案。")
  static let aboutProgrammeCheck = Phrase("Checks a programme's file.", "检查会员方案文件。")
  static let aboutProgrammeShow = Phrase(
    "Which programme the gateway runs.",
    "显示网关正在使用的会员方案。"
  )
  static let aboutPrint = Phrase("Printing.", "打印。")
  static let aboutPrintTest = Phrase("Prints a test page.", "打印测试页。")
  static let aboutPrintJobs = Phrase("Where print jobs stand.", "查看打印任务。")
  static let aboutPrintResolve = Phrase(
    "Says what became of a job whose end nobody could see.",
    "人工确认结果不明的打印任务。"
  )
  static let aboutSimulate = Phrase(
    "Drives the virtual devices of a gateway started with --simulate.",
    "驱动以 --simulate 启动的网关的虚拟设备。"
  )
  static let aboutSimulateTap = Phrase("Lays a card on the reader.", "放卡。")
  static let aboutSimulateRemove = Phrase("Takes the card away.", "取走卡。")
  static let aboutSimulateScan = Phrase("Scans a code.", "扫码。")
  static let aboutSimulateSwipe = Phrase("Swipes a card.", "刷磁条卡。")
  static let aboutSimulatePrinter = Phrase("Makes the printer fail.", "制造打印机故障。")

  // MARK: What arguments mean

  static let helpSocket = Phrase(
    "The gateway's socket (default: $TAPGATE_SOCKET, then where the gateway listens).",
    "网关套接字（默认：$TAPGATE_SOCKET，其次为网关的监听位置）。"
  )
  static let helpJSON = Phrase("Answer with one JSON document.", "以一个 JSON 文档输出。")
  static let helpData = Phrase("The gateway's data folder.", "网关的数据目录。")
  static let helpConfig = Phrase("The gateway's configuration file.", "网关的配置文件。")
  static let helpMember = Phrase(
    "Who: cardUid:04A1…, phoneNumber:…, memberId:…, eventId:…",
    "会员：cardUid:04A1…、phoneNumber:…、memberId:…、eventId:…"
  )
  static let helpMemberOrID = Phrase(
    "Who: the member's id, or cardUid:04A1…, phoneNumber:…, eventId:…",
    "会员：会员编号，或 cardUid:04A1…、phoneNumber:…、eventId:…"
  )
  static let helpMemberID = Phrase("The member's id.", "会员编号。")
  static let helpCard = Phrase(
    "The card: cardUid:04A1…, memberNumber:…, eventId:…, or its id.",
    "卡：cardUid:04A1…、memberNumber:…、eventId:…，或卡编号。"
  )
  static let helpNewCard = Phrase("The new card: cardUid:04A1…", "新卡：cardUid:04A1…")
  static let helpCardType = Phrase("The card's type.", "卡类型。")
  static let helpReason = Phrase("Why, for the journal.", "原因，记入流水。")
  static let helpAmount = Phrase("What was paid.", "消费金额。")
  static let helpReceipt = Phrase("The receipt's number.", "小票号。")
  static let helpNoPrint = Phrase("Print no receipt.", "不打印小票。")
  static let helpReverses = Phrase("The operation's id.", "要冲正的操作号。")
  static let helpOperationID = Phrase(
    "The operation's own id; repeat it to ask again for the same (default: a new one).",
    "操作号；用同一操作号可安全重试（默认：新操作号）。"
  )
  static let helpStore = Phrase("The store (default: the gateway's).", "门店（默认：网关的）。")
  static let helpCounter = Phrase("The counter (default: the gateway's).", "收银台（默认：网关的）。")
  static let helpOperator = Phrase("Who stands at the counter.", "操作员。")
  static let helpBusinessTime = Phrase("When it happened (default: now).", "发生时间（默认：现在）。")
  static let helpLimit = Phrase("How many to show.", "显示数量。")
  static let helpBefore = Phrase("Only what came before this sequence.", "仅显示此序号之前的。")
  static let helpName = Phrase("The member's name.", "姓名。")
  static let helpPhone = Phrase("The phone number.", "手机号。")
  static let helpBirthday = Phrase("The birthday.", "生日。")
  static let helpSearchText = Phrase("What to look for.", "要查找的内容。")
  static let helpImportFile = Phrase("The CSV file.", "CSV 文件。")
  static let helpDryRun = Phrase("Check everything, write nothing.", "只检查，不写入。")
  static let helpEncoding = Phrase("The file's encoding.", "文件编码。")
  static let helpOutput = Phrase(
    "The file to write (default: standard output).",
    "输出文件（默认：标准输出）。"
  )
  static let helpWatchKind = Phrase("Only events of this kind; repeatable.", "仅此类事件；可重复。")
  static let helpWatchCount = Phrase("End after so many events.", "收到若干事件后结束。")
  static let helpProgrammeFile = Phrase("The programme's file.", "会员方案文件。")
  static let helpPrinter = Phrase("The printer (default: the first).", "打印机（默认：第一台）。")
  static let helpJob = Phrase("The print job.", "打印任务。")
  static let helpOutcome = Phrase("printed or notPrinted.", "printed（已打印）或 notPrinted（未打印）。")
  static let helpDevice = Phrase("The virtual device (default: the first).", "虚拟设备（默认：第一台）。")
  static let helpUID = Phrase("The card's UID in hexadecimal.", "卡的十六进制 UID。")
  static let helpScan = Phrase("What is scanned.", "扫描内容。")
  static let helpAIM = Phrase("The AIM symbology identifier.", "AIM 码制标识。")
  static let helpTrack1 = Phrase("Track 1.", "第一磁道。")
  static let helpTrack2 = Phrase("Track 2.", "第二磁道。")
  static let helpFault = Phrase("The fault; none ends it.", "故障名称；none 为恢复。")
}
