import Testing

/// Report descriptors of things that people type on, each written after what makers build: none of
/// them may ever be taken for a scanner.
struct KeyboardCorpus: Sendable, CustomTestStringConvertible {
  let name: String
  let bytes: [UInt8]

  var testDescription: String { name }

  private init(_ name: String, _ bytes: [UInt8]) {
    self.name = name
    self.bytes = bytes
  }

  static let all = [
    KeyboardCorpus("boot keyboard, HID 1.11 E.6", ScannerFacts.keyboard),
    // Modifiers, then a bit for each key from 4 to 0xA4: "n-key rollover".
    KeyboardCorpus(
      "every key a bit",
      ScannerFacts.hex(
        """
        0501 0906 a101 8501 0507 19e0 29e7 1500 2501 7501 9508 8102
        1904 29a4 1500 2501 7501 95a1 8102 7507 9501 8103 c0
        """
      )
    ),
    // Two application collections of one interface: report 1 keys, report 2 volume.
    KeyboardCorpus(
      "keyboard with volume keys",
      ScannerFacts.hex(
        """
        0501 0906 a101 8501 0507 19e0 29e7 1500 2501 7501 9508 8102
        9501 7508 8103 9506 7508 1500 2665 00 0507 1900 2965 8100 c0
        050c 0901 a101 8502 1500 263c02 1900 2a3c02 7510 9501 8100 c0
        """
      )
    ),
    // Usage 07 of page 01.
    KeyboardCorpus(
      "numeric keypad",
      ScannerFacts.hex(
        "0501 0907 a101 0507 1953 2963 1500 2501 7501 9511 8102 7507 9501 8103 c0"
      )
    ),
    // Three keys of an array: what a foot pedal or a macro pad is.
    KeyboardCorpus(
      "pedal",
      ScannerFacts.hex("0501 0906 a101 0507 1904 2906 1500 2503 7508 9501 8100 c0")
    ),
    // A keyboard's collection in a device that also has a pointer, as wireless receivers do.
    KeyboardCorpus(
      "receiver of keyboard and mouse",
      ScannerFacts.hex(
        """
        0501 0902 a101 8502 0901 a100 0509 1901 2903 1500 2501 9503 7501 8102 9505 8103 c0 c0
        0501 0906 a101 8501 0507 19e0 29e7 1500 2501 7501 9508 8102
        9506 7508 1500 26ff00 0507 1900 2aff00 8100 c0
        """
      )
    ),
  ]
}
