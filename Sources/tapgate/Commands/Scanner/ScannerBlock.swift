internal import TapgateCodec
internal import TapgateDevices
internal import TapgateJSON

/// The `[[scanner]]` that a calibration comes to.
struct ScannerBlock {
  let id: String
  let lane: String?
  let device: TypingDevice
  let calibration: WedgeCalibration

  /// The lines of the configuration file.
  var lines: [String] {
    var lines = ["[[scanner]]", "id = \(Self.quoted(id))", "match = { \(match) }"]
    lines += ["mode = \"wedge\""]
    if let lane { lines.append("lane = \(Self.quoted(lane))") }
    lines.append("layout = \(Self.quoted(calibration.layout.name))")
    lines.append("suffix = \(Self.quoted(calibration.suffix.rawValue))")
    if !calibration.prefix.isEmpty {
      lines.append("prefix = \(Self.quoted(calibration.prefix))")
    }
    if calibration.hasAimIdentifier { lines.append("aim = true") }
    lines.append("idleMs = \(calibration.idleMilliseconds)")
    if !calibration.overrides.isEmpty {
      let pairs = overrides.map { "\(Self.quoted($0.stroke)) = \(Self.quoted($0.text))" }
      lines.append("overrides = { \(pairs.joined(separator: ", ")) }")
    }
    return lines
  }

  /// What was found, for people.
  var facts: [String] {
    [
      Words.calibrateFound(device.name),
      Words.calibratePace("\(calibration.keyMillisecondsMax)"),
    ]
  }

  /// What was found, for programs.
  func document(isWritten: Bool) -> JSON {
    .object([
      "device": .string(device.name), "path": .string(device.path), "id": .string(id),
      "layout": .string(calibration.layout.name),
      "suffix": .string(calibration.suffix.rawValue), "prefix": .string(calibration.prefix),
      "aim": .bool(calibration.hasAimIdentifier),
      "keyMs": .integer(Int64(clamping: calibration.keyMillisecondsMax)),
      "idleMs": .integer(Int64(clamping: calibration.idleMilliseconds)),
      "toml": .string(lines.joined(separator: "\n") + "\n"), "written": .bool(isWritten),
    ])
  }

  private var match: String {
    var pairs: [String] = []
    if let vendor = device.match.vendor { pairs.append("vendor = 0x\(Self.hexadecimal(vendor))") }
    if let product = device.match.product {
      pairs.append("product = 0x\(Self.hexadecimal(product))")
    }
    if let serial = device.match.serial { pairs.append("serial = \(Self.quoted(serial))") }
    if let port = device.match.port { pairs.append("port = \(Self.quoted(port))") }
    return pairs.joined(separator: ", ")
  }

  private var overrides: [(stroke: String, text: String)] {
    calibration.overrides
      .map { (ScannerSettings.name(of: $0.key), $0.value) }
      .sorted { $0.0 < $1.0 }
  }

  private static func hexadecimal(_ number: UInt16) -> String {
    let digits = String(number, radix: 16)
    return String(repeating: "0", count: 4 - digits.count) + digits
  }

  /// A basic string of TOML, TOML 1.0 "String".
  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": result += "\\" + String(Character(scalar))
      case _ where scalar.value < 0x20 || scalar.value == 0x7F:
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
