import Foundation
import TapgateCore
import TapgateDevices
import TapgateModel
import TapgateServer
import Testing

@testable import tapgate

@Suite("The configuration file")
struct ConfigurationTests {
  static func parse(_ text: String) throws -> GatewayConfiguration {
    try GatewayConfiguration.parse(Array(text.utf8), path: "/etc/tapgate/tapgate.toml")
  }

  /// The first error's place and all problems.
  static func errors(_ text: String) -> [ConfigurationError] {
    do {
      _ = try parse(text)
      return []
    } catch {
      return (error as? ConfigurationProblems)?.errors ?? []
    }
  }

  @Test("what README shows as a configuration is one")
  func readme() throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    let page = try String(contentsOf: root.appendingPathComponent("README.md"), encoding: .utf8)
    let block = try #require(page.components(separatedBy: "```toml\n").dropFirst().first)
    let text = try #require(block.components(separatedBy: "```").first)
    #expect(Self.errors(text).map { "\($0)" } == [])
    let configuration = try Self.parse(text)
    #expect(configuration.cards.count == 2 && configuration.scanners.count == 1)
  }

  @Test("what the page on cards shows is a configuration, with a card of each kind it names")
  func cardsPage() throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    let path = root.appendingPathComponent("firmware-notes/cards.md")
    let page = try String(contentsOf: path, encoding: .utf8)
    let block = try #require(page.components(separatedBy: "```toml\n").dropFirst().first)
    let text = try #require(block.components(separatedBy: "```").first)
    #expect(Self.errors(text).map { "\($0)" } == [])
    let shown = Set(try Self.parse(text).cards.map(\.kind))
    #expect(shown.union([.desfire, .ntag424]) == Set(CardRecipe.Kind.allCases))
    for kind in CardRecipe.Kind.allCases { #expect(page.contains("| `\(kind.rawValue)` |")) }
  }

  @Test("the contract's example is read key by key")
  func example() throws {
    let configuration = try Self.parse(
      """
      [gateway]
      store = "S001"
      counter = "C01"
      lane = "1"
      language = "zh"              # slips and API messages; zh is the default
      data = "/var/lib/tapgate"
      programme = "programme.json"

      [pcsc]
      enabled = true

      [[printer]]
      id = "receipt"
      transport = "tcp"            # tcp, usb, file, serial
      address = "127.0.0.1:9100"
      profile = "generic-80"
      charset = "gb18030"

      [[scanner]]
      id = "desk"
      match = { vendor = 0x0c2e, product = 0x0901 }
      mode = "hidPos"              # hidPos, wedge, magstripe, serial
      lane = "1"

      [[pattern]]
      kind = "memberNumber"
      prefix = "88"
      length = 12

      [assurance]
      redeem = "A1"

      [[role]]
      role = "pos"
      users = ["pos"]
      groups = ["tapgate"]
      """
    )
    #expect(configuration.store == "S001")
    #expect(configuration.dataFolder == "/var/lib/tapgate")
    #expect(configuration.programmeFile == "/etc/tapgate/programme.json")
    #expect(configuration.cardReaders.isEnabled)
    let printer = try #require(configuration.printers.first)
    #expect(printer.transport == .tcp)
    #expect(printer.address == "127.0.0.1:9100")
    let scanner = try #require(configuration.scanners.first)
    #expect(scanner.match.vendor == 0x0C2E)
    #expect(scanner.match.product == 0x0901)
    #expect(scanner.mode == .hidPos)
    #expect(
      configuration.patterns == [.init(kind: "memberNumber", prefix: "88", length: 12)]
    )
    #expect(configuration.assurances.redeem == "A1")
    #expect(configuration.roles == [.init(role: "pos", users: ["pos"], groups: ["tapgate"])])
  }

  @Test("an empty file is the defaults")
  func defaults() throws {
    let configuration = try Self.parse("")
    #expect(configuration == GatewayConfiguration())
    #expect(configuration.lane == "1")
    #expect(configuration.language == .zh)
    #expect(configuration.programmeFile == nil)
    #expect(configuration.assurances.earn == "A0")
    #expect(configuration.assurances.value == "A1")
  }

  @Test("a scanner's settings are read by its mode")
  func scanners() throws {
    let configuration = try Self.parse(
      """
      [usb]
      enabled = false
      [pcsc]
      feedback = "acr122u"
      [[scanner]]
      id = "desk"
      match = { vendor = 0x05e0, serial = "S1", port = "1-2.3" }
      mode = "wedge"
      layout = "de"
      suffix = "tab"
      prefix = "~"
      prefixRequired = true
      idleMs = 300
      charset = "gb18030"
      altCodes = "bytes"
      aim = true
      repeats = true
      uidFormat = "hexLE"
      [[scanner]]
      id = "line"
      match = { port = "/dev/ttyS0" }
      mode = "serial"
      baud = 115200
      suffix = "stxEtx"
      [[scanner]]
      id = "swipe"
      match = { vendor = 0x0801 }
      mode = "magstripe"
      ownCards = ["970012:16", "970013:19"]
      faultyTracks = true
      """
    )
    #expect(!configuration.hasScanners)
    #expect(configuration.cardReaders.feedback == .acr122u)
    let entries = configuration.scanners.map(\.entry)
    let desk = try #require(entries.first)
    #expect(desk.match == .init(vendor: 0x05E0, serial: "S1", port: "1-2.3"))
    #expect(desk.lane == "1")
    var settings = ScannerSettings()
    settings.layout = "de"
    settings.suffix = .tab
    settings.prefix = "~"
    settings.isPrefixRequired = true
    settings.idleMilliseconds = 300
    settings.charset = .gb18030
    settings.altCodes = .bytes
    settings.hasAimIdentifier = true
    settings.countsRepeatedReports = true
    settings.uidFormat = .hexLE
    #expect(desk.settings == settings)
    let line = try #require(entries.dropFirst().first)
    #expect(line.settings.baud == 115_200)
    #expect(line.settings.suffix == .stxEtx)
    let swipe = try #require(entries.last)
    #expect(swipe.settings.ownCards.map(\.prefix) == ["970012", "970013"])
    #expect(swipe.settings.ownCards.map(\.digitCount) == [16, 19])
    #expect(swipe.settings.acceptsFaultyTracks)
  }

  @Test(
    "what a scanner of that mode cannot have is an error",
    arguments: [
      ("mode = \"hidPos\"\nlayout = \"de\"", 4, "`layout`"),
      ("mode = \"serial\"\nsuffix = \"keypadEnter\"", 4, "stxEtx"),
      ("mode = \"wedge\"\nbaud = 9600", 4, "`baud`"),
      ("mode = \"serial\"\nbaud = 9601", 4, "9600"),
      ("mode = \"wedge\"\nlayout = \"xx\"", 4, "us"),
      ("mode = \"wedge\"\nidleMs = 10", 4, "30"),
      ("mode = \"magstripe\"\nownCards = [\"9700:16\"]", 4, "970012:16"),
      // More digits than a card's number has.
      ("mode = \"magstripe\"\nownCards = [\"622999:20\"]", 4, "19 digits"),
      ("mode = \"serial\"\nminLength = 65", 4, "`minLength`"),
      ("mode = \"magstripe\"\nminLength = 6", 4, "`minLength`"),
      ("mode = \"wedge\"\nmatch.port = \"usb1\"", 4, "1-2.3"),
    ]
  )
  func scannerErrors(text: String, line: Int, word: String) {
    let match = text.contains("match.") ? "" : "match.vendor = 1"
    let errors = Self.errors("[[scanner]]\nid = \"a\"\n\(text)\n\(match)")
    #expect(errors.contains { $0.line == line && $0.problem.contains(word) }, "\(errors)")
  }

  @Test("which inputs count, and what they may do, is read key by key")
  func inputs() throws {
    let configuration = try Self.parse(
      """
      [assurance]
      earn = "A1"
      redeem = "A3"
      value = "A4"
      downgrade = "claim"

      [input]
      bounceMs = 0
      repeatMs = 2500
      goodsRepeatMs = 400

      [qr]
      stepSeconds = 15
      badCodesPerMinute = 5

      [[paymentCode]]
      name = "alipay"
      prefixes = ["25", "300"]
      minLength = 16
      maxLength = 24
      """
    )
    #expect(
      configuration.assurances.policy
        == AssurancePolicy(earn: .a1, redeem: .a3, value: .a4, downgrade: .claim)
    )
    #expect(configuration.inputs.bounce == 0)
    let rules = configuration.inputRules
    #expect(rules.repeatMilliseconds == 2500)
    #expect(rules.goodsRepeatMilliseconds == 400)
    #expect(rules.stepSeconds == 15)
    #expect(rules.badCodesPerMinuteMax == 5)
    #expect(
      rules.paymentCodes == [
        PaymentCodeRange(name: "alipay", prefixes: ["25", "300"], lengths: 16...24)
      ]
    )
    let defaults = try Self.parse("")
    #expect(defaults.inputRules == InputRules())
    #expect(defaults.assurances.policy == AssurancePolicy())
    #expect(defaults.inputs.bounce == Limits.bounceMilliseconds)
    #expect(try Self.parse("paymentCode = []").inputRules.paymentCodes.isEmpty)
  }

  @Test("attributes of profiles")
  func attributes() throws {
    let text = """
      [[attribute]]
      id = "skin"
      name = "皮肤状况"
      class = "sensitive"

      [[attribute]]
      id = "brand_2"
      class = "public"
      """
    #expect(
      try Self.parse(text).attributes == [
        ProfileAttribute(id: "skin", name: "皮肤状况", sensitivity: .sensitive),
        ProfileAttribute(id: "brand_2", name: "brand_2", sensitivity: .public),
      ]
    )
    #expect(try Self.parse("").attributes.isEmpty)
  }

  @Test("a scanner without a lane has the gateway's")
  func lane() throws {
    let text = """
      [gateway]
      lane = "7"
      [[scanner]]
      id = "a"
      mode = "wedge"
      match.vendor = 1
      """
    #expect(try Self.parse(text).scanners.first?.lane == "7")
  }

  @Test(
    "an error names its line and column",
    arguments: [
      ("stor = 1", 1, 1, "`stor`"),
      ("[gateway]\nstore = \"S\"\n  countre = \"C\"", 3, 3, "`countre`"),
      ("[gateway]\nlane = 1", 2, 1, "`lane`"),
      ("[gateway]\nlanguage = \"fr\"", 2, 1, "zh"),
      ("[pcsc]\nenabled = \"yes\"", 2, 1, "`enabled`"),
      ("[pcsc]\nenabled = true\nenabled = false", 3, 1, ""),
      ("printer = 1", 1, 1, "`printer`"),
      ("[[printer]]\nid = \"a\"\ntransport = \"tcp\"", 1, 1, "`address`"),
      ("[[printer]]\nid = \"a\"\ntransport = \"udp\"\naddress = \"x\"", 3, 1, "tcp"),
      ("[[printer]]\nid=\"a\"\ntransport=\"tcp\"\naddress=\"host\"", 4, 1, ""),
      ("[[scanner]]\nid='a'\nmode='wedge'\nmatch = { vendor = 70000 }", 4, 11, "`vendor`"),
      ("[[scanner]]\nid='a'\nmode='wedge'\nmatch = { vendor = 1, vender = 1 }", 4, 23, "`vender`"),
      ("[[scanner]]\nid='a'\nmode='wedge'\nmatch = {}", 4, 1, ""),
      ("[[pattern]]\nkind = \"memberNumber\"", 1, 1, ""),
      ("[[pattern]]\nkind = \"cardUid\"\nprefix='1'", 2, 1, "memberNumber"),
      ("[[role]]\nrole = \"pos\"\nusers = [\"a\", 2]", 3, 15, "`users`"),
      ("[assurance]\nredeem = \"A5\"", 2, 1, "A4"),
      ("[assurance]\ndowngrade = \"ignore\"", 2, 1, "claim"),
      ("[input]\nbounceMs = 5001", 2, 1, "`bounceMs`"),
      ("[input]\nrepeat = 1", 2, 1, "`repeat`"),
      ("[[attribute]]\nid = \"a\"\nclass = \"secret\"", 3, 1, "`class`"),
      ("[[attribute]]\nid = \"a b\"\nclass = \"public\"", 2, 1, "`id`"),
      ("[[attribute]]\nid = \"a\"", 1, 1, "`class`"),
      ("[qr]\nstepSeconds = 10", 2, 1, "`stepSeconds`"),
      ("[qr]\nwindow = 1", 2, 1, "`window`"),
      ("[[paymentCode]]\nname='a'\nprefixes=['25']\nminLength=16", 1, 1, "`maxLength`"),
      (
        "[[paymentCode]]\nname='a'\nprefixes=['2x']\nminLength=16\nmaxLength=18", 3, 1,
        "`prefixes`"
      ),
      (
        "[[paymentCode]]\nname='a'\nprefixes=[]\nminLength=16\nmaxLength=18", 3, 1,
        "`prefixes`"
      ),
      (
        "[[paymentCode]]\nname='a'\nprefixes=['25']\nminLength=19\nmaxLength=18", 5, 1,
        "`minLength`"
      ),
      ("[gateway\nlane = \"1\"", 1, 9, ""),
      ("[gateway]\n\"店\" = 1", 2, 1, "`店`"),
      ("[gateway]\nstore = \"\"\"\nx\"\"\"\nx = 1", 4, 1, "`x`"),
      ("[gateway]\nstore = \"a # [x]\" # [[y]]\nx.y = 1", 3, 1, "`x`"),
    ] as [(String, Int, Int, String)]
  )
  func positions(text: String, line: Int, column: Int, word: String) {
    let errors = Self.errors(text)
    let found = errors.first { word.isEmpty || $0.problem.contains(word) }
    #expect(found?.line == line, "\(errors)")
    #expect(found?.column == column, "\(errors)")
    #expect(found?.path == "/etc/tapgate/tapgate.toml")
  }

  @Test("the second table of a list is told from the first")
  func lists() {
    let text = """
      [[printer]]
      id = "a"
      transport = "file"
      address = "lp0"

      [[printer]]
      id = "a"
      transport = "file"
      address = "lp1"
      colour = true
      """
    let errors = Self.errors(text)
    #expect(errors.map(\.line) == [7, 10])
    #expect(errors.map(\.column) == [1, 1])
  }

  @Test("relative paths start at the file's folder")
  func relativePaths() throws {
    let text = """
      gateway.data = "data"
      [[printer]]
      id = "a"
      transport = "file"
      address = "lp0"
      """
    let configuration = try Self.parse(text)
    #expect(configuration.dataFolder == "/etc/tapgate/data")
    #expect(configuration.printers.first?.address == "/etc/tapgate/lp0")
  }

  @Test("a NUL or a byte that is not UTF-8 is an error, not a shorter file")
  func bytes() {
    let nul = Self.errors("[gateway]\n\u{0}lane = 1")
    #expect(nul.first?.line == 2)
    #expect(throws: ConfigurationProblems.self) {
      try GatewayConfiguration.parse([0x5B, 0xFF], path: "x")
    }
  }
}
