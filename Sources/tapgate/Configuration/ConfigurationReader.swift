internal import TapgateCodec
internal import TapgateModel

/// Everything that is wrong with a configuration file, first place first.
struct ConfigurationProblems: Error, Hashable, Sendable {
  var errors: [ConfigurationError]
}

extension GatewayConfiguration {
  /// Bytes a configuration file may have.
  static let byteCountMax = 1024 * 1024

  /// Reads the file at `path`, strictly: an unknown key, a wrong type or an impossible value is an
  /// error with line and column.
  ///
  /// - Throws: `FileError` where the file cannot be read, `ConfigurationProblems` for what it says.
  static func read(path: String) throws -> GatewayConfiguration {
    try parse(try InputFile.contents(path: path, limit: byteCountMax), path: path)
  }

  /// The same for bytes; `path` is where relative paths start and what errors name.
  static func parse(_ bytes: [UInt8], path: String) throws(ConfigurationProblems)
    -> GatewayConfiguration
  {
    let root: TOMLNode
    do throws(TOMLError) {
      root = try TOMLParser.parse(bytes)
    } catch {
      let problem = (Words.toml[error.problem] ?? Words.tomlMalformed)()
      throw ConfigurationProblems(
        errors: [
          ConfigurationError(
            path: path,
            line: error.position.line,
            column: error.position.column,
            problem: problem
          )
        ]
      )
    }
    var reader = ConfigurationReader(path: path)
    let configuration = reader.configuration(root)
    guard reader.errors.isEmpty else {
      throw ConfigurationProblems(
        errors: reader.errors.sorted { ($0.line, $0.column) < ($1.line, $1.column) }
      )
    }
    return configuration
  }
}

/// Turns a document into a configuration and notes everything that is wrong with it.
struct ConfigurationReader {
  private let path: String
  private(set) var errors: [ConfigurationError] = []

  /// Creates a reader of the file at `path`.
  init(path: String) { self.path = path }

  /// The configuration; meaningless where there are errors.
  mutating func configuration(_ root: TOMLNode) -> GatewayConfiguration {
    let names = [
      "gateway", "pcsc", "usb", "card", "printer", "scanner", "pattern", "assurance", "pin", "role",
      "input", "qr", "paymentCode", "node", "operator", "attribute",
    ]
    let document = TOMLSection(root, name: "")
    refuseUnknown(document, known: names)
    var result = GatewayConfiguration()
    readGateway(section("gateway", in: document), into: &result)
    if let readers = section("pcsc", in: document) {
      readReaders(readers, into: &result.cardReaders)
    }
    if let scanners = section("usb", in: document) {
      refuseUnknown(scanners, known: ["enabled"])
      result.hasScanners = bool("enabled", in: scanners) ?? true
    }
    result.cards = sections("card", in: document).compactMap { section in
      let card = card(section)
      if let card { refuseSecond(card.name, in: section, key: "name") }
      return card
    }
    result.printers = sections("printer", in: document).compactMap { printer($0) }
    result.scanners = sections("scanner", in: document).compactMap {
      scanner($0, lane: result.lane)
    }
    result.patterns = sections("pattern", in: document).compactMap { pattern($0) }
    if let assurance = section("assurance", in: document) {
      readAssurance(assurance, into: &result.assurances)
    }
    if let pins = section("pin", in: document) { readPINs(pins, into: &result.pins) }
    readInputs(document, into: &result)
    readAttributes(document, into: &result.attributes)
    result.roles = sections("role", in: document).compactMap { role($0) }
    readOrganisation(document, into: &result)
    return result
  }

  private mutating func readReaders(
    _ section: TOMLSection,
    into result: inout GatewayConfiguration.CardReaders
  ) {
    refuseUnknown(section, known: ["enabled", "tagTransport", "feedback"])
    result.isEnabled = bool("enabled", in: section) ?? true
    let transports = ["auto"] + TagTransport.allCases.map(\.rawValue)
    result.tagTransport = choice("tagTransport", of: transports, in: section)
      .flatMap(TagTransport.init(rawValue:))
    let words = GatewayConfiguration.CardReaders.Feedback.allCases.map(\.rawValue)
    result.feedback = choice("feedback", of: words, in: section)
      .flatMap(GatewayConfiguration.CardReaders.Feedback.init(rawValue:))
  }

