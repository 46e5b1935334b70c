import Foundation

@testable import TapgateDevices

/// A folder that stands for the machine's root, gone with the test.
final class FakeRoot {
  let path = NSTemporaryDirectory() + "tapgate-tree-" + UUID().uuidString
  var tree: DeviceTree { DeviceTree(files: SystemFiles(root: path)) }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func write(_ file: String, _ bytes: [UInt8]) throws {
    let url = URL(fileURLWithPath: path + file)
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(),
      withIntermediateDirectories: true
    )
    try Data(bytes).write(to: url)
  }

  func write(_ file: String, _ text: String) throws { try write(file, Array(text.utf8)) }

  func link(_ file: String, to target: String) throws {
    let folder = URL(fileURLWithPath: path + file).deletingLastPathComponent()
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try FileManager.default.createSymbolicLink(atPath: path + file, withDestinationPath: target)
  }
}
