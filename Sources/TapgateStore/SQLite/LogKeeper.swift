internal import Foundation
internal import GRDB
internal import GRDBSQLite
internal import TapgateLock

/// Keeps the write-ahead log at its size: copies it into the file when it is half full.
///
/// The bulk is copied by a connection of its own while commits go on (`SQLITE_CHECKPOINT_PASSIVE`);
/// what came in meanwhile is little, and the ledger's thread copies it between two batches, so that
/// the next commit starts the log from its beginning again instead of growing it.
final class LogKeeper: Sendable {
  /// Frames of 4 KiB at which a checkpoint starts: half of the log's size.
  private let frameCountMax: Int32

  private struct State {
    var frames: Int32 = 0
    var isCopying = false
    var wantsFinish = false
  }

  private let state = Mutex(State())
  private let queue = DispatchQueue(label: "tapgate.checkpoint", qos: .utility)
  private let database: DatabaseQueue

  init(_ database: DatabaseQueue, logByteCount: Int) {
    self.database = database
    frameCountMax = Int32(clamping: max(64, logByteCount / 4120 / 2))
  }

  /// Has the writing connection tell the log's length after each commit.
  func watch(_ connection: OpaquePointer) {
    let context = Unmanaged.passUnretained(self).toOpaque()
    // Safety: the store keeps this object until the connection is closed, and the hook is called on
    // the connection's thread during COMMIT only.
    sqlite3_wal_hook(
      connection,
      { context, _, _, frames in
        if let context {
          Unmanaged<LogKeeper>.fromOpaque(context).takeUnretainedValue().logHas(frames)
        }
        return SQLITE_OK
      },
      context
    )
  }

  private func logHas(_ frames: Int32) {
    let isDue = state.withLock { state in
      state.frames = frames
      guard frames > frameCountMax, !state.isCopying, !state.wantsFinish else { return false }
      state.isCopying = true
      return true
    }
    guard isDue else { return }
    queue.async { [self] in
      // A checkpoint that fails is tried again after the next commit; commits do not depend on it.
      try? database.writeWithoutTransaction { db in
        _ = try db.checkpoint(.passive)
      }
      state.withLock { state in
        state.isCopying = false
        state.wantsFinish = true
      }
    }
  }

  /// Copies the rest, if the bulk was copied. Called by the ledger's thread between batches.
  func finishCheckpoint(on connection: OpaquePointer) {
    let isWanted = state.withLock { state in
      guard state.wantsFinish else { return false }
      state.wantsFinish = false
      return true
    }
    guard isWanted else { return }
    sqlite3_wal_checkpoint_v2(connection, nil, SQLITE_CHECKPOINT_PASSIVE, nil, nil)
  }
}
