internal import TapgateLock

/// How a virtual card answers: its answer to reset and its commands.
public struct CardProfile: Sendable {
  /// The bytes that pcscd is given at power-up.
  public var answerToReset: [UInt8]
  /// Answers a command APDU, status word included.
  public var respond: @Sendable ([UInt8]) -> [UInt8]

  /// Called when the card's power goes or comes, and when it is reset: sessions end there.
  public var reset: @Sendable () -> Void

  /// Creates a profile from an answer to reset and a rule.
  public init(
    answerToReset: [UInt8],
    reset: @escaping @Sendable () -> Void = {},
    respond: @escaping @Sendable ([UInt8]) -> [UInt8]
  ) {
    self.answerToReset = answerToReset
    self.reset = reset
    self.respond = respond
  }

  /// The same card with its answers changed on their way: a copy, a broken one, or somebody in
  /// between.
  public func tampered(
    _ change: @escaping @Sendable (_ command: [UInt8], _ answer: [UInt8]) -> [UInt8]
  ) -> CardProfile {
    let respond = respond
    return CardProfile(answerToReset: answerToReset, reset: reset) { command in
      change(command, respond(command))
    }
  }

  /// A contactless card's answer to reset: `3B 8n 80 01`, `historical`, TCK (PC/SC part 3).
  public static func answerToReset(historical: [UInt8]) -> [UInt8] {
    let body = [0x80 | UInt8(historical.count & 0x0F), 0x80, 0x01] + historical
    return [0x3B] + body + [body.reduce(0, ^)]
  }

  /// The answer to reset of a storage card: SS and NN NN of PC/SC part 3.
  public static func storageAnswer(standard: UInt8, number: UInt16) -> [UInt8] {
    answerToReset(
      historical: [0x80, 0x4F, 0x0C, 0xA0, 0x00, 0x00, 0x03, 0x06, standard]
        + [UInt8(number >> 8), UInt8(number & 0xFF), 0, 0, 0, 0]
    )
  }

  /// A MIFARE Classic 1K that offers its identifier and nothing else.
  public static func uid(_ bytes: [UInt8]) -> CardProfile {
    CardProfile(answerToReset: storageAnswer(standard: 0x03, number: 0x0001)) { command in
      reader(command, uid: bytes) ?? [0x6D, 0x00]
    }
  }

  /// An NFC Forum type 2 tag.
  public static func ntag(_ bytes: [UInt8]) -> CardProfile {
    CardProfile(answerToReset: storageAnswer(standard: 0x03, number: 0x0003)) { command in
      reader(command, uid: bytes) ?? [0x6D, 0x00]
    }
  }

  /// An ISO/IEC 14443-4 card with the NDEF application only.
  public static func type4(_ bytes: [UInt8]) -> CardProfile {
    CardProfile(answerToReset: answerToReset(historical: [0x80])) { command in
      if let answer = reader(command, uid: bytes) { return answer }
      let ndef: [UInt8] = [0xD2, 0x76, 0x00, 0x00, 0x85, 0x01, 0x01]
      guard command.starts(with: [0x00, 0xA4, 0x04, 0x00]) else { return [0x6D, 0x00] }
      return Array(command.dropFirst(5).prefix(7)) == ndef ? [0x90, 0x00] : [0x6A, 0x82]
    }
  }

  /// A phone: ISO/IEC 14443-4 with a random identifier, another one at each question.
  public static func phone() -> CardProfile {
    CardProfile(answerToReset: answerToReset(historical: [0x80])) { command in
      let uid: [UInt8] = [0x08] + (0..<3).map { _ in UInt8.random(in: 0...255) }
      return reader(command, uid: uid) ?? [0x6A, 0x82]
    }
  }

  /// A bank card, as EMV Contactless Book B describes its payment directory. It would answer any
  /// command, so that a transcript shows which ones were sent.
  public static func payment(uid bytes: [UInt8]) -> CardProfile {
    // 6F FCI { 84 name, A5 { BF0C { 61 { 4F A0000000031010, 87 priority 1 } } } }
    let entry: [UInt8] = [
      0x61, 0x0C, 0x4F, 0x07, 0xA0, 0, 0, 0, 0x03, 0x10, 0x10, 0x87, 0x01, 0x01,
    ]
    let proprietary: [UInt8] = [0xA5, 0x11, 0xBF, 0x0C, 0x0E] + entry
    let name = Array("2PAY.SYS.DDF01".utf8)
    let information = [0x84, 0x0E] + name + proprietary
    let directory = [0x6F, UInt8(information.count)] + information + [0x90, 0x00]
    let historical: [UInt8] = [0x4A, 0x43, 0x4F, 0x50, 0x34, 0x31]
    return CardProfile(answerToReset: answerToReset(historical: historical)) { command in
      if let answer = reader(command, uid: bytes) { return answer }
      return command.dropFirst(5).starts(with: name) ? directory : [0x90, 0x00]
    }
  }

  /// The part that a reader answers for its cards: Get Data of the identifier.
  private static func reader(_ command: [UInt8], uid: [UInt8]) -> [UInt8]? {
    guard command.starts(with: [0xFF, 0xCA]), command.count >= 5 else { return nil }
    return command[2] == 0 && !uid.isEmpty ? uid + [0x90, 0x00] : [0x6A, 0x81]
  }
}
