extension Words {
  static let aboutBench = Phrase(
    "Measures the gateway beside Redis, PostgreSQL and a bare socket.",
    "将网关与 Redis、PostgreSQL 和裸套接字对比测量。"
  )
  static let aboutBenchLookup = Phrase(
    "Looks members up by card, beside Redis GET and a bare socket echo.",
    "按卡查询会员，与 Redis GET 和裸套接字回显对比。"
  )
  static let aboutBenchAccrue = Phrase(
    "Credits points durably, beside Redis with appendfsync always and PostgreSQL.",
    "落盘积分，与 Redis（appendfsync always）和 PostgreSQL 对比。"
  )
  static let aboutBenchCheckout = Phrase(
    "Commits receipts of 20 lines durably, beside PostgreSQL that writes the same rows.",
    "落盘 20 行的小票，与写入相同记录的 PostgreSQL 对比。"
  )
  static let aboutBenchQuote = Phrase(
    "Prices baskets of 20 lines, beside a bare socket echo.",
    "为 20 行的购物篮计价，与裸套接字回显对比。"
  )
  static let aboutBenchCrash = Phrase(
    "Kills a gateway under load again and again: nothing acknowledged may be lost.",
    "反复杀死负载中的网关：已应答的内容不得丢失。"
  )
  static let helpBenchMembers = Phrase("Members in every peer.", "每一方的会员数。")
  static let helpBenchSeconds = Phrase("Length of each run in seconds.", "每轮的秒数。")
  static let helpBenchRounds = Phrase(
    "How often each run is repeated; the medians are shown.",
    "每项重复的轮数；显示中位数。"
  )
  static let helpBenchInFlight = Phrase(
    "Requests in flight, one level after the other.",
    "同时在途的请求数，逐级测量。"
  )
  static let helpBenchRate = Phrase(
    "Arrivals a second of the open loop. Without it: half of what the slowest peer can do.",
    "开环每秒到达数；默认为最慢一方能力的一半。"
  )
  static let helpBenchOnly = Phrase(
    "The peers that take part, by name with commas between.",
    "参与的各方名称，以逗号分隔。"
  )
  static let helpBenchDirectory = Phrase(
    "Where the throw-away folder is made: on the disk to be measured.",
    "临时目录的位置，应在要测量的磁盘上。"
  )
  static let helpBenchGateway = Phrase(
    "A running gateway that holds the members already.",
    "已有这些会员的运行中的网关。"
  )
  static let helpBenchJSON = Phrase(
    "One JSON document instead of the text.",
    "以一个 JSON 文档代替文字。"
  )
  static let helpCrashRounds = Phrase("How often the gateway is killed.", "杀死网关的次数。")
  static let helpCrashMembers = Phrase(
    "Members; few, so that each is hit often.",
    "会员数；宜少，使每个会员频繁被用到。"
  )
  static let helpCrashConnections = Phrase(
    "Connections that send at the same time.",
    "同时发送的连接数。"
  )
  static let helpCrashLoad = Phrase(
    "The longest time under load before the kill, in milliseconds.",
    "杀死前负载的最长时间，毫秒。"
  )
  static let helpCrashSeed = Phrase(
    "Decides what is left to chance; shown, so that a drill can be repeated.",
    "随机种子；会显示出来，以便重做同一演练。"
  )
  static let helpCrashGateway = Phrase(
    "The gateway's executable; this one, where none is named.",
    "网关可执行文件；默认为本程序。"
  )
  static let helpCrashNoPrinter = Phrase(
    "Without a printer: no slips are counted.",
    "不使用打印机：不统计小票。"
  )
  static let benchInFlightRange = Phrase(
    "--in-flight takes numbers up to 8 and multiples of 8 up to 2048",
    "--in-flight 可为 1 到 8，或不超过 2048 的 8 的倍数"
  )
  static let benchOwnGateway = Phrase(
    "this measurement starts a gateway of its own, with its own programme",
    "此测量自行启动网关，使用自己的会员方案"
  )
  static let benchOnlyKnows = Phrase("--only knows {1}", "--only 可用：{1}")
}