  private mutating func readGateway(
    _ section: TOMLSection?,
    into result: inout GatewayConfiguration
  ) {
    guard let section else { return }
    refuseUnknown(
      section,
      known: ["store", "counter", "lane", "language", "data", "programme", "logMiB"]
    )
    result.store = label("store", in: section) ?? result.store
    result.counter = label("counter", in: section) ?? result.counter
    result.lane = label("lane", in: section) ?? result.lane
    let languages = Language.allCases.map(\.rawValue)
    if let language = choice("language", of: languages, in: section) {
      result.language = Language(rawValue: language) ?? .zh
    }
    result.dataFolder = label("data", in: section, limit: 4096).map(resolved)
    result.logMebibytes =
      integer("logMiB", in: section, range: 16...4096) ?? result.logMebibytes
    result.programmeFile = label("programme", in: section, limit: 4096).map(resolved)
  }

  private mutating func printer(_ section: TOMLSection) -> GatewayConfiguration.Printer? {
    refuseUnknown(section, known: ["id", "transport", "address", "profile", "charset"])
    let transports = GatewayConfiguration.Printer.Transport.allCases.map(\.rawValue)
    let name = required("id", in: section)
    let transport = choice("transport", of: transports, in: section, isRequired: true)
      .flatMap(GatewayConfiguration.Printer.Transport.init(rawValue:))
    let address = required("address", in: section, limit: 4096)
    let profile = label("profile", in: section)
    let charset = label("charset", in: section)
    guard let name, let transport, let address else { return nil }
    refuseSecond(name, in: section)
    var result = GatewayConfiguration.Printer(id: name, transport: transport, address: address)
    switch transport {
    case .tcp:
      if !Self.isHostAndPort(address) {
        note(Words.configHostAndPort(), at: section.place(of: "address"))
      }
    case .file, .serial: result.address = resolved(address)
    case .usb: break
    }
    result.profile = profile ?? result.profile
    result.charset = charset ?? result.charset
    return result
  }

  private mutating func pattern(_ section: TOMLSection) -> GatewayConfiguration.Pattern? {
    refuseUnknown(section, known: ["kind", "prefix", "length"])
    let kinds = CredentialKind.allCases.filter { $0 != .cardUid }.map(\.rawValue)
    let kind = choice("kind", of: kinds, in: section, isRequired: true)
    let prefix = label("prefix", in: section) ?? ""
    let length = integer("length", in: section, range: 1...Credential.byteCountMax)
    if section["prefix"] == nil, section["length"] == nil {
      note(Words.configPatternForAll(), at: section.position)
    }
    return kind.map { GatewayConfiguration.Pattern(kind: $0, prefix: prefix, length: length) }
  }

  private mutating func role(_ section: TOMLSection) -> GatewayConfiguration.Role? {
    refuseUnknown(section, known: ["role", "users", "groups"])
    let roles = ["observe", "pos", "technician", "manager"]
    let role = choice("role", of: roles, in: section, isRequired: true)
    let users = strings("users", in: section)
    let groups = strings("groups", in: section)
    return role.map { GatewayConfiguration.Role(role: $0, users: users, groups: groups) }
  }

  /// A path of the file's, which starts at the file's own folder.
  func resolved(_ file: String) -> String {
    guard !file.hasPrefix("/"), let slash = path.lastIndex(of: "/") else { return file }
    return path[...slash] + file
  }

  private static func isHostAndPort(_ address: String) -> Bool {
    guard let colon = address.lastIndex(of: ":"), colon != address.startIndex else { return false }
    let digits = address[address.index(after: colon)...].utf8
    guard (1...5).contains(digits.count), digits.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else {
      return false
    }
    return (1...65_535).contains(digits.reduce(0) { $0 * 10 + Int($1 - 0x30) })
  }

  private var seen: Set<String> = []

  mutating func refuseSecond(
    _ name: String,
    in section: TOMLSection,
    key: String = "id"
  ) {
    guard !seen.insert("\(section.name).\(name)").inserted else { return }
    note(Words.configSecond(name), at: section.place(of: key))
  }

  /// Notes an error.
  mutating func note(_ problem: String, at place: TextPosition) {
    errors.append(
      ConfigurationError(path: path, line: place.line, column: place.column, problem: problem)
    )
  }
}
