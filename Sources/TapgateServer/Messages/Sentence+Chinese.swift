internal import TapgateModel

extension Sentence {
  /// The sentence in Chinese.
  var chinese: String {
    switch self {
    case .notJSON: "请求不是有效的 JSON。"
    case .notRequest: "这不是 JSON-RPC 2.0 请求。"
    case .batch: "不支持批量请求，请每行发送一个请求。"
    case .notification: "请求必须带有 id。"
    case .tooDeep: "请求嵌套层数过多。"
    case .idIllegal: "id 必须是字符串或不超过 53 位的整数。"
    case .methodUnknown: "没有这个方法。"
    case .lineTooLong(let countMax): "请求超过 \(countMax) 字节。"
    case .wrongType(let field): "\(field) 的类型不对。"
    case .missingField(let field): "缺少 \(field)。"
    case .unknownField(let field): "未知字段 \(field)。"
    case .duplicateField(let field): "字段 \(field) 重复。"
    case .conflictingField(let field): "\(field) 不能与其他字段同时使用。"
    case .impossibleValue(let field): "\(field) 的值不允许。"
    case .helloFirst: "请先发送 hello。"
    case .helloTwice: "已经发送过 hello。"
    case .apiUnsupported: "客户端与网关没有共同的接口版本。"
    case .closing: "网关正在关闭。"
    case .notAllowedHere: "当前用户无权使用本网关。"
    case .roleTooLow: "当前用户无权执行此操作。"
    case .tooManyConnections: "连接的程序过多。"
    case .tooManyInFlight: "未应答的请求过多。"
    case .tooManyMisses: "查询未知号码过于频繁，请稍候。"
    case .busy: "网关繁忙，请重试。"
    case .backlog: "未读取的应答过多。"
    default: chineseOfThings
    }
  }

  private var chineseOfThings: String {
    switch self {
    case .memberUnknown: "查无此会员。"
    case .eventUnknown: "该刷卡记录已失效，请重新刷卡。"
    case .unknown: "没有找到。"
    case .operationExists: "该操作号已用于其他内容。"
    case .broken: "网关出现故障，请联系技术人员。"
    case .credentialUnusable: "该凭证不能识别会员。"
    case .paymentCard: "银行卡不能作为会员卡使用。"
    case .claimed: "另一台收银机正在使用该设备。"
    case .notClaimed: "本收银机没有占用该设备。"
    case .notClaimable: "打印机和钱箱是共享的，不能独占。"
    case .healthLevelUnbuilt: "目前只能进行内部检查（1 级）。"
    case .noPrinter: "没有配置打印机。"
    case .documentRefused: "该文档无法打印。"
    case .jobNotOpen: "该打印任务无需人工确认。"
    case .simulationRefused: "虚拟设备现在无法执行。"
    case .configurationFaulty: "配置文件有误，未作任何更改。"
    case .refused(let reason): reason.chinese
    case .denied(let denial): denial.chinese
    default: "请求失败。"
    }
  }
}
