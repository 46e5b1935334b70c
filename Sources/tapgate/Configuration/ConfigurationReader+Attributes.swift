internal import TapgateModel

extension ConfigurationReader {
  /// `[[attribute]]`.
  mutating func readAttributes(_ document: TOMLSection, into result: inout [ProfileAttribute]) {
    for section in sections("attribute", in: document) {
      refuseUnknown(section, known: ["id", "name", "class"])
      let id = required("id", in: section)
      let words = ProfileAttribute.Sensitivity.allCases.map(\.rawValue)
      let sensitivity = choice("class", of: words, in: section, isRequired: true)
        .flatMap(ProfileAttribute.Sensitivity.init(rawValue:))
      let name = label("name", in: section)
      guard let id, let sensitivity else { continue }
      guard ProfileAttribute.isID(id) else {
        note(Words.configAttributeID("id"), at: section.place(of: "id"))
        continue
      }
      refuseSecond(id, in: section)
      guard result.count < ProfileAttribute.countMax else {
        note(Words.configTooManyAttributes(String(ProfileAttribute.countMax)), at: section.position)
        return
      }
      result.append(ProfileAttribute(id: id, name: name ?? id, sensitivity: sensitivity))
    }
  }
}
