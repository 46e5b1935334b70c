import TapgateCards
import TapgateCodec
import TapgateModel
import Testing

@testable import tapgate

@Suite("Cards in the configuration")
struct CardConfigurationTests {
  private static func cards(_ text: String) throws -> [CardRecipe] {
    try GatewayConfiguration.parse(Array(text.utf8), path: "/etc/tapgate/tapgate.toml").cards
  }

  /// A keyring whose files are `files`, all with mode 0600.
  private static func keyring(
    _ files: [String: [UInt8]],
    mode: UInt32 = 0o600,
    credentials: String? = "/run/credentials/tapgate"
  ) -> CardKeyring {
    CardKeyring(
      facts: { path in
        guard let bytes = files[path] else {
          return .failure(FileError(call: "stat", path: path, number: 2))
        }
        let count = Int64(bytes.count)
        return .success(FileFacts(kind: .file, mode: mode, owner: 0, byteCount: count))
      },
      contents: { path in
        guard let bytes = files[path] else {
          throw FileError(call: "open", path: path, number: 2)
        }
        return bytes
      },
      environment: { $0 == "CREDENTIALS_DIRECTORY" ? credentials : nil }
    )
  }

  private static let desfire = """
    [[card]]
    name = "members"
    type = "desfire"
    aid = "F54230"
    authentication = "ev2"
    identity = "content"
    file = 1
    offset = 4
    length = 16
    mode = "mac"
    content = "bcd"
    pattern = "88{id}"
    key = { file = "desfire.key", number = 1 }
    uidKey = { credential = "desfire-uid", number = 2 }
    diversification = ["uid", "aidReversed", "text:tapgate", "hex:0102"]
    originality = "check"
    kind = "memberNumber"
    gradeMax = "A3"
    """

  @Test("a DESFire card is read key by key")
  func desfireCard() throws {
    let card = try #require(try Self.cards(Self.desfire).first)
    #expect(card.kind == .desfire)
    #expect(card.key == .init(source: .file("/etc/tapgate/desfire.key"), number: 1))
    #expect(card.uidKey == .init(source: .credential("desfire-uid"), number: 2))
    let keyring = Self.keyring([
      "/etc/tapgate/desfire.key": Array("00112233445566778899AABBCCDDEEFF\n".utf8),
      "/run/credentials/tapgate/desfire-uid": [UInt8](repeating: 7, count: 16),
    ])
    let profile = try #require(try keyring.profiles([card]).first)
    #expect(profile.name == "members")
    #expect(profile.kind == .memberNumber)
    #expect(profile.gradeMax == .a3)
    let key = try #require(CardKey(Hexadecimal.bytes("00112233445566778899AABBCCDDEEFF") ?? []))
    let uidKey = try #require(CardKey([UInt8](repeating: 7, count: 16)))
    let expected = DESFireMethod(
      application: [0xF5, 0x42, 0x30],
      authentication: .ev2,
      source: .content,
      file: 1,
      region: CardRegion(offset: 4, count: 16),
      mode: .mac,
      text: CardText(content: .bcd, pattern: try TextPattern.parse("88{id}").get()),
      key: NumberedKey(number: 1, key: key),
      diversification: KeyDiversification(
        parts: [.uid, .applicationReversed, .bytes(Array("tapgate".utf8)), .bytes([1, 2])]
      ),
      uidKey: NumberedKey(number: 2, key: uidKey),
      originality: .check
    )
    #expect(profile.method == .desfire(expected))
    #expect(keyring.problems([card]).isEmpty)
  }

