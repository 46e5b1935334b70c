import Foundation
import Glibc
import TapgateLock

/// The files of a store with a disk that may stop at a flush, and what is on it after a crash.
///
/// Nothing is really flushed: what the log held at each flush is kept, and a power cut may take any
/// sector back to what it was at the last one.
final class SimulatedDisk: Sendable {
  /// What a crash leaves.
  enum Crash: String, CaseIterable, Sendable {
    /// The process is gone, the system is not: all that was written is there.
    case kill
    /// The power is gone: of what was not flushed each sector is there or is not.
    case powerCut
  }

  private struct State {
    /// What the log held at the last flush, and when the file was changed last.
    var flushed: [UInt8] = []
    var fileChange: Int64 = -1
    /// Flushes until one that does not return; `nil` for never.
    var flushesLeft: Int?
    var isStopped = false
    var stopped: (@Sendable () -> Void)?
  }

  let directory: String
  private let state = Mutex(State())
  private let gate = DispatchSemaphore(value: 0)

  init(directory: String) { self.directory = directory }

  private var log: String { directory + "/tapgate.sqlite-wal" }
  private var file: String { directory + "/tapgate.sqlite" }

  // MARK: Flushing

  /// In place of fdatasync(2).
  @Sendable func flush(_ descriptor: Int32) -> Int32 {
    let stop = state.withLock { state -> Bool? in
      guard let left = state.flushesLeft else { return nil }
      state.flushesLeft = left - 1
      state.isStopped = left <= 0
      return state.isStopped
    }
    // Nobody will crash before the next `stop`.
    guard let stop else { return 0 }
    if stop {
      state.withLock { $0.stopped }?()
      gate.wait()
    }
    noteFlushed()
    return 0
  }

  private func noteFlushed() {
    let flushed = bytes(of: log)
    let change = changeTime()
    state.withLock { ($0.flushed, $0.fileChange) = (flushed, change) }
  }

  /// Stops the disk at the flush after `count` others; `stopped` is called then, on its thread. To
  /// be called while nothing is under way: all that was written so far is flushed.
  func stop(after count: Int, _ stopped: @escaping @Sendable () -> Void) {
    noteFlushed()
    state.withLock { ($0.flushesLeft, $0.stopped) = (count, stopped) }
  }

  /// Lets the disk go on, for a store that nobody listens to any more.
  func release() {
    let mustSignal = state.withLock { state in
      state.flushesLeft = nil
      defer { state.isStopped = false }
      return state.isStopped
    }
    if mustSignal { gate.signal() }
  }

  // MARK: Crashing

  /// Copies what a crash at this moment leaves to a new folder and answers its path.
  func copy(
    after crash: Crash,
    using numbers: inout some RandomNumberGenerator
  ) throws -> String {
    let manager = FileManager.default
    let target = directory + "+"
    var (data, end) = ([UInt8](), [UInt8]())
    // The ledger's thread may be writing still: a copy counts if the log was the same around it.
    repeat {
      let start = bytes(of: log)
      data = bytes(of: file)
      end = bytes(of: log)
      if start == end { break }
    } while true
    if crash == .powerCut { tear(&end, using: &numbers) }
    try manager.createDirectory(atPath: target, withIntermediateDirectories: true)
    for name in try manager.contentsOfDirectory(atPath: directory)
    where !name.hasPrefix("tapgate.sqlite") {
      try manager.copyItem(atPath: directory + "/" + name, toPath: target + "/" + name)
    }
    try Data(data).write(to: URL(fileURLWithPath: target + "/tapgate.sqlite"))
    try Data(end).write(to: URL(fileURLWithPath: target + "/tapgate.sqlite-wal"))
    return target
  }

  private func tear(_ log: inout [UInt8], using numbers: inout some RandomNumberGenerator) {
    let (flushed, change) = state.withLock { ($0.flushed, $0.fileChange) }
    // Where the log was copied into the file since, SQLite has flushed it by itself.
    guard change == changeTime(), flushed.count <= log.count else { return }
    // The header is flushed by SQLite, at once: 32 bytes.
    var start = 32
    while start < log.count {
      let end = min((start / 512 + 1) * 512, log.count)
      if end <= flushed.count, log[start..<end] != flushed[start..<end],
        Bool.random(using: &numbers)
      {
        log.replaceSubrange(start..<end, with: flushed[start..<end])
      }
      start = end
    }
  }

  private func changeTime() -> Int64 {
    var facts = stat()
    guard stat(file, &facts) == 0 else { return -1 }
    return Int64(facts.st_mtim.tv_sec) * 1_000_000_000 + Int64(facts.st_mtim.tv_nsec)
  }

  private func bytes(of path: String) -> [UInt8] {
    FileManager.default.contents(atPath: path).map { [UInt8]($0) } ?? []
  }
}
