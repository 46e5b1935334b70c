import TapgateCodec
import TapgateModel
import TapgateRigs
import Testing

@testable import TapgateCards

@Suite("DESFire cards by profile")
struct DESFireTests {
  static let application = bytes("F54230")
  static let master = "00112233445566778899AABBCCDDEEFF"
  static let uidMaster = "0F0E0D0C0B0A09080706050403020100"
  static let uid = bytes("04958CAA5C5E80")
  static let number = "8800123456"

  /// A card whose key is made from its identifier, the application's and "tapgate".
  static func setup(_ change: (inout DESFireCard.Setup) -> Void = { _ in }) -> DESFireCard.Setup {
    var setup = DESFireCard.Setup()
    let input = uid + application + Array("tapgate".utf8)
    setup.keys = [
      1: DESFireCard.diversified(bytes(master), input), 2: bytes(uidMaster),
    ]
    setup.readKey = 1
    setup.content = Array(number.utf8) + [UInt8](repeating: 0, count: 90)
    change(&setup)
    return setup
  }

  static let diversification = KeyDiversification(
    parts: [.uid, .application, .bytes(Array("tapgate".utf8))]
  )

  static func method(
    _ authentication: DESFireMethod.Authentication,
    _ source: CardIdentitySource,
    mode: DESFireMethod.Mode = .full,
    hasUIDKey: Bool = false,
    key: String = master
  ) -> DESFireMethod {
    DESFireMethod(
      application: application,
      authentication: authentication,
      source: source,
      file: 1,
      region: CardRegion(offset: 0, count: 80),
      mode: mode,
      key: NumberedKey(number: 1, key: cardKey(key)),
      diversification: diversification,
      uidKey: hasUIDKey ? NumberedKey(number: 2, key: cardKey(uidMaster)) : nil
    )
  }

  static let everyWay = DESFireMethod.Authentication.allCases.flatMap { authentication in
    DESFireMethod.Mode.allCases.flatMap { mode in
      [true, false].map { (authentication, mode, $0) }
    }
  }

  @Test(
    "a file is read in every session and mode, with the real or a random identifier",
    arguments: everyWay
  )
  func file(
    authentication: DESFireMethod.Authentication,
    mode: DESFireMethod.Mode,
    isRandom: Bool
  ) {
    let card = DESFireCard(
      Self.setup {
        $0.mode = mode.rawValue
        $0.hasRandomID = isRandom
      }
    )
    let method = Self.method(authentication, .content, mode: mode, hasUIDKey: isRandom)
    let tap = Tap(card.profile, [profile(.desfire(method))])
    #expect(tap.credential == "appFile:8800123456", "\(tap.detail)")
    #expect(tap.identity?.technology == "iso14443a.desfire")
    let isUnbound = authentication == .ev2 && mode == .plain
    #expect(tap.identity?.grade == (isUnbound ? .a2 : .a4))
    #expect(tap.identity?.reasons.contains(.identityUnbound) == isUnbound)
    #expect(card.attempts == (isRandom ? 2 : 1))
  }

  @Test(
    "the real identifier is read under the session",
    arguments: DESFireMethod.Authentication.allCases
  )
  func identifier(authentication: DESFireMethod.Authentication) {
    for isRandom in [true, false] {
      let card = DESFireCard(Self.setup { $0.hasRandomID = isRandom })
      let method = Self.method(authentication, .uid, hasUIDKey: isRandom)
      let tap = Tap(card.profile, [profile(.desfire(method))])
      #expect(tap.credential == "appFile:04958CAA5C5E80", "\(tap.detail)")
      #expect(tap.identity?.grade == .a4)
      #expect(tap.identity?.reasons == [.mutualAuthentication])
      #expect(tap.identity?.medium == .card)
      #expect(tap.identity?.counter == nil)
    }
  }

