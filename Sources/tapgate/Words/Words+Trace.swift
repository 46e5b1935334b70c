internal import TapgateJSON

/// What `tapgate trace` says instead of the gateway's codes and English notes.
extension Words {
  /// A reason in words, with its code for whoever searches for it.
  static let traceReason = Phrase("{1} ({2})", "{1}（{2}）")

  /// Why an input led to nothing, by the code in the trace.
  static let inputReasons: [String: Phrase] = [
    "randomUid": Phrase("a random number, as telephones show", "随机卡号（如手机），每次不同"),
    "nonUniqueUidNotEnrolled": Phrase("a number that is not unique", "卡号可能重复，且未登记"),
    "paymentCard": Phrase("a payment card", "银行卡"),
    "transitCardNotEnabled": Phrase("a transit card, not enabled", "交通卡，未启用"),
    "encryptedSwipe": Phrase("the reader encrypts the swipe", "刷卡器已加密磁条数据"),
    "maskedSwipe": Phrase("the reader hides digits", "刷卡器隐去了部分数字"),
    "badLRC": Phrase("the stripe's check sum is wrong", "磁条校验和不符"),
    "parity": Phrase("the stripe's parity is wrong", "磁条奇偶校验不符"),
    "noEndSentinel": Phrase("the stripe's end is missing", "磁条缺少结束符"),
    "tornTap": Phrase("the card left too early", "卡拿开得太早"),
    "multipleCards": Phrase("several cards on the reader", "读卡器上有多张卡"),
    "unreadable": Phrase("could not be read", "无法读取"),
    "unsupportedTechnology": Phrase("a kind of card that is not supported", "不支持的卡类型"),
    "authFailed": Phrase("the card did not prove that it is genuine", "卡未通过真伪验证"),
    "macInvalid": Phrase("the code is not authentic", "动态码验证码不符"),
    "counterReplay": Phrase("the card's counter was seen before", "卡的计数已用过"),
    "tokenExpired": Phrase("the code has expired", "动态码已过期"),
    "tokenReplayed": Phrase("the code was used before", "动态码已用过"),
    "tokenFuture": Phrase("the telephone's clock is ahead", "手机时钟超前"),
    "paymentCode": Phrase("a payment code", "付款码"),
    "notAScan": Phrase("no scan", "不是扫码数据"),
    "tooShort": Phrase("too short", "过短"),
    "tooLong": Phrase("too long", "过长"),
    "charset": Phrase("characters that cannot be read", "含无法识别的字符"),
    "deviceBusy": Phrase("the device is busy", "设备忙"),
    "deviceNotExclusive": Phrase("another program uses the device", "设备被其他程序使用"),
    // Why an input does not count.
    "samePresence": Phrase("the same card, still there", "同一张卡，尚未拿开"),
    "bounce": Phrase("the same card, away too briefly", "同一张卡，离开时间过短"),
    "repeated": Phrase("the same once more", "短时间内重复"),
    "crossReader": Phrase("the same card at a neighbouring reader", "同一张卡，刚在相邻读卡器上刷过"),
    "sameToken": Phrase("the same code once more", "同一动态码重复读取"),
  ]

  /// The reason `code` in words; a code of a newer gateway as it is.
  static func inputReason(_ code: String, in language: Language = .current) -> String {
    guard let phrase = inputReasons[code] ?? reasons[code] else { return code }
    return traceReason.text(in: language, [phrase.text(in: language), code])
  }

