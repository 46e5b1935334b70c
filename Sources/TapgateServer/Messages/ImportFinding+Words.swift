internal import TapgateCore

extension ImportFinding {
  /// What is wrong with the column, in a language. In English it goes on where the column's name
  /// ends.
  func text(in language: Language) -> String {
    switch language {
    case .zh: chinese
    case .en: english
    }
  }

  private var english: String {
    switch self {
    case .unknownColumn: "is not a column of the import"
    case .missing: "is missing"
    case .tooLong(let countMax): "is longer than \(countMax) bytes"
    case .badMemberID: "must be 1 to 64 printable characters without spaces"
    case .badDate: "must be a date, YYYY-MM-DD"
    case .badPhone: "is not a phone number"
    case .badNumber: "must be a whole number that is not negative"
    case .badCredential: "is not a value of its kind"
    case .masked:
      "is masked: an export does not hold what identifies a card; put the card's own value in its "
        + "place, or take this row's cardKind, cardValue and cardType out"
    case .badUIDLength: "must have 4, 7, 8 or 10 bytes"
    case .randomUID: "is a random identifier, which names no card"
    case .reservedUID: "is a reserved identifier, which names no card"
    case .paymentCard: "is a payment card's number, which is never kept"
    case .unknownTier: "is not a tier of the programme"
    case .unknownKind: "is not a kind of credential"
    case .unknownCardType: "is not a card type of the programme"
    case .inTheFuture: "lies in the future"
    case .inThePast: "is in the past"
    case .expiryWithoutPoints: "has no points beside it"
    case .tooManyLots(let countMax): "is one lot too many for the member; \(countMax) are possible"
    case .balanceTooLarge: "makes the member's balance too large"
    case .memberExists: "exists already"
    case .credentialTaken: "is another member's already"
    case .credentialTwice: "stands twice in the file"
    case .contradiction: "differs from the member's row before"
    }
  }

  private var chinese: String {
    switch self {
    case .unknownColumn: "不是可导入的列"
    case .missing: "缺少该值"
    case .tooLong(let countMax): "超过 \(countMax) 字节"
    case .badMemberID: "必须为 1 到 64 个可打印字符，不含空格"
    case .badDate: "必须为日期，格式 YYYY-MM-DD"
    case .badPhone: "不是有效的手机号"
    case .badNumber: "必须为非负整数"
    case .badCredential: "不符合该类凭证的格式"
    case .masked: "已掩码：导出文件不含卡的识别信息；请填入卡的原值，或清空本行的 cardKind、cardValue 和 cardType"
    case .badUIDLength: "必须为 4、7、8 或 10 字节"
    case .randomUID: "是随机识别号，不能代表一张卡"
    case .reservedUID: "是保留的识别号，不能代表一张卡"
    case .paymentCard: "是银行卡号，本系统不保存"
    case .unknownTier: "不是会员方案中的等级"
    case .unknownKind: "不是可用的凭证类别"
    case .unknownCardType: "不是会员方案中的卡类型"
    case .inTheFuture: "晚于今天"
    case .inThePast: "早于今天"
    case .expiryWithoutPoints: "没有对应的积分"
    case .tooManyLots(let countMax): "该会员的积分批次过多，最多 \(countMax) 个"
    case .balanceTooLarge: "使该会员的余额过大"
    case .memberExists: "已存在"
    case .credentialTaken: "已属于其他会员"
    case .credentialTwice: "在文件中重复"
    case .contradiction: "与该会员前面的行不一致"
    }
  }
}
