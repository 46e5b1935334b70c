internal import TapgateCodec

extension Words {
  static let configUnknownKey = Phrase(
    "unknown key `{1}`; known here: {2}",
    "未知的键 `{1}`；此处可用：{2}"
  )
  static let configWrongType = Phrase("`{1}` must be {2}", "`{1}` 必须是{2}")
  static let configMissing = Phrase("`{1}` is missing", "缺少 `{1}`")
  static let configNotAmong = Phrase("`{1}` must be one of: {2}", "`{1}` 必须是以下之一：{2}")
  static let configBadText = Phrase(
    "`{1}` must have 1 to {2} bytes and no control characters",
    "`{1}` 必须为 1 到 {2} 字节，且不含控制字符"
  )
  static let configHostAndPort = Phrase(
    "a tcp printer's address is host:port",
    "tcp 打印机的地址格式为 主机:端口"
  )
  static let configEmptyMatch = Phrase(
    "an empty match fits every device; name vendor, product, serial or port",
    "空的 match 会匹配所有设备；请指定 vendor、product、serial 或 port"
  )
  static let configPort = Phrase(
    "a port is a USB port such as \"1-2.3\", or the path of a device file",
    "port 应为 USB 端口（如 \"1-2.3\"）或设备文件路径"
  )
  static let configOwnCards = Phrase(
    "own cards are written prefix:digits, such as \"970012:16\", with 6 digits of prefix at least"
      + " and 19 digits in all at most",
    "ownCards 的格式为 前缀:位数，如 \"970012:16\"，前缀至少 6 位，总位数最多 19 位"
  )
  static let configStroke = Phrase(
    "a key is written as its HID usage, such as \"0x1D\", \"0x1D+shift\", \"0x14+altgr\"",
    "按键写作其 HID usage，如 \"0x1D\"、\"0x1D+shift\"、\"0x14+altgr\""
  )
  static let configBaud = Phrase(
    "no serial line has this rate; 9600 and 115200 are common",
    "串口没有这种速率；常用 9600 和 115200"
  )
  static let configPatternForAll = Phrase(
    "a pattern without prefix and length would take every product's bar code",
    "没有 prefix 和 length 的 pattern 会截获所有商品条码"
  )
  static let configPaymentPrefixes = Phrase(
    "`{1}` must be a list of 1 to 6 digits each, at least one of them",
    "`{1}` 必须是列表，至少一项，每项 1 到 6 位数字"
  )
  static let configLengthOrder = Phrase(
    "`maxLength` must not be below `minLength`",
    "`maxLength` 不能小于 `minLength`"
  )
  static let configSecond = Phrase("the id `{1}` is used twice", "编号 `{1}` 重复")

  static let typeTable = Phrase("a table", "表")
  static let typeTableList = Phrase("a list of tables, [[{1}]]", "表的列表，即 [[{1}]]")
  static let typeString = Phrase("a string in quotes", "带引号的字符串")
  static let typeStringList = Phrase("a list of strings", "字符串列表")
  static let typeInteger = Phrase("an integer", "整数")
  static let typeBool = Phrase("true or false", "true 或 false")

  static let tomlMalformed = Phrase("this is no TOML", "不是有效的 TOML")
  /// What a malformed file is told.
  static let toml: [TOMLError.Problem: Phrase] = [
    .invalidUTF8: Phrase("the file is not UTF-8", "文件不是 UTF-8 编码"),
    .controlCharacter: Phrase("a control character", "含有控制字符"),
    .expectedKey: Phrase("a key should stand here", "此处应为键"),
    .expectedEquals: Phrase("`=` should stand here", "此处应为 `=`"),
    .expectedValue: Phrase("a value should stand here; strings need quotes", "此处应为值；字符串须加引号"),
    .expectedLineEnd: Phrase("the line should end here", "此处应为行尾"),
    .expectedClosingBracket: Phrase("`]` should stand here", "此处应为 `]`"),
    .expectedCommaOrEnd: Phrase("`,` or the end should stand here", "此处应为 `,` 或结尾"),
    .unclosedString: Phrase("this string does not end", "字符串没有结束"),
    .badEscape: Phrase("an unknown escape sequence", "未知的转义序列"),
    .integerTooLarge: Phrase("the number is too large", "数字过大"),
    .duplicate: Phrase("this was defined before", "重复定义"),
    .notExtendable: Phrase("nothing can be added to this here", "此处不能再添加内容"),
    .tooDeep: Phrase("this is nested too deep", "嵌套过深"),
  ]
}
