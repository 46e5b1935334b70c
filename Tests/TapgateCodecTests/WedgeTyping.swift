import TapgateCodec
import Testing

/// Types text as a scanner does: boot reports of 8 bytes, all keys up between two keys.
struct WedgeTyping {
  var layout: KeyboardLayout = .us
  private(set) var reports: [[UInt8]] = []

  static let released = [UInt8](repeating: 0, count: 8)
  static let enter: UInt8 = 0x28

  init(_ layout: KeyboardLayout = .us) { self.layout = layout }

  /// The reports of one key with its modifiers, down and up.
  static func key(_ usage: UInt8, _ modifiers: UInt8 = 0) -> [[UInt8]] {
    [[modifiers, 0, usage, 0, 0, 0, 0, 0], released]
  }

  mutating func press(_ usage: UInt8, _ modifiers: UInt8 = 0) {
    reports += Self.key(usage, modifiers)
  }

  /// Types what the layout has keys for; records an issue for the rest.
  mutating func type(_ text: String) {
    for scalar in text.unicodeScalars {
      guard let strokes = layout.strokes(for: scalar) else {
        Issue.record("\(layout.name) has no \(scalar)")
        continue
      }
      for stroke in strokes {
        let modifiers: UInt8 = (stroke.hasShift ? 0x02 : 0) | (stroke.hasAltGr ? 0x40 : 0)
        press(UInt8(truncatingIfNeeded: stroke.usage), modifiers)
      }
    }
  }

  /// Types a number with ALT held all the while.
  mutating func typeAlt(_ digits: String, plus: Bool = false) {
    reports.append([0x04, 0, 0, 0, 0, 0, 0, 0])
    if plus { pressWithAlt(0x57) }
    for scalar in digits.unicodeScalars {
      let value = UInt8(truncatingIfNeeded: scalar.value)
      switch value {
      case 0x30: pressWithAlt(0x62)
      case 0x31...0x39: pressWithAlt(0x59 + value - 0x31)
      default: pressWithAlt(0x04 + (value | 0x20) - 0x61)
      }
    }
    reports.append(Self.released)
  }

  private mutating func pressWithAlt(_ usage: UInt8) {
    reports.append([0x04, 0, usage, 0, 0, 0, 0, 0])
    reports.append([0x04, 0, 0, 0, 0, 0, 0, 0])
  }

  /// Feeds the reports, one after the other in the same distance.
  static func feed(
    _ decoder: inout WedgeDecoder,
    _ reports: [[UInt8]],
    from start: UInt64 = 0,
    step: UInt64 = 1
  ) -> [DecoderOutput] {
    var outputs: [DecoderOutput] = []
    for (index, report) in reports.enumerated() {
      outputs += decoder.feed(report, at: start + UInt64(index) * step)
    }
    return outputs
  }

  /// The scans' texts, and the refusals by their names.
  static func texts(_ outputs: [DecoderOutput]) -> [String] {
    outputs.map { output in
      switch output {
      case .scan(let scan): scan.text
      case .swipe: "swipe"
      case .refused(let refused): "!" + refused.refusal.rawValue
      }
    }
  }
}
