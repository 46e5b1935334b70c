extension Words {
  static let aboutMemberProfile = Phrase(
    "Shows a member's profile, masked; with --raw in clear, which the journal notes.",
    "查看会员资料（脱敏）；加 --raw 查看原始资料，会记入流水。"
  )
  static let aboutMemberUpdate = Phrase(
    "Changes a member's profile; what is not named stays.",
    "修改会员资料；未给出的项目保持不变。"
  )
  static let helpRawProfile = Phrase(
    "In clear. It takes a manager and --reason.",
    "显示原始资料。需要管理员权限和 --reason。"
  )
  static let helpAttribute = Phrase(
    "A value of an [[attribute]] of the configuration; may be repeated. Empty: none.",
    "配置中 [[attribute]] 的取值，可多次给出；留空表示清除。"
  )
  static let attributeForm = Phrase(
    "--attribute takes ID=VALUE.",
    "--attribute 的写法是 编号=取值。"
  )
  static let configAttributeID = Phrase(
    "`{1}` must be 1 to 32 of a-z, A-Z, 0-9, - and _",
    "`{1}` 必须由 1 到 32 个字母、数字、- 或 _ 组成"
  )
  static let configTooManyAttributes = Phrase(
    "more than {1} `[[attribute]]`",
    "`[[attribute]]` 多于 {1} 个"
  )
}
