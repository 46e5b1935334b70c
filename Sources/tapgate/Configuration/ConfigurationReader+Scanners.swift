internal import TapgateCodec
internal import TapgateDevices

/// `[[scanner]]`.
extension ConfigurationReader {
  /// Keys that every scanner may have, and those of one mode or another.
  private static let keys = ["id", "match", "mode", "lane"]
  private static let typedKeys = [
    "layout", "suffix", "prefix", "prefixRequired", "idleMs", "charset", "altCodes", "aim",
    "repeats", "uidFormat", "overrides", "minLength",
  ]
  private static let swipeKeys = ["layout", "suffix", "idleMs", "ownCards", "faultyTracks"]
  private static let serialKeys = [
    "suffix", "prefix", "prefixRequired", "idleMs", "charset", "aim", "baud", "uidFormat",
    "minLength",
  ]

  /// One scanner.
  mutating func scanner(
    _ section: TOMLSection,
    lane: String
  ) -> GatewayConfiguration.Scanner? {
    let modes = ScannerMode.allCases.map(\.rawValue)
    let name = required("id", in: section)
    let mode = choice("mode", of: modes, in: section, isRequired: true)
      .flatMap(ScannerMode.init(rawValue:))
    refuseUnknown(section, known: Self.keys + Self.settingKeys(of: mode))
    let ownLane = label("lane", in: section)
    let match = scannerMatch(section)
    guard let name, let mode else { return nil }
    refuseSecond(name, in: section)
    var result = GatewayConfiguration.Scanner(
      id: name,
      match: match,
      mode: mode,
      lane: ownLane ?? lane
    )
    readSettings(section, mode: mode, into: &result.settings)
    return result
  }

  private static func settingKeys(of mode: ScannerMode?) -> [String] {
    switch mode {
    case .wedge: typedKeys
    case .serial: serialKeys
    case .hidPos: ["charset", "minLength"]
    case .magstripe: swipeKeys
    case nil: Array(Set(typedKeys + serialKeys + swipeKeys)).sorted()
    }
  }

  private mutating func scannerMatch(_ section: TOMLSection) -> GatewayConfiguration.Scanner.Match {
    var match = GatewayConfiguration.Scanner.Match()
    guard let table = self.section("match", in: section) else {
      if section["match"] == nil { note(Words.configMissing("match"), at: section.position) }
      return match
    }
    refuseUnknown(table, known: ["vendor", "product", "serial", "port"])
    match.vendor = integer("vendor", in: table, range: 0...0xFFFF)
    match.product = integer("product", in: table, range: 0...0xFFFF)
    match.serial = label("serial", in: table, limit: 126)
    match.port = label("port", in: table, limit: 4096)
    if table.members.isEmpty { note(Words.configEmptyMatch(), at: section.place(of: "match")) }
    if let port = match.port, !Self.isPort(port) {
      note(Words.configPort(), at: table.place(of: "port"))
    }
    return match
  }

  /// `1-2.3`, or the path of a device file.
  private static func isPort(_ text: String) -> Bool {
    if text.hasPrefix("/") { return true }
    let halves = text.split(separator: "-", omittingEmptySubsequences: false)
    guard halves.count == 2 else { return false }
    let numbers = [halves[0]] + halves[1].split(separator: ".", omittingEmptySubsequences: false)
    return numbers.allSatisfy { number in
      (1...3).contains(number.utf8.count) && number.utf8.allSatisfy { (0x30...0x39).contains($0) }
    }
  }

  private mutating func readSettings(
    _ section: TOMLSection,
    mode: ScannerMode,
    into result: inout ScannerSettings
  ) {
    result.layout = choice("layout", of: ScannerSettings.layouts, in: section) ?? result.layout
    let suffixes = ScannerSettings.Suffix.allCases.map(\.rawValue)
    result.suffix = choice("suffix", of: suffixes, in: section)
      .flatMap(ScannerSettings.Suffix.init(rawValue:))
    if let suffix = result.suffix, !suffix.isFor(mode) {
      let fitting = ScannerSettings.Suffix.allCases.filter { $0.isFor(mode) }.map(\.rawValue)
      note(
        Words.configNotAmong("suffix", fitting.joined(separator: ", ")),
        at: section.place(of: "suffix")
      )
    }
    result.prefix = label("prefix", in: section) ?? result.prefix
    result.isPrefixRequired = bool("prefixRequired", in: section) ?? result.isPrefixRequired
    result.lengthMin = integer("minLength", in: section, range: 1...64) ?? result.lengthMin
    result.idleMilliseconds = integer("idleMs", in: section, range: 30...1500)
    let charsets = ScannerSettings.Charset.allCases.map(\.rawValue)
    result.charset =
      choice("charset", of: charsets, in: section)
      .flatMap(ScannerSettings.Charset.init(rawValue:)) ?? result.charset
    let altCodes = ScannerSettings.AltCodes.allCases.map(\.rawValue)
    result.altCodes =
      choice("altCodes", of: altCodes, in: section)
      .flatMap(ScannerSettings.AltCodes.init(rawValue:)) ?? result.altCodes
    let formats = ScannerSettings.UIDFormat.allCases.map(\.rawValue)
    result.uidFormat = choice("uidFormat", of: formats, in: section)
      .flatMap(ScannerSettings.UIDFormat.init(rawValue:))
    result.hasAimIdentifier = bool("aim", in: section) ?? result.hasAimIdentifier
    result.countsRepeatedReports = bool("repeats", in: section) ?? result.countsRepeatedReports
    if let baud = integer("baud", in: section, range: 1200...921_600) {
      if !ScannerSettings.isBaud(baud) { note(Words.configBaud(), at: section.place(of: "baud")) }
      result.baud = baud
    }
    readOverrides(section, into: &result)
    result.acceptsFaultyTracks = bool("faultyTracks", in: section) ?? result.acceptsFaultyTracks
    for text in strings("ownCards", in: section) {
      guard let cards = ScannerSettings.OwnCards(text) else {
        note(Words.configOwnCards(), at: section.place(of: "ownCards"))
        continue
      }
      result.ownCards.append(cards)
    }
  }

  /// `overrides = { "0x1D+shift" = "Y" }`.
  private mutating func readOverrides(
    _ section: TOMLSection,
    into result: inout ScannerSettings
  ) {
    guard let table = self.section("overrides", in: section) else { return }
    for member in table.members {
      guard ScannerSettings.isStroke(member.name) else {
        note(Words.configStroke(), at: member.node.position)
        continue
      }
      if let text = label(member.name, in: table) { result.overrides[member.name] = text }
    }
  }
}
