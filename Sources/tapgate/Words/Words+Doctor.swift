internal import TapgateDevices

extension Words {
  static let doctorWarning = Phrase("warning", "警告")
  static let doctorFault = Phrase("fault", "故障")
  static let doctorUnexamined = Phrase("not examined", "未能检查")
  static let doctorEvidence = Phrase("evidence: {1}", "依据：{1}")
  static let doctorFix = Phrase("fix: {1}", "处理：{1}")
  static let doctorFixAsRoot = Phrase("fix (as root): {1}", "处理（需 root）：{1}")

  static let doctorGatewayAnswers = Phrase(
    "the gateway {1} answers",
    "网关 {1} 有应答"
  )
  static let doctorGatewayDown = Phrase(
    "the gateway is not running; what follows was examined without it",
    "网关未运行；以下检查在没有网关的情况下进行"
  )
  static let doctorGatewayForbidden = Phrase(
    "you may not use the gateway's socket",
    "您无权使用网关套接字"
  )
  static let doctorGatewayRefuses = Phrase(
    "the gateway does not tell you how it is",
    "网关拒绝提供状态"
  )
  static let doctorGatewayMute = Phrase(
    "the gateway's socket is there but does not answer as it should",
    "网关套接字存在，但应答异常"
  )
  static let doctorDevice = Phrase("{1} cannot be used: {2}", "设备 {1} 不可用：{2}")
  static let doctorDeviceDoubtful = Phrase("{1} is used, but: {2}", "设备 {1} 可用，但：{2}")
  static let doctorScannersWell = Phrase(
    "nothing stands in the way of scanners",
    "扫描枪没有发现障碍"
  )
  static let doctorScanner: [ScannerTrouble.Kind: Phrase] = [
    .nodeClosed: Phrase(
      "the gateway's user may not open the scanner {1}",
      "网关用户无权打开扫描枪 {1}"
    ),
    .notInGroup: Phrase(
      "the gateway's user is not in the group that may open the scanner {1}",
      "网关用户不在可打开扫描枪 {1} 的用户组中"
    ),
    .modemManager: Phrase(
      "ModemManager talks to the scanner {1}",
      "ModemManager 会占用扫描枪 {1}"
    ),
    .brltty: Phrase("braille software takes {1}", "盲文软件会占用 {1}"),
    .autosuspend: Phrase(
      "the scanner {1} may fall asleep and lose the beginning of a code",
      "扫描枪 {1} 可能休眠而丢失条码开头"
    ),
    .duplicateSerial: Phrase(
      "the scanner {1} has another one's serial number",
      "扫描枪 {1} 与另一台序列号相同"
    ),
    .absent: Phrase(
      "no device fits the [[scanner]] {1}",
      "没有设备符合 [[scanner]] {1}"
    ),
  ]
  static let doctorPcscAnswers = Phrase("the card readers' service answers", "读卡器服务有应答")
  static let doctorPcscDown = Phrase(
    "the card readers' service pcscd does not answer",
    "读卡器服务 pcscd 没有应答"
  )
  static let doctorPaymentRange = Phrase(
    "codes of the shop's range {1} may be bank cards' numbers; those with a right check digit"
      + " are refused",
    "本店号段 {1} 与银行卡号段重叠，校验位正确的号码会按银行卡拒绝"
  )
  static let troubleWithHint = Phrase("{1}; remedy: {2}", "{1}；处理：{2}")
  static let doctorPcscNotNeeded = Phrase(
    "the card readers' service pcscd does not answer; only the virtual devices can be used",
    "读卡器服务 pcscd 没有应答；只能使用虚拟设备"
  )
  static let doctorPcscForbidden = Phrase(
    "you may not ask the card readers' service",
    "您无权访问读卡器服务"
  )

  static let doctorReaderModule = Phrase(
    "the kernel's {1} takes ACR122U and other PN53x readers away from pcscd",
    "内核模块 {1} 会占用 ACR122U 等 PN53x 读卡器，pcscd 无法使用"
  )
  static let doctorPolkit = Phrase(
    "polkit has no rule that lets the gateway's user {1} use pcscd",
    "polkit 没有允许网关用户 {1} 使用 pcscd 的规则"
  )

  static let doctorConfigDefaults = Phrase(
    "no configuration file was named (--config): the defaults were examined",
    "未指定配置文件（--config）：按默认值检查"
  )
  static let doctorConfigValid = Phrase("the configuration is valid", "配置有效")
  static let doctorConfigInvalid = Phrase("the configuration is wrong", "配置有误")
  static let doctorFileUnreadable = Phrase("{1} cannot be read", "无法读取 {1}")
  static let doctorProgrammeValid = Phrase("the programme {1} is valid", "会员方案 {1} 有效")
  static let doctorProgrammeInvalid = Phrase("the programme is wrong", "会员方案有误")
  static let doctorProgrammeExamples = Phrase(
    "the programme has an example's figures that the shop has not set",
    "会员方案中仍有示例数值，本店尚未设置"
  )

  static let doctorDataPrivate = Phrase(
    "only the gateway's user may read the data folder",
    "数据目录仅网关用户可读"
  )
  static let doctorDataTooWide = Phrase(
    "others may read the data folder, which holds personal data",
    "数据目录含个人信息，但其他用户可读"
  )
  static let doctorDataForbidden = Phrase(
    "the data folder may not be examined by this user",
    "当前用户无权检查数据目录"
  )
  static let doctorDataAbsent = Phrase("there is no data folder yet", "还没有数据目录")
  static let doctorDataAbsentFix = Phrase(
    "start the gateway once, or name the folder with --data",
    "启动一次网关，或用 --data 指定目录"
  )
  static let doctorDataNoFolder = Phrase(
    "where the data folder should be there is something else",
    "数据目录的位置上不是目录"
  )
  static let doctorSpace = Phrase("the disk has room", "磁盘空间充足")
  static let doctorSpaceLow = Phrase("the disk is nearly full", "磁盘空间即将耗尽")
  static let doctorSpaceUnknown = Phrase(
    "how much room the disk has cannot be examined",
    "无法检查磁盘空间"
  )
  static let doctorKeyPrivate = Phrase(
    "only the gateway's user may read the key",
    "密钥仅网关用户可读"
  )
  static let doctorKeyTooWide = Phrase(
    "others may read the key's file; the gateway does not start so",
    "其他用户可读密钥文件；网关不会启动"
  )
  static let doctorKeyAbsent = Phrase(
    "there is no key's file; that is right only for a new folder or a systemd credential",
    "没有密钥文件；仅新目录或使用 systemd 凭据时属正常"
  )
  static let doctorKeyForbidden = Phrase(
    "the key may not be examined by this user",
    "当前用户无权检查密钥"
  )
}