  @Test("an application may go by its name, and a signature be asked for beside")
  func name() {
    var method = Self.method(.ev2, .uid)
    method.application = bytes("D2760000850100")
    method.diversification = nil
    method.originality = .require
    let genuine = OriginalityTests.samples[8]
    let card = DESFireCard(
      Self.setup {
        $0.name = bytes("D2760000850100")
        $0.keys[1] = bytes(Self.master)
        $0.uid = bytes(genuine.0)
        $0.signature = bytes(genuine.1)
      }
    )
    let tap = Tap(card.profile, [profile(.desfire(method))])
    #expect(tap.identity?.reasons == [.mutualAuthentication, .originalityGenuine], "\(tap.detail)")
    let silent = DESFireCard(
      Self.setup {
        $0.name = bytes("D2760000850100")
        $0.keys[1] = bytes(Self.master)
      }
    )
    #expect(Tap(silent.profile, [profile(.desfire(method))]).refusal == .authFailed)
  }

  @Test("a card without the application leaves the bare identifier, and says why")
  func foreignCard() {
    let card = DESFireCard(Self.setup { $0.application = bytes("112233") })
    let tap = Tap(card.profile, [profile(.desfire(Self.method(.ev1, .uid)))])
    #expect(tap.credential == "cardUid:04958CAA5C5E80")
    #expect(tap.identity?.grade == .a1)
    #expect(tap.identity?.reasons == [.staticUid, .applicationAbsent])
    #expect(card.attempts == 0)
  }

  @Test(
    "a wrong key is refused after one attempt",
    arguments: DESFireMethod.Authentication.allCases
  )
  func wrongKey(authentication: DESFireMethod.Authentication) {
    let card = DESFireCard(Self.setup())
    let wrong = Self.method(authentication, .uid, key: "00112233445566778899AABBCCDDEEFE")
    let tap = Tap(card.profile, [profile(.desfire(wrong))])
    #expect(tap.refusal == .authFailed)
    #expect(tap.detail.contains("91AE"))
    #expect(card.attempts == 1)
    var missing = Self.method(authentication, .uid)
    missing.key.number = 9
    #expect(Tap(card.profile, [profile(.desfire(missing))]).refusal == .authFailed)
    let random = DESFireCard(Self.setup { $0.hasRandomID = true })
    let unknown = Tap(random.profile, [profile(.desfire(Self.method(authentication, .uid)))])
    #expect(unknown.refusal == .unreadable)
    #expect(random.attempts == 0)
  }

  @Test(
    "a card that answers our challenge wrongly is a copy",
    arguments: DESFireMethod.Authentication.allCases
  )
  func forged(authentication: DESFireMethod.Authentication) {
    let card = DESFireCard(Self.setup())
    let copy = card.profile.tampered { command, answer in
      guard command.starts(with: [0x90, 0xAF, 0x00, 0x00, 0x20]) else { return answer }
      return [UInt8](repeating: 0x5A, count: answer.count - 2) + [0x91, 0x00]
    }
    let tap = Tap(copy, [profile(.desfire(Self.method(authentication, .content)))])
    #expect(tap.refusal == .forged)
    #expect(card.attempts == 1)
  }

  @Test(
    "any flipped bit of what the card says under its session is a wrong MAC",
    arguments: everyWay.filter { $0.2 && ($0.1 != .plain || $0.0 == .ev1) }
  )
  func flippedBits(
    authentication: DESFireMethod.Authentication,
    mode: DESFireMethod.Mode,
    isRandom: Bool
  ) {
    let method = profile(.desfire(Self.method(authentication, .content, mode: mode)))
    for bit in stride(from: 0, to: 88 * 8, by: 5) {
      let card = DESFireCard(
        Self.setup {
          $0.mode = mode.rawValue
          $0.frameByteCount = 250
        }
      )
      let changed = card.profile.tampered { command, answer in
        guard command.starts(with: [0x90, 0xBD]), bit / 8 < answer.count - 2 else { return answer }
        var flipped = answer
        flipped[bit / 8] ^= 1 << (bit % 8)
        return flipped
      }
      #expect(Tap(changed, [method]).refusal == .macInvalid, "bit \(bit)")
    }
  }

  @Test("a file that is not there, not ours to read or erased gives no member")
  func fileTroubles() {
    let method = profile(.desfire(Self.method(.ev1, .content)))
    let absent = DESFireCard(Self.setup { $0.file = 7 })
    #expect(Tap(absent.profile, [method]).refusal == .unreadable)
    let denied = DESFireCard(Self.setup { $0.readKey = 2 })
    #expect(Tap(denied.profile, [method]).refusal == .authFailed)
    let short = DESFireCard(Self.setup { $0.content = [0x38] })
    #expect(Tap(short.profile, [method]).refusal == .unreadable)
    let erased = DESFireCard(Self.setup { $0.content = [UInt8](repeating: 0, count: 90) })
    #expect(Tap(erased.profile, [method]).refusal == .unreadable)
    let other = DESFireCard(Self.setup { $0.mode = "mac" })
    #expect(Tap(other.profile, [method]).refusal == .macInvalid)
  }

