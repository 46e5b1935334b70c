public import TapgateJSON

/// A number that a report can be asked with.
public struct ReportParameter: Hashable, Sendable {
  public var id: String
  public var wording: Wording
  public var defaultValue: Int64
  public var range: ClosedRange<Int64>

  /// Creates a parameter.
  public init(
    _ id: String,
    _ wording: Wording,
    defaultValue: Int64,
    range: ClosedRange<Int64>
  ) {
    self.id = id
    self.wording = wording
    self.defaultValue = defaultValue
    self.range = range
  }
}

/// A report that can be asked for.
public struct ReportDefinition: Sendable {
  /// The `name` of `report.run` and of `tapgate report`.
  public var id: String
  public var title: Wording
  /// One sentence for a list of reports.
  public var purpose: Wording
  public var parameters: [ReportParameter]
  /// Whether `memberID` and `operatorName` of a request count.
  public var takesMember: Bool
  let builder: any ReportBuilder.Type

  init(
    _ id: String,
    _ builder: any ReportBuilder.Type,
    _ title: Wording,
    _ purpose: Wording,
    parameters: [ReportParameter] = [],
    takesMember: Bool = false
  ) {
    self.id = id
    self.builder = builder
    self.title = title
    self.purpose = purpose
    self.parameters = parameters
    self.takesMember = takesMember
  }
}

extension ReportDefinition {
  /// What a list of reports tells of it.
  public var json: JSON {
    .object([
      "id": .string(id), "title": title.json, "purpose": purpose.json,
      "takesMember": .bool(takesMember),
      "parameters": .array(
        parameters.map { parameter in
          .object([
            "id": .string(parameter.id), "wording": parameter.wording.json,
            "default": .integer(parameter.defaultValue),
            "min": .integer(parameter.range.lowerBound),
            "max": .integer(parameter.range.upperBound),
          ])
        }
      ),
    ])
  }
}
