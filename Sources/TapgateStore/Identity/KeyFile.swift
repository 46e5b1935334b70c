internal import Crypto
internal import Foundation

/// Where the gateway's secret is kept.
///
/// A systemd credential called `tapgate-key` (`$CREDENTIALS_DIRECTORY`, systemd.exec(5)) comes
/// first; else the file `identity.key` in the data folder, mode 0600, which is made once.
public enum KeyFile {
  /// The secret's length in bytes.
  public static let byteCount = 32

  /// The path of the file in a data folder.
  public static func path(in directory: String) -> String { directory + "/identity.key" }

  /// Reads the secret; makes one where there is none and it may (only for a new database).
  static func load(directory: String, mayCreate: Bool) throws -> KeyRing {
    if let folder = ProcessInfo.processInfo.environment["CREDENTIALS_DIRECTORY"] {
      let path = folder + "/tapgate-key"
      if FileManager.default.fileExists(atPath: path) { return KeyRing(secret: try read(path)) }
    }
    let path = path(in: directory)
    if !FileManager.default.fileExists(atPath: path) {
      guard mayCreate else { throw KeyProblem.missing(path: path) }
      try create(path)
    }
    try refuseExposed(path)
    return KeyRing(secret: try read(path))
  }

  private static func read(_ path: String) throws -> SymmetricKey {
    guard let bytes = FileManager.default.contents(atPath: path) else {
      throw KeyProblem.unreadable(path: path, reason: "it cannot be read")
    }
    guard bytes.count == byteCount else { throw KeyProblem.wrongLength(path: path) }
    return SymmetricKey(data: bytes)
  }

  private static func refuseExposed(_ path: String) throws {
    let attributes = try FileManager.default.attributesOfItem(atPath: path)
    let mode = (attributes[.posixPermissions] as? Int) ?? 0
    guard mode & 0o077 == 0 else { throw KeyProblem.exposed(path: path) }
  }

  /// Makes a secret: written and flushed under another name, then linked, so that there is never a
  /// half of it.
  private static func create(_ path: String) throws {
    let secret = SymmetricKey(size: .bits256).withUnsafeBytes { Data($0) }
    try DurableFile.write(secret, to: path, mode: 0o600)
  }
}

extension KeyFile {
  /// The fingerprint of a secret's bytes.
  static func fingerprint(of bytes: Data, path: String) throws -> [UInt8] {
    guard bytes.count == byteCount else { throw KeyProblem.wrongLength(path: path) }
    return KeyRing(secret: SymmetricKey(data: bytes)).fingerprint
  }
}