  @Test("two presences never send the same challenge, and neither does a restart")
  func freshness() {
    let card = DESFireCard(Self.setup())
    let method = profile(.desfire(Self.method(.ev1, .uid)))
    let proofs = (0..<4).map { _ in
      Tap(card.profile, [method]).commands.first { $0.starts(with: [0x90, 0xAF, 0, 0, 0x20]) }
    }
    #expect(Set(proofs).count == 4)
    var dialogue = CardDialogue(answer: card.profile.answerToReset, profiles: [method])
    let first = dialogue.start(randomness: Tap.randomness)
    #expect(dialogue.next([0x91, 0x00]) == .transmit(CardScript.getUID))
    #expect(dialogue.start(randomness: Tap.randomness) == first)
  }

  @Test("without randomness no card is authenticated")
  func noRandomness() {
    let card = DESFireCard(Self.setup()).profile
    let method = profile(.desfire(Self.method(.ev1, .uid)))
    var dialogue = CardDialogue(answer: card.answerToReset, profiles: [method])
    var step = dialogue.start(randomness: [])
    while case .transmit(let command) = step { step = dialogue.next(card.respond(command)) }
    guard case .done(.refused(.unreadable, let detail)) = step else {
      Issue.record("\(step)")
      return
    }
    #expect(detail.contains("randomness"))
  }
}

@Suite("Ultralight AES cards by profile")
struct UltralightTests {
  static let uid = bytes("045E4CC2451390")
  static let system = bytes("0A0B0C0D")
  static let master = "00112233445566778899AABBCCDDEEFF"
  static let uidKey = "0F0E0D0C0B0A09080706050403020100"
  static let diversification = KeyDiversification(
    parts: [.uid, .bytes(Array("eu.pretix".utf8)), .bytes(system)]
  )

  static func card(_ change: (inout Type2Card.Setup) -> Void = { _ in }) -> Type2Card {
    let input = uid + Array("eu.pretix".utf8) + system
    let dataKey = DESFireCard.diversified(bytes(master), input)
    var setup = Type2Card.Setup.ultralightAES(dataKey: dataKey, uidKey: bytes(uidKey))
    let number = Array("8800123456".utf8)
    setup.memory = system + number + [UInt8](repeating: 0, count: 140 - number.count)
    setup.signature = bytes(OriginalityTests.samples[4].1)
    change(&setup)
    return Type2Card(setup)
  }

  static func method(
    _ source: CardIdentitySource = .uid,
    key: String = master,
    messaging: UltralightMethod.Messaging = .auto
  ) -> UltralightMethod {
    UltralightMethod(
      source: source,
      region: CardRegion(offset: 4, count: 20),
      key: cardKey(key),
      diversification: diversification,
      uidKey: cardKey(uidKey),
      system: system,
      messaging: messaging
    )
  }

  @Test("a card of ours is A4, through every kind of reader, hidden or not, with MACs or without")
  func ours() {
    for reader in [TagReader.pn532, .transparent, .direct] {
      for isRandom in [true, false] {
        for hasMACs in [true, false] {
          let card = Self.card {
            $0.reader = reader
            $0.hasRandomID = isRandom
            $0.hasMACs = hasMACs
          }
          let transport = reader == .direct ? TagTransport.direct : nil
          let tap = Tap(
            card.profile,
            [profile(.ultralightAES(Self.method()))],
            transport: transport
          )
          #expect(tap.credential == "appFile:045E4CC2451390", "\(reader) \(tap.detail)")
          #expect(tap.identity?.grade == .a4)
          #expect(tap.identity?.reasons == [.mutualAuthentication])
          #expect(card.attempts == (isRandom ? 2 : 1))
        }
      }
    }
  }