  /// Notes of the gateway, whose numbers are places here.
  private static let notes: [String: String] = [
    // The ledger and the rules.
    "it was shown before": "此前已出示过", "the ledger does not answer": "账本没有响应",
    "the ledger is closing": "账本正在关闭", "the ledger is full": "账本已满",
    "nobody keeps counters here": "本机未保存计数", "unknown": "不是会员", "held": "等待领取",
    "cards take turns in the field": "感应区内有多张卡轮流出现",
    "a NUID that nobody holds": "无人登记的非唯一卡号",
    "input.allowNuid is off": "input.allowNuid 未开启",
    // Scans.
    "a payment service's code": "支付服务的付款码", "a payment card's number": "银行卡号",
    "the tracks of a payment card": "银行卡的磁道数据", "misshapen": "格式不对",
    "the authentication code is wrong": "验证码不符",
    "codes of this scanner wait {1} s":
      "此扫码器的动态码须等待 {1} 秒", "{1} time steps old": "已过 {1} 个时间步",
    "{1} time steps ahead of this clock": "超前本机时钟 {1} 个时间步", "{1} characters": "{1} 个字符",
    "more than {1} characters without suffix": "超过 {1} 个字符仍无后缀",
    "more than {1} bytes": "超过 {1} 字节", "a count above the field's size": "计数超出字段长度",
    "without the prefix": "缺少前缀", "text that is no swipe": "不是刷卡数据",
    "the scanner's own message": "扫码器自身的消息", "position {1}": "位置 {1}",
    // Swipes.
    "encrypted by the reader": "已由刷卡器加密", "digits hidden by the reader": "数字已由刷卡器隐去",
    "a payment card": "银行卡", "no data on any track": "各磁道均无数据",
    "no member's number on tracks {1} and {2}": "磁道 {1} 和 {2} 上没有会员号",
    "track {1} parity": "磁道 {1} 奇偶校验不符", "track {1} badLRC": "磁道 {1} 校验和不符",
    "track {1} noEndSentinel": "磁道 {1} 缺少结束符", "not a number": "不是号码",
    // Cards.
    "no identifier of a card": "不是卡号", "no usable identifier": "没有可用的卡号",
    "gone before it could be read": "读取前已拿开", "no further command": "不再发送命令",
    "{1} bytes": "{1} 字节", "random": "随机", "reserved": "保留值", "illegalLength": "长度不对",
    "a {1}-B pseudo-identifier": "{1}-B 伪标识", "readTimeout": "读取超时",
    "SCardConnect takes too long": "SCardConnect 耗时过长",
  ]

  private static let notAByteOf = "a byte that is not "

  /// A step's note in `language`. Commands, status words and names of functions stay as they are.
  static func traceNote(_ text: String, in language: Language = .current) -> String {
    guard language == .zh else { return text }
    return text.split(separator: "; ", omittingEmptySubsequences: false).map { part in
      part.split(separator: ", ", omittingEmptySubsequences: false)
        .map { note(String($0)) }
        .joined(separator: "，")
    }
    .joined(separator: "；")
  }

  private static func note(_ text: String) -> String {
    if let phrase = inputReasons[text] ?? reasons[text] { return phrase.text(in: .zh) }
    if text.hasPrefix(notAByteOf) { return "有字节不是 \(text.dropFirst(notAByteOf.count))" }
    var pattern = ""
    var numbers: [String] = []
    var isNumber = false
    for character in text {
      if character.isASCII, character.isNumber {
        if !isNumber {
          numbers.append("")
          pattern += "{\(numbers.count)}"
        }
        numbers[numbers.count - 1].append(character)
        isNumber = true
      } else {
        pattern.append(character)
        isNumber = false
      }
    }
    guard let chinese = notes[pattern] else { return text }
    return Phrase(pattern, chinese).text(in: .zh, numbers)
  }

  /// A tap of `trace.last` with its reason and its steps' notes in words.
  static func traced(_ tap: JSON, in language: Language = .current) -> JSON {
    guard let members = tap.object?.members else { return tap }
    return .object(
      JSONObject(
        members.map { member in
          var member = member
          switch (member.name, member.value) {
          case ("reason", .string(let code)):
            member.value = .string(inputReason(code, in: language))
          case ("steps", .array(let steps)):
            member.value = .array(steps.map { step($0, in: language) })
          default: break
          }
          return member
        }
      )
    )
  }

  private static func step(_ step: JSON, in language: Language) -> JSON {
    guard let members = step.object?.members else { return step }
    return .object(
      JSONObject(
        members.map { member in
          guard member.name == "detail", case .string(let text) = member.value else {
            return member
          }
          return .init(name: member.name, value: .string(traceNote(text, in: language)))
        }
      )
    )
  }
}
