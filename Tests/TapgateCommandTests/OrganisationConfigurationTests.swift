import TapgateModel
import Testing

@testable import tapgate

@Suite("Nodes and operators in the configuration file")
struct OrganisationConfigurationTests {
  private static let company = """
    [[node]]
    id = "HQ"
    name = "总部"
    kind = "headOffice"
    [[node]]
    id = "east"
    kind = "region"
    parent = "HQ"
    [[node]]
    id = "S001"
    kind = "store"
    parent = "east"

    """

  @Test("a company and its operators are read key by key")
  func example() throws {
    let configuration = try ConfigurationTests.parse(
      Self.company + """
        [[operator]]
        id = "lina"
        name = "李娜"
        scope = "S001"
        pin = true
        [[operator.permission]]
        verbs = ["value.topUp", "card.*"]
        channels = ["cash", "bank_card"]
        maxMinor = 50000
        maxPerDayMinor = 200000
        [[operator.permission]]
        verbs = ["points.redeem"]
        maxPoints = 5000
        maxPointsPerDay = 20000
        [[operator]]
        id = "boss"
        [[operator.permission]]
        verbs = ["*"]
        """
    )
    #expect(configuration.organisation.path(to: "S001") == ["HQ", "east", "S001"])
    #expect(configuration.organisation.node("HQ")?.name == "总部")
    let lina = OperatorBook.Entry(
      id: "lina",
      name: "李娜",
      scope: "S001",
      needsPIN: true,
      permissions: [
        .init(
          verbs: ["value.topUp", "card.*"],
          channels: ["cash", "bank_card"],
          maxMinor: 50_000,
          maxMinorPerDay: 200_000
        ),
        .init(verbs: ["points.redeem"], maxPoints: 5_000, maxPointsPerDay: 20_000),
      ]
    )
    let boss = OperatorBook.Entry(id: "boss", permissions: [.init(verbs: ["*"])])
    #expect(configuration.operators == [lina, boss])
  }

  /// What is wrong, in which line, and what the problem names. Its key begins the line.
  static let cases: [(String, Int, String)] = [
    ("[[node]]\nid = \"S1\"\nkind = \"store\"\nparent = \"west\"\n", 4, "`west`"),
    ("[[node]]\nid = \"S1\"\nkind = \"shop\"\n", 3, "headOffice"),
    ("[[node]]\nkind = \"store\"\n", 1, "`id`"),
    (company + "[[node]]\nid = \"HQ\"\nkind = \"region\"\n", 14, "`HQ`"),
    (company + "[[node]]\nid = \"HQ2\"\nkind = \"headOffice\"\n", 15, "`HQ2`"),
    (company + "[[node]]\nid = \"r\"\nkind = \"region\"\nparent = \"S001\"\n", 16, "`r`"),
    (
      "[[node]]\nid = \"a\"\nkind = \"region\"\nparent = \"b\"\n"
        + "[[node]]\nid = \"b\"\nkind = \"region\"\nparent = \"a\"\n", 4, "itself"
    ),
    (company + "[[node]]\nid = \"C1\"\nkind = \"counter\"\n", 13, "`parent`"),
    ("[[operator]]\nid = \"li\"\n", 1, "`permission`"),
    ("[[operator]]\nid = \"li\"\nscope = \"S9\"\npermission = []\n", 3, "`S9`"),
    (
      "[[operator]]\nid = \"li\"\n[[operator.permission]]\nverbs = [\"value.fly\"]\n", 4,
      "`value.fly`"
    ),
    (
      "[[operator]]\nid = \"li\"\n[[operator.permission]]\nverbs = [\"*\"]\nmaxMinor = -1\n", 5,
      "maxMinor"
    ),
    (
      "[[operator]]\nid = \"li\"\n[[operator.permission]]\nverbs = [\"*\"]\nmax = 1\n", 5,
      "`max`"
    ),
    (
      "[[operator]]\nid = \"li\"\npermission = []\n[[operator]]\nid = \"li\"\npermission = []\n", 5,
      "`li`"
    ),
    ("[[operator]]\nid = \"li\"\npin = \"1234\"\npermission = []\n", 3, "true"),
  ]

  @Test("faults are told with line and column", arguments: cases.indices)
  func faults(index: Int) throws {
    let (text, line, word) = Self.cases[index]
    let errors = ConfigurationTests.errors(text)
    let error = try #require(errors.first)
    #expect(errors.count == 1, "\(errors)")
    #expect((error.line, error.column) == (line, 1), "\(error)")
    #expect(error.problem.contains(word), "\(error)")
  }

  @Test("what differs after a reload is told by the file's own names")
  func differences() throws {
    let old = try ConfigurationTests.parse(Self.company)
    let new = try ConfigurationTests.parse(
      "[gateway]\nlane = \"2\"\n[input]\nbounceMs = 700\n" + Self.company
    )
    #expect(new.differences(from: old) == ["gateway", "input"])
    #expect(old.differences(from: old) == [])
  }
}
