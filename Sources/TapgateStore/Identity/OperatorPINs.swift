internal import Foundation
internal import TapgateJSON
internal import TapgateModel

/// The operators' PINs as the file `operators.pins` of the data folder holds them (mode 0600):
/// scrypt hashes under the gateway's secret, and how many entries in a row were wrong.
///
/// Not in the configuration, which shops copy and mail; not in the journal, which forgets nothing.
struct OperatorPINs: Sendable {
  /// Wrong entries in a row after which a manager has to set a new PIN.
  static let triesMax = 5

  struct Entry: Sendable {
    var hash: PINHash
    var wrongTries = 0

    var isLocked: Bool { wrongTries >= OperatorPINs.triesMax }
  }

  private let path: String
  private(set) var entries: [String: Entry] = [:]

  /// Reads the file; there may be none.
  init(directory: String) throws {
    path = directory + "/operators.pins"
    guard let bytes = FileManager.default.contents(atPath: path) else { return }
    guard let root = try? JSONParser.parse(Array(bytes)), let known = root["operators"]?.array
    else {
      throw StoreError(
        code: "store.pins_damaged",
        problem: "the operators' PINs in \(path) cannot be read",
        hint: "move the file away and set the PINs again with tapgate operator set-pin",
        names: [path]
      )
    }
    for entry in known {
      guard let id = entry["id"]?.string, let hash = entry["pin"]?.string.flatMap(PINHash.init)
      else { continue }
      entries[id] = Entry(hash: hash, wrongTries: Int(clamping: entry["wrong"]?.integer ?? 0))
    }
  }

  /// Changes an operator's entry, in memory only.
  mutating func set(_ entry: Entry, of id: String) { entries[id] = entry }

  /// Writes the file; it is on disk when this returns.
  func write() throws {
    let rows = entries.sorted { $0.key < $1.key }.map { id, entry in
      JSON.object([
        "id": .string(id), "pin": .string(entry.hash.line),
        "wrong": .integer(Int64(entry.wrongTries)),
      ])
    }
    let bytes = JSON.object(["v": .integer(1), "operators": .array(rows)]).encoded()
    try DurableFile.write(Data(bytes), to: path, mode: 0o600)
  }
}
