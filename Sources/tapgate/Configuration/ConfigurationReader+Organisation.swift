internal import TapgateAPI
internal import TapgateCodec
internal import TapgateModel

extension ConfigurationReader {
  /// `[[node]]` and `[[operator]]`.
  mutating func readOrganisation(
    _ document: TOMLSection,
    into result: inout GatewayConfiguration
  ) {
    var places: [String: TOMLSection] = [:]
    var nodes: [Organisation.Node] = []
    for section in sections("node", in: document) {
      guard let node = node(section) else { continue }
      refuseSecond(node.id, in: section)
      guard places.updateValue(section, forKey: node.id) == nil else { continue }
      nodes.append(node)
    }
    do throws(Organisation.Problem) {
      result.organisation = try Organisation(nodes)
    } catch {
      note(error, places)
    }
    result.operators = sections("operator", in: document).compactMap { section in
      let entry = operatorEntry(section, in: result.organisation)
      if let entry { refuseSecond(entry.id, in: section) }
      return entry
    }
  }

  private mutating func node(_ section: TOMLSection) -> Organisation.Node? {
    refuseUnknown(section, known: ["id", "name", "kind", "parent"])
    let id = required("id", in: section)
    let name = label("name", in: section)
    let kinds = Organisation.Kind.allCases.map(\.rawValue)
    let kind = choice("kind", of: kinds, in: section, isRequired: true)
      .flatMap(Organisation.Kind.init(rawValue:))
    let parent = label("parent", in: section)
    guard let id, let kind else { return nil }
    if kind == .counter, parent == nil, section["parent"] == nil {
      note(Words.configMissing("parent"), at: section.position)
    }
    return Organisation.Node(id: id, kind: kind, name: name, parent: parent)
  }

  private mutating func note(_ problem: Organisation.Problem, _ places: [String: TOMLSection]) {
    let (id, key, words): (String, String, String) =
      switch problem {
      case .second(let id): (id, "id", Words.configSecond(id))
      case .unknownParent(let id, let parent):
        (id, "parent", Words.configUnknownNode(parent))
      case .circle(let id): (id, "parent", Words.configNodeCircle(id))
      case .misplaced(let id, let parent): (id, "parent", Words.configNodeMisplaced(id, parent))
      case .secondHeadOffice(let id): (id, "kind", Words.configSecondHeadOffice(id))
      }
    guard let section = places[id] else { return }
    note(words, at: section.place(of: key))
  }

  private mutating func operatorEntry(
    _ section: TOMLSection,
    in organisation: Organisation
  ) -> OperatorBook.Entry? {
    refuseUnknown(section, known: ["id", "name", "scope", "pin", "permission"])
    let id = required("id", in: section)
    let name = label("name", in: section)
    let scope = label("scope", in: section)
    if let scope, organisation.node(scope) == nil {
      note(Words.configUnknownNode(scope), at: section.place(of: "scope"))
    }
    let needsPIN = bool("pin", in: section) ?? false
    let permissions = sections("permission", in: section).compactMap { permission($0) }
    if section["permission"] == nil {
      note(Words.configMissing("permission"), at: section.position)
    }
    return id.map {
      OperatorBook.Entry(
        id: $0,
        name: name,
        scope: scope,
        needsPIN: needsPIN,
        permissions: permissions
      )
    }
  }

  private mutating func permission(_ section: TOMLSection) -> OperatorBook.Permission? {
    let limits = ["maxMinor", "maxPerDayMinor", "maxPoints", "maxPointsPerDay"]
    refuseUnknown(section, known: ["verbs", "channels"] + limits)
    let verbs = strings("verbs", in: section)
    if verbs.isEmpty { note(Words.configMissing("verbs"), at: section.place(of: "verbs")) }
    for verb in verbs where !Self.isVerb(verb) {
      note(Words.configUnknownVerb(verb), at: section.place(of: "verbs"))
    }
    var permission = OperatorBook.Permission(verbs: verbs)
    permission.channels = Set(strings("channels", in: section))
    let range = 0...Int(clamping: Catalogue.amountMax)
    func amount(_ key: String, _ reader: inout ConfigurationReader) -> Int64? {
      reader.integer(key, in: section, range: range).map(Int64.init)
    }
    permission.maxMinor = amount("maxMinor", &self)
    permission.maxMinorPerDay = amount("maxPerDayMinor", &self)
    permission.maxPoints = amount("maxPoints", &self)
    permission.maxPointsPerDay = amount("maxPointsPerDay", &self)
    return permission
  }

  /// Whether it is `*`, a method that operators are asked for, or a family of such methods.
  private static func isVerb(_ verb: String) -> Bool {
    if verb == "*" { return true }
    let permission = OperatorBook.Permission(verbs: [verb])
    return Catalogue.methods.contains { method in
      method.parameters.contains { $0.name == "operator" } && permission.covers(method.name)
    }
  }
}
