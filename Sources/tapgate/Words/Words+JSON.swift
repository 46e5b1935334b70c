internal import TapgateJSON

/// What people read of a file that is no JSON.
extension Words {
  /// Where a file ceases to be JSON, and why. No byte of it is repeated.
  static func noJSON(_ error: JSONError) -> String {
    let reason = jsonProblems[error.problem]?() ?? error.problem.rawValue
    let subject = error.name.map { " (\($0))" } ?? ""
    return jsonPlace("\(error.line)", "\(error.column)", reason + subject)
  }

  private static let jsonPlace = Phrase(
    "this is no JSON: line {1}, column {2}: {3}",
    "这不是 JSON：第 {1} 行第 {2} 列：{3}"
  )

  static let jsonProblems: [JSONError.Problem: Phrase] = [
    .unexpectedEnd: Phrase("the text ends too early", "内容不完整"),
    .unexpectedByte: Phrase("a character that cannot stand there", "此处不应有该字符"),
    .badLiteral: Phrase("a word other than true, false and null", "只允许 true、false 或 null"),
    .badNumber: Phrase("a number is not written as JSON has it", "数字格式不正确"),
    .badString: Phrase("a text is not closed, or not begun", "字符串没有引号或没有结束"),
    .badEscape: Phrase("a backslash with what it cannot have behind it", "反斜杠后的内容不正确"),
    .invalidUTF8: Phrase("bytes that are not UTF-8", "不是 UTF-8 编码"),
    .controlCharacter: Phrase("a control character inside a text", "字符串中有控制字符"),
    .duplicateName: Phrase("a name stands there twice", "名称重复"),
    .tooDeep: Phrase("it is nested too deep", "嵌套过深"),
    .trailingBytes: Phrase("something follows the end", "结尾之后还有内容"),
  ]
}
