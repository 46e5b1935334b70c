internal import TapgateCodec

/// Why a script stops before its end.
enum Stop: Error {
  /// The card has to be asked this first.
  case ask([UInt8])
  /// The card is refused, whatever else could be read of it.
  case refuse(CardRefusal)
  /// The card is not one of this profile's.
  case pass(CardReason)
}

/// What was said to a card so far, so that a script can be written down from its first command to
/// its last and still be a value without thread or device.
///
/// A script is run from its start again for each answer: `send` gives the answers that are there,
/// and stops the script at the first that is not. Nothing in a script may therefore depend on
/// anything but the answers and the randomness that it was given.
struct Conversation: Sendable {
  /// Exchanges that one presence may have: a card that never comes to an end is refused.
  static let exchangeCountMax = 400
  /// Bytes that the frames of one answer may come to.
  static let answerByteCountMax = 4096

  private let answers: [[UInt8]]
  private var position = 0
  private var randomness: ArraySlice<UInt8>
  private var notes: [String] = []

  /// Creates a conversation that got as far as `answers`.
  init(answers: [[UInt8]], randomness: [UInt8]) {
    self.answers = answers
    self.randomness = randomness[...]
  }

  /// Steps and status words so far, for the trace. Never a byte of the card.
  var detail: String { notes.joined(separator: "; ") }

  /// Sends a command and returns the card's answer. Less than a status word is a torn tap.
  mutating func send(_ command: [UInt8], _ step: String) throws(Stop) -> ResponseAPDU {
    guard position < answers.count else {
      guard position < Self.exchangeCountMax else {
        note("no end after \(position) commands")
        throw .refuse(.unreadable)
      }
      throw .ask(command)
    }
    guard let response = ResponseAPDU(answers[position]) else {
      note("\(step) without status")
      throw .refuse(.torn)
    }
    position += 1
    note("\(step) \(response.statusText)")
    return response
  }

  /// Sends a command of another script, which judges the answer and keeps its own trace.
  mutating func exchange(_ command: [UInt8]) throws(Stop) -> [UInt8] {
    guard position < answers.count else { throw .ask(command) }
    defer { position += 1 }
    return answers[position]
  }

  /// `send` for ISO/IEC 7816-4: fetches what a card holds back (61 xx) and corrects the length
  /// that was asked for (6C xx), as contact cards with T=0 want it.
  mutating func sendISO(_ command: [UInt8], _ step: String) throws(Stop) -> ResponseAPDU {
    var response = try send(command, step)
    if response.status >> 8 == 0x6C, let last = command.indices.last {
      var corrected = command
      corrected[last] = UInt8(response.status & 0xFF)
      response = try send(corrected, step)
    }
    var payload = response.payload
    while response.status >> 8 == 0x61 {
      let rest = UInt8(response.status & 0xFF)
      response = try send(CardCommand.getResponse(rest), "GET RESPONSE")
      payload += response.payload
      guard payload.count <= Self.answerByteCountMax else { throw .refuse(.unreadable) }
    }
    return ResponseAPDU(payload: payload, status: response.status)
  }

  /// `send` for DESFire's commands: joins the frames of an answer (91 AF).
  mutating func sendNative(
    _ instruction: UInt8,
    _ data: [UInt8],
    _ step: String
  ) throws(Stop) -> ResponseAPDU {
    var response = try send(CardCommand.native(instruction, data), step)
    var payload = response.payload
    while response.status == 0x91AF {
      response = try send(CardCommand.native(0xAF), step)
      payload += response.payload
      guard payload.count <= Self.answerByteCountMax else { throw .refuse(.unreadable) }
    }
    return ResponseAPDU(payload: payload, status: response.status)
  }

  /// The next 16 bytes of the randomness; no two challenges share one.
  mutating func challenge() throws(Stop) -> [UInt8] {
    guard randomness.count >= 16 else {
      note("no randomness left")
      throw .refuse(.unreadable)
    }
    defer { randomness = randomness.dropFirst(16) }
    return Array(randomness.prefix(16))
  }

  /// Adds to the trace. The same step again is not told twice.
  mutating func note(_ text: String) {
    guard notes.last != text, notes.count < 32 else { return }
    notes.append(text)
  }
}
