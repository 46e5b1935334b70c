import TapgateJSON

extension JSON {
  /// The value at a path of names with dots between.
  subscript(path path: String) -> JSON? {
    path.split(separator: ".").reduce(self as JSON?) { $0?[String($1)] }
  }
}