  @Test("a number is read from the memory, A4 under MACs and A2 without")
  func content() {
    for (hasMACs, grade) in [(true, CardGrade.a4), (false, .a2)] {
      let card = Self.card {
        $0.hasMACs = hasMACs
        $0.protectedPage = 0x05
      }
      // The configuration is protected here too, so the profile has to say what the card does.
      let method = Self.method(.content, messaging: hasMACs ? .auto : .off)
      let tap = Tap(card.profile, [profile(.ultralightAES(method))])
      #expect(tap.credential == "appFile:8800123456", "\(tap.detail)")
      #expect(tap.identity?.grade == grade)
      #expect(tap.identity?.reasons.contains(.identityUnbound) == !hasMACs)
      #expect(card.highestPage <= 0x2C)
    }
    var end = Self.method(.content)
    end.region = CardRegion(offset: 100, count: 44)
    let full = Self.card { $0.memory = [UInt8](repeating: 0x37, count: 144) }
    end.system = nil
    let tap = Tap(full.profile, [profile(.ultralightAES(end))])
    #expect(tap.credential == "appFile:" + String(repeating: "7", count: 44), "\(tap.detail)")
    #expect(full.highestPage <= 0x2C)
  }

  @Test("one key for all cards binds the identifier under MACs only")
  func sharedKey() {
    for (hasMACs, grade) in [(true, CardGrade.a4), (false, .a2)] {
      let card = Self.card {
        $0.dataKey = bytes(Self.master)
        $0.hasMACs = hasMACs
      }
      var method = Self.method()
      method.diversification = nil
      let tap = Tap(card.profile, [profile(.ultralightAES(method))])
      #expect(tap.identity?.grade == grade, "\(tap.detail)")
    }
  }

  @Test("a wrong key is refused after one attempt, a wrong answer is a copy, a wrong MAC invalid")
  func refusals() {
    let card = Self.card()
    let wrong = Self.method(key: "00112233445566778899AABBCCDDEEFE")
    let tap = Tap(card.profile, [profile(.ultralightAES(wrong))])
    #expect(tap.refusal == .authFailed)
    #expect(card.attempts == 1)
    let copy = card.profile.tampered { command, answer in
      guard command.count > 30, command.contains(0xAF) else { return answer }
      var forged = answer
      forged[8] ^= 0x01
      return forged
    }
    #expect(Tap(copy, [profile(.ultralightAES(Self.method()))]).refusal == .forged)
    let hidden = Self.card { $0.hasRandomID = true }
    for bit in stride(from: 0, to: 24 * 8, by: 7) {
      let reads = hidden.profile.tampered { command, answer in
        // D4 42 30 00 and eight bytes of MAC.
        guard command.count == 17, command[7] == 0x30, answer.count > 24 else { return answer }
        var flipped = answer
        flipped[3 + bit / 8] ^= 1 << (bit % 8)
        return flipped
      }
      #expect(Tap(reads, [profile(.ultralightAES(Self.method()))]).refusal == .macInvalid)
    }
  }

  @Test("somebody else's card is not tried, and a hidden one without a key stays refused")
  func foreign() {
    let other = Self.card { $0.memory[0] = 0xFF }
    let tap = Tap(other.profile, [profile(.ultralightAES(Self.method()))])
    #expect(tap.credential == "cardUid:045E4CC2451390")
    #expect(tap.identity?.reasons == [.staticUid, .applicationAbsent])
    #expect(other.attempts == 0)
    var method = Self.method()
    method.uidKey = nil
    let hidden = Self.card { $0.hasRandomID = true }
    let refused = Tap(hidden.profile, [profile(.ultralightAES(method))])
    #expect(refused.refusal == .randomUID)
    #expect(hidden.attempts == 0)
    let ntag = Tap(StorageCardTests.ntag().profile, [profile(.ultralightAES(Self.method()))])
    #expect(ntag.credential == "cardUid:04E10CDA993C80")
  }

  @Test("the maker's signature is read with and without a session")
  func originality() {
    for hasMACs in [true, false] {
      var method = Self.method()
      method.originality = .require
      let tap = Tap(Self.card { $0.hasMACs = hasMACs }.profile, [profile(.ultralightAES(method))])
      #expect(tap.identity?.reasons.contains(.originalityGenuine) == true, "\(tap.detail)")
    }
  }
}
