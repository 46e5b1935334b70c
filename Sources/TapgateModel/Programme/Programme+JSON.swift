public import TapgateJSON

extension Programme {
  /// Reads a programme file: strict JSON, every unknown key, every number out of bounds and every
  /// id that the file does not have refused by its path.
  ///
  /// It reads the whole format, also what an engine may not do; `unbuilt` names that.
  public static func parse(_ bytes: [UInt8]) throws(ProgrammeError) -> Programme {
    do {
      return try Programme(try JSONParser.parse(bytes))
    } catch let error as JSONError {
      throw ProgrammeError(path: "file", problem: error.description)
    } catch let error as ProgrammeError {
      throw error
    } catch {
      throw ProgrammeError(path: "file", problem: "cannot be read")
    }
  }

  /// Reads a programme file for an engine that does `built`, and refuses by name what it does not.
  public static func parse(
    _ bytes: [UInt8],
    for built: Set<Feature>
  ) throws(ProgrammeError) -> Programme {
    let programme = try parse(bytes)
    let paths = programme.unbuilt(built)
    guard let path = paths.first else { return programme }
    let others = paths.dropFirst().joined(separator: ", ")
    throw ProgrammeError(
      path: path,
      problem: "is part of the format but not built in this version"
        + (others.isEmpty ? "" : "; nor are: \(others)")
    )
  }

  /// The canonical form of a programme file: names in the order of their UTF-8 bytes, no blanks,
  /// strings with as few escapes as JSON allows. Its SHA-256 begins with the revision that journal
  /// rows name.
  ///
  /// - Returns: the same bytes for every file that says the same; `null` and a missing key differ.
  public static func canonicalForm(_ bytes: [UInt8]) throws(ProgrammeError) -> [UInt8] {
    do {
      return try JSONParser.parse(bytes).encoded(isSorted: true)
    } catch {
      throw ProgrammeError(path: "file", problem: error.description)
    }
  }

  /// Reads a programme from its JSON value.
  public init(_ json: JSON) throws(ProgrammeError) {
    let notes = ProgrammeNotes(json)
    var root = try StrictObject(json, path: "", notes: notes)
    self = try Programme(head: &root)
    try readAssets(&root)
    try readTiers(&root)
    try readEarning(&root)
    try readMultipliers(&root)
    try readRewards(&root)
    try readPricing(&root)
    try readPasses(&root)
    try readValue(&root)
    try readCards(&root)
    try readEnds(&root)
    try Self.readOffline(&root)
    try root.finish()
    examples = notes.examples
    uses = notes.uses
  }

  /// Reads what every programme says of itself.
  private init(head root: inout StrictObject) throws(ProgrammeError) {
    _ = try root.choice("format", of: ["tapgate.programme/1"])
    id = try root.identifier("id")
    revision = try root.integer("rev", in: 1...1_000_000)
    validFrom = try root.date("valid_from")
    zone = try root.text("zone")
    cutoverMinutes = try root.minutes("day_cutover")
    currency = try root.text("currency")
    guard currency.utf8.count == 3, currency.utf8.allSatisfy({ (0x41...0x5A).contains($0) }) else {
      throw root.error("currency", "must be the three letters of ISO 4217, such as CNY")
    }
    _ = try root.choice("money_unit", of: ["fen"])
    pointsExpiry = nil
    levels = []
    earn = []
    multipliers = []
    capBasisPoints = Self.capDefault
    cardTypes = []
    examples = []
    categories = try root.texts("categories")
  }
}
