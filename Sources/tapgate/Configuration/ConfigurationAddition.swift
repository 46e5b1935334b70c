internal import Foundation

/// Puts lines at the end of a configuration file, or makes the file.
struct ConfigurationAddition {
  let path: String

  /// Writes the lines; the file is whole before and after, and reads without an error.
  func append(_ lines: [String]) throws {
    let before = FileManager.default.contents(atPath: path) ?? Data()
    var text = String(decoding: before, as: UTF8.self)
    if !text.isEmpty, !text.hasSuffix("\n") { text += "\n" }
    if !text.isEmpty { text += "\n" }
    text += lines.joined(separator: "\n") + "\n"
    // Read first: an addition that the gateway refuses would keep it from starting.
    _ = try GatewayConfiguration.parse(Array(text.utf8), path: path)
    let attributes = try? FileManager.default.attributesOfItem(atPath: path)
    // A file that is not there yet has no attributes to keep.
    do {
      try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
      if let attributes {
        let kept = attributes.filter {
          [.posixPermissions, .ownerAccountID, .groupOwnerAccountID].contains($0.key)
        }
        try FileManager.default.setAttributes(kept, ofItemAtPath: path)
      }
    } catch {
      throw CommandFailure(
        .fault,
        name: "file.unwritable",
        Words.cannotWrite(path, "\(error.localizedDescription)")
      )
    }
  }
}
