extension Words {
  static let aboutCardSetPin = Phrase(
    "Sets the PIN that guards what a card spends; read unseen, or from standard input.",
    "设置卡的消费密码；不回显输入，或从标准输入读取。"
  )
  static let helpCurrentPin = Phrase(
    "Ask for the current PIN first. Without it a manager and a reason are needed.",
    "先输入原密码。不输入则需要管理员权限并说明原因。"
  )
  static let helpRemovePin = Phrase("The card has no PIN from now on.", "取消该卡的密码。")
  static let askCurrentPin = Phrase("Current PIN:", "原密码：")
  static let askNewPin = Phrase("New PIN:", "新密码：")
  static let askPinAgain = Phrase("New PIN again:", "再次输入新密码：")
  static let pinsDiffer = Phrase("The two entries differ.", "两次输入不一致。")
  static let pinMissing = Phrase("No PIN was entered.", "没有输入密码。")
}
