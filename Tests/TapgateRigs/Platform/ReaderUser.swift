internal import Foundation
internal import Glibc

/// A gateway that uses the card readers of this machine, seen by its thread `pcsc-monitor`.
///
/// It would take cards that a test lays on its readers: `tapgate serve --demo`, and any gateway
/// whose configuration does not switch PC/SC off.
public struct ReaderUser: CustomStringConvertible, Sendable {
  public let process: Int32
  /// The process's arguments.
  public let command: String

  public var description: String { "process \(process) (\(command))" }

  /// The first such process that is neither this one nor started below `own`, which is this one
  /// unless another is named.
  public static func found(sparing own: Int32? = nil) -> ReaderUser? {
    let own = own ?? getpid()
    let all = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    for process in all.compactMap({ Int32($0) }) where process != getpid() {
      guard usesReaders(process), !isBelow(own, process) else { continue }
      let arguments = text("/proc/\(process)/cmdline").split(separator: "\0")
      return ReaderUser(process: process, command: arguments.joined(separator: " "))
    }
    return nil
  }

  private static func usesReaders(_ process: Int32) -> Bool {
    let folder = "/proc/\(process)/task"
    // A process may end while it is looked at.
    let threads = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return threads.contains { text("\(folder)/\($0)/comm") == "pcsc-monitor\n" }
  }

  /// Whether `process` was started by `ancestor`, or by who was.
  private static func isBelow(_ ancestor: Int32, _ process: Int32) -> Bool {
    var process = process
    while process > 1 {
      if process == ancestor { return true }
      let line = text("/proc/\(process)/status").split(separator: "\n").first {
        $0.hasPrefix("PPid:")
      }
      process = line.flatMap { Int32($0.filter(\.isNumber)) } ?? 0
    }
    return false
  }

  private static func text(_ path: String) -> String {
    (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
  }
}
