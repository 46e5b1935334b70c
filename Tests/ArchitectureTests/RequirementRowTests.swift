import Foundation
import Testing

/// The table of what the requirements ask for: whole, and true about the tests that it names.
@Suite("The requirements' rows")
struct RequirementRowTests {
  private struct Row {
    let number: Int
    let scope: String
    let state: String
    let place: String
    let tests: [String]
  }

  private static func rows() throws -> [Row] {
    let path = "Sources/TapgateModel/TapgateModel.docc/RequirementRows.md"
    let lines = try SourceTree.lines(of: SourceTree.root.appendingPathComponent(path))
    return lines.compactMap { line in
      let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
      guard cells.count == 6, let number = Int(cells[0]) else { return nil }
      let tests = cells[5].split(separator: ",").map {
        $0.trimmingCharacters(in: CharacterSet(charactersIn: " `"))
      }
      return Row(
        number: number,
        scope: cells[2],
        state: cells[3],
        place: cells[4],
        tests: tests.filter { $0 != "–" }
      )
    }
  }

  @Test("all 85 are there, in their order, each with a state and a place or a reason")
  func whole() throws {
    let rows = try Self.rows()
    #expect(rows.map(\.number) == Array(1...85))
    for row in rows {
      #expect(["done", "part", "out"].contains(row.state), "row \(row.number)")
      #expect(row.place.count > 5, "row \(row.number)")
      // A row of the counter's or the back office's is done, in part at least, and shown.
      let isOurs = row.scope.contains("G") || row.scope.contains("B")
      #expect(isOurs == (row.state != "out"), "row \(row.number)")
      #expect(isOurs == !row.tests.isEmpty, "row \(row.number)")
    }
  }

  @Test("each test that is named is there")
  func tests() throws {
    for row in try Self.rows() {
      for name in row.tests {
        let parts = name.split(whereSeparator: { $0 == "/" || $0 == "." }).map(String.init)
        try #require(parts.count == 3, "row \(row.number): \(name)")
        let isThere = try SourceTree.swiftFiles(under: "Tests/" + parts[0]).contains { file in
          let text = try String(contentsOf: file, encoding: .utf8)
          return Self.declares(text, suite: parts[1], test: parts[2])
        }
        #expect(isThere, "row \(row.number): there is no \(name)")
      }
    }
  }

  @Test("a test that is not there would be noticed")
  func notices() {
    let text = "@Suite(\"A\")\nstruct ATests {\n  @Test(\"b\")\n  func b() throws {}\n}\n"
    #expect(Self.declares(text, suite: "ATests", test: "b"))
    #expect(!Self.declares(text, suite: "ATests", test: "c"))
    #expect(!Self.declares(text, suite: "BTests", test: "b"))
    let helper = "@Suite(\"A\")\nstruct ATests {\n  func b() throws {}\n}\n"
    #expect(!Self.declares(helper, suite: "ATests", test: "b"))
  }

  /// Whether `text` has the suite and in it the test.
  private static func declares(_ text: String, suite: String, test: String) -> Bool {
    guard let start = text.range(of: "(struct|class) \(suite)\\b", options: .regularExpression)
    else { return false }
    let rest = text[start.upperBound...]
    guard let function = rest.range(of: "func \(test)\\(", options: .regularExpression),
      let mark = rest.range(
        of: "@Test",
        options: .backwards,
        range: rest.startIndex..<function.lowerBound
      )
    else { return false }
    // The mark belongs to this function: no other one stands between them.
    return !rest[mark.upperBound..<function.lowerBound].contains("func ")
  }
}
