import Foundation
import Testing

@Suite("Tidiness")
struct TidinessTests {
  @Test("a file has at most 400 lines and a line at most 100 columns")
  func sizes() throws {
    for file in SourceTree.swiftFiles(under: "Sources") + SourceTree.swiftFiles(under: "Tests") {
      let lines = try SourceTree.lines(of: file)
      #expect(lines.count <= 401, "\(file.lastPathComponent) has \(lines.count - 1) lines")
      for (index, line) in lines.enumerated() where line.count > 100 {
        Issue.record("\(file.lastPathComponent):\(index + 1) has \(line.count) columns")
      }
    }
  }

  @Test("a function has at most 60 lines")
  func functions() throws {
    for file in SourceTree.swiftFiles(under: "Sources") {
      var start: (line: Int, indent: Int)?
      for (index, line) in try SourceTree.lines(of: file).enumerated() {
        let indent = line.prefix { $0 == " " }.count
        let text = line.dropFirst(indent)
        if start == nil, Self.startsFunction(text) {
          start = (index, indent)
        } else if let open = start, indent == open.indent, text.hasPrefix("}") {
          let count = index - open.line + 1
          #expect(count <= 60, "\(file.lastPathComponent):\(open.line + 1) has \(count) lines")
          start = nil
        } else if let open = start, indent == open.indent, Self.startsFunction(text) {
          start = (index, indent)
        }
      }
    }
  }

  private static func startsFunction(_ text: Substring) -> Bool {
    let head = text.split(separator: "{").first ?? ""
    return (head.contains("func ") || text.hasPrefix("init") || head.contains(" init("))
      && !text.hasPrefix("//") && !text.hasSuffix("}")
  }

  @Test("what may trap stands nowhere in the sources")
  func traps() throws {
    let banned = ["try!", "as!", "fatalError(", "TODO", "FIXME"]
    for file in SourceTree.swiftFiles(under: "Sources") {
      for (index, line) in try SourceTree.lines(of: file).enumerated() {
        let code = line.components(separatedBy: "//").first ?? ""
        for word in banned where code.contains(word) {
          Issue.record("\(file.lastPathComponent):\(index + 1) has \(word)")
        }
      }
    }
  }

  @Test("unsafe code stands in the platform folders only, each with its reason")
  func unsafeCode() throws {
    let unsafeWords = [
      "@unchecked Sendable", "nonisolated(unsafe)", "Unmanaged", "UnsafeMutable", "UnsafeRaw",
      "unsafeBitCast", "withUnsafeMutable", "assumingMemoryBound",
    ]
    for file in SourceTree.swiftFiles(under: "Sources") {
      let isPlatform = file.path.contains("/Platform/") || file.path.contains("/SQLite/")
      let lines = try SourceTree.lines(of: file)
      var hasUnsafe = false
      for (index, line) in lines.enumerated() {
        let code = line.components(separatedBy: "//").first ?? ""
        guard unsafeWords.contains(where: { code.contains($0) }) else { continue }
        hasUnsafe = true
        #expect(isPlatform, "\(file.lastPathComponent):\(index + 1) is unsafe")
      }
      if hasUnsafe {
        let hasReason = lines.contains { $0.contains("Safety:") }
        #expect(hasReason, "\(file.lastPathComponent) does not say why it is safe")
      }
    }
  }

  @Test("every public type says what it is")
  func documentation() throws {
    let kinds = ["struct ", "class ", "enum ", "actor ", "protocol "]
    for file in SourceTree.swiftFiles(under: "Sources") {
      let lines = try SourceTree.lines(of: file)
      for (index, line) in lines.enumerated() where line.hasPrefix("public ") {
        guard kinds.contains(where: { line.contains($0) }), index > 0 else { continue }
        let above = lines[..<index].last { !$0.hasPrefix("@") } ?? ""
        #expect(above.hasPrefix("///"), "\(file.lastPathComponent):\(index + 1) has no comment")
      }
    }
  }

  @Test("no floating point stands near money or points")
  func integers() throws {
    for module in ["TapgateModel", "TapgateJSON", "TapgateReports"] {
      for file in SourceTree.swiftFiles(under: "Sources/\(module)") {
        for (index, line) in try SourceTree.lines(of: file).enumerated() {
          let code = line.components(separatedBy: "//").first ?? ""
          for word in ["Double", "Float", "Decimal"] where code.contains(word) {
            Issue.record("\(file.lastPathComponent):\(index + 1) has \(word)")
          }
        }
      }
    }
  }
}
