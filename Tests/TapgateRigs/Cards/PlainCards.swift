internal import Crypto
internal import TapgateLock

extension CardProfile {
  /// A MIFARE Classic 1K on a reader that takes keys: `sectors` by number, with key A and 48 bytes.
  public static func classic(
    uid: [UInt8],
    sectors: [UInt8: (key: [UInt8], content: [UInt8])]
  ) -> CardProfile {
    // The loaded key, and the sector that is open.
    let state = Mutex<(key: [UInt8], sector: UInt8?)>(([], nil))
    return CardProfile(
      answerToReset: storageAnswer(standard: 0x03, number: 0x0001),
      reset: { state.withLock { $0.sector = nil } },
      respond: { command in
        state.withLock { state in
          if command.starts(with: [0xFF, 0xCA, 0x00]) { return uid + [0x90, 0x00] }
          if command.starts(with: [0xFF, 0x82, 0x00]), command.count == 11 {
            state.key = Array(command[5...])
            return [0x90, 0x00]
          }
          if command.starts(with: [0xFF, 0x86]), command.count == 10 {
            let sector = command[7] / 4
            let isRight = sectors[sector]?.key == state.key && command[8] == 0x60
            state.sector = isRight ? sector : nil
            return isRight ? [0x90, 0x00] : [0x63, 0x00]
          }
          if command.starts(with: [0xFF, 0xB0, 0x00]), command.count == 5 {
            guard let sector = state.sector, command[3] / 4 == sector, command[3] % 4 != 3,
              let content = sectors[sector]?.content
            else { return [0x63, 0x00] }
            let start = Int(command[3] % 4) * 16
            return Array(content[start..<start + 16]) + [0x90, 0x00]
          }
          return [0x6D, 0x00]
        }
      }
    )
  }

  /// A contact card with one application and one file in it. With `isT0` it holds answers back, as
  /// cards with protocol T=0 do.
  public static func fileCard(
    application: [UInt8],
    file: UInt16,
    short: UInt8,
    content: [UInt8],
    isT0: Bool = false
  ) -> CardProfile {
    struct State {
      var isSelected = false
      var hasFile = false
      var held: [UInt8] = []
    }
    let state = Mutex(State())
    return CardProfile(
      // 3B 00: T=0 and no historical bytes. 3B 80 01: T=1.
      answerToReset: isT0 ? [0x3B, 0x00] : [0x3B, 0x80, 0x01, 0x81],
      reset: { state.withLock { $0 = State() } },
      respond: { command in
        state.withLock { state in
          guard command.count >= 4, command[0] == 0x00 else { return [0x6E, 0x00] }
          switch (command[1], command[2]) {
          case (0xA4, 0x04):
            let count = Int(command[4])
            guard command.count >= 5 + count else { return [0x67, 0x00] }
            if isT0, command.count != 5 + count { return [0x67, 0x00] }
            state = State(isSelected: Array(command[5..<5 + count]) == application)
            guard state.isSelected else { return [0x6A, 0x82] }
            let information: [UInt8] = [0x6F, 0x02, 0x84, 0x00]
            guard isT0 else { return information + [0x90, 0x00] }
            state.held = information
            return [0x61, UInt8(information.count)]
          case (0xC0, _):
            defer { state.held = [] }
            return state.held + [0x90, 0x00]
          case (0xA4, _) where state.isSelected && command.count >= 7:
            state.hasFile = UInt16(command[5]) << 8 | UInt16(command[6]) == file
            return state.hasFile ? [0x90, 0x00] : [0x6A, 0x82]
          case (0xB0, let first) where command.count == 5:
            var offset = Int(first) << 8 | Int(command[3])
            if first & 0x80 != 0 {
              state.hasFile = state.isSelected && first & 0x1F == short
              offset = Int(command[3])
            }
            guard state.hasFile, offset < content.count else { return [0x6A, 0x82] }
            let rest = content.count - offset
            guard Int(command[4]) <= rest else { return [0x6C, UInt8(min(rest, 255))] }
            return Array(content[offset..<offset + Int(command[4])]) + [0x90, 0x00]
          default: return [0x6D, 0x00]
          }
        }
      }
    )
  }

