extension Words {
  // MARK: The gateway's own process, and the ledger's offline commands

  static let aboutServe = Phrase("Runs the gateway.", "运行网关。")
  static let helpServeData = Phrase("The data folder.", "数据目录。")
  static let helpServeConfig = Phrase("The configuration file.", "配置文件。")
  static let helpSimulate = Phrase(
    "Adds virtual devices and the simulate methods.",
    "加入虚拟设备和 simulate 方法。"
  )
  static let helpDemo = Phrase(
    "To try it out: a throw-away folder with 1,000 members, and virtual devices where no card"
      + " reader is found. Never together with a configuration or a data folder.",
    "试用：使用临时目录和 1,000 个演示会员，找不到读卡器时加入虚拟设备。不能与配置或数据目录同用。"
  )
  static let demoExcludes = Phrase(
    "--demo uses a throw-away folder; leave --config and --data out",
    "--demo 使用临时目录；请去掉 --config 和 --data"
  )
  static let demoNext = Phrase(
    "1,000 demo members are in {1}, until the gateway ends. In another terminal, type:",
    "1,000 个演示会员在 {1}，网关结束时删除。请在另一个终端输入："
  )
  static let aboutVerify = Phrase(
    "Proves the ledger from its journal.",
    "根据流水验证账本。"
  )
  static let aboutBackup = Phrase(
    "Copies the ledger into one file, also while the gateway runs.",
    "把账本备份为一个文件，网关运行时也可用。"
  )
  static let aboutRestore = Phrase(
    "Puts a backup into an empty data folder, after proving it.",
    "验证备份后恢复到空的数据目录。"
  )
  static let helpWithoutKey = Phrase(
    "Leave the gateway's key out: such a backup can be restored only where the key is.",
    "不包含网关密钥：这样的备份只能在有密钥的地方恢复。"
  )
  static let helpKeyFile = Phrase(
    "The key file, for a backup without key.",
    "密钥文件，用于不含密钥的备份。"
  )
  static let helpBackupFile = Phrase("The backup's file.", "备份文件。")
  static let ledgerPlace = Phrase("the ledger in {1}", "账本位置：{1}")
  static let ledgerProven = Phrase(
    "proven: {1} rows, {2} members",
    "验证通过：{1} 行流水，{2} 个会员"
  )
  static let ledgerContradicts = Phrase("the ledger contradicts itself:", "账本自相矛盾：")
  static let backupDone = Phrase("backed up to {1}", "已备份到 {1}")
  static let backupIsSecret = Phrase(
    "it holds the gateway's key: keep it as you keep the key",
    "其中包含网关密钥：请像保管密钥一样保管它"
  )
  static let restoreDone = Phrase("restored into {1}", "已恢复到 {1}")
  static let titleVerify = Phrase("verifying", "验证中")
  static let titleBackup = Phrase("copying", "备份中")
}
