internal import TapgateCore

extension InputRefusal {
  /// What the cashier's screen may say to the customer, in a language.
  func hint(in language: Language) -> String {
    switch language {
    case .zh: chinese
    case .en: english
    }
  }

  private var english: String {
    switch self {
    case .randomUid: "Please open the shop's app on the telephone, or show the code."
    case .nonUniqueUidNotEnrolled: "This card's number is not unique. Please enrol it first."
    case .paymentCard: "Payment cards are not accepted here. Please use the member card."
    case .transitCardNotEnabled: "Transit cards are not accepted here. Please use the member card."
    case .encryptedSwipe, .maskedSwipe: "This stripe cannot be read here. Please tap or scan."
    case .badLRC, .parity, .noEndSentinel: "The stripe was not read well. Please swipe again."
    case .tornTap: "The card left too early. Please hold it still."
    case .multipleCards: "Several cards lie on the reader. Please show one only."
    case .unreadable: "The card cannot be read. Please try again, or use another."
    case .unsupportedTechnology: "This kind of card is not supported. Please use the member card."
    case .authFailed: "The card could not prove that it is genuine. Please call a colleague."
    case .macInvalid: "This code is not valid. Please show a new one in the shop's app."
    case .counterReplay: "This card's code was used already. Please tap again."
    case .tokenExpired: "This code has expired. Please show a new one."
    case .tokenReplayed: "This code was used already. Please show a new one."
    case .tokenFuture: "The telephone's clock is wrong. Please set it, and show a new code."
    case .paymentCode: "This is a payment code. Please show the member code."
    case .notAScan: "The scanner reported something of its own. Please scan again."
    case .tooShort, .tooLong: "The code was not read whole. Please scan again."
    case .charset: "The code holds characters that cannot be read. Please call a technician."
    case .deviceBusy: "The device is busy. Please try again in a moment."
    case .deviceNotExclusive: "Another program is using the device. Please call a technician."
    case .alreadyPresent: "Please take the card away, and tap again."
    }
  }

  private var chinese: String {
    switch self {
    case .randomUid: "请打开手机上的会员应用，或出示会员码。"
    case .nonUniqueUidNotEnrolled: "此卡号可能重复，请先登记。"
    case .paymentCard: "这里不能使用银行卡，请使用会员卡。"
    case .transitCardNotEnabled: "这里不能使用交通卡，请使用会员卡。"
    case .encryptedSwipe, .maskedSwipe: "此处无法读取该磁条，请刷感应卡或扫码。"
    case .badLRC, .parity, .noEndSentinel: "磁条没有读好，请再刷一次。"
    case .tornTap: "卡拿开得太早，请贴住不动。"
    case .multipleCards: "读卡器上有多张卡，请只放一张。"
    case .unreadable: "读不出此卡，请重试或换一张。"
    case .unsupportedTechnology: "不支持这种卡，请使用会员卡。"
    case .authFailed: "此卡未能通过验证，请联系店员。"
    case .macInvalid: "会员码无效，请在会员应用中重新出示。"
    case .counterReplay: "此卡的验证码已用过，请再刷一次。"
    case .tokenExpired: "会员码已过期，请重新出示。"
    case .tokenReplayed: "会员码已使用过，请重新出示。"
    case .tokenFuture: "手机时间不准，请校准后重新出示会员码。"
    case .paymentCode: "这是付款码，请出示会员码。"
    case .notAScan: "扫描枪发来的不是条码，请重新扫描。"
    case .tooShort, .tooLong: "条码没有读全，请重新扫描。"
    case .charset: "条码中有无法识别的字符，请联系技术人员。"
    case .deviceBusy: "设备忙，请稍候再试。"
    case .deviceNotExclusive: "其他程序正在使用此设备，请联系技术人员。"
    case .alreadyPresent: "请先把卡拿开，再刷一次。"
    }
  }
}
