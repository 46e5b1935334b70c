/// Who a user is and which groups it is in: passwd(5), group(5), and proc(5) for a service that its
/// unit gives more groups.
struct SystemAccounts: Sendable {
  private static let fileByteCountMax = 1024 * 1024

  var files = SystemFiles()

  /// A user's name; its number where nobody knows it.
  func userName(_ user: UInt32) -> String {
    entries("/etc/passwd").first { $0.count > 2 && $0[2] == String(user) }?[0] ?? String(user)
  }

  /// A group's name; its number where nobody knows it.
  func groupName(_ group: UInt32) -> String {
    entries("/etc/group").first { $0.count > 2 && $0[2] == String(group) }?[0] ?? String(group)
  }

  /// The groups of a user's gateway: those of the process where one runs, else those that the user
  /// has by the files; `nil` where nobody knows the user.
  func groups(of user: UInt32) -> Set<UInt32>? {
    processGroups(of: user) ?? fileGroups(of: user)
  }

  private func fileGroups(of user: UInt32) -> Set<UInt32>? {
    guard let own = entries("/etc/passwd").first(where: { $0.count > 3 && $0[2] == String(user) }),
      let first = UInt32(own[3])
    else { return nil }
    let others = entries("/etc/group").compactMap { entry -> UInt32? in
      guard entry.count > 3, entry[3].split(separator: ",").contains(where: { $0 == own[0] }) else {
        return nil
      }
      return UInt32(entry[2])
    }
    return Set(others + [first])
  }

  private func processGroups(of user: UInt32) -> Set<UInt32>? {
    for process in files.names(in: "/proc") where Int(process) != nil {
      guard files.line("/proc/\(process)/comm") == "tapgate",
        let status = files.bytes("/proc/\(process)/status")
      else { continue }
      var numbers: [Substring: [UInt32]] = [:]
      for line in String(decoding: status, as: UTF8.self).split(separator: "\n") {
        let words = line.split { $0 == "\t" || $0 == " " }
        guard let name = words.first else { continue }
        numbers[name] = words.dropFirst().compactMap { UInt32($0) }
      }
      // Four users and groups: real, effective, saved, file system's. The commands of this program
      // have its name as well; they count where they run as the same user.
      guard numbers["Uid:"]?.dropFirst().first == user, let groups = numbers["Groups:"] else {
        continue
      }
      return Set(groups + (numbers["Gid:"] ?? []).dropFirst().prefix(1))
    }
    return nil
  }

  private func entries(_ path: String) -> [[String]] {
    let bytes = files.bytes(path, byteCountMax: Self.fileByteCountMax) ?? []
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map { line in
      line.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    }
  }
}