  @Test("every kind of card has a configuration")
  func everyKind() throws {
    let text = """
      [pcsc]
      tagTransport = "pn532"

      [[card]]
      type = "classic"
      sector = 2
      offset = 16
      length = 10
      key = { file = "/k6", key = "B" }
      slot = 1

      [[card]]
      type = "ntag"
      identity = "content"
      pattern = "https://shop.example/m/{id}"
      password = { file = "/k6" }
      originality = "require"

      [[card]]
      type = "ultralightAes"
      key = { file = "/k16" }
      uidKey = { file = "/k16" }
      diversification = ["uid", "text:eu.pretix", "hex:0A0B0C0D"]
      system = "0A0B0C0D"
      messaging = "on"

      [[card]]
      type = "ntag424"
      pattern = "https://ntag.nxp.com/424?e={picc}&c={mac}"
      key = { file = "/k16" }
      metaKey = { file = "/k16" }
      diversification = ["uid"]

      [[card]]
      name = "by identifier"
      type = "iso7816"
      aid = "F0544150474154450001"
      file = "2F01"
      length = 8

      [[card]]
      name = "by short identifier"
      type = "iso7816"
      aid = "F0544150474154450001"
      file = 5
      length = 8

      [[card]]
      type = "hce"
      aid = "F0544150474154450002"
      key = { file = "/k16" }
      algorithm = "aes-cmac"
      perMember = false

      [[card]]
      type = "felica"
      systemCode = 0x88B4

      [[card]]
      type = "iso15693"
      identity = "content"
      block = 4
      length = 12
      """
    let configuration = try GatewayConfiguration.parse(Array(text.utf8), path: "tapgate.toml")
    #expect(configuration.cardReaders.tagTransport == .pn532)
    #expect(configuration.cards.count == 9)
    let six = Array("A0B1C2D3E4F5".utf8)
    let keyring = Self.keyring(["/k6": six, "/k16": [UInt8](repeating: 9, count: 16)])
    let methods = try keyring.profiles(configuration.cards).map(\.method)
    #expect(methods.count == 9)
    guard case .classic(let classic) = methods[0], case .ntag(let ntag) = methods[1],
      case .ultralightAES(let ultralight) = methods[2], case .ntag424(let dynamic) = methods[3],
      case .iso7816(let named) = methods[4], case .iso7816(let short) = methods[5],
      case .hce(let phone) = methods[6], case .felica(let felica) = methods[7],
      case .iso15693(let vicinity) = methods[8]
    else {
      Issue.record("\(methods)")
      return
    }
    #expect(classic.keyKind == .b && classic.sector == 2 && classic.slot == 1)
    #expect(classic.region == CardRegion(offset: 16, count: 10))
    #expect(ntag.password?.byteCount == 6 && ntag.originality == .require)
    #expect(ultralight.system == [0x0A, 0x0B, 0x0C, 0x0D] && ultralight.messaging == .on)
    #expect(dynamic.diversification?.usesUID == true && dynamic.source == .uid)
    #expect(named.file == .identifier(0x2F01) && short.file == .short(5))
    #expect(phone.algorithm == .aesCMAC && !phone.isDiversified)
    #expect(felica.systemCode == 0x88B4)
    #expect(vicinity.block == 4 && vicinity.count == 12 && vicinity.source == .content)
  }

  @Test(
    "a mistake names its line and column",
    arguments: [
      ("[[card]]\nname='a'", 1, 1, "`type`"),
      ("[[card]]\ntype='mifare'", 2, 1, "classic"),
      ("[[card]]\ntype='desfire'\nsector=1", 3, 1, "`sector`"),
      ("[[card]]\ntype='desfire'\nkey={file='k'}", 1, 1, "`aid`"),
      ("[[card]]\ntype='desfire'\naid='F54230'", 1, 1, "`key`"),
      ("[[card]]\ntype='desfire'\naid='F542'\nkey={file='k'}", 3, 1, "aid"),
      ("[[card]]\ntype='desfire'\naid='F5423'\nkey={file='k'}", 3, 1, "`aid`"),
      ("[[card]]\ntype='hce'\naid='F54230'", 3, 1, "aid"),
      ("[[card]]\ntype='desfire'\naid='F54230'\nkey={}", 4, 1, "`key`"),
      ("[[card]]\ntype='desfire'\naid='F54230'\nkey='00112233'", 4, 1, "`key`"),
      ("[[card]]\ntype='desfire'\naid='F54230'\nkey={file='k',credential='c'}", 4, 1, "`key`"),
      ("[[card]]\ntype='desfire'\naid='F54230'\nkey={file='k',number=14}", 4, 15, "`number`"),
      ("[[card]]\ntype='ntag424'\nkey={file='k'}", 1, 1, "`pattern`"),
      ("[[card]]\ntype='ntag424'\nkey={file='k'}\npattern='x{mac}'", 4, 1, "{picc}"),
      ("[[card]]\ntype='ntag424'\nkey={file='k'}\npattern='x{picc}{mac}'", 1, 1, "`metaKey`"),
      ("[[card]]\ntype='ntag424'\nkey={file='k'}\npattern='x{uid}'", 4, 1, "{mac}"),
      ("[[card]]\ntype='ntag'\nidentity='content'\npattern='x{id'", 4, 1, "{id}"),
      ("[[card]]\ntype='ntag'\nidentity='content'\npattern='x'", 4, 1, "{id}"),
      ("[[card]]\ntype='ntag'\nidentity='content'\npattern='{id}{mac}'", 4, 1, "gap"),
      ("[[card]]\ntype='classic'\nsector=1\noffset=40\nlength=9\nkey={file='k'}", 5, 1, "48"),
      ("[[card]]\ntype='classic'\nlength=9\nkey={file='k'}", 1, 1, "`sector`"),
      ("[[card]]\ntype='iso7816'\naid='F000000000'\nfile='2F'\nlength=4", 4, 1, "`file`"),
      ("[[card]]\ntype='iso7816'\naid='F000000000'\nfile=31\nlength=4", 4, 1, "`file`"),
      ("[[card]]\ntype='iso7816'\naid='F000000000'\nfile=5", 1, 1, "`length`"),
      (
        "[[card]]\ntype='ultralightAes'\nkey={file='k'}\ndiversification=['aid']", 4, 1,
        "`diversification`"
      ),
      (
        "[[card]]\ntype='ultralightAes'\nkey={file='k'}\ndiversification=['uid','text:"
          + "0123456789012345678901234']", 4, 1, "31"
      ),
      ("[[card]]\ntype='felica'\n[[card]]\ntype='felica'", 3, 1, "felica"),
      ("[[card]]\ntype='felica'\nkind='cardUid'", 3, 1, "memberNumber"),
      ("[[card]]\ntype='felica'\ngradeMax='A5'", 3, 1, "A4"),
      ("[pcsc]\ntagTransport='usb'", 2, 1, "pn532"),
      ("[[card]]\ntype='hce'\naid='F000000000'\nkey={credential='../k'}", 4, 6, "path"),
    ] as [(String, Int, Int, String)]
  )
  func mistakes(text: String, line: Int, column: Int, word: String) {
    let errors = ConfigurationTests.errors(text)
    let found = errors.first { $0.problem.contains(word) }
    #expect(found?.line == line, "\(errors)")
    #expect(found?.column == column, "\(errors)")
  }

