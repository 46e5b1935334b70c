internal import TapgateModel

extension OperatorDenial {
  /// What is missing, as a sentence in English.
  var english: String {
    switch self {
    case .nobody: "Say which operator stands there."
    case .unknown(let id): "There is no operator \(id)."
    case .place(let node): "This operator works in \(node) only."
    case .verb(let method): "This operator has no permission for \(method)."
    case .channel(let channel): "This operator may not take or give money by \(channel)."
    case .amount(let most): "This operator may do at most \(Self.money(most)) at once."
    case .points(let most): "This operator may do at most \(most) points at once."
    case .dayAmount(let left): "This operator may do \(Self.money(left)) more today."
    case .dayPoints(let left): "This operator may do \(left) points more today."
    case .pinMissing: "The operator's PIN is needed."
    case .pinUnset: "This operator has no PIN yet. A manager has to set one."
    case .pinWrong(let left): "The operator's PIN is wrong. Tries left: \(left)."
    case .pinLocked: "The operator's PIN is locked. A manager has to set a new one."
    }
  }

  /// What is missing, as a sentence in Chinese.
  var chinese: String {
    switch self {
    case .nobody: "请注明操作员。"
    case .unknown(let id): "没有操作员 \(id)。"
    case .place(let node): "该操作员只能在 \(node) 范围内操作。"
    case .verb(let method): "该操作员没有 \(method) 权限。"
    case .channel(let channel): "该操作员不能使用渠道 \(channel) 收付款。"
    case .amount(let most): "该操作员单笔上限为 \(Self.money(most))。"
    case .points(let most): "该操作员单笔上限为 \(most) 积分。"
    case .dayAmount(let left): "该操作员今日剩余额度为 \(Self.money(left))。"
    case .dayPoints(let left): "该操作员今日剩余额度为 \(left) 积分。"
    case .pinMissing: "需要输入操作员密码。"
    case .pinUnset: "该操作员尚未设置密码，请店长设置。"
    case .pinWrong(let left): "操作员密码错误，还可尝试 \(left) 次。"
    case .pinLocked: "操作员密码已锁定，请店长重新设置。"
    }
  }

  /// Fen with two decimals.
  private static func money(_ minor: Int64) -> String {
    let cents = minor % 100
    return "\(minor / 100).\(cents < 10 ? "0" : "")\(cents)"
  }
}
