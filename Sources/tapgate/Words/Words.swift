/// Every text that a command says, in one place: here what all commands share, in `Words+….swift`
/// what belongs to one subject.
enum Words {
  // MARK: Failures

  static let gatewayDown = Phrase(
    "the gateway does not answer (tried {1}); start it with `tapgate serve`, or look with"
      + " `tapgate doctor`",
    "网关没有应答（已尝试 {1}）；请用 `tapgate serve` 启动，或用 `tapgate doctor` 诊断"
  )
  static let socketDenied = Phrase(
    "you may not use the gateway's socket {1}; join its group: `sudo usermod -aG tapgate {2}`, then"
      + " log in again",
    "您无权使用网关套接字 {1}；请加入用户组：`sudo usermod -aG tapgate {2}`，然后重新登录"
  )
  static let systemRefused = Phrase("{1} {2}: {3}", "{1} {2}：{3}")
  static let socketPathTooLong = Phrase(
    "the socket's path has more than 107 bytes: {1}",
    "套接字路径超过 107 字节：{1}"
  )
  static let connectionClosed = Phrase(
    "the gateway closed the connection; what was under way may or may not have happened",
    "网关关闭了连接；正在进行的操作可能已完成，也可能未完成"
  )
  static let noAnswer = Phrase(
    "the gateway did not answer {1} in time; it may or may not have happened",
    "网关未及时应答 {1}；操作可能已完成，也可能未完成"
  )
  static let malformedAnswer = Phrase(
    "what answers at the socket does not speak the gateway's language: {1}",
    "套接字的应答不符合网关协议：{1}"
  )
  static let repeatWith = Phrase(
    "repeat the command with --operation-id {1}: it is then done once, however often it is asked",
    "请加 --operation-id {1} 重试：无论重复多少次，只会执行一次"
  )
  static let hint = Phrase("hint: {1}", "提示：{1}")
  static let fieldAtFault = Phrase("parameter: {1}", "参数：{1}")
  static let cannotOpen = Phrase("cannot open {1}: {2}", "无法打开 {1}：{2}")
  static let cannotRead = Phrase("cannot read {1}: {2}", "无法读取 {1}：{2}")
  static let error = Phrase("error: {1}", "错误：{1}")

  // MARK: Wrong usage

  static let unknownKind = Phrase(
    "name it as KIND:VALUE, KIND being one of {1}",
    "请写成 类别:值，类别为以下之一：{1}"
  )
  static let phoneIsNoCard = Phrase(
    "a phone number is no card that could be replaced; unbind it and bind the new one",
    "手机号不是可更换的卡；请先解绑，再绑定新手机号"
  )
  static let emptyValue = Phrase("there is nothing after {1}:", "{1}: 后面没有内容")
  static let amountMalformed = Phrase(
    "an amount is digits with at most two decimals, such as 28, 28.5 or 28.00",
    "金额为数字，最多两位小数，例如 28、28.5 或 28.00"
  )
  static let amountTooLarge = Phrase("the amount is too large", "金额过大")
  static let outOfRange = Phrase("{1} must be {2} to {3}", "{1} 必须在 {2} 到 {3} 之间")
  static let operationIDMalformed = Phrase(
    "an operation id is 1 to 64 printable ASCII characters",
    "操作号为 1 到 64 个可打印的 ASCII 字符"
  )

  // MARK: Answers

  static let none = Phrase("nothing found", "没有找到")
  static let yes = Phrase("yes", "是")
  static let no = Phrase("no", "否")
  static let done = Phrase("done", "完成")
  static let simulated = Phrase("simulated", "模拟")
  static let watching = Phrase(
    "watching {1}; end with Ctrl-C",
    "正在监视 {1}；按 Ctrl-C 结束"
  )

  // MARK: Import and export

  static let importTitle = Phrase("rows", "行")
  static let importCommitting = Phrase("taking over", "正在写入")
  static let importRefused = Phrase(
    "{1} problems; nothing was imported",
    "{1} 个问题；没有导入任何内容"
  )
  static let importMoreProblems = Phrase("… and {1} more", "…… 另有 {1} 个")
  static let importProblem = Phrase(
    "{1}: line {2}, column {3}: {4}",
    "{1}：第 {2} 行，列 {3}：{4}"
  )
  static let importGaveUp = Phrase(
    "more than {1} problems: reading on would help nobody",
    "问题超过 {1} 个，不再继续读取"
  )
  static let importChecked = Phrase(
    "{1} rows checked, nothing written (--dry-run)",
    "已检查 {1} 行，未写入（--dry-run）"
  )
  static let importDone = Phrase("{1} rows imported", "已导入 {1} 行")
  static let importEmpty = Phrase(
    "the file has no header line; it has to name columns among {1}",
    "文件没有表头行；表头须使用以下列名：{1}"
  )
  static let importUnknownColumn = Phrase(
    "unknown column; known are {1}",
    "未知的列；可用的列为：{1}"
  )
  static let importDuplicateColumn = Phrase("the column stands twice", "列重复")
  static let importMissingColumn = Phrase("the column is required", "缺少必需的列")
  static let importFieldCount = Phrase(
    "the row has {1} fields, the header {2}",
    "该行有 {1} 个字段，表头有 {2} 个"
  )
  static let importEncoding = Phrase(
    "not UTF-8; give --encoding gb18030 if it is a Chinese file of that encoding",
    "不是 UTF-8；如为 GB18030 文件，请加 --encoding gb18030"
  )
  static let importNoGB18030 = Phrase(
    "this system cannot decode GB18030 (glibc's gconv modules are missing)",
    "本系统无法解码 GB18030（缺少 glibc 的 gconv 模块）"
  )
  static let importBadGB18030 = Phrase("not GB18030", "不是 GB18030 编码")
  static let importRowTooLong = Phrase("the row is too long", "该行过长")

  static let csvQuoteInPlainField = Phrase(
    "a quote within a field that does not start with one",
    "未以引号开头的字段中出现引号"
  )
  static let csvTextAfterQuote = Phrase(
    "text after a closing quote",
    "右引号之后有多余的文字"
  )
  static let csvUnclosedQuote = Phrase("a quote is never closed", "引号没有结束")
  static let csvLoneCarriageReturn = Phrase(
    "a carriage return without a line feed",
    "回车符后没有换行符"
  )
  static let csvControlCharacter = Phrase("a control character", "含有控制字符")
  static let csvTooManyFields = Phrase("too many fields", "字段过多")

  // MARK: Programme and printing

  static let programmeValid = Phrase("{1} is a valid programme", "{1} 是有效的会员方案")
  static let programmeInvalid = Phrase("{1}: {2}", "{1}：{2}")
  static let programmeExample = Phrase(
    "{1} has an example's figures, not the shop's own",
    "{1} 使用的是示例数值，不是本店的"
  )
  static let programmeAnomaly = Phrase("{1}: {2}", "{1}：{2}")
  static let programmeUnknown = Phrase(
    "the gateway does not tell its programme",
    "网关没有提供会员方案信息"
  )
  static let testPageTitle = Phrase("Tapgate test page", "Tapgate 测试页")
}
