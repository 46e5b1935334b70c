/// What is wrong with a track.
public enum TrackFault: String, Error, Hashable, Sendable, CaseIterable {
  /// A character has the wrong parity (ISO/IEC 7811-2 section 10).
  case parity
  /// The longitudinal redundancy check does not fit.
  case badLRC
  /// No end sentinel.
  case noEndSentinel
  /// More characters than the track may have.
  case tooLong
  /// No start sentinel, or the reader said that it could not read.
  case unreadable

  /// In the words of the input events.
  public var refusal: DecoderRefusal {
    switch self {
    case .parity: .parity
    case .badLRC: .badLRC
    case .noEndSentinel: .noEndSentinel
    case .tooLong: .tooLong
    case .unreadable: .unreadable
    }
  }
}

/// What a reader got from one track.
public enum TrackReading: Hashable, Sendable {
  /// Nothing is recorded there, or the reader has no head for it.
  case empty
  /// The characters in ASCII, from the start sentinel to the end sentinel.
  case data([UInt8])
  case faulty(TrackFault)

  /// Track data must show nowhere.
  var isEmpty: Bool { self == .empty }
}

/// One of the three tracks of ISO/IEC 7811-6.
public enum TrackNumber: Int, Hashable, Sendable, CaseIterable {
  case one = 1
  case two = 2
  case three = 3

  /// Characters at most, with both sentinels and the check character.
  public var characterCountMax: Int {
    switch self {
    case .one: 79
    case .two: 40
    case .three: 107
    }
  }

  /// The start sentinel in ASCII. Track 3 is recorded with `;`, and readers show it as `+` as well
  /// to tell it from track 2.
  func isStartSentinel(_ byte: UInt8) -> Bool {
    switch self {
    case .one: byte == UInt8(ascii: "%")
    case .two: byte == UInt8(ascii: ";")
    case .three: ";+#!%".utf8.contains(byte)
    }
  }
}

/// What a reader got from one swipe.
public struct SwipeReading: Hashable, Sendable {
  public var track1: TrackReading = .empty
  public var track2: TrackReading = .empty
  public var track3: TrackReading = .empty
  /// The reader sent the tracks encrypted.
  public var isEncrypted = false
  /// The reader hid digits.
  public var isMasked = false

  /// Nothing was read.
  public init() {}

  /// Tracks 1 to 3.
  public subscript(track: TrackNumber) -> TrackReading {
    get {
      switch track {
      case .one: track1
      case .two: track2
      case .three: track3
      }
    }
    set {
      switch track {
      case .one: track1 = newValue
      case .two: track2 = newValue
      case .three: track3 = newValue
      }
    }
  }

  /// Takes what a reader says a track holds: with sentinels, and perhaps with more behind the end
  /// sentinel, such as the check character.
  mutating func take(_ bytes: [UInt8], on track: TrackNumber) {
    guard let first = bytes.first else {
      self[track] = .empty
      return
    }
    guard track.isStartSentinel(first) else {
      self[track] = .faulty(.unreadable)
      return
    }
    guard let end = bytes.firstIndex(of: UInt8(ascii: "?")) else {
      self[track] = .faulty(.noEndSentinel)
      return
    }
    guard end < track.characterCountMax else {
      self[track] = .faulty(.tooLong)
      return
    }
    if bytes[1..<end].elementsEqual([UInt8(ascii: "E")]) {
      // Readers that type write so what they could not read.
      self[track] = .faulty(.unreadable)
      return
    }
    if bytes[..<end].contains(UInt8(ascii: "*")) { isMasked = true }
    self[track] = .data(Array(bytes[...end]))
  }

  /// Zeroes all that was read.
  public mutating func wipe() {
    for track in TrackNumber.allCases {
      guard case .data(var bytes) = self[track] else { continue }
      self[track] = .empty
      bytes.wipe()
    }
  }
}

extension TrackReading: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  public var description: String {
    switch self {
    case .empty: "empty"
    case .data(let bytes): "\(bytes.count) characters"
    case .faulty(let fault): fault.rawValue
    }
  }
  public var debugDescription: String { description }
  public var customMirror: Mirror { Mirror(self, children: []) }
}
