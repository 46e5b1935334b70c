extension Words {
  // MARK: Nodes and operators in the configuration

  static let configUnknownNode = Phrase(
    "there is no [[node]] with the id `{1}`",
    "没有编号为 `{1}` 的 [[node]]"
  )
  static let configNodeCircle = Phrase("the node `{1}` is below itself", "节点 `{1}` 的上级形成循环")
  static let configNodeMisplaced = Phrase(
    "the node `{1}` cannot be below `{2}`: a head office has regions, a region regions and stores,"
      + " a store counters",
    "节点 `{1}` 不能隶属于 `{2}`：总部下为大区，大区下为大区或门店，门店下为收银台"
  )
  static let configSecondHeadOffice = Phrase(
    "there is one head office; `{1}` is a second one",
    "只能有一个总部；`{1}` 是第二个"
  )
  static let configUnknownVerb = Phrase(
    "`{1}` is no operation: write a method such as value.topUp, a family such as card.*, or *",
    "`{1}` 不是业务操作：请写方法名（如 value.topUp）、一类方法（如 card.*）或 *"
  )

  // MARK: Commands

  static let helpCheckConfig = Phrase(
    "The gateway's configuration: nodes that rules name have to stand in it.",
    "网关配置文件；规则引用的节点必须存在于其中。"
  )

  static let aboutOperator = Phrase("Operators and their permissions.", "操作员及其权限。")
  static let aboutOperatorList = Phrase(
    "The operators of the configuration: where they work, what they may do, and their PINs' state.",
    "列出配置中的操作员：范围、权限和密码状态。"
  )
  static let aboutOperatorSetPin = Phrase(
    "Sets an operator's PIN, typed twice without being shown, or read from standard input.",
    "设置操作员密码；密码输入两次且不显示，或从标准输入读取。"
  )
  static let helpOperatorID = Phrase("The operator's id.", "操作员编号。")
  static let helpOperatorPin = Phrase(
    "Asks for the operator's PIN, which the operator's entry may demand.",
    "询问操作员密码（操作员条目可能要求）。"
  )
  static let askPin = Phrase("PIN:", "密码：")
  static let pinMalformed = Phrase("a PIN has 4 to 12 digits", "密码为 4 到 12 位数字")
  static let pinSet = Phrase("the PIN of {1} is set", "已设置 {1} 的密码")
  static let aboutReload = Phrase(
    "The gateway reads its configuration anew: nodes and operators at once, the rest at a restart.",
    "让网关重新读取配置：组织和操作员立即生效，其他内容重启后生效。"
  )
  static let reloadNothing = Phrase("nothing to put in force", "没有需要立即生效的更改")
  static let reloadDone = Phrase("read again: {1}", "已重新读取：{1}")
  static let reloadLater = Phrase(
    "changed, and in force after a restart: {1}",
    "已更改，重新启动后生效：{1}"
  )
}
