#pragma once
// What SQLite's write-ahead log needs of the operating system, between SQLite and its unix VFS (sqlite3.h, "OS Interface").
//
// A thread that says so has a COMMIT write its frames with one pwrite(2) and leave the flush that SQLite asks for
// (xSync, synchronous=FULL) to another thread. Whoever says so must call fdatasync(2) on the log, and must show
// nobody what was committed before that returned. All else goes to the unix VFS as it comes: other threads, other
// files, and the flush of the log's header when the log starts again from its beginning, on which the frames after
// it depend.

/// Registers the VFS as the process's default, once; later calls do nothing. An SQLite result code. Any thread.
int tapgate_log_register(void);

/// From now on, COMMITs of the calling thread leave their flush to another. Only around COMMIT: what is written to
/// the log meanwhile is gathered until SQLite asks for the flush.
void tapgate_log_defer(void);

/// The calling thread's flushes are its own again.
void tapgate_log_settle(void);

/// How often a flush was left to another thread, and how often one was done at once, in this process.
void tapgate_log_counts(unsigned long long *deferred, unsigned long long *done);
