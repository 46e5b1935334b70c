import Foundation
import TapgateFuzzing
import Testing

/// The inputs that were kept, by the same entries that `scripts/fuzz` runs: a trap ends the run.
@Suite("Kept inputs of the fuzzers", .timeLimit(.minutes(2)))
struct CorpusTests {
  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("Corpus")

  private static func inputs(of target: String) throws -> [URL] {
    try FileManager.default.contentsOfDirectory(
      at: folder.appendingPathComponent(target),
      includingPropertiesForKeys: nil
    ).sorted { $0.path < $1.path }
  }

  @Test("every kept input is decoded to its end", arguments: FuzzTarget.all.map(\.name))
  func replay(_ name: String) throws {
    let target = try #require(FuzzTarget.named(name))
    let inputs = try Self.inputs(of: name)
    #expect(!inputs.isEmpty, "no input is kept")
    #expect(inputs.count <= 64, "a handful is meant")
    var largest = 0
    for input in inputs {
      let bytes = [UInt8](try Data(contentsOf: input))
      #expect(bytes.count <= 4096, "\(input.lastPathComponent) is too long")
      // What it says of an input does not hang on what it saw before.
      let count = target.run(bytes)
      #expect(target.run(bytes) == count, "\(input.lastPathComponent)")
      for end in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 16)) {
        _ = target.run(Array(bytes.prefix(end)))
      }
      largest = max(largest, count)
    }
    #expect(largest > 0, "no kept input gets through")
  }

  @Test("every folder of kept inputs has its target, and each target one name")
  func names() throws {
    let names = FuzzTarget.all.map(\.name)
    #expect(Set(names).count == names.count)
    let folders = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path)
    #expect(Set(folders.filter { !$0.hasPrefix(".") }) == Set(names))
  }
}
