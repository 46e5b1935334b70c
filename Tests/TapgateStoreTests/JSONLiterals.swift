public import TapgateJSON

/// Results read, and expectations written, as the wire has them.
extension JSON: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral {
  public init(stringLiteral value: String) { self = .string(value) }
  public init(integerLiteral value: Int64) { self = .integer(value) }

  /// The value at a path of names with dots between.
  subscript(path path: String) -> JSON? {
    path.split(separator: ".").reduce(self as JSON?) { $0?[String($1)] }
  }
}
