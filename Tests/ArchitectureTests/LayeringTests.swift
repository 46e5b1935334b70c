import Foundation
import Testing

/// The tree that the rules are about.
enum SourceTree {
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  static func swiftFiles(under path: String) -> [URL] {
    let folder = root.appendingPathComponent(path)
    let all = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
    return (all?.compactMap { $0 as? URL } ?? []).filter { $0.pathExtension == "swift" }
      .sorted { $0.path < $1.path }
  }

  static func lines(of file: URL) throws -> [String] {
    try String(contentsOf: file, encoding: .utf8).components(separatedBy: "\n")
  }
}

@Suite("Layers")
struct LayeringTests {
  /// Which modules of this package and which libraries a module may import.
  private static let allowed: [String: Set<String>] = [
    "TapgateJSON": [],
    "TapgateLock": ["Glibc"],
    "TapgateModel": ["TapgateJSON"],
    "TapgateCodec": ["TapgateJSON", "TapgateModel"],
    "TapgateReports": ["TapgateJSON", "TapgateModel"],
    "TapgateWorkbook": ["CXlsxWriter", "TapgateModel", "TapgateReports", "Glibc"],
    "TapgateCards": ["TapgateCodec", "TapgateModel", "BigInt", "Crypto", "CryptoExtras"],
    "TapgateCore": ["TapgateJSON", "TapgateModel", "Logging"],
    "TapgateDevices": [
      "CPCSC", "CUSB", "CUDev", "CLinux", "TapgateCards", "TapgateCodec", "TapgateCore",
      "TapgateJSON",
      "TapgateModel", "Logging", "Foundation", "Glibc", "Dispatch", "TapgateLock",
    ],
    "TapgateVirtual": [
      "CLinux", "TapgateCodec", "TapgateCore", "TapgateJSON", "TapgateModel", "Glibc",
      "Foundation", "TapgateLock", "Dispatch",
    ],
    "TapgateStore": [
      "CLedgerLog", "CLinux", "TapgateCore", "TapgateJSON", "TapgateModel", "TapgateReports",
      "Logging", "GRDB",
      "GRDBSQLite", "Crypto", "CryptoExtras",
      "Foundation", "Glibc", "Dispatch", "TapgateLock",
    ],
    "TapgateAPI": ["TapgateJSON", "Glibc", "Foundation", "TapgateLock"],
    "TapgateServer": [
      "CLinux", "TapgateAPI", "TapgateCore", "TapgateJSON", "TapgateModel", "Logging", "NIOCore",
      "NIOPosix", "Glibc", "Foundation", "TapgateLock", "Dispatch",
    ],
    "TapgateBench": [
      "TapgateJSON", "CLinux", "Glibc", "Foundation", "TapgateLock", "Synchronization", "Dispatch",
    ],
  ]

  @Test("each module imports only what the table allows", arguments: allowed.keys.sorted())
  func imports(of module: String) throws {
    let allowed = try #require(Self.allowed[module])
    for file in SourceTree.swiftFiles(under: "Sources/\(module)") {
      for line in try SourceTree.lines(of: file) {
        guard let imported = Self.importedModule(line) else { continue }
        #expect(allowed.contains(imported), "\(file.lastPathComponent) imports \(imported)")
      }
    }
  }

  @Test("every module has its row in the table")
  func completeness() throws {
    let folders = try FileManager.default.contentsOfDirectory(
      atPath: SourceTree.root.appendingPathComponent("Sources").path
    )
    for folder in folders where folder.hasPrefix("Tapgate") {
      #expect(Self.allowed[folder] != nil, "\(folder) is not in the table")
    }
  }

  @Test("every import says who may see it")
  func accessLevels() throws {
    for file in SourceTree.swiftFiles(under: "Sources") {
      for line in try SourceTree.lines(of: file) where line.hasPrefix("import ") {
        Issue.record("\(file.lastPathComponent): \(line) has no access level")
      }
    }
  }

  static func importedModule(_ line: String) -> String? {
    let words = line.split(separator: " ")
    guard let place = words.firstIndex(of: "import"), place <= 1, place + 1 < words.count else {
      return nil
    }
    guard ["import", "internal", "public", "package", "@testable"].contains(words[0]) else {
      return nil
    }
    return String(words[place + 1])
  }
}
