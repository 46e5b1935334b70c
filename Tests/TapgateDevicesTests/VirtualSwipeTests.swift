import TapgateCore
import TapgateModel
import TapgateVirtual
import Testing

@Suite("The virtual swipe reader")
struct VirtualSwipeTests {
  private struct StoppedClock: GatewayClock {
    func now() -> Timestamp { Timestamp(microseconds: 0) }
    func monotonicNanoseconds() -> UInt64 { 1 }
  }

  /// What a swipe comes to: `msr.t2:9001234567890`, or `!badLRC: track 2 badLRC`.
  private func swipe(_ track1: String?, _ track2: String?) throws -> String {
    let sink = RecordingSink()
    let devices = VirtualDevices(lane: "1", clock: StoppedClock())
    devices.start(sink: sink)
    #expect(
      try devices.perform(.swipe(track1: track1, track2: track2)) == VirtualDevices.swipeID
    )
    if let refused = sink.refusals.first {
      #expect(sink.presentations.isEmpty && sink.refusals.count == 1)
      #expect(devices.statistics(deviceID: VirtualDevices.swipeID) == ["FailedReadCount": 1])
      return "!\(refused.refusal.rawValue): \(refused.detail)"
    }
    #expect(devices.statistics(deviceID: VirtualDevices.swipeID) == ["GoodReadCount": 1])
    let tap = try #require(sink.presentations.first)
    #expect(tap.credential.kind == .magstripe && tap.isSimulated)
    return tap.technology + ":" + tap.credential.reveal()
  }

  /// The check character of ISO/IEC 7811-2 section 10.
  private static func check(_ track: String, base: UInt8 = 0x30) -> String {
    let value = track.utf8.reduce(UInt8(0)) { $0 ^ ($1 &- base) }
    return String(Unicode.Scalar(base + value))
  }

  @Test("a track counts with its sentinels and without, and by its own check character")
  func tracks() throws {
    let track = ";9001234567890=00000?"
    for text in [track, String(track.dropFirst().dropLast()), track + Self.check(track)] {
      #expect(try swipe(nil, text) == "msr.t2:9001234567890")
    }
    let first = "%L9001234567^MEMBER?"
    for text in [first, "L9001234567^MEMBER", first + Self.check(first, base: 0x20)] {
      #expect(try swipe(text, nil) == "msr.t1:9001234567")
    }
    #expect(try swipe(first, track) == "msr.t2:9001234567890")
  }

  @Test("what a real reader cannot read is refused here in the same words")
  func faults() throws {
    let track = ";9001234567890=00000?"
    let wrong = Self.check(track) == "0" ? "1" : "0"
    #expect(try swipe(nil, track + wrong) == "!badLRC: track 2 badLRC")
    #expect(try swipe(nil, ";E?") == "!unreadable: track 2 unreadable")
    #expect(try swipe(nil, ";9001234567890=000") == "!noEndSentinel: track 2 noEndSentinel")
    #expect(try swipe("%L9001234567?", track + wrong) == "!badLRC: track 2 badLRC")
    let long = ";" + String(repeating: "7", count: 60) + "?"
    #expect(try swipe(nil, long) == "!tooLong: track 2 tooLong")
    #expect(try swipe(nil, ";9001****7890=00000?").hasPrefix("!maskedSwipe"))
    #expect(try swipe(nil, track + "|0600|A1B2").hasPrefix("!encryptedSwipe"))
    #expect(try swipe(nil, ";?").hasPrefix("!unreadable"))
    #expect(throws: SimulationFailure.self) { try swipe(nil, "") }
  }

  @Test(
    "a payment card is refused by any of its tracks, and no digit of it is told",
    arguments: [
      (nil, ";4111111111111111=25121010000?"), (nil, "4111111111111111=25121010000"),
      ("%B4111111111111111^DOE/JANE^25121010000?", nil),
      ("B4111111111111111^DOE/JANE^25121010000", ";9001234567890=00000?"),
      (nil, ";4111111111111111?"), (nil, ";378282246310005=25121010000?"),
      (nil, ";6212345678900000003=25121010000?"),
    ] as [(String?, String?)]
  )
  func payment(_ track1: String?, _ track2: String?) throws {
    let said = try swipe(track1, track2)
    #expect(said.hasPrefix("!paymentCard: "))
    let digits = said.filter(\.isNumber)
    #expect(digits.isEmpty)
  }
}
