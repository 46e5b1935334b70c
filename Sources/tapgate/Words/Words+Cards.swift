internal import TapgateCodec

extension Words {
  static let cardHexadecimal = Phrase(
    "`{1}` must be hexadecimal digits, two a byte",
    "`{1}` 必须为十六进制数字，每字节两位"
  )
  static let cardAID = Phrase(
    "`aid` must have 5 to 16 bytes (desfire: or 3)",
    "`aid` 必须为 5 到 16 字节（desfire 也可为 3 字节）"
  )
  static let cardFile = Phrase(
    "`file` must be four hexadecimal digits in quotes, or a number from 1 to 30",
    "`file` 必须为带引号的四位十六进制数，或 1 到 30 的数字"
  )
  static let cardRegion = Phrase(
    "offset and length go past the {1} bytes that are there",
    "offset 与 length 超出了 {1} 字节的范围"
  )
  static let cardKeySource = Phrase(
    "`{1}` needs either file or credential; keys never stand in this file",
    "`{1}` 需要 file 或 credential 之一；密钥不得写在本文件中"
  )
  static let cardCredential = Phrase(
    "a credential is a name, not a path",
    "credential 是名称，不是路径"
  )
  static let cardDiversification = Phrase(
    "`diversification` is a list of \"uid\", \"text:…\", \"hex:…\", and for desfire \"aid\" and "
      + "\"aidReversed\"; 31 bytes at most",
    "`diversification` 是由 \"uid\"、\"text:…\"、\"hex:…\"（desfire 还可用 \"aid\"、\"aidReversed\"）"
      + "组成的列表，最多 31 字节"
  )

  static let patternBraces = Phrase(
    "a brace that names no gap; the gaps are {id}, {uid}, {ctr}, {picc}, {enc}, {mac}, {macFrom}",
    "大括号中不是占位符；可用占位符：{id}、{uid}、{ctr}、{picc}、{enc}、{mac}、{macFrom}"
  )
  static let patternNeeds = Phrase("the pattern needs {1}", "pattern 中需要 {1}")
  /// What a malformed pattern is told.
  static let patternProblems: [TextPattern.Problem: Phrase] = [
    .braces: patternBraces,
    .repeated: Phrase("a gap stands twice in the pattern", "pattern 中有重复的占位符"),
    .ambiguous: Phrase(
      "nothing shows where a gap of the pattern ends",
      "pattern 中某个占位符的结尾无法确定"
    ),
  ]

  static let keyNoFile = Phrase("this is no file", "不是文件")
  static let keyExposed = Phrase("others may read this key", "其他用户可读取此密钥")
  static let keyUnreadable = Phrase("the key cannot be read", "无法读取密钥")
  static let keyNoCredentials = Phrase(
    "$CREDENTIALS_DIRECTORY is not set: systemd gives no credentials to this process",
    "未设置 $CREDENTIALS_DIRECTORY：systemd 没有向此进程提供凭据"
  )
  static let keyLength = Phrase(
    "a key of {1} bytes is needed, as bytes or as hexadecimal digits",
    "需要 {1} 字节的密钥，可为原始字节或十六进制数字"
  )
  static let doctorCardKeys = Phrase("the keys of the cards can be used", "卡片密钥可用")
  static let doctorCardKeyProblem = Phrase(
    "the card `{1}` has no usable key",
    "卡片 `{1}` 没有可用的密钥"
  )
}
