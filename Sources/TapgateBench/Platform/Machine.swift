internal import CLinux
internal import Glibc

/// What this machine is, and what its disk does.
public enum Machine {
  /// Processors that are online.
  public static var processorCount: Int { sysconf(Int32(_SC_NPROCESSORS_ONLN)) }

  /// The path of the running executable: proc(5), `/proc/self/exe`.
  public static var executablePath: String? {
    realpath("/proc/self/exe", nil).map { text in
      defer { free(text) }
      return String(cString: text)
    }
  }

  /// The kernel's name and release: uname(2).
  public static var kernel: String {
    text(of: "/proc/sys/kernel/osrelease").map { "Linux \($0)" } ?? "Linux"
  }

  /// The processor's name as /proc/cpuinfo gives it.
  public static var processor: String {
    let lines = text(of: "/proc/cpuinfo")?.split(separator: "\n") ?? []
    let line = lines.first { $0.hasPrefix("model name") }
    return line?.split(separator: ":").last.map { String($0.drop { $0 == " " }) } ?? "unknown"
  }

  /// The type of the file system that holds `path`, as /proc/mounts names it.
  public static func fileSystem(of path: String) -> String {
    let mounts = text(of: "/proc/mounts")?.split(separator: "\n") ?? []
    var found = (point: "", type: "unknown")
    for mount in mounts {
      let fields = mount.split(separator: " ").map(String.init)
      guard fields.count > 2, fields[1].count >= found.point.count else { continue }
      let folder = fields[1] == "/" ? "/" : "\(fields[1])/"
      if "\(path)/".hasPrefix(folder) { found = (fields[1], fields[2]) }
    }
    return found.type
  }

  /// Processor time, in milliseconds, that process `id` and its children have used: proc(5).
  static func processorMilliseconds(of id: Int32) -> Int64 {
    var children = text(of: "/proc/\(id)/task/\(id)/children")?.split(separator: " ") ?? []
    children.append("\(id)")
    let ticksPerSecond = Int64(sysconf(Int32(_SC_CLK_TCK)))
    let ticks = children.reduce(Int64(0)) { sum, child in
      // The second field, a name in brackets, may hold blanks: count from its end.
      let fields = text(of: "/proc/\(child)/stat")?
        .split(separator: ")").last?.split(separator: " ")
      guard let fields, fields.count > 14 else { return sum }
      // utime and stime, then the same of children that ended.
      return fields[11...14].reduce(sum) { $0 + (Int64($1) ?? 0) }
    }
    return ticks * 1000 / max(ticksPerSecond, 1)
  }

  /// The page size of the SQLite database at `path`, in bytes, as its header has it (SQLite's file
  /// format, section 1.3.2); `nil` where there is none.
  static func pageByteCount(ofDatabase path: String) -> Int? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var header = [UInt8](repeating: 0, count: 18)
    guard read(descriptor, &header, header.count) == header.count else { return nil }
    let size = Int(header[16]) << 8 | Int(header[17])
    return size == 1 ? 65_536 : size
  }

  /// The file's text without the line feed at its end; `nil` where it cannot be read.
  static func text(of path: String) -> String? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var buffer = ReceiveBuffer()
    while buffer.fill(from: descriptor) > 0 {}
    var bytes = buffer.bytes(0..<buffer.count)
    if bytes.last == 0x0A { bytes.removeLast() }
    return String(decoding: bytes, as: UTF8.self)
  }
}

/// How long the disk takes to keep 4 KiB: the floor under every durable operation.
public struct DiskFigure: Sendable {
  /// write(2) and fdatasync(2) of 4 KiB at the end of a growing file.
  public var append = Histogram()
  /// The same over blocks that the file already has.
  public var overwrite = Histogram()

  /// Measures in a file below `workspace`, `count` times each.
  public static func measure(in workspace: Workspace, count: Int) throws(BenchError) -> DiskFigure {
    var figure = DiskFigure()
    let path = workspace.file("disk")
    let descriptor = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw .system("make a file") }
    defer {
      close(descriptor)
      unlink(path)
    }
    let block = [UInt8](repeating: 0x5A, count: 4096)
    for index in 0..<count {
      figure.append.record(try keep(block, at: index, in: descriptor))
    }
    for index in 0..<count {
      figure.overwrite.record(try keep(block, at: index, in: descriptor))
    }
    return figure
  }

  private static func keep(
    _ block: [UInt8],
    at index: Int,
    in descriptor: Int32
  ) throws(BenchError) -> Int64 {
    if Interruption.isRequested { throw .interrupted }
    let start = Clock.nanoseconds
    guard pwrite(descriptor, block, block.count, off_t(index * block.count)) == block.count,
      tapgate_fdatasync(descriptor) == 0
    else { throw .system("write to the disk") }
    return Clock.nanoseconds - start
  }
}
