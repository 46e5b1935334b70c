import Foundation

/// What lies in an archive, as another's work reads it.
enum Unpacked {
  /// The contents of every file of a ZIP archive, one behind the other: Python's zipfile.
  static func contents(of archive: Data, in folder: TemporaryFolder) throws -> [UInt8] {
    let path = folder.path + "/unpacked.zip"
    try archive.write(to: URL(fileURLWithPath: path))
    let script = """
      import sys, zipfile
      with zipfile.ZipFile(sys.argv[1]) as archive:
        for name in archive.namelist():
          sys.stdout.buffer.write(archive.read(name) + b"\\n")
      """
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
    process.arguments = ["-c", script, path]
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let said = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0, !said.isEmpty else {
      throw GatewayFailure(description: "the archive cannot be read")
    }
    return [UInt8](said)
  }
}
