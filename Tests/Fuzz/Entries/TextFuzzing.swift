import NIOCore
import TapgateCodec
import TapgateCore
import TapgateJSON
import TapgateModel
import TapgateServer

/// Text that comes from outside: requests, files, scans, and what printers answer.
package enum TextFuzzing {
  package static let entries: [(name: String, run: @Sendable ([UInt8]) -> Int)] = [
    ("json", json),
    ("frames", frames),
    ("toml", toml),
    ("csv", csv),
    ("programme", programme),
    ("session", session),
    ("rotatingToken", rotatingToken),
    ("scannedText", scannedText),
    ("credential", credential),
    ("recordedSwipe", recordedSwipe),
    ("printerReply", printerReply),
    ("printDocument", printDocument),
  ]

  /// What is a value is the same value once it was written and read again.
  @Sendable package static func json(_ bytes: [UInt8]) -> Int {
    guard let value = try? JSONParser.parse(bytes) else { return 0 }
    let text = value.encoded()
    guard (try? JSONParser.parse(text)) == value else { FuzzTarget.fail("written otherwise") }
    return text.count
  }

  /// A client's stream, in pieces whose length is the first byte. Requests are read, and what can
  /// be told of those that are none.
  @Sendable package static func frames(_ bytes: [UInt8]) -> Int {
    let size = Int(bytes.first ?? 0) + 1
    var framer = LineFramer()
    var rest = bytes.dropFirst()
    var count = 0
    while !rest.isEmpty {
      var buffer = ByteBuffer(bytes: rest.prefix(size))
      rest = rest.dropFirst(size)
      while let frame = framer.next(&buffer, canBeLarge: count % 2 == 0) {
        count += 1
        guard case .line(let line) = frame else { continue }
        var id = RequestID.unknown
        _ = try? Request(line, id: &id)
        _ = RequestPeek(line, pathAt: line.count / 2)
      }
    }
    return count
  }

  @Sendable package static func toml(_ bytes: [UInt8]) -> Int {
    guard let node = try? TOMLParser.parse(bytes) else { return 0 }
    return node.position.line
  }

  /// Read in two parts, then written and read again.
  @Sendable package static func csv(_ bytes: [UInt8]) -> Int {
    let half = Int(bytes.first ?? 0)
    let text = bytes.dropFirst()
    var reader = CSVReader()
    do {
      var records = try reader.read(Array(text.prefix(half)))
      records += try reader.read(Array(text.dropFirst(half)))
      records += try reader.finish()
      let written = records.map { CSVWriter.record($0.fields) }.joined()
      var other = CSVReader()
      let again = try other.read(Array(written.utf8)) + other.finish()
      guard again.map(\.fields) == records.map(\.fields) else {
        FuzzTarget.fail("written otherwise")
      }
      return records.count
    } catch {
      return 0
    }
  }

  @Sendable package static func programme(_ bytes: [UInt8]) -> Int {
    guard let programme = try? Programme.parse(bytes) else { return 0 }
    return programme.levels.count
  }

  /// One line of a recorded session; what was read is written the same.
  @Sendable package static func session(_ bytes: [UInt8]) -> Int {
    guard let json = try? JSONParser.parse(bytes), let input = try? SessionInput(json) else {
      return 0
    }
    guard (try? SessionInput(input.json)) == input else { FuzzTarget.fail("written otherwise") }
    return 1
  }

  @Sendable package static func rotatingToken(_ bytes: [UInt8]) -> Int {
    let text = String(decoding: bytes, as: UTF8.self)
    let code = Base32.decode(text) ?? []
    guard Base32.decode(Base32.encode(bytes)) == bytes else {
      FuzzTarget.fail("encoded otherwise")
    }
    return code.count + (RotatingToken(text) == nil ? 0 : 1)
  }

  /// A scan with an AIM identifier in front, and what it is taken for.
  @Sendable package static func scannedText(_ bytes: [UInt8]) -> Int {
    let aim = String(decoding: bytes.prefix(3), as: UTF8.self)
    let text = String(decoding: bytes.dropFirst(3), as: UTF8.self)
    let patterns = [ScanPattern(kind: .memberNumber, prefix: "88", length: 12)]
    let kind = ScanClassifier(patterns: patterns).classify(text, aim: aim)
    if case .other = kind { return 0 }
    return 1
  }

  /// The first byte is the kind; what is accepted is its own canonical form, and times as well.
  @Sendable package static func credential(_ bytes: [UInt8]) -> Int {
    let text = String(decoding: bytes.dropFirst(), as: UTF8.self)
    _ = Timestamp(rfc3339: text)?.rfc3339(offsetSeconds: 28_800)
    _ = BusinessDate(text)
    guard let kind = CredentialKind(number: bytes.first ?? 0),
      let credential = try? Credential(kind: kind, value: text)
    else { return 0 }
    guard (try? Credential(kind: kind, value: credential.reveal())) == credential else {
      FuzzTarget.fail("not its own canonical form")
    }
    return credential.masked.utf8.count
  }

  /// Two tracks as text, with a line feed between.
  @Sendable package static func recordedSwipe(_ bytes: [UInt8]) -> Int {
    let parts = bytes.split(separator: 0x0A, maxSplits: 1, omittingEmptySubsequences: false)
      .map { String(decoding: $0, as: UTF8.self) }
    var reading = RecordedSwipe.reading(
      track1: parts[0],
      track2: parts.count > 1 ? parts[1] : nil
    )
    if case .identified(let value, _) = SwipePolicy().judge(&reading) { return value.utf8.count }
    return 0
  }

  @Sendable package static func printerReply(_ bytes: [UInt8]) -> Int {
    var parser = PrinterReplyParser()
    return bytes.count { parser.take($0) != nil }
  }

  /// A document from the wire, laid out and written for every printer.
  @Sendable package static func printDocument(_ bytes: [UInt8]) -> Int {
    guard let json = try? JSONParser.parse(bytes), let document = try? PrintDocument(json: json)
    else { return 0 }
    var count = 0
    for profile in PrinterProfile.all {
      let list = try? document.layout(for: profile, characterSet: Ideographs())
      guard let list else { continue }
      count +=
        EscPosEncoder.segments(of: list, for: profile, hasMultibyte: true).joined().count
    }
    return count
  }

  /// Says that it has every ideograph.
  private struct Ideographs: PrinterCharacterSet {
    let name = "ideographs"

    func bytes(of scalar: Unicode.Scalar) -> [UInt8]? {
      scalar.value >= 0x2E80 ? [0xB0, 0xA1] : nil
    }
  }
}