  /// A phone with the shop's application: it answers its member's number, and challenges with
  /// `algorithm` (`hmac`, `cmac`, or anything else for neither) and the member's own key.
  public static func phoneApplication(
    name: [UInt8],
    member: String,
    key: [UInt8],
    algorithm: String
  ) -> CardProfile {
    let isSelected = Mutex(false)
    return CardProfile(
      answerToReset: answerToReset(historical: [0x80]),
      reset: { isSelected.withLock { $0 = false } },
      respond: { command in
        if command.starts(with: [0xFF, 0xCA, 0x00]) {
          return [0x08] + CardCipher.random(3) + [0x90, 0x00]
        }
        if command.starts(with: [0x00, 0xA4, 0x04, 0x00]) {
          let isOurs = Array(command[5..<5 + Int(command[4])]) == name
          isSelected.withLock { $0 = isOurs }
          return isOurs ? Array(member.utf8) + [0x90, 0x00] : [0x6A, 0x82]
        }
        guard command.starts(with: [0x00, 0x88, 0x00, 0x00, 0x10]), command.count == 22,
          isSelected.withLock({ $0 })
        else { return [0x6D, 0x00] }
        let message =
          Array("tapgate.hce/1".utf8) + [0x00, UInt8(name.count)] + name + command[5..<21]
          + Array(member.utf8)
        switch algorithm {
        case "hmac":
          let secret = SymmetricKey(data: key)
          let code = HMAC<SHA256>.authenticationCode(for: message, using: secret)
          return Array(code.prefix(16)) + [0x90, 0x00]
        case "cmac":
          // A key of another length than sixteen bytes is a broken application.
          return ((try? CardCipher.mac(message, key)) ?? []) + [0x90, 0x00]
        default: return [0x69, 0x85]
        }
      }
    )
  }

  /// The key that a member's phone has, made from the shop's.
  public static func phoneKey(_ master: [UInt8], member: String, algorithm: String) -> [UInt8] {
    guard algorithm == "hmac" else {
      // Sixteen bytes never fail.
      return (try? CardCipher.diversify(master, Array(member.utf8))) ?? []
    }
    let message = Array("tapgate.hce.key/1".utf8) + [0x00] + Array(member.utf8)
    let secret = SymmetricKey(data: master)
    return Array(HMAC<SHA256>.authenticationCode(for: message, using: secret))
  }

  /// A FeliCa card of some systems. With `isShy` it answers Polling for them, and never says which
  /// it has, as Octopus cards do.
  public static func felica(
    _ identifier: [UInt8],
    systems: [UInt16],
    reader: TagReader = .transparent,
    isShy: Bool = false
  ) -> CardProfile {
    let codes = systems.map { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
    let field = TagField(reader: reader, uid: { identifier }) { command in
      if command.count == 6, command[0] == 6, command[1] == 0x00 {
        let wanted = Array(command[2..<4])
        guard isShy, codes.contains(wanted), command[4] == 0x01 else { return nil }
        return [20, 0x01] + identifier + [UInt8](repeating: 0xFF, count: 8) + wanted
      }
      guard command.count == 10, command[0] == 10, command[1] == 0x0C, !isShy,
        Array(command[2...]) == identifier
      else { return nil }
      let body = [0x0D] + identifier + [UInt8(systems.count)] + codes.flatMap(\.self)
      return [UInt8(body.count + 1)] + body
    }
    return CardProfile(answerToReset: storageAnswer(standard: 0x11, number: 0x003B)) {
      field.respond($0)
    }
  }

  /// A transit card with an application of this name. `directory` are the names that its payment
  /// directory lists; without any it has no directory.
  public static func transit(
    name: [UInt8],
    uid: [UInt8],
    directory: [[UInt8]] = []
  ) -> CardProfile {
    let entries: [UInt8] = directory.flatMap { (name: [UInt8]) -> [UInt8] in
      [0x61, UInt8(name.count + 2), 0x4F, UInt8(name.count)] + name
    }
    let issuer: [UInt8] = [0xBF, 0x0C, UInt8(entries.count)] + entries
    let proprietary: [UInt8] = [0xA5, UInt8(issuer.count)] + issuer
    let payment = Array("2PAY.SYS.DDF01".utf8)
    let information: [UInt8] = [0x84, 0x0E] + payment + proprietary
    return CardProfile(answerToReset: answerToReset(historical: [0x80])) { command in
      if command.starts(with: [0xFF, 0xCA, 0x00]) { return uid + [0x90, 0x00] }
      guard command.starts(with: [0x00, 0xA4, 0x04, 0x00]), command.count > 5 else {
        return [0x6D, 0x00]
      }
      let asked = Array(command[5...].prefix(Int(command[4])))
      if asked == payment, !directory.isEmpty {
        return [0x6F, UInt8(information.count)] + information + [0x90, 0x00]
      }
      return asked == name ? [0x6F, 0x00, 0x90, 0x00] : [0x6A, 0x82]
    }
  }

  /// An ISO/IEC 15693 tag; `identifier` as the reader gives it, E0 first or last.
  public static func vicinity(_ identifier: [UInt8], content: [UInt8] = []) -> CardProfile {
    CardProfile(answerToReset: storageAnswer(standard: 0x0B, number: 0x0014)) { command in
      if command.starts(with: [0xFF, 0xCA, 0x00]) { return identifier + [0x90, 0x00] }
      guard command.starts(with: [0xFF, 0xB0, 0x00]), command.count == 5 else {
        return [0x6D, 0x00]
      }
      let start = Int(command[3]) * 4
      guard start + 4 <= content.count else { return [0x6A, 0x82] }
      return Array(content[start..<start + 4]) + [0x90, 0x00]
    }
  }
}
