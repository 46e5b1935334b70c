import TapgateCodec
import TapgateRigs
import Testing

@testable import TapgateCards

@Suite("Transit cards and the shop's profiles")
struct TransitTests {
  private static let identifier = bytes("0127006B82A4F1D3")
  private static let union = bytes("A000000632010105")

  @Test("a FeliCa card of a transit network is refused, through every reader that can ask it")
  func felica() {
    for reader in [TagReader.transparent, .pn532] {
      for (systems, isShy) in [([0x0003, 0xFE00], false), ([0x8008], true), ([0x8005], true)]
        as [([UInt16], Bool)]
      {
        let card = TapgateRigs.CardProfile.felica(
          Self.identifier,
          systems: systems,
          reader: reader,
          isShy: isShy
        )
        let tap = Tap(card, [])
        #expect(tap.refusal == .transitCard, "\(systems): \(tap.detail)")
        let isSession = tap.commands.contains(TagTransport.endSession)
        #expect(isSession == (reader == .transparent))
        let allowed = Tap(card, [], allowsTransit: true)
        #expect(allowed.credential == "cardUid:0127006B82A4F1D3")
        #expect(allowed.commands.count == 1)
      }
    }
  }

  @Test("a FeliCa card of another system counts, and so does one that the reader cannot ask")
  func otherFelica() {
    let own = Tap(.felica(Self.identifier, systems: [0x88B4]), [])
    #expect(own.credential == "cardUid:0127006B82A4F1D3")
    // FeliCa Lite knows no Request System Code.
    let lite = Tap(.felica(Self.identifier, systems: [0x88B4], isShy: true), [])
    #expect(lite.credential == "cardUid:0127006B82A4F1D3")
    let blind = Tap(.felica(Self.identifier, systems: [0x0003], reader: .none), [])
    #expect(blind.credential == "cardUid:0127006B82A4F1D3")
    #expect(blind.identity?.reasons.contains(.rawCommandsAbsent) == true)
  }

  @Test("a profile that names a transit card's application takes it all the same")
  func configured() {
    let suica = TapgateRigs.CardProfile.felica(Self.identifier, systems: [0x0003])
    let method = profile(.felica(FeliCaMethod(systemCode: 0x0003)))
    #expect(Tap(suica, [method]).credential == "appFile:f:0127006B82A4F1D30003")

    let card = TapgateRigs.CardProfile.transit(name: Self.union, uid: bytes("04A1B2C3D4E580"))
    #expect(Tap(card, []).refusal == .transitCard)
    let file = FileMethod(
      application: Self.union,
      file: .short(0x15),
      region: CardRegion(offset: 10, count: 4),
      text: CardText(content: .hex)
    )
    let readable = card.tampered { command, answer in
      command.starts(with: [0x00, 0xB0, 0x95, 0x0A]) ? bytes("12345678") + [0x90, 0x00] : answer
    }
    let tap = Tap(readable, [profile(.iso7816(file))])
    #expect(tap.credential == "memberNumber:12345678", "\(tap.detail)")
  }
}
