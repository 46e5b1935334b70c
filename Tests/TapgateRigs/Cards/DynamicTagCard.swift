internal import TapgateLock

/// An NTAG 424 DNA: a type 4 tag that writes a fresh message into its NDEF file at each reading.
/// Without keys it is a plain type 4 tag.
public final class DynamicTagCard: Sendable {
  /// What a tag is made with.
  public struct Setup: Sendable {
    public var uid: [UInt8] = [0x04, 0xDE, 0x5F, 0x1E, 0xAC, 0xC0, 0x40]
    /// SDMReadCtr before the first reading.
    public var counter: UInt32 = 60
    public var metaKey: [UInt8] = []
    public var fileKey = [UInt8](repeating: 0, count: 16)
    /// The URL without its scheme, which is `https://`, with gaps for what is mirrored: `{picc}`,
    /// `{uid}`, `{ctr}`, `{enc}`, `{mac}`.
    public var url = "ntag.nxp.com/424?e={picc}&c={mac}"
    /// What the MAC is made over, as a part of `url` from this text on; empty for nothing.
    public var macFrom = ""
    /// What `{enc}` stands for, a whole number of blocks.
    public var content: [UInt8] = []
    /// MLe in the capability container.
    public var readByteCountMax: UInt16 = 256
    /// The whole NDEF file, where it is not to be a message of the tag's own.
    public var file: [UInt8]?
    public var fileByteCount: UInt16 = 256
    public var signature: [UInt8] = []

    /// The factory's keys.
    public init() {}
  }

  private struct State {
    var file: UInt16 = 0
    var isSelected = false
    var counter: UInt32
    var content: [UInt8] = []
    var highestByte = 0
  }

  private let setup: Setup
  private let state: Mutex<State>

  /// Makes a tag.
  public init(_ setup: Setup) {
    self.setup = setup
    state = Mutex(State(counter: setup.counter))
  }

  /// The end of the furthest read of the NDEF file.
  public var highestByte: Int { state.withLock { $0.highestByte } }

  /// The tag as a virtual card.
  public var profile: CardProfile {
    CardProfile(
      answerToReset: CardProfile.answerToReset(historical: [0x80]),
      reset: {
        self.state.withLock { $0 = State(counter: $0.counter, highestByte: $0.highestByte) }
      },
      respond: { command in self.state.withLock { self.answer(command, &$0) } }
    )
  }

  private func answer(_ command: [UInt8], _ state: inout State) -> [UInt8] {
    if command.starts(with: [0xFF, 0xCA, 0x00]) { return setup.uid + [0x90, 0x00] }
    if command.starts(with: [0x90, 0x3C]) {
      return setup.signature.isEmpty ? [0x91, 0x1C] : setup.signature + [0x91, 0x90]
    }
    guard command.count >= 5, command[0] == 0x00 else { return [0x6E, 0x00] }
    switch (command[1], command[2]) {
    case (0xA4, 0x04):
      let name: [UInt8] = [0xD2, 0x76, 0x00, 0x00, 0x85, 0x01, 0x01]
      state.isSelected = Array(command[5..<5 + Int(command[4])]) == name
      return state.isSelected ? [0x90, 0x00] : [0x6A, 0x82]
    case (0xA4, _) where state.isSelected && command.count >= 7:
      state.file = UInt16(command[5]) << 8 | UInt16(command[6])
      guard [0xE103, 0xE104].contains(state.file) else { return [0x6A, 0x82] }
      if state.file == 0xE104 {
        state.counter += 1
        // A tag that could not encipher would say so too.
        guard let content = try? message(state.counter) else { return [0x6F, 0x00] }
        state.content = content
      } else {
        state.content = container
      }
      return [0x90, 0x00]
    case (0xB0, _) where state.file != 0: return read(command, &state)
    default: return [0x6D, 0x00]
    }
  }

  private func read(_ command: [UInt8], _ state: inout State) -> [UInt8] {
    let offset = Int(command[2]) << 8 | Int(command[3])
    let count = Int(command[4]) == 0 ? 256 : Int(command[4])
    guard count <= Int(setup.readByteCountMax) else { return [0x67, 0x00] }
    if state.file == 0xE104 { state.highestByte = max(state.highestByte, offset + count) }
    guard offset + count <= state.content.count else { return [0x6B, 0x00] }
    return Array(state.content[offset..<offset + count]) + [0x90, 0x00]
  }

  private var container: [UInt8] {
    let (most, size) = (setup.readByteCountMax, setup.fileByteCount)
    return [0x00, 0x17, 0x20, UInt8(most >> 8), UInt8(most & 0xFF), 0x00, 0xFF, 0x04, 0x06]
      + [0xE1, 0x04, UInt8(size >> 8), UInt8(size & 0xFF), 0x00, 0x00]
      + [UInt8](repeating: 0, count: 8)
  }

  private func message(_ counter: UInt32) throws -> [UInt8] {
    if let file = setup.file { return file }
    let count = [UInt8(counter & 0xFF), UInt8(counter >> 8 & 0xFF), UInt8(counter >> 16 & 0xFF)]
    var text = setup.url
    let picc = [0xC7] + setup.uid + count + CardCipher.random(5)
    if !setup.metaKey.isEmpty {
      text.replace("{picc}", with: Self.digits(try CardCipher.encrypt(picc, setup.metaKey)))
    }
    text.replace("{uid}", with: Self.digits(setup.uid))
    text.replace("{ctr}", with: Self.digits(count.reversed()))
    if text.contains("{enc}") {
      let key = try session([0xC3, 0x3C], count)
      let start = try CardCipher.encrypt(count + [UInt8](repeating: 0, count: 13), key)
      let enciphered = try CardCipher.encrypt(setup.content, key, iv: start)
      text.replace("{enc}", with: Self.digits(enciphered))
    }
    var input = ""
    if !setup.macFrom.isEmpty, let start = text.firstRange(of: setup.macFrom),
      let end = text.firstRange(of: "{mac}")
    {
      input = String(text[start.upperBound..<end.lowerBound])
    }
    let mac = try CardCipher.mac(Array(input.utf8), try session([0x3C, 0xC3], count))
    text.replace("{mac}", with: Self.digits(CardCipher.odd(mac)))
    let payload = [0x04] + Array(text.utf8)
    let record = [0xD1, 0x01, UInt8(payload.count), 0x55] + payload
    let file = [0x00, UInt8(record.count)] + record
    return file + [UInt8](repeating: 0, count: max(0, Int(setup.fileByteCount) - file.count))
  }

  private func session(_ label: [UInt8], _ count: [UInt8]) throws -> [UInt8] {
    try CardCipher.mac(label + [0x00, 0x01, 0x00, 0x80] + setup.uid + count, setup.fileKey)
  }

  private static func digits(_ bytes: [UInt8]) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16, uppercase: true) }.joined()
  }
}