  @Test("a key is taken from digits or bytes, and from nothing else")
  func keyForms() throws {
    let text = "[[card]]\ntype='classic'\nsector=1\nlength=4\nkey={file='/k'}"
    let cards = try Self.cards(text)
    let good: [[UInt8]] = [
      Array("a0b1c2d3e4f5".utf8), Array(" A0B1C2D3E4F5\r\n".utf8), [1, 2, 3, 4, 5, 6],
    ]
    for bytes in good {
      #expect(try Self.keyring(["/k": bytes]).profiles(cards).count == 1)
    }
    let bad: [[UInt8]] = [
      [], Array("A0B1C2D3E4".utf8), Array("A0B1C2D3E4F5F6".utf8), Array("key: A0B1C2D3E4F5".utf8),
      [1, 2, 3, 4, 5],
    ]
    for bytes in bad {
      let problem = Self.keyring(["/k": bytes]).problems(cards).first
      #expect(problem?.reason.contains("6") == true)
      #expect(problem?.description.contains("A0B1") == false)
    }
  }

  @Test("a key that others may read, that is absent or has no credentials folder is refused")
  func keyTroubles() throws {
    let cards = try Self.cards(Self.desfire)
    let files = [
      "/etc/tapgate/desfire.key": [UInt8](repeating: 1, count: 16),
      "/run/credentials/tapgate/desfire-uid": [UInt8](repeating: 2, count: 16),
    ]
    for mode in [0o640, 0o604, 0o644, 0o601] as [UInt32] {
      let problem = Self.keyring(files, mode: mode).problems(cards).first
      #expect(problem?.fix == "chmod 600 /etc/tapgate/desfire.key", "\(mode)")
    }
    // systemd's own folder may let the service's group read.
    #expect(
      Self.keyring(files, mode: 0o440).problems(cards).map(\.path) == ["/etc/tapgate/desfire.key"]
    )
    #expect(Self.keyring(files, mode: 0o400).problems(cards).isEmpty)
    #expect(Self.keyring([:]).problems(cards).count == 2)
    #expect(Self.keyring(files, credentials: nil).problems(cards).map(\.path) == ["desfire-uid"])
    #expect(throws: CardKeyProblem.self) { try Self.keyring([:]).profiles(cards) }
  }

  @Test("the doctor names a key that cannot be used")
  func doctor() {
    var probe = DoctorTests.probe()
    let configuration = Array(Self.desfire.utf8)
    probe.contents = { path in
      switch path {
      case "/etc/tapgate/tapgate.toml": return configuration
      case "/etc/tapgate/desfire.key": return [UInt8](repeating: 1, count: 16)
      default: throw FileError(call: "open", path: path, number: 2)
      }
    }
    let facts = probe.facts
    probe.facts = { path in
      guard path.contains("desfire") else { return facts(path) }
      return .success(FileFacts(kind: .file, mode: 0o644, owner: 0, byteCount: 16))
    }
    let diagnosis = DoctorTests.examine(probe, config: "/etc/tapgate/tapgate.toml")
    let findings = diagnosis.findings.filter { $0.code == "cards.keyUnusable" }
    #expect(findings.count == 2)
    #expect(findings.first?.fix == "chmod 600 /etc/tapgate/desfire.key")
    #expect(diagnosis.status == .fault)
  }
}
