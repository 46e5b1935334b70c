extension Words {
  /// The members whose values are words of the API, shown to people in their language.
  private static let valueFields: Set<String> = [
    "can", "durable", "kind", "method", "operation", "outcome", "pin", "role", "state", "status",
    "step", "verdict",
  ]

  /// Words of the API. In English they are shown as they are.
  static let values: [String: Phrase] = {
    let chinese = [
      // Members, cards and print jobs.
      "active": "有效", "suspended": "停用", "frozen": "冻结", "merged": "已合并", "erased": "已删除",
      "lost": "已挂失", "replaced": "已换卡", "closed": "已注销", "queued": "排队中",
      "sending": "发送中", "sent": "已发送", "confirmed": "已确认", "stalled": "停顿",
      "indeterminate": "结果不明", "failed": "失败", "cancelled": "已取消", "expired": "已过期",
      // What cards can do, and whether there is a PIN.
      "identify": "识别会员", "points": "积分", "sv": "储值", "discount": "折扣", "set": "已设置",
      "none": "无",
      // Devices.
      "used": "使用中", "usable": "可用", "wrongMode": "模式不对", "noPermission": "无权限",
      "heldBy": "被占用", "unknown": "未知",
      // Taps and their steps.
      "delivered": "已送达", "held": "等待领取", "superseded": "被后来的取代", "suppressed": "未计",
      "refused": "被拒绝", "detected": "检测到", "resolved": "已识别", "filtered": "已过滤",
      // Roles, and what is durable.
      "observe": "只读", "pos": "收银", "technician": "技术员", "manager": "经理", "local": "本机",
      // Kinds of credential.
      "cardUid": "卡 UID", "memberNumber": "会员号", "appFile": "卡内文件", "sunToken": "SUN 动态码",
      "vasPass": "手机钱包卡", "hceToken": "手机模拟卡", "rotatingQr": "动态码", "staticQr": "静态码",
      "barcode": "条码", "magstripe": "磁条卡", "phoneNumber": "手机号",
      // Operations.
      "points.accrue": "积分", "operation.reverse": "冲正", "member.enrol": "登记会员",
      "member.update": "修改会员", "card.issue": "发卡", "card.bind": "绑定", "card.unbind": "解绑",
      "card.reportLost": "挂失", "card.cancelLost": "解除挂失", "card.freeze": "冻结卡",
      "card.unfreeze": "解冻卡", "card.close": "注销卡", "card.replace": "换卡",
      "card.setPin": "设置密码", "card.wrongPin": "密码错误", "member.erase": "删除会员",
      "print.submit": "打印", "member.importChunk": "期初导入", "member.importCommit": "导入生效",
      "programme.activate": "启用会员方案", "ledger.sweep": "到期处理",
      "member.tierReview": "等级复核", "points.referral": "推荐奖励", "member.invite": "登记推荐人",
      "scheduled": "待启用", "value.topUp": "充值", "value.confirmTopUp": "充值到账",
      "value.spend": "储值消费", "hold.create": "预占", "hold.capture": "预占扣款",
      "points.redeem": "积分兑换", "points.event": "活动积分", "coupon.issue": "发券",
      "coupon.use": "核销券", "pass.use": "次卡消费", "stamp.add": "加印花",
      "benefit.use": "使用权益", "membership.buy": "购买付费会员", "membership.renew": "续费",
      "member.setTier": "调整等级", "checkout.commit": "销售", "refund.create": "退货",
    ]
    let english = ["member.importChunk": "opening balance", "member.importCommit": "import"]
    return Dictionary(
      uniqueKeysWithValues: chinese.map { ($0.key, Phrase(english[$0.key] ?? $0.key, $0.value)) }
    )
  }()

  /// The value `text` of the member `name`, which may be a path, as people read it.
  static func value(_ text: String, of name: String) -> String {
    let field = name.split(separator: ".").last.map(String.init) ?? name
    return valueFields.contains(field) ? values[text]?() ?? text : text
  }

  /// Why a tap went nowhere, or a device is silent.
  static let reasons: [String: Phrase] = [
    "unclaimed": Phrase(
      "nobody took it: a till has to claim the device, or to name its lane in hello",
      "无人接收：收银机须占用该设备，或在 hello 中指定其通道"
    ),
    "laneAmbiguous": Phrase("two tills named its lane", "有两台收银机指定了该通道"),
    "alreadyPresent": Phrase("it lay there before", "此前已在读卡器上"),
    "queueOverflow": Phrase("this program did not read in time", "本程序读取过慢"),
  ]
}
